"""What `ridgeway messagelog status` tells: what waits, what fails and since when, and how far archiving is."""

from dataclasses import dataclass
from datetime import datetime

from ridgeway.errors import RidgewayError
from ridgeway.messagelog.archivestore import ArchiveStore
from ridgeway.messagelog.archiving import Archiver, Read
from ridgeway.messagelog.reading import MessageLogReader
from ridgeway.messagelog.stamping import STAMPED_BY, Stamper
from ridgeway.messagelog.values import ArchiveStatus, AuthorityStatus, LogStatus, from_milliseconds


@dataclass(slots=True)
class StatusReader:
    """Gathers the status; what lies in the database is read in the reader's thread (`read`)."""

    reader: MessageLogReader
    archives: ArchiveStore
    stamper: Stamper
    archiver: Archiver
    read: Read

    async def read_status(self) -> LogStatus:
        """The state of the log as it is now."""
        waiting, oldest_ms = await self.read(self.reader.count_waiting)
        return LogStatus(
            waiting=waiting,
            oldest_waiting_at=None if oldest_ms is None else from_milliseconds(oldest_ms),
            failing_since=self.stamper.failing_since,
            refuses=self.why_refused(),
            authorities=[await self.read_authority(url) for url in self.stamper.sources.urls],
            archive=await self.read_archiving(),
        )

    def why_refused(self) -> str:
        """Why no record is taken now; empty while they are."""
        try:
            self.stamper.admit()
        except RidgewayError as error:
            return str(error)
        return ""

    async def read_authority(self, url: str) -> AuthorityStatus:
        """One authority."""
        told = await self.stamper.execute(lambda: self.stamper.store.read_state(STAMPED_BY + url))
        failure = self.stamper.authorities.failures.get(url)
        return AuthorityStatus(
            url=url,
            last_stamp_at=None if told is None else datetime.fromisoformat(told),
            failing_since=failure.since if failure else None,
            why=failure.why if failure else "",
        )

    async def read_archiving(self) -> ArchiveStatus:
        """How far archiving is."""
        newest = await self.read(lambda: self.archives.list_archives(1))
        failure = self.archiver.failure
        return ArchiveStatus(
            waiting=await self.read(self.archives.count_unarchived),
            last_file=newest[0].file_name if newest else "",
            last_made_at=from_milliseconds(newest[0].made_at_ms) if newest else None,
            untransferred=len(await self.read(self.archives.find_untransferred)),
            failing_since=self.archiver.failing_since,
            why="" if failure is None else str(failure),
        )
