"""Who sends which notice now, and what a sender that died had done.

Law: a claim is committed before anything of it is handed over. Its name stands in the rows and on a file of this
machine that the sender keeps locked while it lives: so a sender that was killed is known at once, however the clock
goes, and its notices are sent by another. Each hand-over to a mail server is noted in the file the moment the server
has said yes; what is noted counts as sent. Between that yes and the note lies the one window in which a kill makes a
mail go twice, with the same Message-ID. Senders on other machines know each other by the lease in the rows alone.
Next: `outbox.py`.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet

from ridgeway.errors import WorldError
from ridgeway.office.notices.models import QueuedNotice
from ridgeway.office.notices.schema import to_ms
from ridgeway.office.notices.values import Priority, State

LEASE = timedelta(minutes=10)
SUFFIX = ".claim"
OWNER_ALONE = 0o600
FOLDER_OF_OWNER_ALONE = 0o700


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send the rows that carry `name`."""

    name: str
    path: Path
    descriptor: int = field(repr=False)

    def note(self, notice_id: int) -> None:
        """The hand-over of this notice survives the end of this process.

        Raises:  WorldError(mail_unavailable).
        """
        try:
            os.write(self.descriptor, b"%d\n" % notice_id)
        except OSError as error:
            raise unavailable(self.path.parent, error) from error


@contextmanager
def open_claim(folder: Path) -> Iterator[Claim]:
    """A new claim, held until the end of the block.

    Its file goes when the block ends well; otherwise it stays for `settle_dead_claims`.
    Raises:  WorldError(mail_unavailable).
    """
    name = secrets.token_hex(16)
    path = folder / f"{name}{SUFFIX}"
    try:
        folder.mkdir(mode=FOLDER_OF_OWNER_ALONE, parents=True, exist_ok=True)
        descriptor = os.open(folder / f"{name}.opening", os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, OWNER_ALONE)
    except OSError as error:
        raise unavailable(folder, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        (folder / f"{name}.opening").rename(path)  # nobody sees it unlocked
        yield Claim(name, path, descriptor)
        path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def claim_notices(claim: Claim, *, limit: int, now: datetime) -> list[QueuedNotice]:
    """Up to `limit` notices that are due are this claim's, the most urgent first."""
    live = list_live_claims(claim.path.parent) - {claim.name}
    claimed: list[QueuedNotice] = []
    with transaction.atomic():
        for priority in Priority:
            # One question a priority: each is answered by the start of an index, however many wait for later.
            rows = due(now).filter(priority=priority).exclude(claim__in=live).order_by("due_at_ms", "id")
            claimed += rows.select_for_update(skip_locked=True)[: limit - len(claimed)]
            if len(claimed) >= limit:
                break
        ids = [row.id for row in claimed]
        QueuedNotice.objects.filter(id__in=ids).update(claim=claim.name, due_at_ms=to_ms(now + LEASE))
    return claimed


def is_anything_due(*, now: datetime) -> bool:
    """Whether something could be sent now; asked without locking anybody out."""
    return due(now).exists()


def due(now: datetime) -> QuerySet[QueuedNotice]:
    """What could be sent now."""
    return QueuedNotice.objects.filter(state=State.QUEUED, due_at_ms__lte=to_ms(now))


def find_still_wanted(claim: Claim, ids: list[int]) -> set[int]:
    """Those of `ids` that are still queued and this claim's: not cancelled, not taken over."""
    rows = QueuedNotice.objects.filter(id__in=ids, state=State.QUEUED, claim=claim.name)
    return set(rows.values_list("id", flat=True))


def renew_claim(claim: Claim, *, now: datetime) -> None:
    """The lease of what is left of this claim begins anew."""
    QueuedNotice.objects.filter(claim=claim.name, state=State.QUEUED).update(due_at_ms=to_ms(now + LEASE))


def list_live_claims(folder: Path) -> set[str]:
    """The claims of this machine whose senders live."""
    return {path.stem for path in folder.glob(f"*{SUFFIX}") if is_locked(path)}


def is_locked(path: Path) -> bool:
    """Whether a process holds the file."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def settle_dead_claims(folder: Path, *, now: datetime) -> int:
    """What senders of this machine that died had claimed is settled or free again; the number of such senders."""
    dead = 0
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            settle_dead_claim(path.stem, os.pread(descriptor, os.fstat(descriptor).st_size, 0), now=now)
            path.unlink(missing_ok=True)
            dead += 1
        except BlockingIOError:
            continue
        finally:
            os.close(descriptor)
    return dead


def settle_dead_claim(name: str, noted: bytes, *, now: datetime) -> None:
    """What was noted as handed over is sent; the rest of the claim waits again. Doing it twice changes nothing."""
    # A last line without its end was cut off by the kill, and may be the start of another number.
    handed_over = [int(line) for line in noted.split(b"\n")[:-1] if line.isdigit()]
    mine = QueuedNotice.objects.filter(claim=name)
    with transaction.atomic():
        mine.filter(id__in=handed_over).update(
            state=State.SENT, outcome="", note="", settled_at_ms=to_ms(now), claim=""
        )
        mine.filter(state=State.QUEUED).update(due_at_ms=to_ms(now), claim="")


def unavailable(folder: Path, error: OSError) -> WorldError:
    """What to tell the operator."""
    detail = f"The folder {folder} of what is being sent cannot be written: {error.strerror or error}."
    return WorldError("mail_unavailable", detail, action="Make room, or let this process write there.")
