"""One pass of a sender: claim what is due, hand it over, settle it.

Law: a notice is settled once: sent, dropped, or failed after all attempts. A mail server or folder that is away costs
no notice an attempt: what was claimed waits again, and the sender pauses. Next: `sending.py`.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec
from django.db import transaction

from ridgeway.errors import WorldError
from ridgeway.office.notices.claims import (
    LEASE,
    Claim,
    claim_notices,
    find_still_wanted,
    is_anything_due,
    open_claim,
    renew_claim,
    settle_dead_claims,
)
from ridgeway.office.notices.delivery import Delivered, Delivery, Postponed, Refused
from ridgeway.office.notices.mails import Envelope
from ridgeway.office.notices.models import QueuedNotice, RequestedMailing
from ridgeway.office.notices.remembering import one_batch, remember
from ridgeway.office.notices.rendering import Unsendable, render_notice
from ridgeway.office.notices.schema import to_ms
from ridgeway.office.notices.values import Outcome, State

log = logging.getLogger(__name__)

BATCH = 100
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440, 1440))
"""After the first failed attempt, the second …; after the last of them a notice has failed. About three days."""
CHECK_SECONDS = 1.0
"""A mail that was cancelled is handed over at most this much later, and the one that was under way."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of a row: its new state, or queued again for `due_at`."""

    row: QueuedNotice
    state: State
    outcome: Outcome = Outcome.NONE
    note: str = ""
    due_at: datetime | None = None


@dataclass(slots=True)
class Counts:
    """What a pass did, or all passes of a process."""

    sent: int = 0
    dropped: int = 0
    failed: int = 0
    postponed: int = 0

    @property
    def total(self) -> int:
        """All that was taken up."""
        return self.sent + self.dropped + self.failed + self.postponed

    def add(self, other: "Counts") -> None:
        """What `other` counted counts here too."""
        self.sent += other.sent
        self.dropped += other.dropped
        self.failed += other.failed
        self.postponed += other.postponed


@dataclass(slots=True)
class Outbox:
    """A sender's hands: one delivery, one folder of claims, used by one thread."""

    delivery: Delivery
    claims: Path
    sender: str
    reply_to: str
    clock: Callable[[], datetime]
    batch: int = BATCH

    def send_due(self, *, is_stopping: Callable[[], bool] = lambda: False) -> Counts:
        """One batch of what is due is settled; nothing due is a batch of none.

        Raises:  WorldError(mail_unavailable); then what was not handed over waits as before.
        """
        settle_dead_claims(self.claims, now=self.clock())
        if not is_anything_due(now=self.clock()):
            return Counts()
        with open_claim(self.claims) as claim:
            rows = claim_notices(claim, limit=self.batch, now=self.clock())
            if not rows:
                return Counts()
            work = Batch(self, claim, rows)
            try:
                with one_batch():
                    work.hand_over(is_stopping)
                self.delivery.finish()
            except WorldError:
                # What a folder had not finished is not there; what a server took is settled.
                work.settle(keep_sent=not self.delivery.is_repeatable)
                raise
            return work.settle(keep_sent=True)

    def find_payload(self, mailing_id: int) -> dict[str, Any]:
        """The payload that all notices of a mailing share."""
        return remember((RequestedMailing, mailing_id), partial(read_payload, mailing_id))


def read_payload(mailing_id: int) -> dict[str, Any]:
    """The payload of a mailing."""
    text = RequestedMailing.objects.values_list("payload", flat=True).get(id=mailing_id)
    return msgspec.json.decode(text, type=dict[str, Any])


