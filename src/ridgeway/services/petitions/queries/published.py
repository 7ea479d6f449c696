"""What the public may read of petitions: one of them, lists by facet, and what many people sign just now.

Law: a list shows only what `states.VISIBLE` names, of the Parliament that sits or of those in the archive, never both.
A list costs the same number of statements whatever its length.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum

from ridgeway.services.petitions.models import Petition, Tally, Topic
from ridgeway.services.petitions.states import VISIBLE, DebateState, ResponseState, State

JOINED = ("creator", "parliament", "rejection_reason", "government_response", "debate_outcome")
PAGE_SIZE = 25
MAX_PAGE_SIZE = 50
TRENDING_PERIOD = timedelta(hours=1)
Petitions = QuerySet[Petition]


@dataclass(frozen=True, slots=True)
class Facet:
    """Some of the public petitions, in an order of their own."""

    where: Q
    order: tuple[Any, ...]


BY_COUNT = ("-signature_count", "-created_at")
PUBLIC = Q(state__in=sorted(VISIBLE))
FACETS: Mapping[str, Facet] = {
    "all": Facet(PUBLIC, BY_COUNT),
    "open": Facet(Q(state=State.OPEN), BY_COUNT),
    "recent": Facet(Q(state=State.OPEN), ("-opened_at", "-id")),
    "closed": Facet(Q(state=State.CLOSED), BY_COUNT),
    "rejected": Facet(Q(state=State.REJECTED), ("-created_at", "-id")),
    "awaiting_response": Facet(
        PUBLIC & Q(response_state=ResponseState.AWAITING), ("response_threshold_reached_at", "id")
    ),
    "with_response": Facet(PUBLIC & Q(response_state=ResponseState.RESPONDED), ("-government_response_at", "-id")),
    "awaiting_debate": Facet(
        PUBLIC & Q(debate_state__in=[DebateState.AWAITING, DebateState.SCHEDULED]),
        (F("scheduled_debate_date").asc(nulls_last=True), "debate_threshold_reached_at", "id"),
    ),
    "debated": Facet(PUBLIC & Q(debate_state=DebateState.DEBATED), ("-debate_outcome_at", "-id")),
    "not_debated": Facet(PUBLIC & Q(debate_state=DebateState.NOT_DEBATED), ("-debate_outcome_at", "-id")),
}
ARCHIVED_FACETS: Mapping[str, Facet] = {
    "all": Facet(PUBLIC, BY_COUNT),
    "published": Facet(Q(state=State.CLOSED), BY_COUNT),
    "rejected": FACETS["rejected"],
    "with_response": FACETS["with_response"],
    "debated": FACETS["debated"],
    "not_debated": FACETS["not_debated"],
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list. `number` is from 1; `count` is of the whole list."""

    petitions: Sequence[Petition]
    count: int
    number: int
    pages: int
    size: int


def list_current() -> Petitions:
    """Petitions to the Parliament that sits."""
    return Petition.objects.filter(archived_at=None)


def list_archived() -> Petitions:
    """Petitions to Parliaments of before."""
    return Petition.objects.exclude(archived_at=None)


def with_parts(petitions: Petitions) -> Petitions:
    """With everything that a list says of each, in a fixed number of statements."""
    topics = Prefetch("topics", Topic.objects.order_by("code"))
    related = petitions.select_related(*JOINED)
    return related.prefetch_related("departments", topics)


def read_page(petitions: Petitions, *, number: int, size: int = PAGE_SIZE) -> Listed:
    """One page of `petitions`; a page after the last is the last."""
    paginator = Paginator(petitions, min(max(size, 1), MAX_PAGE_SIZE))
    page = paginator.get_page(number)
    return Listed(list(page.object_list), paginator.count, page.number, paginator.num_pages, paginator.per_page)


def count_facets(petitions: Petitions, facets: Mapping[str, Facet]) -> dict[str, int]:
    """How many of `petitions` each facet has, in one statement."""
    counts = {name: Count("pk", filter=facet.where) for name, facet in facets.items()}
    return petitions.order_by().aggregate(**counts)


def find_petition(petition_id: int) -> Petition | None:
    """The petition with all that its page says, in whatever state it is."""
    related = with_parts(Petition.objects.filter(pk=petition_id))
    return related.prefetch_related("other_business").first()


def list_trending(*, now: datetime, limit: int) -> list[tuple[Petition, int]]:
    """The open petitions that were signed most within the last hour, each with how often; the hour is whole minutes."""
    until = now.replace(second=0, microsecond=0)
    counted = (
        Tally.objects.filter(minute_at__gte=until - TRENDING_PERIOD, minute_at__lt=until)
        .filter(petition__state=State.OPEN, petition__archived_at=None)
        .values("petition_id")
        .annotate(signed=Sum("count"))
        .filter(signed__gt=0)
        .order_by("-signed", "petition_id")[:limit]
    )
    rows = {row["petition_id"]: row["signed"] for row in counted}
    petitions = Petition.objects.in_bulk(rows)
    return [(petitions[each], signed) for each, signed in rows.items() if each in petitions]
