"""The petitions of one transaction, locked: what a change of a signature's state does to counts and standing.

Law: whoever changes the state of a counted signature does so through a ledger, in the transaction that writes the
signature. Petitions are locked in the order of their numbers, so that two writers never wait for one another. A change
counts once: the petition, its places and the minute's tally move together, and the lines it crosses are noted.
Next: `taking.py`, `confirming.py`, `withdrawing.py`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from ridgeway.services.petitions.models import Petition, PlaceCount, Tally
from ridgeway.services.petitions.rules.closing import clip_deadline
from ridgeway.services.petitions.rules.signing import Signable
from ridgeway.services.petitions.rules.thresholds import Standing, decide_standing
from ridgeway.services.petitions.states import (
    UNPUBLISHED,
    DebateState,
    Event,
    PlaceKind,
    ResponseState,
    SignatureRole,
    State,
    decide_state,
)
from ridgeway.services.petitions.writer.rows import (
    SIGNATURES,
    Countable,
    Question,
    as_parameter,
    as_time,
    ask_in,
    render_places,
    write_rows,
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
PETITIONS, PLACES, TALLIES = (each._meta.db_table for each in (Petition, PlaceCount, Tally))  # noqa: SLF001 - Django's documented name
# Every name below is a constant of this file: nothing of a signature is written into a statement.
CHANGE_PETITION = f"UPDATE {PETITIONS} SET {', '.join(f'{name} = %s' for name in CHANGED)} WHERE id = %s"  # noqa: S608
ADD_PLACES = (
    f"INSERT INTO {PLACES} (petition_id, kind, code, count) VALUES {{places}} "  # noqa: S608
    f"ON CONFLICT (petition_id, kind, code) DO UPDATE SET count = {PLACES}.count + excluded.count"
)
TAKE_PLACE = f"UPDATE {PLACES} SET count = count - %s WHERE petition_id = %s AND kind = %s AND code = %s"  # noqa: S608
ADD_TALLIES = (
    f"INSERT INTO {TALLIES} (petition_id, minute_at, count) VALUES {{places}} "  # noqa: S608
    f"ON CONFLICT (petition_id, minute_at) DO UPDATE SET count = {TALLIES}.count + excluded.count"
)


READ = (
    "id",
    *CHANGED,
    "sponsor_token",
    "closes_at",
    "closed_at",
    "anonymized_at",
)
TIMES = frozenset(at for at, name in enumerate(READ) if name.endswith("_at"))
FIND_LOCKED = f"SELECT {', '.join(READ)} FROM {PETITIONS} WHERE id IN ({{wanted}}) ORDER BY id"  # noqa: S608
# A signature never moves to another petition, so its petition may be looked up before anything is locked.
OF_SIGNATURES = f"SELECT petition_id FROM {SIGNATURES} WHERE id IN {{places}}"  # noqa: S608
# Rows that point to a petition may be added meanwhile (NO KEY): nothing that is counted is among them.
LOCK = f" FOR NO KEY UPDATE OF {PETITIONS}"
COUNT_SPONSORS = f"""SELECT petition_id, count(*) FROM {SIGNATURES} WHERE petition_id IN {{places}}
AND state = 'validated' AND role = 'sponsor' GROUP BY petition_id"""  # noqa: S608


@dataclass(slots=True)
class LockedPetition:
    """What the writer needs of a petition, in the order of `READ`."""

    pk: int
    state: str
    response_state: str
    debate_state: str
    moderation_threshold_reached_at: datetime | None
    response_threshold_reached_at: datetime | None
    debate_threshold_reached_at: datetime | None
    signature_count: int
    last_signed_at: datetime | None
    updated_at: datetime | None
    sponsor_token: str
    closes_at: datetime | None
    closed_at: datetime | None
    anonymized_at: datetime | None


@dataclass(slots=True)
class Page:
    """One petition of the ledger, and what has changed of it."""

    petition: LockedPetition
    sponsors: int = 0
    delta: int = 0
    places: Counter[tuple[str, str]] = field(default_factory=Counter)

    is_repaired: bool = False

    @property
    def count(self) -> int:
        """How many signatures count now."""
        return self.petition.signature_count

    @property
    def is_changed(self) -> bool:
        """Whether there is something to write."""
        return bool(self.delta or self.places or self.is_repaired)


class Ledger:
    """The petitions of a question of `lock_petitions`, locked until the transaction ends."""

    def __init__(self, locked: Question, site: Site, *, now: datetime) -> None:
        self.site = site
        self.now = now
        self.pages: Mapping[int, Page] = {row[0]: Page(read_locked(row)) for row in locked.answer()}

    def find(self, petition_id: int) -> Page | None:
        """The petition's page, or None where there is no such petition."""
        return self.pages.get(petition_id)

    def count_sponsors(self, petition_ids: Iterable[int]) -> None:
        """Know how many confirmed sponsors each of these petitions has; one that was published needs no more."""
        pages = [self.pages[each] for each in set(petition_ids) if each in self.pages]
        wanted = [page.petition.pk for page in pages if page.petition.state in UNPUBLISHED]
        for petition_id, count in ask_in(COUNT_SPONSORS, wanted).answer():
            self.pages[petition_id].sponsors = count

    def describe(self, page: Page) -> Signable:
        """What decides whether the petition can be signed."""
        petition = page.petition
        deadline = clip_deadline(petition.closes_at, self.site.dissolution_at) if petition.closes_at else None
        return Signable(
            state=State(petition.state),
            deadline=deadline,
            closed_at=petition.closed_at,
            accepts_signatures=self.site.accepts_signatures,
            sponsors=page.sponsors,
            max_sponsors=self.site.max_sponsors,
        )

    def add(self, page: Page, signature: Countable) -> None:
        """One more signature counts: this one, whose state its caller has set."""
        self.change(page, signature, 1)
        page.petition.last_signed_at = self.now
        if signature.role == SignatureRole.SPONSOR:
            page.sponsors += 1
        signature.number = page.count

    def take(self, page: Page, signature: Countable) -> None:
        """One signature less counts."""
        self.change(page, signature, -1)
        if signature.role == SignatureRole.SPONSOR:
            page.sponsors = max(page.sponsors - 1, 0)

    def change(self, page: Page, signature: Countable, by: int) -> None:
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

    def settle(self, page: Page, *, has_fallen: bool | None = None) -> None:
        """What the count brings about, or takes back when it has fallen in this transaction."""
        fallen = page.delta < 0 if has_fallen is None else has_fallen
        before, lines = standing_of(page.petition), self.site.thresholds
        after = decide_standing(before, page.count, thresholds=lines, now=self.now, has_fallen=fallen)
        for name in Standing.__slots__:
            setattr(page.petition, name, getattr(after, name))  # the same names in both

    def write(self) -> None:
        """Every count that has changed is a row."""
        moved = [page for page in self.pages.values() if page.is_changed]
        for page in moved:
            page.petition.updated_at = self.now
            with connection.cursor() as cursor:
                cursor.execute(CHANGE_PETITION, [*self.list_changes(page.petition), page.petition.pk])
        self.write_places(moved)
        minute = as_parameter(self.now.replace(second=0, microsecond=0))
        write_rows(ADD_TALLIES, [(page.petition.pk, minute, page.delta) for page in moved if page.delta > 0])

    def list_changes(self, petition: LockedPetition) -> list[Any]:
        """The values of `CHANGED`."""
        values = [getattr(petition, name) for name in CHANGED]
        return [as_parameter(value) if isinstance(value, datetime) else value for value in values]

    def write_places(self, moved: Sequence[Page]) -> None:
        """The places of these petitions."""
        changes = [
            (page.petition.pk, str(kind), code, by) for page in moved for (kind, code), by in page.places.items() if by
        ]
        write_rows(ADD_PLACES, [change for change in changes if change[-1] > 0])
        for number, kind, code, by in changes:
            if by < 0:
                with connection.cursor() as cursor:
                    cursor.execute(TAKE_PLACE, (-by, number, kind, code))


