"""What happens when somebody signs in or out, or changes how they do: the account's row and the audit log say so.

Law: signing in makes the session the one that counts; signing out makes none count.
"""

import secrets
from typing import Any

from allauth.account.signals import password_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from ridgeway.office.people.actions import doer_self, write_line
from ridgeway.office.people.models import Account
from ridgeway.office.people.sessions import MARK

METHODS = "account_authentication_methods"
"""Where allauth keeps how somebody signed in."""


def connect_receivers() -> None:
    """From here on signs of Django and allauth are heeded; called once, when the app is ready."""
    user_logged_in.connect(start_session, dispatch_uid="people.start")
    user_logged_out.connect(stop_session, dispatch_uid="people.stop")
    password_changed.connect(note_password, dispatch_uid="people.password")
    authenticator_added.connect(note_added, dispatch_uid="people.added")
    authenticator_removed.connect(note_removed, dispatch_uid="people.removed")
    authenticator_reset.connect(note_reset, dispatch_uid="people.reset")
    authentication_failed.connect(note_failed, dispatch_uid="people.failed")


@transaction.atomic
def start_session(*, request: HttpRequest, user: Account, **_told: Any) -> None:
    """The session that begins is the one that counts."""
    now, mark = timezone.now(), secrets.token_urlsafe(24)
    request.session[MARK] = mark
    user.sign_in_mark, user.signed_in_at, user.last_seen = mark, now, now
    user.save(update_fields=["sign_in_mark", "signed_in_at", "last_seen"])
    said = request.session.get(METHODS, [])
    ways = [each.get("type") or each.get("provider") or each.get("method") for each in said if isinstance(each, dict)]
    write_line("people.sign_in", user, by=doer_self(user), now=now, details={"by": ways} | find_address(request))


@transaction.atomic
def stop_session(*, request: HttpRequest, user: Account | None, **_told: Any) -> None:
    """No session of the account counts, if this was the one that did."""
    if user is None:
        return
    mark = str(request.session.get(MARK, ""))
    if mark and Account.objects.filter(pk=user.pk, sign_in_mark=mark).update(sign_in_mark=""):
        write_line("people.sign_out", user, by=doer_self(user), now=timezone.now())


def note_password(*, user: Account, **_told: Any) -> None:
    """The audit log says that the password was changed."""
    write_own("people.change_password", user)


def note_added(*, user: Account, authenticator: Authenticator, **_told: Any) -> None:
    """The audit log says that there is a way more to prove oneself."""
    write_own("people.add_second_factor", user, kind=authenticator.type)


def note_removed(*, user: Account, authenticator: Authenticator, **_told: Any) -> None:
    """The audit log says that there is a way less."""
    write_own("people.remove_second_factor", user, kind=authenticator.type)


def note_reset(*, user: Account, authenticator: Authenticator, **_told: Any) -> None:
    """The audit log says that there are new recovery codes."""
    write_own("people.renew_second_factor", user, kind=authenticator.type)


def note_failed(*, user: Account, authenticator: Authenticator, request: HttpRequest, **_told: Any) -> None:
    """The audit log says that a second factor was wrong, after a password that was right."""
    write_own("people.second_factor_failed", user, kind=authenticator.type, **find_address(request))


@transaction.atomic
def write_own(act: str, account: Account, **details: Any) -> None:
    """The audit log says what the person did to their own account."""
    write_line(act, account, by=doer_self(account), now=timezone.now(), details=details)


def find_address(request: HttpRequest) -> dict[str, str]:
    """From where the request came, as the site's guard found it."""
    return {"address": str(getattr(request, "client_ip", None) or request.META.get("REMOTE_ADDR", ""))}
