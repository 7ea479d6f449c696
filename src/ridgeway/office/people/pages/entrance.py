"""Signing in and out, from the typed work e-mail to the second factor.

Law: the domain of the e-mail says whether a sign-on service is asked or a password; no answer says whether an account
exists. Nothing is done by following a link alone.
"""

import logging
from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.utils import get_next_redirect_url, passthrough_next_redirect_url
from allauth.account.views import LoginView, LogoutView, ReauthenticateView
from allauth.core.internal import ratelimit
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateByCodeView
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from allauth.socialaccount.adapter import get_adapter as get_sign_on_adapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from ridgeway.office.people.actions import doer_self, set_password
from ridgeway.office.people.actor import Actor
from ridgeway.office.people.forms import (
    AskCodeForm,
    AskPasswordForm,
    CodeForm,
    InvitedForm,
    SignInForm,
)
from ridgeway.office.people.gates import find_actor, ungated
from ridgeway.office.people.invitations import find_invited
from ridgeway.office.people.middleware import read_limits
from ridgeway.office.people.models import MAX_EMAIL_CHARACTERS, Account, fold_email
from ridgeway.office.people.pages.passkeys import WithOptions
from ridgeway.office.people.providers import find_own_provider, find_provider_by_id, list_providers
from ridgeway.office.people.sessions import WARNING_SECONDS, Ended, count_seconds_left
from ridgeway.office.people.signon import Kind, Provider

TYPED = "people.typed_email"
CHOSEN = "people.sign_on"
STEP = "password"
STRANGE = (AttributeError, KeyError, OSError, TypeError, ValueError)
"""What allauth lets through where a sign-on service is away (OSError) or answers what it should not."""
log = logging.getLogger(__name__)


