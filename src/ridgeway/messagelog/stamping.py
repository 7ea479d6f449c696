"""Stamping what was logged: one token for all that waits, and the rule that stops traffic when it fails for too long.

Law: one waiting record gets the single form (the token goes into its signature), several share one token over a hash
chain; a batch leaves every signature as it is. A record is marked only with a token that was proven. New records are
refused while no authority is chosen, and when stamping has been failing longer than the settings accept; since when is
durable. Where each record is stamped at once, a failure stops that message instead.
Source: X-Road's log manager and time-stamper; PR-SIGDOC §4. Read next: `authorities.py`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ridgeway.errors import MessageLogError, RidgewayError, SignatureError
from ridgeway.messagelog.authorities import Authorities, Stamp, no_authority, none_by_costs
from ridgeway.messagelog.sources import StampSources
from ridgeway.messagelog.store import GivenStamp, MessageLogStore
from ridgeway.messagelog.values import StampReport, to_milliseconds
from ridgeway.protocol.signatures.stamping import add_signature_timestamp, build_timestamp_chains, stamped_octets
from ridgeway.settings import MessageLogSettings
from ridgeway.trust.costs import choose_stampers

log = logging.getLogger(__name__)

MAX_RETRY_SECONDS = 60.0
RELOAD_SECONDS = 1.0
FAILING_SINCE = "stamping failing since"
STAMPED_BY = "last stamp by "

Clock = Callable[[], datetime]


class Execute(Protocol):
    """Does work on the store in the writer's thread (`JournalServer.execute`)."""

    def __call__(self, work: Callable[[], Any]) -> Awaitable[Any]:
        """The value of `work`."""
        ...


