"""Starting the country, step by step, and proving its first message.

Law: a step that fails names the part and shows the end of its log. What exists is kept, so the second start only
starts. The first message is an ordinary one, asked by the parliament's system through its own door.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from ridgeway.errors import NetworkError
from ridgeway.http import Pool
from ridgeway.lab.country import Country
from ridgeway.lab.documents import render_central_document, render_server_document
from ridgeway.lab.parts import (
    build_centralserver,
    build_signer,
    build_system,
    lab_arguments,
    list_authorities,
    list_server_parts,
)
from ridgeway.lab.setup import (
    ANCHOR_FILE,
    APPLIED_FILE,
    AUTHENTICATION_FILE,
    AUTHORITIES,
    CENTRAL,
    DOCUMENT_FILE,
    certify,
    make_token,
    write_central_settings,
    write_organisation_settings,
)
from ridgeway.lab.status import write_status
from ridgeway.lab.supervisor import Supervisor, clean_environment, resident_bytes

COMMAND_TIMEOUT_SECONDS = 60.0
MEGABYTE = 1024 * 1024


@dataclass(slots=True)
class Progress:
    """Prints each step with its seconds, and the memory in use after it."""

    supervisor: Supervisor
    began: float = field(default_factory=time.monotonic)

    async def step(self, title: str, work: Awaitable[None]) -> None:
        """Do one step."""
        print(f"  {title:<58}", end="", flush=True)
        start = time.monotonic()
        await work
        print(f"{time.monotonic() - start:5.1f} s  {self.memory_bytes() // MEGABYTE:5d} MB", flush=True)

    def memory_bytes(self) -> int:
        """The memory of every process of the country."""
        pids = [running.pid for running in self.supervisor.running.values() if running.pid is not None]
        return sum(resident_bytes(pid) for pid in pids)

    @property
    def seconds(self) -> float:
        """The time since the start."""
        return time.monotonic() - self.began


@asynccontextmanager
async def running_country(country: Country, stopped: asyncio.Event) -> AsyncIterator[Progress]:
    """The country is up while the block runs, and stopped after it; `stopped` ends a start that is under way, too.

    Raises:  asyncio.CancelledError when stopped before it was up.
    """
    supervisor = Supervisor(on_change=lambda: write_status(country, supervisor))
    progress = Progress(supervisor)
    try:
        async with Pool() as pool:
            await finish_unless(stopped, start_country(country, supervisor, progress, pool))
        yield progress
    finally:
        await supervisor.stop()


async def finish_unless(stopped: asyncio.Event, work: Coroutine[None, None, None]) -> None:
    """Do the work, or give up when stopped.

    Raises:  asyncio.CancelledError when stopped.
    """
    doing, told = asyncio.create_task(work), asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({doing, told}, return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            doing.cancel()
        await doing
    finally:
        told.cancel()


async def start_country(country: Country, supervisor: Supervisor, progress: Progress, pool: Pool) -> None:
    """Every part that the first message needs answers."""
    everybody = country.organisations
    await progress.step("folders, settings and tokens", prepare_folders(country))
    signers = [build_signer(country, key) for key in (CENTRAL, *(each.key for each in everybody))]
    await progress.step("authorities and signers", supervisor.start([*list_authorities(country), *signers]))
    await progress.step("keys and certificates", certify_all(country, pool))
    await progress.step("documents of the central server and the security servers", put_documents_in_force(country))
    parts = [part for each in everybody for part in list_server_parts(country, each)]
    systems = [build_system(country, each) for each in everybody]
    await progress.step(
        "central server, security servers and their systems",
        supervisor.start([build_centralserver(country), *parts, *systems]),
    )


async def prepare_folders(country: Country) -> None:
    """Every folder, its settings and its token are there."""
    write_central_settings(country)
    make_token(country.folder(CENTRAL))
    country.folder(AUTHORITIES).mkdir(parents=True, exist_ok=True, mode=0o700)
    for organisation in country.organisations:
        write_organisation_settings(country, organisation)
        make_token(country.folder(organisation.key))
        (country.folder(organisation.key) / "system").mkdir(exist_ok=True, mode=0o700)


async def certify_all(country: Country, pool: Pool) -> None:
    """Every security server has its keys and certificates."""
    async with asyncio.TaskGroup() as group:
        for organisation in country.organisations:
            group.create_task(certify(country, organisation, pool))


async def put_documents_in_force(country: Country) -> None:
    """Every document is in force, and each security server has the anchor."""
    changed = tuple(key for key, text in list_documents(country).items() if write_document(country, key, text))
    if changed:
        await run_command(country, CENTRAL, *lab_arguments(country, f"documents:{','.join(changed)}"))
    anchor = (country.folder(CENTRAL) / ANCHOR_FILE).read_bytes()
    for organisation in country.organisations:
        (country.folder(organisation.key) / ANCHOR_FILE).write_bytes(anchor)


def list_documents(country: Country) -> dict[str, str]:
    """The documents of the central server and of each organisation, by key."""
    authorities = country.folder(AUTHORITIES)
    certificates = {name: (authorities / f"{name}.pem").read_text() for name in ("root", "ocsp", "tsa")}
    for each in country.organisations:
        certificates[each.key] = (country.folder(each.key) / AUTHENTICATION_FILE).read_text()
    documents = {CENTRAL: render_central_document(country, certificates=certificates)}
    return documents | {each.key: render_server_document(country, each) for each in country.organisations}


def write_document(country: Country, key: str, text: str) -> bool:
    """The document of a start that is under way lies ready; says whether it must be put in force.

    A document that an operator has changed since is his, and stays.
    """
    folder = country.folder(key)
    applied = folder / APPLIED_FILE
    if applied.exists() and applied.read_text("utf-8") == text:
        return False
    (folder / DOCUMENT_FILE).write_text(text, "utf-8")
    return True


async def run_command(country: Country, key: str, *arguments: str) -> None:
    """Run one command as an organisation's operator would.

    Raises:  NetworkError(command_failed) with what it printed.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "ridgeway.cli",
        *arguments,
        cwd=country.folder(key),
        env=clean_environment(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(COMMAND_TIMEOUT_SECONDS):
            output, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        output = b"it did not end in time"
    if process.returncode != 0:
        raise NetworkError(
            "command_failed", f"{key}: ridgeway {' '.join(arguments)} failed:\n{output.decode('utf-8', 'replace')}"
        )
