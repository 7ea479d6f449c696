"""The process: publishes at its interval and at once after a change, and serves what is published.

Law: a publication that fails leaves the last one, is said in the log and in `/healthz`, and is tried again. The
database is read in threads, never in the loop.
"""

import asyncio
import json
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ridgeway.centralserver.claiming import claimed
from ridgeway.centralserver.models import Version
from ridgeway.centralserver.publishing import Publication, ask_database, publish_now
from ridgeway.centralserver.requests.doors import open_request_doors, with_wsdl
from ridgeway.centralserver.requests.identity import open_identity
from ridgeway.centralserver.serving import Health, PublicFolder
from ridgeway.centralserver.signing import list_configuration_keys
from ridgeway.errors import RidgewayError
from ridgeway.http import Handler, ServerTls, serve
from ridgeway.office.documents.versions import find_newest
from ridgeway.settings import Settings
from ridgeway.signer import SignerClient
from ridgeway.telemetry import Measure, gauge, metrics_door
from ridgeway.trust.clock import read_clock

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
"""Time between two looks for a change in the database."""
RETRY_SECONDS = 2.0
"""Time until a publication that failed is tried again."""


@dataclass(slots=True)
class Publisher:
    """Publishes again and again; remembers what it published last, and why it could not."""

    settings: Settings
    signer: SignerClient
    clock: Callable[[], datetime] = read_clock
    last: Publication | None = None
    fault: str = "nothing has been published yet"
    seen: object = None
    due_at: datetime | None = None
    served: asyncio.Event = field(default_factory=asyncio.Event)

    async def keep_publishing(self) -> None:
        """Publish whenever it is due, or something has changed."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Publish if it is due, or the database says something else than last time."""
        now = self.clock()
        try:
            mark = await ask_database(read_mark)
            if mark == self.seen and self.due_at is not None and now < self.due_at:
                return
            is_news, self.seen = bool(self.fault) or mark != self.seen, mark
            self.last = await publish_now(self.settings, self.signer, now=now)
        except RidgewayError as error:
            self.note_fault(error.explain(), now)
            return
        if is_news:
            log.info(
                "published version %s of the document, good until %s", self.last.document_version, self.last.expires_at
            )
        self.fault = ""
        self.due_at = now + timedelta(seconds=self.settings.centralserver.publish_interval_seconds)

    def note_fault(self, fault: str, now: datetime) -> None:
        """The fault is known, and said once."""
        if fault != self.fault:
            log.error("nothing was published: %s", fault)
        self.fault = fault
        self.due_at = now + timedelta(seconds=RETRY_SECONDS)

    def read_health(self) -> Health:
        """Whether what is served counts."""
        is_good = self.last is not None and self.clock() < self.last.expires_at
        body: dict[str, object] = {"status": "ok" if is_good else "failing", "fault": self.fault}
        if self.last is not None:
            body |= {
                "document_version": self.last.document_version,
                "published_at": self.last.published_at.isoformat(),
                "expires_at": self.last.expires_at.isoformat(),
            }
        return Health(is_good, json.dumps(body).encode())

    def list_measures(self) -> Iterator[Measure]:
        """What the central server tells Prometheus. Times are seconds since 1970."""
        last = self.last
        published = None if last is None else last.published_at.timestamp()
        expires = None if last is None else last.expires_at.timestamp()
        yield gauge("ridgeway_publication_failing", "1 while nothing can be published, else 0.", int(bool(self.fault)))
        yield gauge("ridgeway_publication_timestamp_seconds", "When the configuration was published.", published)
        yield gauge("ridgeway_publication_expires_timestamp_seconds", "When what is published expires.", expires)


def read_mark() -> object:
    """Something that is another as soon as what is to be published is."""
    keys = tuple((key.key_id, key.is_active) for key in list_configuration_keys())
    return find_newest(Version)[0], keys


async def run_centralserver(settings: Settings) -> None:
    """Publish and serve until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    with claimed(settings):
        await run_until(stop.wait(), settings)


async def run_until(
    stopped: Awaitable[object],
    settings: Settings,
    *,
    clock: Callable[[], datetime] = read_clock,
    on_ready: Callable[[int], None] = lambda port: log.info("answers at port %s", port),
) -> None:
    """Publish and serve until `stopped` is."""
    chosen = settings.centralserver
    async with SignerClient.of(settings) as signer:
        publisher = Publisher(settings, signer, clock)
        public = PublicFolder(settings.path(chosen.public_dir), publisher.read_health)
        await publisher.look()
        async with (
            serve(with_wsdl(public.answer, settings), host=chosen.host, port=chosen.port) as server,
            open_https_door(with_wsdl(public.answer, settings), settings, now=clock()),
            open_request_doors(settings, clock=clock),
            metrics_door(settings.telemetry, chosen.metrics_port, publisher.list_measures),
            asyncio.TaskGroup() as group,
        ):
            keeper = group.create_task(publisher.keep_publishing())
            on_ready(server.port)
            await stopped
            keeper.cancel()


@asynccontextmanager
async def open_https_door(handler: Handler, settings: Settings, *, now: datetime) -> AsyncIterator[None]:
    """The configuration is served over HTTPS as well while the block runs, where the settings give a port for it.

    The certificate is kept, and is the one of the registration door. It keeps the way private; trust is in signatures.
    """
    chosen = settings.centralserver
    if not chosen.https_port:
        yield
        return
    identity = open_identity(settings.path(chosen.tls_dir), now=now)
    tls = ServerTls((identity.certificate,), identity.private_key)
    async with serve(handler, host=chosen.host, port=chosen.https_port, tls=tls):
        yield
