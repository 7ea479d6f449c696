"""How allauth fits a desk: what it may do, what it asks us, and how somebody from a sign-on service is let in.

Law: nobody signs up. Who comes by a sign-on service gets the roles of their groups anew each time, and without any is
refused; the service is believed only about addresses of its own domains. Secrets of second factors lie in the database
encrypted under the secret key. Next: `signon.py` (the file of services), `backends.py` (passwords).
"""

import logging
from typing import Any

import requests  # noqa: TID251 - allauth speaks through it: docs/decisions/0022-signing-in.md
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ridgeway.office.people.arrivals import ArrivalError, admit_arrival, read_arrival
from ridgeway.office.people.models import Account, fold_email
from ridgeway.office.people.providers import find_own_provider, find_provider_by_id, list_providers
from ridgeway.office.people.secondfactor import build_vault, note_asked_elsewhere, signed_in_lately
from ridgeway.office.people.signonapps import build_app

log = logging.getLogger(__name__)
TIMEOUT_SECONDS = 10
MAX_ANSWER_BYTES = 1_000_000


class AccountAdapter(DefaultAccountAdapter):
    """Signing in with e-mail and password."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail or the password is not right."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again."),
        "incorrect_password": _("The password is not right."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Never: accounts are made by administrators, or by a sign-on service."""
        return False

    def pre_login(self, request: HttpRequest, user: Any, **told: Any) -> HttpResponse | None:
        """A page instead of signing in: who has a sign-on service comes by it alone, and a closed account does not."""
        came_by_service = "sociallogin" in (told.get("signal_kwargs") or {})
        if not came_by_service and (user.provider or find_own_provider(user.email) is not None):
            log.warning("sign-in refused: account=%s has a sign-on service", user.pk)
            return HttpResponseRedirect(reverse("people:sign_on_only"))
        answer: HttpResponse | None = super().pre_login(request, user, **told)
        return answer

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that the site's guard found, through the proxies that are trusted."""
        found = getattr(request, "client_ip", "") or request.META.get("REMOTE_ADDR", "")
        if not found:
            raise PermissionDenied("no address of the caller")
        return str(found)

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """Nothing is kept for the next page: each page says itself what has happened."""

    def send_mail(self, *_args: Any, **_kwargs: Any) -> None:
        """Nobody is mailed."""

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        """Whether it is the password of this account."""
        found = self.authenticate(self.request, email=getattr(user, "email", ""), password=password)
        return found is not None and found.pk == user.pk

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """The account has the password, and nothing else of its row is written."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether to ask for the password again: not right after signing in, which was proof enough."""
        account = self.request.user
        if isinstance(account, Account) and signed_in_lately(account, timezone.now()):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """The log says that somebody was refused, by the number of the account and never by what they typed."""
        account = Account.objects.filter(email=fold_email(str(credentials.get("email", "")))).only("pk").first()
        number = "unknown" if account is None else account.pk
        log.warning("sign-in refused: account=%s address=%s", number, self.get_client_ip(request))

    def _get_login_attempts_cache_key(self, _request: HttpRequest, **credentials: Any) -> str:
        return f"desk:{fold_email(str(credentials.get('email', '')))}"


class SecondFactorAdapter(DefaultMFAAdapter):
    """Codes of an app, passkeys, recovery codes."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This did not work. Try again, or use another way."),
    }

    def get_totp_issuer(self) -> str:
        """What an app shows above the code."""
        return self._get_site_name()

    def _get_site_name(self) -> str:
        site = getattr(settings, "RIDGEWAY_SITE", None)
        return f"{site.title} ({site.host_name})" if site else super()._get_site_name()

    def encrypt(self, text: str) -> str:
        """The secret as it is stored."""
        return build_vault().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret that was stored; instead of one that no key of ours opens, one that nobody knows."""
        try:
            return build_vault().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            log.error("a second factor cannot be read: was web.secret_key changed without web.old_secret_keys?")
            return str(generate_totp_secret())


class SignOnAdapter(DefaultSocialAccountAdapter):
    """Signing in by a sign-on service."""

    def list_apps(
        self,
        request: HttpRequest,  # noqa: ARG002 - allauth's signature
        provider: str | None = None,
        client_id: str | None = None,
    ) -> list[SocialApp]:
        """The services of `sign-on.toml`; none is kept in the database."""
        apps = [build_app(each) for each in list_providers()]
        if provider:
            apps = [app for app in apps if provider in {app.provider, app.provider_id}]
        return [app for app in apps if not client_id or app.client_id == client_id]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        """Never by the sign-up of allauth: `pre_social_login` admits people."""
        return False

    def get_requests_session(self) -> requests.Session:
        """The way out to a sign-on service: with a limit on time, no redirects, and nothing of the environment."""
        session = OneHop()
        session.trust_env = False
        return session

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Whoever comes has an account with the roles of their groups, or is refused.

        Raises:  ImmediateHttpResponse with the page of a refusal.
        """
        app = sociallogin.provider.app
        provider = find_provider_by_id(app.provider_id or app.client_id)
        try:
            if provider is None:
                raise ArrivalError("unknown_provider")
            arrival = read_arrival(provider, sociallogin)
            account = admit_arrival(arrival, known=sociallogin.user if sociallogin.is_existing else None)
        except ArrivalError as error:
            log.warning("sign-on refused: service=%s why=%s", app.provider_id or app.client_id, error.why)
            raise ImmediateHttpResponse(refuse(request)) from error
        sociallogin.account.extra_data = {}
        if sociallogin.is_existing:
            sociallogin.account.save()
        else:
            sociallogin.user = account
            sociallogin.save(request, connect=True)
        if provider.table.asks_second_factor:
            note_asked_elsewhere(request, account)

    def on_authentication_error(self, request: HttpRequest, provider: Any, **told: Any) -> None:  # noqa: ARG002
        """The page of a refusal, whatever went wrong; the log says what.

        Raises:  ImmediateHttpResponse always.
        """
        why = told.get("exception") or told.get("extra_context", {}).get("saml_last_error_reason") or told.get("error")
        log.warning("sign-on failed: service=%s why=%r", getattr(provider, "sub_id", provider), str(why)[:500])
        raise ImmediateHttpResponse(HttpResponseRedirect(reverse("people:sign_on_failed")))


class OneHop(requests.Session):
    """A session of `requests` that follows no redirect, waits for a limited time and reads a limited answer."""

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """The answer to one request.

        Raises:  requests.RequestException, also for an answer that is too long.
        """
        limits = {"timeout": TIMEOUT_SECONDS, "allow_redirects": False, "stream": True}
        answer = super().request(method, url, *args, **{**kwargs, **limits})
        try:
            body = answer.raw.read(MAX_ANSWER_BYTES + 1, decode_content=True)
        finally:
            answer.close()
        if len(body) > MAX_ANSWER_BYTES:
            raise requests.RequestException(f"more than {MAX_ANSWER_BYTES} bytes")
        answer._content = body  # noqa: SLF001 - the only way to hand over what was read
        return answer


def refuse(request: HttpRequest) -> Any:
    """The page that says that nobody gave this person a role."""
    return render(request, "people/refused.html", {}, status=403)
