"""What the public may read of petitions: one of them, lists by facet, and what many people sign just now.

Law: a list shows only what `states.VISIBLE` names, of the Parliament that sits or of those in the archive, never both.
A list costs the same number of statements whatever its length.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

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
    """Some of the public petitions, in an order of their own; empty sets of sub-states leave nothing out."""

    states: frozenset[str]
    order: tuple[Any, ...]
    responses: frozenset[str] = frozenset()
    debates: frozenset[str] = frozenset()

    @property
    def where(self) -> Q:
        """The condition."""
        found = Q(state__in=sorted(self.states))
        if self.responses:
            found &= Q(response_state__in=sorted(self.responses))
        return found & Q(debate_state__in=sorted(self.debates)) if self.debates else found

    def has(self, state: str, response: str, debate: str) -> bool:
        """Whether a petition in these states is one of them."""
        return (
            state in self.states
            and (not self.responses or response in self.responses)
            and (not self.debates or debate in self.debates)
        )


BY_COUNT = ("-signature_count", "id")
ANY = frozenset[str](VISIBLE)


def only(*states: str) -> frozenset[str]:
    """A set of states."""
    return frozenset(states)


FACETS: Mapping[str, Facet] = {
    "all": Facet(ANY, BY_COUNT),
    "open": Facet(only(State.OPEN), BY_COUNT),
    "recent": Facet(only(State.OPEN), ("-opened_at", "-id")),
    "closed": Facet(only(State.CLOSED), BY_COUNT),
    "rejected": Facet(only(State.REJECTED), ("-created_at", "-id")),
    "awaiting_response": Facet(ANY, ("response_threshold_reached_at", "id"), responses=only(ResponseState.AWAITING)),
    "with_response": Facet(ANY, ("-government_response_at", "-id"), responses=only(ResponseState.RESPONDED)),
    "awaiting_debate": Facet(
        ANY,
        (F("scheduled_debate_date").asc(nulls_last=True), "debate_threshold_reached_at", "id"),
        debates=only(DebateState.AWAITING, DebateState.SCHEDULED),
    ),
    "debated": Facet(ANY, ("-debate_outcome_at", "-id"), debates=only(DebateState.DEBATED)),
    "not_debated": Facet(ANY, ("-debate_outcome_at", "-id"), debates=only(DebateState.NOT_DEBATED)),
}
ARCHIVED_FACETS: Mapping[str, Facet] = {
    "all": FACETS["all"],
    "published": FACETS["closed"],
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


def read_page(petitions: Petitions, *, number: int, size: int = PAGE_SIZE, count: int | None = None) -> Listed:
    """One page of `petitions`; a page after the last is the last. Who knows how many there are says so: `count`.

    The page's numbers are found first, by the index alone, so that a late page costs what an early one does.
    """
    size = min(max(size, 1), MAX_PAGE_SIZE)
    count = petitions.order_by().count() if count is None else count
    pages = max(-(-count // size), 1)
    number = min(max(number, 1), pages)
    numbers = list(petitions.values_list("pk", flat=True)[(number - 1) * size : number * size])
    rows = with_parts(Petition.objects.filter(pk__in=numbers)).in_bulk()
    return Listed([rows[pk] for pk in numbers if pk in rows], count, number, pages, size)


def count_facets(petitions: Petitions, facets: Mapping[str, Facet]) -> dict[str, int]:
    """How many of `petitions` each facet has, in one statement that an index answers."""
    kinds = petitions.order_by().values_list("state", "response_state", "debate_state").annotate(count=Count("pk"))
    counted = list(kinds)
    return {name: sum(count for *states, count in counted if facet.has(*states)) for name, facet in facets.items()}


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
