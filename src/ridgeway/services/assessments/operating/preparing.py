"""Making a deployment ready: its tables, somebody who may sign in, and the assessments that it is to serve.

Law: safe to repeat; a password is made once, shown once, and kept nowhere but as its hash.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from ridgeway.office.audit.who import read_user
from ridgeway.office.people.actions import Doer as AccountDoer
from ridgeway.office.people.actions import add_account, set_password
from ridgeway.office.people.models import Account
from ridgeway.services.assessments.actions.adding import add_version
from ridgeway.services.assessments.actions.doing import Doer
from ridgeway.services.assessments.actions.publishing import activate
from ridgeway.services.assessments.definition import read_package
from ridgeway.services.assessments.models import Version
from ridgeway.services.assessments.operating.reading import Checked
from ridgeway.services.assessments.states import State

ADMINISTRATOR = "assessments.administrator"
PASSWORD_BYTES = 15


@dataclass(frozen=True, slots=True)
class Admin:
    """Who may administer the service; `password` is there when the account is new."""

    email: str
    password: str = ""


def prepare(*, email: str, now: datetime) -> Admin:
    """The tables and a first administrator are there."""
    call_command("migrate", verbosity=0, interactive=False)
    admin = add_administrator(email, now=now)
    connection.close()
    return admin


def add_administrator(email: str, *, now: datetime) -> Admin:
    """Somebody may administer the service: whoever can already, or a new account with a password."""
    known = Account.objects.filter(grants__role=ADMINISTRATOR).order_by("pk").first()
    if known is not None:
        return Admin(known.email)
    password, doer = secrets.token_urlsafe(PASSWORD_BYTES), AccountDoer(read_user())
    account = add_account(email, "Administrator of assessments", [ADMINISTRATOR], by=doer, now=now)
    set_password(account, password, by=doer, now=now)
    return Admin(account.email, password)


def is_live(path: Path) -> bool:
    """Whether exactly this package is live already: then it was checked, and need not be again.

    Raises:  PackageError.
    """
    package = read_package(path)
    return Version.objects.filter(package=package.definition.id, digest=package.digest, state=State.LIVE).exists()


def put_live(packages: Iterable[Checked], *, now: datetime) -> list[Version]:
    """Each package is live, as the operator's act; one that is live already stays as it is.

    Raises:  RefusedError where a version is there with another content.
    """
    by = Doer(None, now, read_user())
    versions = []
    for checked in packages:
        version = add_version(checked, by=by).version
        if version.state != State.LIVE:
            version = activate(version.pk, by=by, reason="put live by a command")
        versions.append(version)
    connection.close()
    return versions
