"""What the service is doing, for an operator: how much there is, what is due, what waits."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Sum

from ridgeway.office.notices.tables import notices
from ridgeway.office.notices.values import State as NoticeState
from ridgeway.services.petitions.actions.closing import find_due
from ridgeway.services.petitions.actions.counting import list_unproven
from ridgeway.services.petitions.models import Parliament, Petition
from ridgeway.services.petitions.queries.site import read_site


def describe_service(*, now: datetime) -> dict[str, Any]:
    """Numbers alone; nothing of any person."""
    live = Petition.objects.filter(archived_at=None)
    states = live.order_by("state").values_list("state").annotate(Count("pk"))
    return {
        "petitions": dict(states),
        "archived": Petition.objects.exclude(archived_at=None).count(),
        "signatures": Petition.objects.aggregate(Sum("signature_count"))["signature_count__sum"] or 0,
        "due_to_close": find_due(now).count(),
        "counts_to_prove": list_unproven().count(),
        "mails_waiting": notices().filter(state=NoticeState.QUEUED).count(),
        "mails_failed": notices().filter(state=NoticeState.FAILED).count(),
        "accepts_signatures": read_site().accepts_signatures,
        "accepts_petitions": read_site().accepts_petitions,
        "parliaments": [describe_parliament(each, now=now) for each in Parliament.objects.order_by("opening_at", "pk")],
    }


def describe_parliament(parliament: Parliament, *, now: datetime) -> dict[str, Any]:
    """Where a Parliament is between its opening and its signers' anonymity."""
    return {
        "period": parliament.period,
        "stage": find_stage(parliament, now=now),
        "dissolution_at": parliament.dissolution_at,
        "closure_scheduled_at": parliament.closure_scheduled_at,
        "archived_at": parliament.archived_at,
        "anonymized_at": parliament.anonymized_at,
    }


def find_stage(parliament: Parliament, *, now: datetime) -> str:
    """One word for where it is."""
    if parliament.anonymized_at is not None:
        return "anonymous"
    if parliament.archived_at is not None:
        return "archived"
    if parliament.archiving_started_at is not None:
        return "archiving"
    if parliament.dissolution_at is not None:
        return "dissolved" if parliament.dissolution_at <= now else "dissolution announced"
    return "pending" if parliament.opening_at is not None and parliament.opening_at > now else "sitting"
