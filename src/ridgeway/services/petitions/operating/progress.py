"""Long work of a command: it says how far it is, and stops between two steps when it is told to.

Law: what was committed stays; the same command again does the rest.
"""

import json
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import click

SAID_EVERY_SECONDS = 1.0


@dataclass(slots=True)
class Progress:
    """How far some work is. `is_stopped` is asked between two steps."""

    title: str = ""
    is_shown: bool = False
    is_stopped: bool = False
    said_at: float = field(default=0.0)

    def report(self, done: int, total: int | None = None) -> None:
        """So much is done, of so much; said at most once a second."""
        now = time.monotonic()
        if self.is_shown and (now - self.said_at >= SAID_EVERY_SECONDS or done == total):
            self.said_at = now
            share = f" of {total:,} ({100 * done // total} %)" if total else ""
            click.echo(f"{self.title}: {done:,}{share}", err=True)

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        """The work ends after this step."""
        self.is_stopped = True


SILENT = Progress()
"""For those who run the same work without anybody to watch."""


@contextmanager
def showing(title: str) -> Iterator[Progress]:
    """Progress on standard error; SIGTERM and SIGINT stop the work between two steps."""
    progress = Progress(title, is_shown=True)
    before = {number: signal.signal(number, progress.stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield progress
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def tell(said: Mapping[str, Any], *, as_json: bool, sentence: str) -> None:
    """The outcome: as JSON, or as a sentence."""
    click.echo(json.dumps(said, default=str) if as_json else sentence)


def end(progress: Progress) -> None:
    """Exit 1 where the work was stopped before its end."""
    if progress.is_stopped:
        click.echo("Stopped; the same command goes on from here.", err=True)
        sys.exit(1)
