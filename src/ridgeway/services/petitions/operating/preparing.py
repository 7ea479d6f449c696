"""Making a deployment ready: its tables, its first rows, and somebody who may sign in.

Law: safe to repeat.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.management import call_command
from django.db import connection

from ridgeway.office.people.first import add_first
from ridgeway.services.petitions.founding.places import add_northmark
from ridgeway.services.petitions.founding.rows import add_first_rows

SYSADMIN = "petitions.sysadmin"


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
    admin = add_first(email, "System administrator", SYSADMIN, now=now)
    connection.close()
    return Prepared(admin.email, admin.password, is_new)
