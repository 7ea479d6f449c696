"""Making a deployment ready: its tables, somebody who may sign in, and the assessments that it is to serve.

Law: safe to repeat.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from ridgeway.office.audit.who import read_user
from ridgeway.office.people.first import First, add_first
from ridgeway.services.assessments.actions.adding import add_version
from ridgeway.services.assessments.actions.doing import Doer
from ridgeway.services.assessments.actions.publishing import activate
from ridgeway.services.assessments.definition import read_package
from ridgeway.services.assessments.models import Version
from ridgeway.services.assessments.operating.reading import Checked
from ridgeway.services.assessments.states import State

ADMINISTRATOR = "assessments.administrator"


def prepare(*, email: str, now: datetime) -> First:
    """The tables and a first administrator are there."""
    call_command("migrate", verbosity=0, interactive=False)
    admin = add_first(email, "Administrator of assessments", ADMINISTRATOR, now=now)
    connection.close()
    return admin


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
