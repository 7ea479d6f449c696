"""Archiving: stamped records go into files of containers, linked one to the next, and leave the log after their time.

    file made and on disk ─▶ row and marks committed ─▶ file takes its name ─▶ row says so ─▶ handed on

Law: a crash between any two steps loses nothing and archives nothing twice: what the row names is finished at the next
start, and a file that no row names is thrown away. What fails here is told and tried again; it stops no message.
Source: UG-SS §11.1 (archiving, grouping, encryption, transfer, cleaning). Read next: `archivefile.py`.
"""

import asyncio
import logging
import shlex
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from ridgeway.errors import MessageLogError, RidgewayError, SettingsError
from ridgeway.messagelog.archivefile import ArchiveFiller, Filled, rename_durably
from ridgeway.messagelog.archivestore import ArchiveRow, ArchiveStore
from ridgeway.messagelog.stamping import Clock, Execute
from ridgeway.messagelog.store import MessageLogStore
from ridgeway.messagelog.values import ArchiveReport, to_milliseconds
from ridgeway.settings import MessageLogSettings

log = logging.getLogger(__name__)

DELETE_RECORDS = 200
TRANSFER_SECONDS = 600.0
MAX_RETRY_SECONDS = 600.0
LAST_ROUND = "archiving last tried"
FAILING_SINCE = "archiving failing since"

Read = Callable[[Callable[[], Any]], Awaitable[Any]]


