"""`add`, `list`, `schedule`, `withdraw`, `restore`: the versions of a deployment, by its operator."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from django.conf import settings as django_settings
from django.utils import timezone

from ridgeway.office.audit.who import read_user
from ridgeway.services.assessments.actions.adding import add_version
from ridgeway.services.assessments.actions.doing import Doer, UnknownVersionError
from ridgeway.services.assessments.actions.publishing import activate, restore, schedule, withdraw
from ridgeway.services.assessments.models import Version
from ridgeway.services.assessments.operating.reading import read_checked
from ridgeway.services.assessments.states import State
from ridgeway.services.assessments.verbs.telling import as_json, package_argument, tell

with_reason = click.option("--reason", default="", help="Kept in the audit log.")


def begin_doing() -> Doer:
    """The operator, now."""
    return Doer(None, timezone.now(), read_user())


def describe(version: Version) -> dict[str, Any]:
    """A version as plain values."""
    names = ("package", "version", "digest", "title", "state", "activates_at", "ends_at", "added_at", "added_by")
    return {name: getattr(version, name) for name in names}


def get_version(package: str, version: str) -> Version:
    """The version of that number; without one the live one, else the newest.

    Raises:  UnknownVersionError.
    """
    rows = Version.objects.defer("archive", "compiled").filter(package=package)
    found = rows.filter(version=version) if version else rows.filter(state=State.LIVE) or rows.order_by("-pk")
    if not found:
        known = ", ".join(f"{each.package} {each.version}" for each in Version.objects.order_by("pk")[:20]) or "none"
        raise UnknownVersionError(
            "unknown_version", f"There is no {package} {version}.".replace(" .", "."), action=f"Known: {known}."
        )
    return found[0]


def read_time(text: str) -> datetime:
    """A time that somebody typed; without a zone it is the site's."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"write a time as 2026-12-31T23:00 ({error})") from error
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(django_settings.TIME_ZONE))


@click.command()
@package_argument
@click.option("--activate", "is_live", is_flag=True, help="Put it live at once.")
@click.option("--at", default="", metavar="TIME", help="When it goes live, as 2026-12-31T23:00.")
@with_reason
@as_json
def add(*, package: Path, is_live: bool, at: str, reason: str, as_json: bool) -> None:
    """Check PACKAGE and keep it as a version: a draft, unless it is to go live."""
    checked, by = read_checked(package), begin_doing()
    version = add_version(checked, by=by).version
    if is_live:
        version = activate(version.pk, by=by, reason=reason)
    elif at:
        version = schedule(version.pk, read_time(at), by=by, reason=reason)
    lines = [str(each) for each in checked.warnings]
    said = describe(version) | {"warnings": checked.report}
    tell(said, as_json=as_json, sentence="\n".join([*lines, f"{version} is {version.state}."]))


@click.command("list")
@as_json
def list_versions(*, as_json: bool) -> None:
    """List the versions of this deployment."""
    rows = [describe(each) for each in Version.objects.defer("archive", "compiled").order_by("package", "pk")]
    lines = [f"{each['package']:<28} {each['version']:<10} {each['state']:<10} {each['title']}" for each in rows]
    tell(rows, as_json=as_json, sentence="\n".join(lines) or "There is none yet.")


@click.command("schedule")
@click.argument("package")
@click.argument("version")
@click.argument("at", metavar="TIME")
@with_reason
@as_json
def schedule_version(*, package: str, version: str, at: str, reason: str, as_json: bool) -> None:
    """Put VERSION of PACKAGE live at TIME, as 2026-12-31T23:00."""
    done = schedule(get_version(package, version).pk, read_time(at), by=begin_doing(), reason=reason)
    tell(describe(done), as_json=as_json, sentence=f"{done} goes live at {done.activates_at}.")


@click.command("withdraw")
@click.argument("package")
@click.argument("version", default="")
@click.option("--reason", required=True, help="Kept in the audit log.")
@click.option("--instead", default="", metavar="URL", help="Where people are sent.")
@as_json
def withdraw_version(*, package: str, version: str, reason: str, instead: str, as_json: bool) -> None:
    """Take VERSION of PACKAGE (the live one, without a number) away, at once."""
    done = withdraw(get_version(package, version).pk, by=begin_doing(), reason=reason, instead=instead)
    tell(describe(done), as_json=as_json, sentence=f"{done} is withdrawn.")


@click.command("restore")
@click.argument("package")
@click.argument("version")
@with_reason
@as_json
def restore_version(*, package: str, version: str, reason: str, as_json: bool) -> None:
    """Make a withdrawn VERSION of PACKAGE a draft again."""
    done = restore(get_version(package, version).pk, by=begin_doing(), reason=reason)
    tell(describe(done), as_json=as_json, sentence=f"{done} is a draft.")


VERBS = (add, list_versions, schedule_version, withdraw_version, restore_version)