class SignIn(LoginView):
    """E-mail and password on one page; where there are sign-on services, the e-mail first."""

    template_name = "people/sign_in.html"
    form_class = SignInForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The page; who comes because they were idle is signed out, even if the server's clock is a little behind."""
        actor = find_actor(request)
        if actor is not None and request.GET.get("ended") == Ended.IDLE and is_ending(actor, timezone.now()):
            get_account_adapter(request).logout(request)
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> Any:
        """Ours, always."""
        return self.form_class

    def get_initial(self) -> dict[str, Any]:
        """The e-mail that was typed a page before."""
        return {"login": self.request.session.get(TYPED, "")}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """On to the sign-on service of the domain, to the password, or in."""
        email = fold_email(request.POST.get("login", "")[:MAX_EMAIL_CHARACTERS])
        provider = find_own_provider(email)
        if provider is not None:
            request.session[TYPED], request.session[CHOSEN] = email, provider.id
            return self.go_to(reverse("people:sign_on", args=[provider.id]))
        if list_providers() and "password" not in request.POST and is_email(email):
            request.session[TYPED] = email
            return self.go_to(f"{reverse('account_login')}?step={STEP}")
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def go_to(self, address: str) -> HttpResponse:
        """On to the address, which remembers where to go afterwards."""
        return HttpResponseRedirect(passthrough_next_redirect_url(self.request, address, "next"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the page shows besides the form."""
        ended = self.request.GET.get("ended", "")
        return {
            **super().get_context_data(**kwargs),
            "next": get_next_redirect_url(self.request) or "",
            "asks_email_alone": bool(list_providers()) and self.request.GET.get("step") != STEP,
            "ended": ended if ended in set(Ended) else "",
            "idle_minutes": settings.RIDGEWAY_SETTINGS.web.session_idle_seconds // 60,
        }


def is_ending(actor: Actor, now: datetime) -> bool:
    """Whether the session is in its last minutes, of which the page warns."""
    last_seen = Account.objects.values_list("last_seen", flat=True).get(pk=actor.account_id)
    return count_seconds_left(last_seen, read_limits(), now=now) <= WARNING_SECONDS


def is_email(text: str) -> bool:
    """Whether the text looks like an e-mail."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


class SecondFactor(WithOptions, AuthenticateView):
    """A code or a key, after the password."""

    template_name = "people/second_factor.html"
    form_class = CodeForm

    def get_form_class(self) -> Any:
        """Ours, always."""
        return self.form_class


class AskPassword(ReauthenticateView):
    """The password once more."""

    template_name = "people/ask_password.html"
    form_class = AskPasswordForm

    def get_form_class(self) -> Any:
        """Ours, always."""
        return self.form_class


class AskCode(ReauthenticateByCodeView):
    """A code once more."""

    template_name = "people/ask_code.html"
    form_class = AskCodeForm

    def get_form_class(self) -> Any:
        """Ours, always."""
        return self.form_class


class AskPasskey(WithOptions, ReauthenticateWebAuthnView):
    """A key once more."""

    template_name = "people/ask_passkey.html"


class SignOut(LogoutView):
    """Asks, then signs out."""

    template_name = "people/sign_out.html"


sign_in_with_passkey = ratelimit.decorator(app="allauth.mfa", action="webauthn_login", limit_get=True)(
    LoginWebAuthnView.as_view()
)
"""Asking for a question makes a session, so that is limited as well as answering."""


@ungated("leads to the sign-on service that was chosen by typing an e-mail")
def sign_on(request: HttpRequest, provider_id: str) -> HttpResponse:
    """A page that goes on to the sign-on service by itself, and has a link where it does not.

    It is a page, because a browser refuses to be sent elsewhere by the answer to a form (`form-action`).
    """
    provider = find_provider_by_id(provider_id)
    if provider is None or request.session.pop(CHOSEN, "") != provider_id:
        return redirect("account_login")
    address = find_address(request, provider)
    if not address:
        return redirect("people:sign_on_failed")
    context = {"address": address, "title": provider.table.title}
    page = render(request, "people/sign_on.html", context)
    page.headers["Refresh"] = f"0; url={address}"
    return page


def find_address(request: HttpRequest, provider: Provider) -> str:
    """Where the sign-on service asks people to prove themselves; nothing where it does not answer as it should."""
    hint = {"auth_params": {"login_hint": request.session.get(TYPED, "")}} if provider.table.kind is Kind.OIDC else {}
    try:
        known = get_sign_on_adapter(request).get_provider(request, provider=provider.id)
        answer = known.redirect(request, AuthProcess.LOGIN, next_url=get_next_redirect_url(request), **hint)
    except STRANGE as error:
        log.warning("sign-on failed: service=%s why=%r", provider.id, str(error)[:500])
        return ""
    return str(answer.headers.get("Location", ""))


@ungated("where a sign-on service sends people back")
def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """In, or to the page that says that it failed."""
    try:
        answer: HttpResponse = openid_connect.callback(request, provider_id)
    except STRANGE as error:
        log.warning("sign-on failed: service=%s why=%r", provider_id, str(error)[:500])
        return redirect("people:sign_on_failed")
    return answer


@ungated("says that a sign-on service did not answer as it should")
def show_sign_on_failed(request: HttpRequest) -> HttpResponse:
    """What to do when the sign-on service failed, or was left without signing in."""
    return render(request, "people/sign_on_failed.html", {}, status=403)


@ungated("says that a passkey does not count for somebody who has a sign-on service")
def show_sign_on_only(request: HttpRequest) -> HttpResponse:
    """How to sign in instead."""
    return render(request, "people/sign_on_only.html", {}, status=403)


@ungated("says that an account is closed, to its owner who gave the right password")
def show_closed(request: HttpRequest) -> HttpResponse:
    """Whom to ask."""
    return render(request, "people/closed.html", {}, status=403)


@ungated("a link, shown to an administrator, with which somebody sets a password")
def accept_invitation(request: HttpRequest, account_id: int, token: str) -> HttpResponse:
    """The first password of an account; then to the sign-in page."""
    account = find_invited(account_id, token)
    if account is None:
        return render(request, "people/invitation_void.html", {}, status=404)
    form = InvitedForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        set_password(account, form.cleaned_data["password1"], by=doer_self(account), now=timezone.now())
        get_account_adapter(request).logout(request)
        request.session[TYPED] = account.email
        return redirect("account_login")
    return render(request, "people/invitation.html", {"form": form, "email": account.email})