@dataclass(slots=True)
class Archiver:
    """Archives at each interval, and when asked.

    `filler` works in the archiver's thread (`read`), `marks` and `state` in the writer's (`execute`). `command` takes
    archives elsewhere, where there is one. `failure` is what went wrong last, `failing_since` the first failure since
    the last success, which is durable; both are None while it works.
    """

    filler: ArchiveFiller
    marks: ArchiveStore
    state: MessageLogStore
    execute: Execute
    read: Read
    settings: MessageLogSettings
    clock: Clock
    command: tuple[str, ...]
    failure: RidgewayError | None = None
    failing_since: datetime | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        """Archive and clean at each interval until cancelled; what fails is told and tried again."""
        await self.finish_last()
        while self.settings.archive_interval_seconds > 0:
            await asyncio.sleep(await self.seconds_to_next())
            try:
                report = await self.archive_waiting()
                deleted = await self.clean()
            except RidgewayError as error:
                log.warning("archiving failed, records stay in the log: %s", error)
            else:
                log.info("archived %d records in %d files, deleted %d", report.records, len(report.files), deleted)

    async def finish_last(self) -> None:
        """What an earlier process did not finish is finished, where that can be done now."""
        if not self.filler.folder.exists():
            return
        try:
            async with self.turn:
                await self.recover()
        except RidgewayError as error:
            await self.note_failing(error)
            log.warning("what an earlier process archived cannot be finished: %s", error)

    async def seconds_to_next(self) -> float:
        """How long until the next round: an interval after the last one, whatever was restarted since."""
        interval = self.settings.archive_interval_seconds
        if self.failure is not None:
            return min(interval, MAX_RETRY_SECONDS)
        told = await self.execute(lambda: self.state.read_state(LAST_ROUND))
        if told is None:
            return interval
        return min(max(0.0, interval - (self.clock() - datetime.fromisoformat(told)).total_seconds()), interval)

    async def archive_waiting(self) -> ArchiveReport:
        """Every stamped record that waits is in an archive, and every archive handed on.

        Raises:  MessageLogError(archive_failed); what was archived before stays.
        """
        async with self.turn:
            now = self.clock().isoformat()
            await self.execute(lambda: self.state.write_state(LAST_ROUND, now))
            try:
                report = await self.archive_round()
            except RidgewayError as error:
                await self.note_failing(error)
                raise
            await self.note_working()
            return report

    async def load_failing(self) -> None:
        """A failure from before a restart still counts from when it began."""
        told = await self.execute(lambda: self.state.read_state(FAILING_SINCE))
        self.failing_since = None if told is None else datetime.fromisoformat(told)

    async def note_failing(self, error: RidgewayError) -> None:
        """Archiving fails from now on, unless it did already; that it cannot be noted hides no cause."""
        self.failure = error
        if self.failing_since is None:
            since = self.failing_since = self.clock()
            try:
                await self.execute(lambda: self.state.write_state(FAILING_SINCE, since.isoformat()))
            except RidgewayError as another:
                log.warning("since when archiving fails cannot be noted: %s", another)

    async def note_working(self) -> None:
        """Archiving works."""
        self.failure = None
        if self.failing_since is not None:
            self.failing_since = None
            await self.execute(lambda: self.state.write_state(FAILING_SINCE, None))

    async def archive_round(self) -> ArchiveReport:
        """As `archive_waiting`, for whoever has the turn."""
        await self.recover()
        files, count = [], 0
        while (filled := await self.read(self.filler.fill_next)) is not None:
            await self.keep(filled)
            files.append(filled.name)
            count += len(filled.records)
        await self.transfer_all()
        return ArchiveReport(count, files)

    async def recover(self) -> None:
        """Archives whose rows were committed have their names; where the file is lost, their records wait again."""
        await self.read(self.filler.prepare_folder)
        for row in await self.read(self.filler.store.find_unfinished):
            made, place = self.filler.folder / row.made_as, self.filler.folder / row.file_name
            if made.exists():
                await self.put_in_place(row.id, made, place)
            elif place.exists():
                await self.execute(partial(self.marks.note_in_place, row.id))
            else:
                log.error("the archive %s is lost; its %d records are archived again", row.file_name, row.records)
                await self.execute(partial(self.marks.undo_archive, row.id))

    async def keep(self, filled: Filled) -> None:
        """The archive is known, its records marked, and its file in place."""
        row = ArchiveRow(
            id=0,
            group=filled.group,
            file_name=filled.name,
            made_as=filled.file.name,
            last_digest=filled.last_digest,
            records=len(filled.records),
            made_at_ms=to_milliseconds(self.clock()),
            is_in_place=False,
            is_transferred=not self.command,
        )
        number = await self.execute(lambda: self.marks.add_archive(row, filled.records))
        await self.put_in_place(number, filled.file, self.filler.folder / filled.name)

    async def put_in_place(self, number: int, made: Path, place: Path) -> None:
        """A finished file has its name, durably, and its row says so."""
        await self.read(lambda: rename_durably(made, place))
        await self.execute(lambda: self.marks.note_in_place(number))

    async def transfer_all(self) -> None:
        """Every archive was handed on; one that could not be is tried again next time.

        Raises:  MessageLogError(archive_failed) for the first that could not.
        """
        if not self.command:
            return
        for row in await self.read(self.filler.store.find_untransferred):
            file = str(self.filler.folder / row.file_name)
            await transfer([word.replace("{file}", file) for word in self.command])
            await self.execute(partial(self.marks.note_transferred, row.id))

    async def clean(self) -> int:
        """Archived records whose time is over are gone; how many there were.

        Raises:  MessageLogError when an archive cannot be brought to its place, or the database fails.
        """
        async with self.turn:
            await self.recover()
            before = to_milliseconds(self.clock() - timedelta(days=self.settings.keep_archived_days))
            deleted = 0
            while count := await self.execute(lambda: self.marks.delete_old(before, DELETE_RECORDS)):
                deleted += count
                await asyncio.sleep(0)
            return deleted


def read_command(settings: MessageLogSettings) -> tuple[str, ...]:
    """The words of the operator's command; none where nothing is handed on.

    Raises:  SettingsError(malformed_settings) when a quote is open.
    """
    try:
        return tuple(shlex.split(settings.archive_transfer_command))
    except ValueError as error:
        text = settings.archive_transfer_command
        raise SettingsError(
            "malformed_settings", f"messagelog.archive_transfer_command is {text!r}: {error}."
        ) from error


async def transfer(command: list[str]) -> None:
    """The operator's command has taken the file.

    Raises:  MessageLogError(archive_failed) when it failed or took too long.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL
        )
    except OSError as error:
        raise MessageLogError("archive_failed", f"{command[0]} cannot be run: {error.strerror}.") from error
    try:
        async with asyncio.timeout(TRANSFER_SECONDS):
            code = await process.wait()
    except TimeoutError:
        code = -1
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if code != 0:
        raise MessageLogError(
            "archive_failed",
            f"{' '.join(command)} ended with {code}; the archive stays and is tried again.",
            action="See messagelog.archive_transfer_command.",
        )
