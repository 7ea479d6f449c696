"""A service alone in a folder of its own, for a team that has no exchange yet: its settings, its claim, its processes.

Law: each process is started as an operator would start it; all are one process group, and end with this one. What the
folder holds stays, and is its user's alone; a second start only starts.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from ridgeway.errors import SettingsError
from ridgeway.processes.claiming import holding, require_free_port
from ridgeway.processes.supervisor import Part, Supervisor

OTHER_PORTS = "Choose another --port for a new folder, or change the ports in its ridgeway.toml."
OWNER_ALONE = 0o700
NOBODY_ELSE = 0o077
"""The umask of a service: its folder holds secrets, and what people entrusted to it."""

Stopped = asyncio.Task[bool]
"""Done when this process is told to stop."""


def keep_to_oneself() -> None:
    """What this process and those that it starts write from now on is their user's alone."""
    os.umask(NOBODY_ELSE)


def start_over_in(folder: Path, service: str, arguments: list[str]) -> None:
    """This process becomes `ridgeway SERVICE up` in the folder whose settings it is to read."""
    os.chdir(folder)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "ridgeway.cli", service, "up", "--here", *arguments])  # noqa: S606


def write_tables(file: Path, verb: str, tables: Mapping[str, Mapping[str, Any]]) -> None:
    """A settings file of these tables, whole or not at all; `verb` is the command that made it."""
    lines = [f"# Made by `ridgeway {verb}`; every key is in docs/reference/settings.md."]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{key} = {msgspec.json.encode(value).decode()}" for key, value in table.items())]
    file.parent.mkdir(parents=True, exist_ok=True, mode=OWNER_ALONE)
    beside = file.with_name(f".{file.name}.new")
    beside.write_text("\n".join(lines) + "\n", "utf-8")
    beside.replace(file)


@contextmanager
def claimed(folder: Path, lock: str, places: Iterable[tuple[str, int]]) -> Iterator[None]:
    """The folder belongs to this process while the block runs, and nobody else listens at `places`.

    Raises:  SettingsError(already_running | port_in_use).
    """
    refusal = SettingsError(
        "already_running",
        f"The service in {folder} is up already.",
        action="For a second one give another --state and --port.",
    )
    with holding(folder / lock, refusal):
        for host, port in places:
            require_free_port(host, port, action=OTHER_PORTS)
        yield


async def stay_up(parts: list[Part], live: Callable[[Stopped], Awaitable[None]]) -> None:
    """Every process answers while `live` lasts, which is handed what is done when this one is told to stop."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    supervisor = Supervisor(is_one_group=True)
    try:
        starting = asyncio.create_task(supervisor.start(parts))
        waiting = asyncio.create_task(stopped.wait())
        await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            with suppress(asyncio.CancelledError):
                await starting
            return
        await starting
        await live(waiting)
    finally:
        await supervisor.stop()