def lock_petitions(petition_ids: Iterable[int], signature_ids: Iterable[int] = ()) -> Question:
    """The petitions of these numbers and of these signatures, locked in the order of their numbers."""
    numbers, signatures = sorted(set(petition_ids)), tuple(sorted(set(signature_ids)))
    parts = [OF_SIGNATURES.format(places=render_places([signatures]))] if signatures else []
    if numbers:
        parts.append(f"VALUES {', '.join(['(%s)'] * len(numbers))}")
    statement = FIND_LOCKED.format(wanted=" UNION ".join(parts))
    statement += LOCK if connection.features.has_select_for_no_key_update else ""
    return Question(statement, [(*signatures, *numbers)] if parts else [])


def read_locked(row: tuple[Any, ...]) -> LockedPetition:
    """One petition, its times aware."""
    values: list[Any] = [as_time(value) if at in TIMES else value for at, value in enumerate(row)]
    return LockedPetition(*values)


def standing_of(petition: LockedPetition) -> Standing:
    """All of a petition that a count may move."""
    return Standing(
        State(petition.state),
        ResponseState(petition.response_state),
        DebateState(petition.debate_state),
        petition.moderation_threshold_reached_at,
        petition.response_threshold_reached_at,
        petition.debate_threshold_reached_at,
    )