@dataclass(slots=True)
class Batch:
    """The rows of one claim, and what became of them."""

    outbox: Outbox
    claim: Claim
    rows: list[QueuedNotice]
    settled: list[Settled] = field(default_factory=list)

    def hand_over(self, is_stopping: Callable[[], bool]) -> None:
        """Each row is handed over or cannot be; it ends early when the process is to stop.

        Raises:  WorldError(mail_unavailable).
        """
        wanted = {row.id for row in self.rows}
        checked = renewed = monotonic()
        for row in self.rows:
            if is_stopping():
                return
            if monotonic() - checked > CHECK_SECONDS:
                wanted, checked = find_still_wanted(self.claim, [each.id for each in self.rows]), monotonic()
            if checked - renewed > LEASE.total_seconds() / 4:
                renew_claim(self.claim, now=self.outbox.clock())
                renewed = checked
            if row.id in wanted:
                self.settled.append(self.hand_over_one(row))
                self.note_last()

    def note_last(self) -> None:
        """That a server took the last mail survives the end of this process.

        Raises:  WorldError(mail_unavailable) when it cannot be noted; what was sent is settled all the same.
        """
        last = self.settled[-1]
        if last.state is State.SENT and not self.outbox.delivery.is_repeatable:
            self.claim.note(last.row.id)

    def hand_over_one(self, row: QueuedNotice) -> Settled:
        """What becomes of one row.

        Raises:  WorldError(mail_unavailable).
        """
        outbox, now = self.outbox, self.outbox.clock()
        mail = render_notice(
            row, find_payload=outbox.find_payload, sender=outbox.sender, reply_to=outbox.reply_to, now=now
        )
        if isinstance(mail, Envelope):
            return self.judge(row, mail, now)
        if mail.is_final:
            return Settled(row, State.DROPPED, mail.outcome, mail.note)
        return postpone(row, mail, now=now)

    def judge(self, row: QueuedNotice, mail: Envelope, now: datetime) -> Settled:
        """What becomes of a row whose mail is there.

        Raises:  WorldError(mail_unavailable).
        """
        match self.outbox.delivery.hand_over(mail):
            case Delivered():
                return Settled(row, State.SENT)
            case Refused(note):
                return Settled(row, State.DROPPED, Outcome.REFUSED, note)
            case Postponed(note):
                return postpone(row, Unsendable(Outcome.UNDELIVERED, note, is_final=False), now=now)

    def settle(self, *, keep_sent: bool) -> Counts:
        """What became of each row is committed, and the rest of the claim waits again; one transaction."""
        now, counts = self.outbox.clock(), Counts()
        settled = [each for each in self.settled if keep_sent or each.state is not State.SENT]
        with transaction.atomic():
            sent = [each.row.id for each in settled if each.state is State.SENT]
            counts.sent = self.mine(sent).update(
                state=State.SENT, outcome="", note="", settled_at_ms=to_ms(now), claim=""
            )
            for each in settled:
                if each.state is not State.SENT:
                    self.settle_one(each, counts, now)
            rest = QueuedNotice.objects.filter(claim=self.claim.name)
            rest.filter(state=State.QUEUED).update(claim="", due_at_ms=to_ms(now))
            rest.update(claim="")
        return counts

    def settle_one(self, each: Settled, counts: Counts, now: datetime) -> None:
        """A row that was not sent has its state, or its next time."""
        fields: dict[str, Any] = {"outcome": each.outcome.value, "note": each.note[:200], "claim": ""}
        if each.due_at is not None:
            fields |= {"due_at_ms": to_ms(each.due_at), "attempts": each.row.attempts + 1}
            counts.postponed += self.mine([each.row.id]).filter(state=State.QUEUED).update(**fields)
            return
        fields |= {"state": each.state.value, "settled_at_ms": to_ms(now)}
        number = self.mine([each.row.id]).update(**fields)
        if each.state is State.DROPPED:
            counts.dropped += number
        else:
            log.error("a notice %s was given up: %s", each.row.kind, each.note or each.outcome)
            counts.failed += number

    def mine(self, ids: list[int]) -> Any:
        """Those of the rows that are still this claim's."""
        return QueuedNotice.objects.filter(id__in=ids, claim=self.claim.name)


def postpone(row: QueuedNotice, why: Unsendable, *, now: datetime) -> Settled:
    """The row waits for its next attempt, or has had its last."""
    if row.attempts >= len(PAUSES):
        return Settled(row, State.FAILED, why.outcome, why.note)
    return Settled(row, State.QUEUED, why.outcome, why.note, now + PAUSES[row.attempts])
