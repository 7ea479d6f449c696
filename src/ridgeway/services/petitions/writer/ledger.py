"""The petitions of one transaction, locked: what a change of a signature's state does to counts and standing.

Law: whoever changes the state of a counted signature does so through a ledger, in the transaction that writes the
signature. Petitions are locked in the order of their numbers, so that two writers never wait for one another. A change
counts once: the petition, its places and the minute's tally move together, and the lines it crosses are noted.
Next: `taking.py`, `confirming.py`, `withdrawing.py`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from ridgeway.services.petitions.models import Petition, PlaceCount, Signature, Tally
from ridgeway.services.petitions.rules.closing import clip_deadline
from ridgeway.services.petitions.rules.signing import Signable
from ridgeway.services.petitions.rules.thresholds import Standing, decide_standing
from ridgeway.services.petitions.states import (
    DebateState,
    Event,
    PlaceKind,
    ResponseState,
    SignatureRole,
    SignatureState,
    State,
    decide_state,
)
from ridgeway.services.petitions.writer.site import Site

CHANGED = (
    "state",
    "response_state",
    "debate_state",
    "moderation_threshold_reached_at",
    "response_threshold_reached_at",
    "debate_threshold_reached_at",
    "signature_count",
    "last_signed_at",
    "updated_at",
)
PLACES, TALLIES = PlaceCount._meta.db_table, Tally._meta.db_table  # noqa: SLF001 - Django's documented name
# Every name below is a constant of this file: nothing of a signature is written into a statement.
ADD_PLACE = (
    f"INSERT INTO {PLACES} (petition_id, kind, code, count) VALUES (%s, %s, %s, %s) "  # noqa: S608
    f"ON CONFLICT (petition_id, kind, code) DO UPDATE SET count = {PLACES}.count + excluded.count"
)
TAKE_PLACE = f"UPDATE {PLACES} SET count = count - %s WHERE petition_id = %s AND kind = %s AND code = %s"  # noqa: S608
ADD_TALLY = (
    f"INSERT INTO {TALLIES} (petition_id, minute_at, count) VALUES (%s, %s, %s) "  # noqa: S608
    f"ON CONFLICT (petition_id, minute_at) DO UPDATE SET count = {TALLIES}.count + excluded.count"
)


@dataclass(slots=True)
class Page:
    """One petition of the ledger, and what has changed of it."""

    petition: Petition
    sponsors: int = 0
    delta: int = 0
    places: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        """How many signatures count now."""
        return int(self.petition.signature_count)


class Ledger:
    """The petitions of these numbers, locked until the transaction ends."""

    def __init__(self, petition_ids: Iterable[int], site: Site, *, now: datetime) -> None:
        self.site = site
        self.now = now
        locked = Petition.objects.select_for_update().filter(pk__in=set(petition_ids)).order_by("pk")
        self.pages: Mapping[int, Page] = {petition.pk: Page(petition) for petition in locked}

    def find(self, petition_id: int) -> Page | None:
        """The petition's page, or None where there is no such petition."""
        return self.pages.get(petition_id)

    def count_sponsors(self, petition_ids: Iterable[int]) -> None:
        """Know how many confirmed sponsors each of these petitions has."""
        wanted = set(petition_ids)
        if not wanted:
            return
        sponsors = Signature.objects.filter(
            petition_id__in=wanted, role=SignatureRole.SPONSOR, state=SignatureState.VALIDATED
        )
        for petition_id, count in Counter(sponsors.values_list("petition_id", flat=True)).items():
            if petition_id in self.pages:
                self.pages[petition_id].sponsors = count

    def describe(self, page: Page) -> Signable:
        """What decides whether the petition can be signed."""
        petition = page.petition
        deadline = petition.closes_at and clip_deadline(petition.closes_at, self.site.dissolution_at)
        return Signable(
            state=State(petition.state),
            deadline=deadline,
            closed_at=petition.closed_at,
            accepts_signatures=self.site.accepts_signatures,
            sponsors=page.sponsors,
            max_sponsors=self.site.max_sponsors,
        )

    def add(self, page: Page, signature: Signature) -> None:
        """One more signature counts: this one, whose state its caller has set."""
        self.change(page, signature, 1)
        page.petition.last_signed_at = self.now
        if signature.role == SignatureRole.SPONSOR:
            page.sponsors += 1
        signature.number = page.count

    def take(self, page: Page, signature: Signature) -> None:
        """One signature less counts."""
        self.change(page, signature, -1)
        if signature.role == SignatureRole.SPONSOR:
            page.sponsors = max(page.sponsors - 1, 0)

    def change(self, page: Page, signature: Signature, by: int) -> None:
        """The counts of a page, in memory; `write` makes them rows."""
        page.delta += by
        page.petition.signature_count = max(page.count + by, 0)
        page.places[PlaceKind.COUNTRY, signature.country_code] += by
        if signature.constituency is not None:
            page.places[PlaceKind.CONSTITUENCY, signature.constituency.code] += by

    def support(self, page: Page) -> None:
        """The creator is confirmed, so the petition gathers support."""
        if page.petition.state == State.PENDING:
            page.petition.state = decide_state(State.PENDING, Event.SUPPORT)

    def settle(self, page: Page) -> None:
        """What the count brings about, or takes back."""
        before = standing_of(page.petition)
        after = decide_standing(before, page.count, thresholds=self.site.thresholds, now=self.now)
        for name in Standing.__slots__:
            setattr(page.petition, name, getattr(after, name))

    def write(self) -> None:
        """Every count that has changed is a row."""
        moved = [page for page in self.pages.values() if page.delta or page.places]
        minute = self.now.replace(second=0, microsecond=0)
        with connection.cursor() as cursor:
            for page in moved:
                page.petition.updated_at = self.now
                page.petition.save(update_fields=CHANGED)
                self.write_places(cursor, page)
            tallies = [(page.petition.pk, as_parameter(minute), page.delta) for page in moved if page.delta > 0]
            if tallies:
                cursor.executemany(ADD_TALLY, tallies)

    def write_places(self, cursor: Any, page: Page) -> None:
        """The places of one petition."""
        number = page.petition.pk
        more = [(number, str(kind), code, by) for (kind, code), by in page.places.items() if by > 0]
        less = [(-by, number, str(kind), code) for (kind, code), by in page.places.items() if by < 0]
        if more:
            cursor.executemany(ADD_PLACE, more)
        if less:
            cursor.executemany(TAKE_PLACE, less)


def standing_of(petition: Petition) -> Standing:
    """All of a petition that a count may move."""
    return Standing(
        State(petition.state),
        ResponseState(petition.response_state),
        DebateState(petition.debate_state),
        petition.moderation_threshold_reached_at,
        petition.response_threshold_reached_at,
        petition.debate_threshold_reached_at,
    )


def as_parameter(at: datetime) -> Any:
    """A time as the database takes it."""
    return connection.ops.adapt_datetimefield_value(at)
