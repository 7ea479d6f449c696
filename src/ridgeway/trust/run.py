"""The process: it looks for news at once, then each interval, until it is told to stop.

Law: three loops that do not wait for one another (own instance, federated instances, revocation answers), so that a
partner who is down delays nothing of ours. Whatever goes wrong in one round is logged once and the next round comes.
Nothing is logged while nothing changes.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ridgeway.errors import RidgewayError
from ridgeway.settings import Settings
from ridgeway.telemetry import metrics_door
from ridgeway.trust.clock import Clock, read_clock
from ridgeway.trust.download import Downloader, open_pool, read_source_tls
from ridgeway.trust.fetch import Fetcher
from ridgeway.trust.keeper import TrustKeeper
from ridgeway.trust.measures import list_measures
from ridgeway.trust.ocsp import OcspKeeper
from ridgeway.trust.own import OwnCertificates, no_certificates
from ridgeway.trust.places import places_of
from ridgeway.trust.reports import FetchReport, InstanceReport, Result, write_status

log = logging.getLogger(__name__)

OCSP_TICK_SECONDS = 5.0
STATUS_PERIOD = timedelta(minutes=1)

Round = Callable[[datetime], Awaitable[None]]


@dataclass(slots=True)
class TrustProcess:
    """The loops of one process and what they said last, so that each thing is said once."""

    settings: Settings
    fetcher: Fetcher
    keeper: TrustKeeper
    ocsp: OcspKeeper
    said: dict[str, str] = field(default_factory=dict)
    own: InstanceReport | None = None
    federated: tuple[InstanceReport, ...] = ()
    noted: tuple[FetchReport, datetime] | None = None

    async def fetch_own(self, now: datetime) -> None:
        """One look for news of the own instance."""
        self.own = await self.fetcher.fetch_own(now)
        self.tell(self.own)
        self.note(now)

    async def fetch_federated(self, now: datetime) -> None:
        """One look for news of the federated instances."""
        self.federated, removed = await self.fetcher.fetch_federated(now)
        for folder in removed:
            log.info("%s is no longer trusted or allowed; its folder was removed", folder)
        for report in self.federated:
            self.tell(report)

    async def refresh_ocsp(self, now: datetime) -> None:
        """One look for revocation answers that are due."""
        self.keeper.reload_if_changed(now)
        for result in (await self.ocsp.refresh(self.keeper.snapshot, now)).results:
            self.say(f"ocsp {result.name}", result.sentence, is_bad=not result.worked)

    def tell(self, report: InstanceReport) -> None:
        """Log what changed in an instance, or why it could not be had."""
        if report.result is Result.CHANGED:
            expiry = report.expires_at.isoformat() if report.expires_at else "never"
            files = [path for path in report.changed if not path.endswith(".metadata")]
            if files:
                log.info("%s: %s, version %s, until %s", report.instance, ", ".join(files), report.version, expiry)
        sentence = "the configuration is up to date again"
        if not report.worked:
            sentence = "; ".join(f"{attempt.url}: {attempt.code}: {attempt.detail}" for attempt in report.attempts)
        self.say(report.instance, sentence, is_bad=not report.worked)

    def say(self, subject: str, sentence: str, *, is_bad: bool) -> None:
        """Log a fault when it appears or changes, and its end; nothing in between."""
        before = self.said.get(subject)
        if is_bad and before != sentence:
            log.warning("%s: %s", subject, sentence)
            self.said[subject] = sentence
        elif not is_bad and before is not None:
            log.info("%s: %s", subject, sentence)
            del self.said[subject]

    def note(self, now: datetime) -> None:
        """Keep the last results on disk: when they changed, else once a minute."""
        if self.own is None:
            return
        report = FetchReport(self.own, self.federated)
        if self.noted is not None:
            before, at = self.noted
            if timeless(before) == timeless(report) and now - at < STATUS_PERIOD:
                return
        write_status(self.fetcher.places.status, report)
        self.noted = (report, now)


def timeless(report: FetchReport) -> FetchReport:
    """A report without the moments of its attempts and without what changed, to be compared."""
    return FetchReport(forget_moments(report.own), tuple(forget_moments(each) for each in report.federated))


def forget_moments(report: InstanceReport) -> InstanceReport:
    """An instance's report without moments."""
    attempts = tuple(replace(each, at=datetime.min, result=settled(each.result)) for each in report.attempts)  # noqa: DTZ901
    return replace(report, attempts=attempts, changed=(), result=settled(report.result), expires_at=None)


def settled(result: Result) -> Result:
    """Whether it worked, whatever changed."""
    return Result.UNCHANGED if result is Result.CHANGED else result


async def run_trust(
    settings: Settings, *, own_certificates: OwnCertificates = no_certificates, clock: Clock = read_clock
) -> None:
    """Look for news until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await run_until(stop, settings, own_certificates=own_certificates, clock=clock)
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def run_until(
    stop: asyncio.Event, settings: Settings, *, own_certificates: OwnCertificates, clock: Clock = read_clock
) -> None:
    """Look for news until `stop` is set; whatever is under way then is dropped, for nothing half is ever on disk."""
    places = places_of(settings)
    interval = settings.trust.fetch_interval_seconds
    async with open_pool(settings.trust) as pool:
        process = TrustProcess(
            settings,
            Fetcher(places, Downloader(pool, settings.trust, read_source_tls(places.source_certificates))),
            TrustKeeper(settings),
            OcspKeeper(places, pool, own_certificates),
        )
        rounds: list[tuple[Round, float]] = [
            (process.fetch_own, interval),
            (process.fetch_federated, interval),
            (process.refresh_ocsp, min(interval, OCSP_TICK_SECONDS)),
        ]
        door = metrics_door(settings.telemetry, settings.trust.metrics_port, lambda: list_measures(process))
        async with door, asyncio.TaskGroup() as group:
            tasks = [group.create_task(repeat(process, each, every=seconds, clock=clock)) for each, seconds in rounds]
            log.info("looking for the configuration every %g seconds", interval)
            await stop.wait()
            for task in tasks:
                task.cancel()
    log.info("stopped")


async def repeat(process: TrustProcess, do_round: Round, *, every: float, clock: Clock) -> None:
    """One round after the other, with a pause between; a round that fails is told and followed by the next."""
    name = getattr(do_round, "__name__", "round")
    while True:
        (failure,) = await asyncio.gather(do_round(clock()), return_exceptions=True)
        if isinstance(failure, asyncio.CancelledError):
            raise failure
        if isinstance(failure, RidgewayError | OSError):
            process.say(name, str(failure), is_bad=True)
        elif isinstance(failure, Exception):
            process.say(name, f"{type(failure).__name__}: {failure}", is_bad=True)
            log.debug("%s failed", name, exc_info=failure)
        else:
            process.say(name, "works again", is_bad=False)
        await asyncio.sleep(every)