@dataclass(slots=True)
class Stamper:
    """Stamps at each interval, at once when a full batch waits, and when asked.

    `failing_since` is the first failure since the last success; None while it works.
    """

    store: MessageLogStore
    execute: Execute
    authorities: Authorities
    sources: StampSources
    settings: MessageLogSettings
    clock: Clock
    failing_since: datetime | None = None
    appended: int = 0
    rounds: int = 0
    failed_round: int = 0
    failure: RidgewayError | None = None
    is_full: asyncio.Event = field(default_factory=asyncio.Event)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def note_appended(self, count: int) -> None:
        """Records came; a full batch is stamped at once."""
        self.appended += count
        if self.appended >= self.settings.stamp_batch_records:
            self.is_full.set()

    def admit(self) -> None:
        """Hold only while new records may come.

        Raises:  MessageLogError(logging_failed.…) when they may not.
        """
        if not self.sources.urls:
            cause = no_authority()
            raise MessageLogError(f"logging_failed.{cause.code}", cause.detail, action=cause.action)
        limit = self.settings.acceptable_stamp_failure_seconds
        if self.failing_since is None or limit == 0 or self.settings.stamp_immediately:
            return
        if (self.clock() - self.failing_since).total_seconds() > limit:
            raise MessageLogError(
                "logging_failed.timestamping_failed",
                f"Time-stamping has been failing since {self.failing_since.isoformat(timespec='seconds')}; "
                f"at most {limit} seconds are accepted.",
                action="See why: ridgeway messagelog stamp.",
            )

    async def run(self) -> None:
        """Stamp until cancelled; what fails is told and tried again."""
        while True:
            try:
                report = await self.stamp_waiting()
            except RidgewayError as error:
                log.warning("stamping failed, records wait: %s", error)
            else:
                if report.stamped:
                    log.info("stamped %d records", report.stamped)
            await self.wait_for_turn()

    async def wait_for_turn(self) -> None:
        """The interval has passed, or a full batch waits; after a failure, at most a minute."""
        is_failing = self.failing_since is not None
        seconds = min(self.interval_seconds(), MAX_RETRY_SECONDS) if is_failing else self.interval_seconds()
        if is_failing:
            await asyncio.sleep(seconds)
            return
        try:
            async with asyncio.timeout(seconds):
                await self.is_full.wait()
        except TimeoutError:
            return

    def interval_seconds(self) -> float:
        """The shorter of our interval and the one that the instance asks for."""
        try:
            return min(self.settings.stamp_interval_seconds, self.sources.trust.timestamping_interval_seconds)
        except RidgewayError:
            return self.settings.stamp_interval_seconds

    async def keep_sources(self) -> None:
        """Look for changed files until cancelled."""
        while True:
            self.sources.reload(self.clock())
            await asyncio.sleep(RELOAD_SECONDS)

    async def stamp_waiting(self) -> StampReport:
        """Everything that waits is stamped, batch after batch.

        Raises:  TimestampError, TrustError or MessageLogError; what was stamped before stays.
        """
        async with self.turn:
            return await self.stamp_round()

    async def stamp_record(self, number: int) -> None:
        """The record is stamped, alone or with whatever else waits.

        Raises:  MessageLogError(logging_failed.timestamping_failed).
        """
        came = self.rounds
        async with self.turn:
            try:
                # A round that began after this record came has tried it already; nobody waits for a second failure.
                if self.failure is not None and self.failed_round > came:
                    raise self.failure
                if not await self.execute(lambda: self.store.is_stamped(number)):
                    await self.stamp_round()
            except MessageLogError:
                raise
            except RidgewayError as error:
                raise MessageLogError(
                    "logging_failed.timestamping_failed", error.detail, action="See: ridgeway messagelog status."
                ) from error

    async def stamp_round(self) -> StampReport:
        """Everything that waits is stamped, by whoever has the turn."""
        self.rounds += 1
        self.failure = None
        self.sources.reload(self.clock())
        self.is_full.clear()
        self.appended = 0
        stamped = 0
        try:
            while waiting := await self.execute(lambda: self.store.find_waiting(self.batch_records())):
                is_last = len(waiting) < self.batch_records()
                await self.stamp_group(waiting)
                stamped += len(waiting)
                await self.note_working()
                if is_last:
                    break
        except RidgewayError as error:
            self.failure, self.failed_round = error, self.rounds
            await self.note_failing()
            raise
        await self.note_working()
        return StampReport(stamped, await self.execute(self.store.count_waiting))

    def batch_records(self) -> int:
        """How many records go under the next token; while stamping fails one is enough to see whether it works."""
        return 1 if self.failing_since is not None else self.settings.stamp_batch_records

    async def load_failing(self) -> None:
        """A failure from before a restart still counts from when it began."""
        told = await self.execute(lambda: self.store.read_state(FAILING_SINCE))
        self.failing_since = None if told is None else datetime.fromisoformat(told)

    async def note_failing(self) -> None:
        """Stamping fails from now on, unless it did already; that is durable."""
        if self.failing_since is None:
            since = self.failing_since = self.clock()
            await self.execute(lambda: self.store.write_state(FAILING_SINCE, since.isoformat()))

    async def note_working(self) -> None:
        """Stamping works."""
        if self.failing_since is not None:
            self.failing_since = None
            await self.execute(lambda: self.store.write_state(FAILING_SINCE, None))

    async def stamp_group(self, waiting: list[tuple[int, bytes]]) -> None:
        """These records are stamped, by one token."""
        if len(waiting) == 1 and await self.stamp_single(waiting[0][0]):
            return
        chains = build_timestamp_chains([digest for _, digest in waiting])
        stamp = await self.fetch_stamp(chains.result)
        rows = [(number, chain) for (number, _), chain in zip(waiting, chains.chains, strict=True)]
        await self.execute(lambda: self.store.stamp_batch(rows, self.given(stamp), result=chains.result))

    async def stamp_single(self, number: int) -> bool:
        """Whether the record's signature now carries its stamp; one that has no place for it needs the batch form."""
        xml = await self.execute(lambda: self.store.get_signature(number))
        try:
            octets = stamped_octets(xml)
            add_signature_timestamp(xml, b"\x30\x00")
        except SignatureError as error:
            log.warning("record %d is stamped as a batch of one: %s", number, error)
            return False
        stamp = await self.fetch_stamp(octets)
        signature = add_signature_timestamp(xml, stamp.token)
        await self.execute(lambda: self.store.stamp_one(number, self.given(stamp), signature=signature))
        return True

    async def fetch_stamp(self, octets: bytes) -> Stamp:
        """A stamp over `octets` of the first authority that gives one, of those that may be asked by their costs.

        Raises:  as `Authorities.stamp`; TimestampError(mlog.no_timestamping_provider_found) when none may be asked.
        """
        trust, strategy = self.sources.trust, self.settings.stamp_cost_strategy
        urls = choose_stampers(self.sources.urls, instance=trust.own, strategy=strategy)
        if self.sources.urls and not urls:
            raise none_by_costs(strategy)
        return await self.authorities.stamp(octets, urls=urls, trust=trust)

    def given(self, stamp: Stamp) -> GivenStamp:
        """A stamp as the store keeps it."""
        at_ms = to_milliseconds(stamp.verified.at)
        return GivenStamp(stamp.token, at_ms, STAMPED_BY + stamp.url, self.clock().isoformat())
