"""`ridgeway assessments up` and `serve`: the service alone, for a team that has no exchange yet.

Law: each process is started as an operator would start it; all are one process group, and end with this one. What the
folder holds stays; a second start only starts.
"""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings as django_settings

from ridgeway.errors import SettingsError
from ridgeway.processes import Part, Supervisor, answers_at, holding, is_there, require_free_port
from ridgeway.services.assessments.deployment import read_own_settings
from ridgeway.settings import DEFAULT_FILE, Settings

LOCK_FILE = "assessments.lock"
OTHER_PORTS = "Choose another --port for a new folder, or change the ports in its ridgeway.toml."
HOST = "127.0.0.1"
OWNER_ALONE = 0o700
NOBODY_ELSE = 0o077
"""The umask of the service: its folder holds the secret of its cookies and the passwords of staff."""


def keep_to_oneself() -> None:
    """What this process and those that it starts write from now on is their user's alone."""
    os.umask(NOBODY_ELSE)


def start_over_in(folder: Path, arguments: list[str]) -> None:
    """This process becomes the same command in the folder whose settings it is to read."""
    os.chdir(folder)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "ridgeway.cli", "assessments", "up", "--here", *arguments])  # noqa: S606


def write_settings(folder: Path, *, port: int) -> Path:
    """The settings of a service alone, where the folder has none yet."""
    file = folder / DEFAULT_FILE
    if not file.exists():
        write_tables(
            file,
            "assessments up",
            {
                "web": {"desk_address": f"http://localhost:{port + 1}", "desk_port": port + 1},
                "services.assessments": {"address": f"http://localhost:{port}", "port": port},
            },
        )
    return file


def write_tables(file: Path, verb: str, tables: dict[str, dict[str, Any]]) -> None:
    """A settings file, whole or not at all."""
    lines = [f"# Made by `ridgeway {verb}`; every key is in docs/reference/settings.md."]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{key} = {msgspec.json.encode(value).decode()}" for key, value in table.items())]
    file.parent.mkdir(parents=True, exist_ok=True, mode=OWNER_ALONE)
    beside = file.with_name(f".{file.name}.new")
    beside.write_text("\n".join(lines) + "\n", "utf-8")
    beside.replace(file)


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


def list_parts(folder: Path, before: tuple[str, ...]) -> list[Part]:
    """The processes of the service: the two sites, the worker. `before` comes before each verb."""
    settings: Settings = django_settings.RIDGEWAY_SETTINGS
    own, web = read_own_settings(), settings.web
    return [
        Part("assessments", (*before, "web", "run", "assessments"), folder, answers_at(own.host, own.port)),
        Part("desk", (*before, "web", "run", "desk"), folder, answers_at(web.desk_host, web.desk_port)),
        Part("jobs", (*before, "jobs", "run"), folder, is_there),
    ]


async def stay_up(parts: list[Part], *, is_up: Callable[[], None], is_once: bool = False) -> None:
    """Every process answers, until this one is told to stop; `is_up` is called once they do."""
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
        is_up()
        if not is_once:
            await waiting
    finally:
        await supervisor.stop()


@contextmanager
def preview_folder(package: Path, *, port: int, today: str) -> Iterator[Path]:
    """A folder with the settings of a preview, gone after the block."""
    with tempfile.TemporaryDirectory(prefix="ridgeway-preview-") as name:
        own = {
            "address": f"http://localhost:{port}",
            "port": port,
            "packages": str(package.resolve()),
            "reloads": True,
            "preview_today": today,
        }
        write_tables(Path(name) / DEFAULT_FILE, "assessments serve", {"services.assessments": own})
        yield Path(name)


def list_preview_parts(folder: Path, *, port: int) -> list[Part]:
    """The one process of a preview."""
    return [Part("assessments", ("web", "run", "assessments"), folder, answers_at(HOST, port))]
