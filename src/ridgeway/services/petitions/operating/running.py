"""`ridgeway petitions up`: the service alone, for a team that has no exchange yet.

Law: each process is started as an operator would start it; all are one process group, and end with this one. What the
folder holds stays; a second start only starts.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click
import msgspec
from django.conf import settings as django_settings

from ridgeway.errors import SettingsError
from ridgeway.journal.places import choose_socket_folder
from ridgeway.processes import Part, Supervisor, answers_at, has_socket, holding, is_there, require_free_port
from ridgeway.services.petitions.deployment import read_own_settings
from ridgeway.settings import DEFAULT_FILE, Settings

LOCK_FILE = "petitions.lock"
OTHER_PORTS = "Choose another --port for a new folder, or change the ports in its ridgeway.toml."
OWNER_ALONE = 0o700
NOBODY_ELSE = 0o077
"""The umask of the service: its folder holds names, addresses and tokens."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """One folder that is served; `arguments` come before a verb so that each process reads the same settings."""

    folder: Path
    arguments: tuple[str, ...] = ()


def write_settings(folder: Path, *, port: int) -> Path:
    """The settings of a service alone, where the folder has none yet."""
    file = folder / DEFAULT_FILE
    folder.mkdir(parents=True, exist_ok=True, mode=OWNER_ALONE)
    if not file.exists():
        sockets = choose_socket_folder(folder.resolve())
        lines = [
            "# Made by `ridgeway petitions up`; every key is in docs/reference/settings.md.",
            "[web]",
            f'desk_address = "http://localhost:{port + 1}"',
            f"desk_port = {port + 1}",
            "",
            "[services.petitions]",
            f'address = "http://localhost:{port}"',
            f"port = {port}",
            f"socket = {msgspec.json.encode(str(sockets / 'petitions.sock')).decode()}",
        ]
        beside = folder / f".{DEFAULT_FILE}.new"
        beside.write_text("\n".join(lines) + "\n", "utf-8")
        beside.replace(file)
    return file


def keep_to_oneself() -> None:
    """What this process and those that it starts write from now on is their user's alone."""
    os.umask(NOBODY_ELSE)


def start_over_in(folder: Path, arguments: list[str]) -> None:
    """This process becomes the same command in the folder whose settings it is to read."""
    os.chdir(folder)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "ridgeway.cli", "petitions", "up", "--here", *arguments])  # noqa: S606


@contextmanager
def claimed(settings: Settings) -> Iterator[None]:
    """The folder belongs to this process while the block runs, and its ports are free.

    Raises:  SettingsError(already_running | port_in_use).
    """
    refusal = SettingsError(
        "already_running",
        f"The service in {settings.state_dir} is up already.",
        action="For a second one give another --state and --port.",
    )
    with holding(settings.state_dir / LOCK_FILE, refusal):
        own = read_own_settings()
        for host, port in ((own.host, own.port), (settings.web.desk_host, settings.web.desk_port)):
            require_free_port(host, port, action=OTHER_PORTS)
        yield


def list_parts(deployment: Deployment) -> list[Part]:
    """The processes of the service: the writer of signatures, the two sites, the worker."""
    settings: Settings = django_settings.RIDGEWAY_SETTINGS
    own, web, before = read_own_settings(), settings.web, deployment.arguments
    folder = deployment.folder
    return [
        Part("writer", (*before, "petitions", "write"), folder, has_socket(settings.path(own.socket))),
        Part("petitions", (*before, "web", "run", "petitions"), folder, answers_at(own.host, own.port)),
        Part("desk", (*before, "web", "run", "desk"), folder, answers_at(web.desk_host, web.desk_port)),
        Part("jobs", (*before, "jobs", "run"), folder, is_there),
    ]


async def stay_up(deployment: Deployment, *, began: float, is_once: bool, extra: tuple[str, ...] = ()) -> None:
    """Every process answers, until this one is told to stop; `extra` is a command that runs beside them."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    supervisor = Supervisor(is_one_group=True)
    try:
        starting = asyncio.create_task(supervisor.start(list_parts(deployment)))
        waiting = asyncio.create_task(stopped.wait())
        await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            with suppress(asyncio.CancelledError):
                await starting
            return
        await starting
        click.echo(f"Up after {time.monotonic() - began:.1f} s. Stop with Ctrl-C.")
        if extra:
            await run_beside(deployment, extra, waiting)
        if not is_once:
            await waiting
        click.echo("Stopping.")
    finally:
        await supervisor.stop()


async def run_beside(deployment: Deployment, arguments: tuple[str, ...], stopped: "asyncio.Task[bool]") -> None:
    """One command has run in the folder, its output shown; it is ended when the service is to stop."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ridgeway.cli", *deployment.arguments, *arguments, cwd=deployment.folder
    )
    ending = asyncio.create_task(process.wait())
    await asyncio.wait({ending, stopped}, return_when=asyncio.FIRST_COMPLETED)
    if not ending.done():
        with suppress(ProcessLookupError):
            process.terminate()
    await ending


def describe(settings: Settings) -> dict[str, str]:
    """The addresses, and where mail goes, as people need them."""
    own = read_own_settings()
    kind, _, rest = settings.web.mail.partition(":")
    mail = str(settings.path(Path(rest)).resolve()) if kind == "folder" else f"{kind}://{urlsplit(rest).hostname or ''}"
    return {
        "site": own.address,
        "desk": settings.web.desk_address,
        "mail": mail,
        "state": str(settings.state_dir.resolve()),
    }
