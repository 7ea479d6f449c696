"""Proving the counts: each petition that was signed since it was last looked at is counted anew from its rows.

Law: a difference is repaired at once, written into the audit log and told to the team; it should never be found.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from ridgeway.office.notices import post_notice
from ridgeway.services.petitions.actions.opening import Doer
from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.operating.progress import SILENT, Progress
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.writer.recounting import Difference, recount

log = logging.getLogger(__name__)

MARGIN = timedelta(minutes=10)
"""A petition signed so shortly before it was looked at is looked at again: two machines' clocks may differ."""


def list_unproven(*, is_all: bool = False) -> QuerySet[Petition]:
    """Petitions that were signed since their counts were last proven."""
    if is_all:
        return Petition.objects.filter(anonymized_at=None)
    never, since = Q(count_checked_at=None), Q(last_signed_at__gt=F("count_checked_at") - MARGIN)
    return Petition.objects.filter(never | since, anonymized_at=None).exclude(last_signed_at=None)


def check_counts(
    *,
    now: datetime,
    petition_ids: list[int] | None = None,
    is_all: bool = False,
    repairs: bool = True,
    progress: Progress = SILENT,
) -> list[Difference]:
    """The counts of these petitions (of all that were signed lately, without any) are proven; what was wrong."""
    ids = petition_ids or list(list_unproven(is_all=is_all).order_by("pk").values_list("pk", flat=True))
    found = []
    for done, petition_id in enumerate(ids, 1):
        if progress.is_stopped:
            break
        difference = check_one(petition_id, now=now, repairs=repairs)
        if difference is not None:
            found.append(difference)
        progress.report(done, len(ids))
    if found and repairs:
        tell_team(found, now=now)
    return found


@transaction.atomic
def check_one(petition_id: int, *, now: datetime, repairs: bool) -> Difference | None:
    """One petition's counts are proven, and a repair is in the audit log."""
    difference = recount(petition_id, now=now, repairs=repairs)
    if difference is not None and repairs:
        told = {"kept": difference.kept, "counted": difference.counted, "places": difference.places}
        Doer(None, now).note("repair_count", f"petition:{petition_id}", details=told)
        log.error("the counts of petition %d were wrong and are repaired: %s", petition_id, told)
    return difference


def tell_team(found: list[Difference], *, now: datetime) -> None:
    """The team knows which counts were wrong."""
    lines = [f"{each.petition_id}: {each.kept} was kept, {each.counted} counted" for each in found]
    warn_team("Counts of signatures were wrong, and are repaired", "; ".join(lines), key="counts", now=now)


def warn_team(title: str, what: str, *, key: str, now: datetime) -> None:
    """The team gets a mail about something that should not be, once a day for each kind of it."""
    address = read_site().team_mailbox
    log.error("%s: %s", title, what)
    if address:
        post_notice(
            "petitions.report",
            subject=f"warning:{key}",
            recipient_key="team",
            version=now.date().isoformat(),
            address=address,
            payload={"title": title, "failure": what},
            now=now,
        )
