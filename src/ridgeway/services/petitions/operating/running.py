"""What `ridgeway petitions up` runs: settings, places and processes of the service alone."""

import asyncio
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click
from django.conf import settings as django_settings

from ridgeway.journal.places import choose_socket_folder
from ridgeway.processes import Part, answers_at, has_socket, is_there
from ridgeway.processes.alone import Stopped, write_tables
from ridgeway.services.petitions.deployment import read_own_settings
from ridgeway.settings import DEFAULT_FILE, Settings

LOCK_FILE = "petitions.lock"


@dataclass(frozen=True, slots=True)
class Deployment:
    """One folder that is served; `arguments` come before a verb so that each process reads the same settings."""

    folder: Path
    arguments: tuple[str, ...] = ()


def write_settings(folder: Path, *, port: int) -> Path:
    """The settings of a service alone, where the folder has none yet."""
    file = folder / DEFAULT_FILE
    if not file.exists():
        own = {
            "address": f"http://localhost:{port}",
            "port": port,
            "socket": str(choose_socket_folder(folder.resolve()) / "petitions.sock"),
        }
        web = {"desk_address": f"http://localhost:{port + 1}", "desk_port": port + 1}
        write_tables(file, "petitions up", {"web": web, "services.petitions": own})
    return file


def list_places(settings: Settings) -> list[tuple[str, int]]:
    """Where its sites listen."""
    own = read_own_settings()
    return [(own.host, own.port), (settings.web.desk_host, settings.web.desk_port)]


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


async def live(
    deployment: Deployment, stopped: Stopped, *, began: float, is_once: bool, extra: tuple[str, ...]
) -> None:
    """What is done while every process answers; `extra` is a command that runs beside them."""
    click.echo(f"Up after {time.monotonic() - began:.1f} s. Stop with Ctrl-C.")
    if extra:
        await run_beside(deployment, extra, stopped)
    if not is_once:
        await stopped
    click.echo("Stopping.")


async def run_beside(deployment: Deployment, arguments: tuple[str, ...], stopped: Stopped) -> None:
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
