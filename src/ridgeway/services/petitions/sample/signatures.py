"""Signatures of the sample, their places and minutes: written in bulk, counted as they are written."""

import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import connection

from ridgeway.services.petitions.founding.rows import NORTHMARK
from ridgeway.services.petitions.models import Constituency, PlaceCount, Postcode, Signature, Tally
from ridgeway.services.petitions.sample.petitions import Entry
from ridgeway.services.petitions.sample.words import FAMILY, GIVEN
from ridgeway.services.petitions.states import PlaceKind, SignatureRole, SignatureState

ABROAD = ("DE", "FR", "NO", "EG", "JO", "CA", "AU", "ES")
ABROAD_SHARE, UPDATES_SHARE = 0.05, 0.4
SPONSORS = 5
IP_KEPT = timedelta(days=170)
COLUMNS = (
    "petition_id",
    "role",
    "state",
    "name",
    "email",
    "canonical_email",
    "postcode",
    "country_code",
    "constituency_id",
    "wants_updates",
    "language",
    "ip",
    "source",
    "number",
    "confirm_token",
    "signed_token",
    "unsubscribe_token",
    "nonce",
    "mails_sent",
    "created_at",
    "updated_at",
    "validated_at",
    "anonymized_at",
)
BATCH = 5000


@dataclass(slots=True)
class Place:
    """Where somebody lives."""

    postcode: str
    country: str
    code: str = ""
    key: int | None = None


@dataclass(slots=True)
class Signers:
    """Draws people: who they are and where they live."""

    random: Random
    now: datetime
    homes: list[Place] = field(init=False)
    numbers: int = 0

    def __post_init__(self) -> None:
        """Every postcode of the country is a home."""
        keys = dict(Constituency.objects.filter(ends_on=None).values_list("code", "pk"))
        found = Postcode.objects.order_by("key").values_list("key", "constituency_code")
        self.homes = [Place(key, NORTHMARK, code, keys[code]) for key, code in found if code in keys]

    def draw_place(self) -> Place:
        """A home in the country, or somewhere else."""
        if self.random.random() < ABROAD_SHARE or not self.homes:
            return Place("", self.random.choice(ABROAD))
        return self.random.choice(self.homes)

    def draw_person(self) -> tuple[str, str]:
        """A name, and an address that nobody else has."""
        self.numbers += 1
        given, family = self.random.choice(GIVEN), self.random.choice(FAMILY)
        return f"{given} {family}", f"{given}.{family}.{self.numbers}@mail.example".lower()


@dataclass(slots=True)
class Counts:
    """What is counted of what is written."""

    places: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    minutes: Counter[tuple[int, datetime]] = field(default_factory=Counter)


def write_signatures(entries: list[Entry], signers: Signers) -> int:
    """Every signature is a row, and counted; how many there are."""
    counts = Counts()
    rows = [row for entry in entries for row in draw_rows(entry, signers, counts)]
    insert(Signature._meta.db_table, COLUMNS, rows)  # noqa: SLF001 - Django's documented name
    places = [(*key, count) for key, count in counts.places.items()]
    insert(PlaceCount._meta.db_table, ("petition_id", "kind", "code", "count"), places)  # noqa: SLF001
    tallies = [(petition, adapt(minute), count) for (petition, minute), count in counts.minutes.items()]
    insert(Tally._meta.db_table, ("petition_id", "minute_at", "count"), tallies)  # noqa: SLF001
    return len(rows)


def insert(table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """Rows without the price of objects."""
    marks = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - own names
            cursor.executemany(statement, rows[start : start + BATCH])


def adapt(at: datetime | None) -> Any:
    """A time as the database takes it."""
    return connection.ops.adapt_datetimefield_value(at)


def draw_rows(entry: Entry, signers: Signers, counts: Counts) -> Iterator[tuple[Any, ...]]:
    """The signatures of one petition: its creator's, its supporters', the others'."""
    plan = entry.plan
    number = 0
    for number, at in enumerate(plan.signed_at, 1):
        role = SignatureRole.CREATOR if number == 1 else SignatureRole.SIGNER
        if 1 < number <= 1 + SPONSORS or (number > 1 and (plan.opened_at is None or at < plan.opened_at)):
            role = SignatureRole.SPONSOR
        yield draw_row(entry, signers, counts, (role, number, at))
    if number == 0:
        yield draw_row(entry, signers, counts, (SignatureRole.CREATOR, 0, plan.created_at))
    for _ in range(plan.pending):
        role = SignatureRole.SIGNER if plan.opened_at else SignatureRole.SPONSOR
        yield draw_row(entry, signers, counts, (role, 0, plan.created_at + timedelta(hours=1)))


def draw_row(
    entry: Entry, signers: Signers, counts: Counts, drawn: tuple[SignatureRole, int, datetime]
) -> tuple[Any, ...]:
    """One signature; one without a number was never confirmed. Who signed long ago is nobody any more."""
    (role, number, at), petition, place = drawn, entry.petition, signers.draw_place()
    name, email = signers.draw_person()
    anonymous = petition.anonymized_at
    if anonymous is not None:
        name, email = "Anonymous", f"{signers.numbers}@anonymous.invalid"
    if number:
        counts.places[petition.pk, PlaceKind.COUNTRY, place.country] += 1
        counts.minutes[petition.pk, at.replace(second=0, microsecond=0)] += 1
        if place.code:
            counts.places[petition.pk, PlaceKind.CONSTITUENCY, place.code] += 1
    settled = adapt(at)
    begun = entry.plan.created_at if role is SignatureRole.CREATOR else at - timedelta(minutes=2)
    ip = f"10.{signers.numbers >> 16 & 255}.{signers.numbers >> 8 & 255}.{signers.numbers & 255}"
    knows_ip = anonymous is None and signers.now - begun < IP_KEPT
    tokens = ("", "", "") if anonymous else tuple(secrets.token_hex(12) for _ in range(3))
    wants = anonymous is None and (role is SignatureRole.CREATOR or signers.random.random() < UPDATES_SHARE)
    return (
        petition.pk,
        str(role),
        str(SignatureState.VALIDATED if number else SignatureState.PENDING),
        name,
        email,
        email,
        place.postcode,
        place.country,
        place.key,
        wants,
        petition.language,
        ip if knows_ip else None,
        ip if knows_ip else "",
        number or None,
        *tokens,
        "",
        1,
        adapt(begun),
        settled,
        settled if number else None,
        adapt(anonymous),
    )
