"""What was ordered: one file that says of each certificate whose it is, when it is renewed, and by which one it was.

Law: it is written whole or not at all, by one process at a time; a certificate that is not in it is not renewed.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from ridgeway.errors import SettingsError
from ridgeway.settings import Settings
from ridgeway.signer import KeyUsage

FILE, LOCK = "orders.json", "orders.lock"


class Ordered(msgspec.Struct, frozen=True):
    """One certificate that an authority issued to us. Times are aware UTC.

    `due_at` is when it is renewed, `look_again_at` when its authority is asked for another time; `error` is why the
    last try failed. `is_over` when its successor has taken its place.
    """

    sha256: str
    authority: str
    usage: KeyUsage
    member: str
    server: str
    member_name: str
    dns_name: str
    subject: dict[str, str]
    ordered_at: datetime
    due_at: datetime | None = None
    look_again_at: datetime | None = None
    tried_at: datetime | None = None
    error: str = ""
    renewed_by: str = ""
    is_over: bool = False


decoder = msgspec.json.Decoder(tuple[Ordered, ...])


@contextmanager
def order_book(settings: Settings) -> Iterator["OrderBook"]:
    """The book, held by this process alone.

    Raises:  SettingsError(already_running) when another process has it.
    """
    folder = settings.path(settings.acme.directory)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SettingsError(
                "already_running", f"Another process orders certificates in {folder}.", action="Wait until it is done."
            ) from error
        yield OrderBook(folder / FILE)


class OrderBook:
    """Every order, oldest first."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.orders = read_orders(file)

    def keep(self, changed: Ordered) -> None:
        """The order is in the book as it is now."""
        others = [each for each in self.orders if each.sha256 != changed.sha256]
        self.orders = tuple(sorted((*others, changed), key=lambda each: each.ordered_at))
        beside = self.file.with_suffix(".new")
        with beside.open("wb") as stream:
            stream.write(msgspec.json.format(msgspec.json.encode(self.orders), indent=2))
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(self.file)

    def find(self, sha256: str) -> Ordered | None:
        """The order of a certificate."""
        return next((each for each in self.orders if each.sha256 == sha256), None)


def read_orders(file: Path) -> tuple[Ordered, ...]:
    """The orders in a file; none where it is absent.

    Raises:  SettingsError(malformed_settings).
    """
    try:
        return decoder.decode(file.read_bytes()) if file.exists() else ()
    except (OSError, msgspec.MsgspecError) as error:
        raise SettingsError(
            "malformed_settings", f"{file} cannot be read: {error}.", action="Put it back from a backup, or remove it."
        ) from error
