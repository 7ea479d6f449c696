"""Each request of a desk knows who acts, and whether their session still counts.

Law: the account and its roles are read from the database for every request, so what an administrator changes takes
effect at once. A session that counts no more is emptied before a view sees it. Where a second factor is required, who
has none reaches only the pages that set one up. Next: `gates.py`, which asks; `sessions.py`, which decides.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from ridgeway.office.people.accounts import read_actor
from ridgeway.office.people.models import Account
from ridgeway.office.people.secondfactor import may_work
from ridgeway.office.people.sessions import MARK, Ended, Limits, Standing, decide_end, is_stale


class PeopleMiddleware:
    """Sets `request.actor` (an `Actor`, or None) and `request.session_ended` (why, or None)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, made by views that find `request.actor`."""
        known: Any = request
        known.actor, known.session_ended = None, None
        account = request.user
        if isinstance(account, Account):
            known.session_ended = find_end(request, account, timezone.now())
            if known.session_ended is None:
                known.actor = read_actor(account)
            else:
                request.session.flush()
                request.user = AnonymousUser()
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponseBase | None:
        """Note that the person is there; send who lacks a second factor to set one up."""
        account = request.user
        if not isinstance(account, Account):
            return None
        if not getattr(view, "background", False):
            touch(account, timezone.now())
        if not getattr(view, "before_second_factor", False) and not may_work(request, account):
            return redirect("mfa_index")
        return None


def find_end(request: HttpRequest, account: Account, now: datetime) -> Ended | None:
    """Why the session of the request counts no more, or None."""
    standing = Standing(
        session_mark=str(request.session.get(MARK, "")),
        account_mark=account.sign_in_mark,
        is_active=account.is_active,
        signed_in_at=account.signed_in_at,
        last_seen=account.last_seen,
    )
    return decide_end(standing, read_limits(), now=now)


def touch(account: Account, now: datetime) -> None:
    """The account's row says that its owner is there, if it said so some while ago."""
    if is_stale(account.last_seen, read_limits(), now=now):
        Account.objects.filter(pk=account.pk, sign_in_mark=account.sign_in_mark).update(last_seen=now)
        account.last_seen = now


def read_limits() -> Limits:
    """How long a session of this deployment counts."""
    return Limits(settings.RIDGEWAY_SETTINGS.web.session_idle_seconds, settings.SESSION_COOKIE_AGE)
