"""Sealing the audit log, and proving that it is whole.

Law: a line is sealed within minutes after it was written, by one sealer at a time, in an order of its own (`position`):
lines are written by many at once, and whoever writes one must never wait for another. The last digest is told each
time, so that it stands in logs outside of this database. Next: `chain.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connections, router, transaction

from ridgeway.office.audit.chain import START, Line, chain_digest
from ridgeway.office.audit.models import Entry, Seal

BATCH: Final = 5_000
LOOK_BACK: Final = 20_000
"""How many numbers before the last sealed line are looked at for one that was committed late."""
LOCK: Final = 0x5EA1_0A0D
"""Number of the advisory lock of PostgreSQL; on SQLite the transaction itself is alone."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a look at the whole log found. `fault` is empty, or says which line is not as it was sealed."""

    sealed: int
    unsealed: int
    digest: str
    fault: str = ""


def seal_log(now: datetime) -> str:  # noqa: ARG001 - the interface of duties
    """Every line that was written is sealed; says how far, and by which digest."""
    sealed = 0
    while (count := seal_batch()) > 0:
        sealed += count
    last = Seal.objects.order_by("-position").first()
    return f"sealed {sealed} lines; at {last.position} {bytes(last.digest).hex()}" if last else "nothing to seal"


def seal_batch() -> int:
    """At most `BATCH` more lines are sealed; how many."""
    database = router.db_for_write(Seal)
    with transaction.atomic(using=database):
        if connections[database].vendor == "postgresql":
            with connections[database].cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        last = Seal.objects.order_by("-position").first()
        position, digest = (last.position, bytes(last.digest)) if last else (0, START)
        entries = list_unsealed(last)
        seals = []
        for entry in entries:
            position, digest = position + 1, chain_digest(line_of(entry), digest)
            seals.append(Seal(position=position, entry_number=entry.pk, digest=digest))
        Seal.objects.bulk_create(seals)
    return len(seals)


def list_unsealed(last: Seal | None) -> list[Entry]:
    """The first lines that have no seal, looking back a little from the last that has one."""
    entries: Any = Entry.objects.order_by("id")
    if last is not None:
        since = last.entry_number - LOOK_BACK
        known = Seal.objects.filter(entry_number__gt=since).values("entry_number")
        entries = entries.filter(id__gt=since).exclude(id__in=known)
    return list(entries[:BATCH])


def verify_log(known: str = "") -> Proof:
    """Read the whole log and recompute its chain; a `known` digest, as it was told once, must be in it."""
    digest, fault, is_known = START, "", not known
    for position, (seal, entry) in enumerate(walk_seals(), 1):
        if seal.position != position:
            fault = f"the seal at position {position} is missing"
        elif entry is None:
            fault = f"line {seal.entry_number} is missing"
        else:
            digest = chain_digest(line_of(entry), digest)
            fault = "" if digest == bytes(seal.digest) else f"line {seal.entry_number} is not as it was sealed"
        if fault:
            break
        is_known = is_known or digest.hex() == known
    if not fault and not is_known:
        fault = "the digest that was told before is not in it: lines were taken from its end"
    sealed = Seal.objects.count()
    unsealed = Entry.objects.exclude(id__in=Seal.objects.values("entry_number")).count()
    return Proof(sealed, unsealed, digest.hex(), fault)


def walk_seals() -> Iterator[tuple[Seal, Entry | None]]:
    """Every seal in its order with its line, in constant memory."""
    position = 0
    while seals := list(Seal.objects.filter(position__gt=position).order_by("position")[:BATCH]):
        entries = {entry.pk: entry for entry in Entry.objects.filter(pk__in=[seal.entry_number for seal in seals])}
        for seal in seals:
            yield seal, entries.get(seal.entry_number)
        position = seals[-1].position


def line_of(entry: Entry) -> Line:
    """The line as it is sealed."""
    return Line(
        number=entry.pk,
        at=entry.at,
        actor_name=entry.actor_name,
        account_id=entry.account_id,
        act=entry.act,
        subject=entry.subject,
        reason=entry.reason,
        details=entry.details,
    )
