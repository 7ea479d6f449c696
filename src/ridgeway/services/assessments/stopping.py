"""Versions of assessments that their publisher recalled are withdrawn, as if a person at the desk had done it.

Law: once for each recall. Whoever restores such a version decides so knowingly, and it stays; the audit log is what
remembers.
"""

from collections.abc import Iterator
from datetime import datetime

from ridgeway.office.audit.models import Entry
from ridgeway.services import Recall
from ridgeway.services.assessments.actions.doing import Doer
from ridgeway.services.assessments.actions.publishing import withdraw
from ridgeway.services.assessments.models import Version
from ridgeway.services.assessments.states import Event, State, find_next

MAX_REASON_CHARACTERS = 1_000


def stop(recall: Recall, *, now: datetime) -> tuple[str, ...]:
    """Every version that the recall covers is withdrawn; those that just were, in words."""
    by = Doer(None, now, f"recall by {recall.by}")
    stopped = []
    for version in list_covered(recall):
        withdraw(version.pk, by=by, reason=write_reason(recall))
        stopped.append(str(version))
    return tuple(stopped)


def list_covered(recall: Recall) -> Iterator[Version]:
    """The versions that the recall covers and that were not withdrawn for it before."""
    known = Version.objects.filter(package=recall.package).defer("archive", "compiled").order_by("pk")
    for version in known:
        is_possible = find_next(State(version.state), Event.WITHDRAW) is not None
        if is_possible and recall.covers(version.version) and not was_stopped(version, recall):
            yield version


def was_stopped(version: Version, recall: Recall) -> bool:
    """Whether the version was withdrawn for this recall before."""
    lines = Entry.objects.filter(
        act="assessments.withdraw", subject=f"assessment:{version.package}", reason__startswith=mark(recall)
    )
    return any(line.details.get("version") == version.version for line in lines)


def mark(recall: Recall) -> str:
    """How the reason of a withdrawal for this recall begins."""
    return f"Recall {recall.mark}: "


def write_reason(recall: Recall) -> str:
    """The reason as the audit log keeps it."""
    instead = f" Use {recall.instead} instead." if recall.instead else ""
    return f"{mark(recall)}{recall.reason[:MAX_REASON_CHARACTERS]}{instead}"
