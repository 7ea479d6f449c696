"""Every petition as a row of a table, for a file of staff.

Law: read in chunks with a fixed number of statements each, so that the whole of them never stands in memory.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db.models import Count

from ridgeway.services.petitions.api.attributes import find_outcome, find_response
from ridgeway.services.petitions.links import link_to
from ridgeway.services.petitions.models import Petition, Signature
from ridgeway.services.petitions.queries.published import Petitions
from ridgeway.services.petitions.states import VISIBLE, SignatureState

CHUNK = 200
JOINED = (
    "creator",
    "rejection_reason",
    "moderated_by",
    "government_response",
    "debate_outcome",
)
Read = Callable[[Petition, int], Any]


def link_public(petition: Petition) -> str:
    """Its page, where it has one."""
    name = "archived-petition" if petition.archived_at else "petition"
    return link_to(name, petition_id=petition.pk) if petition.state in VISIBLE else ""


def rate_of(part: int, whole: int) -> str:
    """Which part, in hundredths."""
    return f"{part / whole:.2f}" if whole else ""


def join_names(rows: Any) -> str:
    """Names, one after another."""
    return ", ".join(sorted(str(each) for each in rows.all()))


def of_response(name: str) -> Read:
    """A field of the government's response."""
    return lambda petition, _: getattr(find_response(petition), name, None)


def of_outcome(name: str) -> Read:
    """A field of the debate's outcome."""
    return lambda petition, _: getattr(find_outcome(petition), name, None)


def own(name: str) -> Read:
    """A field of the petition itself."""
    return lambda petition, _: getattr(petition, name)


COLUMNS: dict[str, Read] = {
    "public_url": lambda petition, _: link_public(petition),
    "id": own("pk"),
    "action": own("action"),
    "background": own("background"),
    "additional_details": own("additional_details"),
    "committee_note": own("committee_note"),
    "state": own("state"),
    "creator_name": lambda petition, _: petition.creator.name if petition.creator else "",
    "creator_email": lambda petition, _: petition.creator.email if petition.creator else "",
    "signature_count": own("signature_count"),
    "subscriber_count": lambda _, subscribers: subscribers,
    "subscription_rate": lambda petition, subscribers: rate_of(subscribers, petition.signature_count),
    "rejection_code": lambda petition, _: petition.rejection_reason.code if petition.rejection_reason else "",
    "rejection_details": own("rejection_details"),
    "moderated_by": lambda petition, _: petition.moderated_by.name if petition.moderated_by else "",
    "moderation_lag": own("moderation_lag_days"),
    "created_at": own("created_at"),
    "updated_at": own("updated_at"),
    "moderation_threshold_reached_at": own("moderation_threshold_reached_at"),
    "opened_at": own("opened_at"),
    "closes_at": own("closes_at"),
    "closed_at": own("closed_at"),
    "rejected_at": own("rejected_at"),
    "response_threshold_reached_at": own("response_threshold_reached_at"),
    "government_response_at": own("government_response_at"),
    "government_response_summary": of_response("summary"),
    "debate_threshold_reached_at": own("debate_threshold_reached_at"),
    "scheduled_debate_date": own("scheduled_debate_date"),
    "debate_outcome_at": own("debate_outcome_at"),
    "debated_on": of_outcome("debated_on"),
    "debate_transcript_url": of_outcome("transcript_url"),
    "debate_video_url": of_outcome("video_url"),
    "notes": own("notes"),
    "tags": lambda petition, _: join_names(petition.tags),
    "departments": lambda petition, _: join_names(petition.departments),
}
"""Name of a column → what stands in it, from a petition and how many of its signers want updates."""


def list_rows(petitions: Petitions) -> Iterator[Sequence[Any]]:
    """A row for each petition, in their order."""
    joined = petitions.select_related(*JOINED).prefetch_related("tags", "departments")
    rows = joined.iterator(chunk_size=CHUNK)
    while some := list(islice(rows, CHUNK)):
        subscribers = count_subscribers([petition.pk for petition in some])
        for petition in some:
            yield [read(petition, subscribers.get(petition.pk, 0)) for read in COLUMNS.values()]


def count_subscribers(petition_ids: Sequence[int]) -> dict[int, int]:
    """How many of each petition's signers want updates."""
    wanting = Signature.objects.filter(
        petition__in=petition_ids, state=SignatureState.VALIDATED, wants_updates=True
    ).order_by()
    return dict(wanting.values_list("petition").annotate(Count("pk")))
