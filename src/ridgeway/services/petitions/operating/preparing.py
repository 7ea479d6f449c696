"""Making a deployment ready: its tables, its first rows, and somebody who may sign in.

Law: safe to repeat; a password is made once, shown once, and kept nowhere but as its hash.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.core.management import call_command
from django.db import connection

from ridgeway.office.audit.who import read_user
from ridgeway.office.people.actions import Doer, add_account, set_password
from ridgeway.office.people.models import Account
from ridgeway.services.petitions.founding.places import add_northmark
from ridgeway.services.petitions.founding.rows import add_first_rows

SYSADMIN = "petitions.sysadmin"
PASSWORD_BYTES = 15


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was made; `password` is there when the account is new."""

    email: str
    password: str = ""
    has_new_rows: bool = False


def prepare(*, email: str, has_places: bool, now: datetime) -> Prepared:
    """Tables, first rows and a first system administrator are there."""
    call_command("migrate", verbosity=0, interactive=False)
    is_new = add_first_rows(now=now)
    if has_places:
        add_northmark(now=now)
    prepared = add_sysadmin(email, now=now)
    connection.close()
    return Prepared(prepared.email, prepared.password, is_new)


def add_sysadmin(email: str, *, now: datetime) -> Prepared:
    """Somebody may administer the service: whoever can already, or a new account with a password."""
    known = Account.objects.filter(grants__role=SYSADMIN).order_by("pk").first()
    if known is not None:
        return Prepared(known.email)
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    doer = Doer(read_user())
    account = add_account(email, "System administrator", [SYSADMIN], by=doer, now=now)
    set_password(account, password, by=doer, now=now)
    return Prepared(account.email, password)
