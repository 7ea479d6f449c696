"""Bringing a version before the public, now or later, and taking it away.

Law: one version of a package is live; the one before it is replaced in the same transaction. A version that cannot be
loaded never goes live. From the desk a version needs sign-offs by others than who wrote or added it.
"""

import re
from datetime import datetime

from django.db import transaction

from ridgeway.services.assessments.actions.doing import Doer, RefusedError, lock_version, move
from ridgeway.services.assessments.deployment import read_own_settings
from ridgeway.services.assessments.models import SignOff, Version
from ridgeway.services.assessments.operating.loading import load_version
from ridgeway.services.assessments.states import Event, State

WEB_ADDRESS = re.compile(r"https?://[^\s/@\\]+(?:/[^\s]*)?")


@transaction.atomic
def activate(version_id: int, *, by: Doer, reason: str = "", is_due: bool = False) -> Version:
    """The version is live, from now on; with `is_due` at the time that it was scheduled for.

    Raises:  UnknownVersionError, StateError, RefusedError, BrokenVersionError.
    """
    lock_package(version_id)
    version = lock_version(version_id)
    move(version, Event.GO_LIVE)
    require_sign_offs(version, by=by)
    load_version(version.pk)
    if version.ends_at is not None and version.ends_at <= by.now:
        raise RefusedError("too_late", f"{version} is valid no more.", action="Add a version with a later end.")
    for other in Version.objects.filter(package=version.package, state=State.LIVE).exclude(pk=version.pk):
        move(other, Event.REPLACE)
        other.save(update_fields=["state"])
    if not is_due or version.activates_at is None:
        version.activates_at = by.now
    version.save(update_fields=["state", "activates_at"])
    by.note("activate", version, reason=reason)
    return version


@transaction.atomic
def schedule(version_id: int, at: datetime, *, by: Doer, reason: str = "") -> Version:
    """The version goes live at `at`.

    Raises:  UnknownVersionError, StateError, RefusedError, BrokenVersionError.
    """
    version = lock_version(version_id)
    move(version, Event.SCHEDULE)
    require_sign_offs(version, by=by)
    load_version(version.pk)
    if at <= by.now:
        raise RefusedError("too_early", "The time has passed already.", action="Activate it now, or give a later time.")
    if version.ends_at is not None and version.ends_at <= at:
        raise RefusedError("too_late", f"{version} is valid no more at that time.", action="Give an earlier time.")
    version.activates_at = at
    version.save(update_fields=["state", "activates_at"])
    by.note("schedule", version, reason=reason, details={"at": at.isoformat()})
    return version


@transaction.atomic
def unschedule(version_id: int, *, by: Doer, reason: str = "") -> Version:
    """The version is a draft again.

    Raises:  UnknownVersionError, StateError.
    """
    version = lock_version(version_id)
    move(version, Event.UNSCHEDULE)
    version.activates_at = None
    version.save(update_fields=["state", "activates_at"])
    by.note("unschedule", version, reason=reason)
    return version


@transaction.atomic
def withdraw(version_id: int, *, by: Doer, reason: str, instead: str = "") -> Version:
    """Nobody gets the version any more, those included who have begun it; `instead` is where they are sent.

    Raises:  UnknownVersionError, StateError, RefusedError without a reason.
    """
    if not reason.strip():
        raise RefusedError("missing_reason", "A withdrawal needs a reason.", action="Say why, for those who ask later.")
    if instead and not WEB_ADDRESS.fullmatch(instead):
        raise RefusedError(
            "malformed_address", "People are sent to a web address.", action="As https://health.example/."
        )
    version = lock_version(version_id)
    move(version, Event.WITHDRAW)
    version.withdrawn_at, version.instead = by.now, instead
    version.save(update_fields=["state", "withdrawn_at", "instead"])
    by.note("withdraw", version, reason=reason, details={"instead": instead} if instead else None)
    return version


@transaction.atomic
def restore(version_id: int, *, by: Doer, reason: str = "") -> Version:
    """A withdrawn version is a draft again.

    Raises:  UnknownVersionError, StateError.
    """
    version = lock_version(version_id)
    move(version, Event.RESTORE)
    version.withdrawn_at, version.activates_at, version.instead = None, None, ""
    version.save(update_fields=["state", "withdrawn_at", "activates_at", "instead"])
    by.note("restore", version, reason=reason)
    return version


@transaction.atomic
def end(version_id: int, *, by: Doer, reason: str = "") -> Version:
    """The version has ended: its last page says so, and nobody begins it.

    Raises:  UnknownVersionError, StateError.
    """
    version = lock_version(version_id)
    move(version, Event.END)
    if version.ends_at is None or version.ends_at > by.now:
        version.ends_at = by.now
    version.save(update_fields=["state", "ends_at"])
    by.note("end", version, reason=reason)
    return version


def lock_package(version_id: int) -> None:
    """Nobody else brings a version of the same package before the public until the transaction ends."""
    package = Version.objects.filter(pk=version_id).values_list("package", flat=True).first()
    list(Version.objects.select_for_update().filter(package=package).order_by("pk").values_list("pk", flat=True))


def require_sign_offs(version: Version, *, by: Doer) -> None:
    """Hold where enough others have signed this content off, or where the operator or the clock acts.

    Raises:  RefusedError(missing_sign_off).
    """
    if by.actor is None:
        return
    needed = read_own_settings().sign_offs
    others = SignOff.objects.filter(version=version, digest=version.digest)
    own = {version.added_by_account_id, *version.writers} - {None}
    others = others.exclude(account_id__in=own)
    if others.count() < needed:
        raise RefusedError(
            "missing_sign_off",
            f"The version has {others.count()} sign-offs by others than who wrote or added it, and needs {needed}.",
            action="Ask an approver to read it and sign it off.",
        )
