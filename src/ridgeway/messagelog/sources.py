"""What stamping must know of the rest of the server: the chosen authorities, and what the configuration trusts.

Law: both are files that other processes write. They are looked at again when they change; a file that cannot be read
never replaces what could be.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec

from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.settings import Settings
from ridgeway.trust import TrustKeeper

log = logging.getLogger(__name__)


class Chosen(msgspec.Struct, frozen=True):
    """The one part of the server's snapshot file that the log needs."""

    timestamping_urls: tuple[str, ...] = ()


class StampSources(Protocol):
    """Where stamps come from, and whom they must be from."""

    @property
    def urls(self) -> tuple[str, ...]:
        """The addresses of the chosen authorities, in order of preference."""
        ...

    @property
    def trust(self) -> TrustSnapshot:
        """What the global configuration trusts.

        Raises:  TrustError while there is none.
        """
        ...

    def reload(self, now: datetime) -> None:
        """Whatever changed is read again."""
        ...


@dataclass(slots=True)
class ServerSources:
    """The sources of one security server."""

    snapshot_file: Path
    keeper: TrustKeeper
    urls: tuple[str, ...] = ()
    seen: tuple[int, int] | None = None

    @classmethod
    def of(cls, settings: Settings) -> "ServerSources":
        """The sources that `settings` name."""
        return cls(settings.path(settings.gateway.snapshot), TrustKeeper(settings))

    @property
    def trust(self) -> TrustSnapshot:
        """What the global configuration trusts."""
        return self.keeper.snapshot

    def reload(self, now: datetime) -> None:
        """Whatever changed is read again."""
        self.keeper.reload_if_changed(now)
        try:
            facts = self.snapshot_file.stat()
            seen = (facts.st_mtime_ns, facts.st_ino)
            if seen == self.seen:
                return
            self.seen = seen
            self.urls = msgspec.json.decode(self.snapshot_file.read_bytes(), type=Chosen).timestamping_urls
        except FileNotFoundError:
            return
        except (OSError, msgspec.MsgspecError) as error:
            log.warning("%s cannot be read, so the chosen authorities stay: %s", self.snapshot_file, error)
