"""The addresses of people at the desk; of allauth only what is used, under the names by which it finds it."""

import importlib.util
from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, URLResolver, include, path
from django.urls.converters import StringConverter, register_converter

from ridgeway.office.people.gates import SIGNED_IN, background, before_second_factor, gate, ungated
from ridgeway.office.people.pages import entrance, manage, mine

SAML = "ridgeway.office.people.pages.saml_urls"


class ActConverter(StringConverter):
    """One of the acts on an account."""

    regex = "|".join(manage.ACTS)


register_converter(ActConverter, "people_act")


def own(view: Any) -> Callable[..., Any]:
    """A page of one's own account, which is reached before there is a second factor."""
    marked: Callable[..., Any] = before_second_factor(gate(SIGNED_IN)(view))
    return marked


def entry(view: Any) -> Callable[..., Any]:
    """A page on the way in."""
    marked: Callable[..., Any] = before_second_factor(ungated("a page on the way in")(view))
    return marked


OURS = [
    path("sign-on/<slug:provider_id>", entry(entrance.sign_on), name="sign_on"),
    path("sign-on-failed", entry(entrance.show_sign_on_failed), name="sign_on_failed"),
    path("sign-on-only", entry(entrance.show_sign_on_only), name="sign_on_only"),
    path("invitation/<int:account_id>/<str:token>", entry(entrance.accept_invitation), name="invitation"),
    path("my-account", mine.show_account, name="mine"),
    path("session", mine.show_session, name="session"),
    path("session/stay", mine.stay_signed_in, name="stay"),
    path("", manage.list_accounts, name="list"),
    path("add", manage.add_page, name="add"),
    path("<int:account_id>", manage.show_account, name="account"),
    path("<int:account_id>/<people_act:act>", manage.do_act, name="act"),
]

ENTRANCE = [
    path("sign-in", background(entry(entrance.SignIn.as_view())), name="account_login"),
    path("sign-in/passkey", entry(entrance.sign_in_with_passkey), name="mfa_login_webauthn"),
    path("sign-in/second-factor", entry(entrance.SecondFactor.as_view()), name="mfa_authenticate"),
    path("sign-in/closed", entry(entrance.show_closed), name="account_inactive"),
    path("sign-out", entry(entrance.SignOut.as_view()), name="account_logout"),
    path("sign-on/<slug:provider_id>/back", entrance.come_back, name="openid_connect_callback"),
]

MINE = [
    path("my-account/again/password", own(entrance.AskPassword.as_view()), name="account_reauthenticate"),
    path("my-account/again/code", own(entrance.AskCode.as_view()), name="mfa_reauthenticate"),
    path("my-account/again/passkey", own(entrance.AskPasskey.as_view()), name="mfa_reauthenticate_webauthn"),
    path("my-account/password", own(mine.ChangePassword.as_view()), name="account_change_password"),
    path("my-account/second-factor", own(mine.Factors.as_view()), name="mfa_index"),
    path("my-account/second-factor/app/add", own(mine.AddApp.as_view()), name="mfa_activate_totp"),
    path("my-account/second-factor/app/remove", own(mine.RemoveApp.as_view()), name="mfa_deactivate_totp"),
    path("my-account/second-factor/keys", own(mine.Passkeys.as_view()), name="mfa_list_webauthn"),
    path("my-account/second-factor/keys/add", own(mine.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path(
        "my-account/second-factor/keys/<int:pk>/remove", own(mine.RemovePasskey.as_view()), name="mfa_remove_webauthn"
    ),
    path("my-account/second-factor/keys/<int:pk>/name", own(mine.RenamePasskey.as_view()), name="mfa_edit_webauthn"),
    path("my-account/second-factor/codes", own(mine.RecoveryCodes.as_view()), name="mfa_view_recovery_codes"),
    path(
        "my-account/second-factor/codes/new", own(mine.RenewRecoveryCodes.as_view()), name="mfa_generate_recovery_codes"
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((OURS, "people"))),
    *ENTRANCE,
    *MINE,
]
if importlib.util.find_spec("onelogin") is not None:
    urlpatterns.append(path("", include(SAML)))
