"""A sender: passes over the outbox until it is told to stop; as many processes and threads as one likes may do so.

Law: a pass that fails is logged by its kind alone and tried again after a pause that grows; nothing stops a sender but
being told to. Next: `outbox.py`, `spreading.py`.
"""

import importlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event

from django.db import DatabaseError, close_old_connections, connection

from ridgeway.errors import WorldError
from ridgeway.office.notices.delivery import Delivery
from ridgeway.office.notices.folder import FolderDelivery, forget_halves
from ridgeway.office.notices.outbox import Counts, Outbox
from ridgeway.office.notices.smtp import SmtpDelivery
from ridgeway.office.notices.smtpserver import parse_server
from ridgeway.office.notices.spreading import spread_mailings
from ridgeway.settings import Mode, Settings

log = logging.getLogger(__name__)

IDLE_SECONDS = 1.0
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
CLAIMS = Path("run/notices")


def open_delivery(settings: Settings) -> Delivery:
    """Where `web.mail` says that mail goes; files of a lab are left to the kernel to write when it likes.

    Raises:  SettingsError(malformed_settings).
    """
    scheme, _, rest = settings.web.mail.partition(":")
    if scheme == "folder" and rest:
        return FolderDelivery(settings.path(Path(rest)), is_durable=settings.mode is Mode.PRODUCTION)
    return SmtpDelivery(parse_server(settings.web.mail))


def load_kinds(modules: Iterable[str]) -> None:
    """The owners of kinds have registered them."""
    for name in modules:
        importlib.import_module(name)


@dataclass(slots=True)
class Sending:
    """One sender, in one thread."""

    settings: Settings
    clock: Callable[[], datetime]
    counts: Counts = field(default_factory=Counts)
    pause_seconds: float = FIRST_PAUSE_SECONDS
    unavailable_since: datetime | None = None

    def run(self, stop: Event) -> None:
        """Mail is sent until `stop`; the batch under way is ended between two mails."""
        try:
            with open_delivery(self.settings) as delivery:
                outbox = Outbox(
                    delivery,
                    self.settings.path(CLAIMS),
                    sender=self.settings.web.mail_from,
                    reply_to=self.settings.web.mail_reply_to,
                    clock=self.clock,
                )
                if isinstance(delivery, FolderDelivery):
                    forget_halves(delivery.folder, now=self.clock())
                while not stop.is_set():
                    close_old_connections()
                    stop.wait(self.do_pass(outbox, stop))
        finally:
            connection.close()

    def do_pass(self, outbox: Outbox, stop: Event) -> float:
        """One chunk of each mailing is spread and one batch sent; how long to pause after it, in seconds."""
        try:
            spread = spread_mailings(now=self.clock())
            done = outbox.send_due(is_stopping=stop.is_set)
        except WorldError as error:
            self.unavailable_since = self.unavailable_since or self.clock()
            log.warning("mail waits: %s", error.detail)
            return self.lengthen_pause()
        except (DatabaseError, OSError) as error:
            log.warning("mail waits: the database or the disk failed (%s)", type(error).__name__)
            connection.close()
            return self.lengthen_pause()
        self.pause_seconds, self.unavailable_since = FIRST_PAUSE_SECONDS, None
        self.counts.add(done)
        return 0.0 if spread or done.total else IDLE_SECONDS

    def lengthen_pause(self) -> float:
        """The pause after a pass that failed: each twice as long, up to a minute."""
        pause = self.pause_seconds
        self.pause_seconds = min(pause * 2, LONGEST_PAUSE_SECONDS)
        return pause
