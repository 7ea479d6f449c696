"""What staff look at: the queue by age, lists by state, and how much comes in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Sum

from ridgeway.services.petitions.models import Petition, Proposal, SiteSettings, Tally
from ridgeway.services.petitions.queries.published import Petitions
from ridgeway.services.petitions.queries.words import match_words
from ridgeway.services.petitions.states import IN_QUEUE, DebateState, ResponseState, State

NEWEST = ("-created_at", "-id")
OLDEST_IN_QUEUE = (F("moderation_threshold_reached_at").asc(nulls_last=True), "id")


@dataclass(frozen=True, slots=True)
class Pile:
    """Some petitions that staff work on, in the order in which they are worked on."""

    where: Q
    order: tuple[Any, ...] = NEWEST


ARCHIVED = "archived"
PUBLIC = Q(state__in=[State.OPEN, State.CLOSED])
PILES: Mapping[str, Pile] = {
    "all": Pile(Q()),
    "in_moderation": Pile(Q(state__in=sorted(IN_QUEUE)), OLDEST_IN_QUEUE),
    "flagged": Pile(Q(state=State.FLAGGED), OLDEST_IN_QUEUE),
    "dormant": Pile(Q(state=State.DORMANT), OLDEST_IN_QUEUE),
    "collecting_sponsors": Pile(Q(state__in=[State.PENDING, State.VALIDATED])),
    "open": Pile(Q(state=State.OPEN), ("-signature_count", "id")),
    "closed": Pile(Q(state=State.CLOSED), ("-signature_count", "id")),
    "rejected": Pile(Q(state=State.REJECTED)),
    "hidden": Pile(Q(state=State.HIDDEN)),
    "removed": Pile(Q(state=State.REMOVED)),
    "stopped": Pile(Q(state=State.STOPPED)),
    "awaiting_response": Pile(
        PUBLIC & Q(response_state=ResponseState.AWAITING), ("response_threshold_reached_at", "id")
    ),
    "with_response": Pile(Q(response_state=ResponseState.RESPONDED), ("-government_response_at", "id")),
    "awaiting_debate": Pile(PUBLIC & Q(debate_state=DebateState.AWAITING), ("debate_threshold_reached_at", "id")),
    "debate_scheduled": Pile(Q(debate_state=DebateState.SCHEDULED), ("scheduled_debate_date", "id")),
    "awaiting_outcome": Pile(
        Q(debate_state=DebateState.DEBATED, debate_outcome_at=None), ("scheduled_debate_date", "id")
    ),
    "debated": Pile(Q(debate_state=DebateState.DEBATED), ("-debate_outcome_at", "id")),
    "not_debated": Pile(Q(debate_state=DebateState.NOT_DEBATED), ("-debate_outcome_at", "id")),
    "untagged": Pile(Q(state__in=sorted(IN_QUEUE), tags=None), OLDEST_IN_QUEUE),
    "tagged": Pile(Q(state__in=sorted(IN_QUEUE), tags__isnull=False), OLDEST_IN_QUEUE),
    ARCHIVED: Pile(Q(archived_at__isnull=False)),
}


class Match(StrEnum):
    """How many of some marks a petition must have."""

    ANY = "any"
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Marks:
    """Tags or departments that are asked for, by number."""

    ids: tuple[int, ...] = ()
    match: Match = Match.ANY


NO_MARKS = Marks()


@dataclass(frozen=True, slots=True)
class Ages:
    """How many petitions wait for moderators, by how long they have waited."""

    recent: int
    near: int
    overdue: int
    oldest_at: datetime | None

    @property
    def waiting(self) -> int:
        """All of them."""
        return self.recent + self.near + self.overdue


@dataclass(frozen=True, slots=True)
class Load:
    """What comes in: signatures that were confirmed lately."""

    last_hour: int
    last_day: int


def list_pile(name: str) -> Petitions:
    """The petitions of a pile, in its order; those of the Parliament that sits, but for the pile of all others."""
    pile = PILES[name]
    petitions = Petition.objects.filter(pile.where).order_by(*pile.order)
    if name != ARCHIVED:
        petitions = petitions.filter(archived_at=None)
    return petitions.distinct() if name == "tagged" else petitions


def count_piles() -> dict[str, int]:
    """How many petitions each pile has, in one statement; the marks of tags apart."""
    apart = ("tagged", "untagged", ARCHIVED)
    names = [name for name in PILES if name not in apart]
    counts = Petition.objects.filter(archived_at=None).aggregate(
        **{name: Count("pk", filter=PILES[name].where if name != "all" else None) for name in names}
    )
    marked = {name: list_pile(name).order_by().count() for name in apart}
    return {**counts, **marked}


def measure_ages(site: SiteSettings, *, now: datetime) -> Ages:
    """The queue by age."""
    near = now - timedelta(days=site.moderation_near_overdue_days)
    overdue = now - timedelta(days=site.moderation_overdue_days)
    reached = "moderation_threshold_reached_at"
    found = Petition.objects.filter(archived_at=None, state__in=sorted(IN_QUEUE)).aggregate(
        waiting=Count("pk"),
        near=Count("pk", filter=Q(**{f"{reached}__lte": near, f"{reached}__gt": overdue})),
        overdue=Count("pk", filter=Q(**{f"{reached}__lte": overdue})),
        oldest=Min(reached),
    )
    recent = found["waiting"] - found["near"] - found["overdue"]
    return Ages(recent, found["near"], found["overdue"], found["oldest"])


def measure_load(*, now: datetime) -> Load:
    """What comes in."""
    hour, day = now - timedelta(hours=1), now - timedelta(days=1)
    found = Tally.objects.filter(minute_at__gte=day).aggregate(
        hour=Sum("count", filter=Q(minute_at__gte=hour), default=0), day=Sum("count", default=0)
    )
    return Load(found["hour"], found["day"])


def list_waiting_proposals() -> QuerySet[Proposal]:
    """What waits for a second person, the oldest first."""
    waiting = Proposal.objects.filter(outcome="").select_related("petition", "proposed_by")
    return waiting.order_by("proposed_at")


def find_petitions(
    *, words: str = "", pile: str = "all", tags: Marks = NO_MARKS, departments: Marks = NO_MARKS
) -> Petitions:
    """The petitions of a pile that have the words, and the tags and departments as they are asked for."""
    found = list_pile(pile)
    if words:
        found = match_words(found, words)
    return match_marks(match_marks(found, "tags", tags), "departments", departments)


def match_marks(found: Petitions, field: str, marks: Marks) -> Petitions:
    """Those that have any, all or none of the marks; none of nothing is no mark at all."""
    if not marks.ids:
        return found.filter(**{field: None}) if marks.match is Match.NONE else found
    if marks.match is Match.ALL:
        for number in marks.ids:
            found = found.filter(**{field: number})
        return found
    having = Petition.objects.filter(**{f"{field}__in": marks.ids}).order_by().values("pk")
    return found.exclude(pk__in=having) if marks.match is Match.NONE else found.filter(pk__in=having)
