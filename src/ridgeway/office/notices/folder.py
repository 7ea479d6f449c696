"""Mail as files: `TIME-NAME.eml`, each complete from the moment it has its name.

Law: one notice has one file name, so however often and by however many processes it is written, one file comes of it.
A file is on the disk before its notice counts as sent, unless `is_durable` is not: then
it outlives the process, not the power. Next: `smtp.py`.
"""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from ridgeway.errors import WorldError
from ridgeway.office.notices.delivery import Delivered, Handover
from ridgeway.office.notices.mails import Envelope

OWNER_ALONE = 0o600
FOLDER_OF_OWNER_ALONE = 0o700
BESIDE = ".writing-"
LEFT_BEHIND_AFTER = timedelta(hours=6)


@dataclass(slots=True)
class FolderDelivery:
    """Writes each mail beside its place and gives it its name in one step."""

    folder: Path
    is_durable: bool = True
    waiting: list[tuple[Path, Path]] = field(default_factory=list)
    """What is written and has no name yet."""
    is_repeatable: bool = True

    def hand_over(self, envelope: Envelope) -> Handover:
        """The mail is written; it gets its name in `finish`.

        Raises:  WorldError(mail_unavailable).
        """
        place = self.folder / f"{envelope.posted_at:%Y%m%dT%H%M%S}-{envelope.name}.eml"
        if place.exists():
            return Delivered()
        beside = self.folder / f"{BESIDE}{secrets.token_hex(8)}"
        try:
            self.folder.mkdir(mode=FOLDER_OF_OWNER_ALONE, parents=True, exist_ok=True)
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ALONE)
            with os.fdopen(descriptor, "wb") as file:
                file.write(envelope.content)
        except OSError as error:
            remove(beside)
            raise self.unavailable(error) from error
        self.waiting.append((beside, place))
        return Delivered()

    def finish(self) -> None:
        """Every mail since the last time is on the disk under its name.

        Raises:  WorldError(mail_unavailable).
        """
        waiting, self.waiting = self.waiting, []
        try:
            for beside, _ in waiting:
                self.write_through(beside)
            for beside, place in waiting:
                beside.replace(place)
            if waiting:
                self.write_through(self.folder)
        except OSError as error:
            for beside, _ in waiting:
                remove(beside)
            raise self.unavailable(error) from error

    def write_through(self, path: Path) -> None:
        """What is known of `path` is on the disk."""
        if not self.is_durable:
            return
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def unavailable(self, error: OSError) -> WorldError:
        """What to tell the operator."""
        detail = f"Mail cannot be written to the folder {self.folder}: {error.strerror or error}."
        return WorldError("mail_unavailable", detail, action="Make room, or let this process write there.")

    def __enter__(self) -> Self:
        """The folder is made when the first mail is written."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What has no name is no mail."""
        for beside, _ in self.waiting:
            remove(beside)
        self.waiting = []


def remove(beside: Path) -> None:
    """What was half written is gone, as far as the folder lets it."""
    with suppress(OSError):
        beside.unlink(missing_ok=True)


def forget_halves(folder: Path, *, now: datetime) -> int:
    """What killed processes left half written is gone; the number of files."""
    gone = 0
    for beside in folder.glob(f"{BESIDE}*"):
        try:
            if now - datetime.fromtimestamp(beside.stat().st_mtime, UTC) > LEFT_BEHIND_AFTER:
                beside.unlink(missing_ok=True)
                gone += 1
        except FileNotFoundError:
            continue
    return gone
