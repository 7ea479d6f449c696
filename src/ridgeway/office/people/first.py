"""Somebody may sign in to a new deployment.

Law: safe to repeat; a password is made once, handed back once, and kept nowhere but as its hash.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from ridgeway.office.audit.who import read_user
from ridgeway.office.people.actions import Doer, add_account, set_password
from ridgeway.office.people.models import Account

PASSWORD_BYTES = 15


@dataclass(frozen=True, slots=True)
class First:
    """Who may administer a service; `password` is there when the account is new."""

    email: str
    password: str = ""


def add_first(email: str, name: str, role: str, *, now: datetime) -> First:
    """Somebody has the role: whoever has it already, or a new account with a password."""
    known = Account.objects.filter(grants__role=role).order_by("pk").first()
    if known is not None:
        return First(known.email)
    password, doer = secrets.token_urlsafe(PASSWORD_BYTES), Doer(read_user())
    account = add_account(email, name, [role], by=doer, now=now)
    set_password(account, password, by=doer, now=now)
    return First(account.email, password)
