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
from ridgeway.lab.assessments import build_assessments, ready_file
from ridgeway.lab.country import PARLIAMENT, Country
from ridgeway.lab.documents import write_changed_documents
from ridgeway.lab.parts import (
    build_centralserver,
    build_signer,
    build_system,
    knows,
    lab_arguments,
    list_authorities,
    list_server_parts,
)
from ridgeway.lab.service import READY_FILE, list_service_parts
from ridgeway.lab.setup import (
    ANCHOR_FILE,
    AUTHORITIES,
    CENTRAL,
    certify,
    make_token,
    write_central_settings,
    write_organisation_settings,
)
from ridgeway.lab.status import write_status
from ridgeway.processes.supervisor import Supervisor, clean_environment, resident_bytes

COMMAND_TIMEOUT_SECONDS = 60.0
FEDERATION_SECONDS = 60.0
FEDERATION_PAUSE_SECONDS = 0.1
MEGABYTE = 1024 * 1024


@dataclass(slots=True)
class Progress:
    """Prints each step with its seconds, and the memory in use after it; `country` is what runs now."""

    supervisor: Supervisor
    country: Country
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
    supervisor = Supervisor(on_change=lambda: write_status(progress.country, supervisor))
    progress = Progress(supervisor, country)
    forget_readiness(country)
    try:
        async with Pool() as pool:
            await finish_unless(stopped, start_all(country, supervisor, progress, pool))
        yield progress
    finally:
        forget_readiness(country)
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


async def start_all(country: Country, supervisor: Supervisor, progress: Progress, pool: Pool) -> None:
    """The country is up, and its partner with it where they are to run beside each other."""
    await start_country(country, supervisor, progress, pool)
    if country.is_accompanied:
        await start_partner(country, supervisor, progress, pool)


async def start_partner(country: Country, supervisor: Supervisor, progress: Progress, pool: Pool) -> None:
    """The partner is up beside a country that is, and the two are federated."""
    partner = country.partner
    print(f"{partner.instance} is starting in {partner.state}", flush=True)
    await start_country(partner, supervisor, progress, pool)
    await progress.step("anchors exchanged, and each country's servers know the other", federate_both(country))


async def federate_both(country: Country) -> None:
    """The authorities have exchanged anchors, and every security server holds the other country's configuration."""
    await run_command(country, CENTRAL, *lab_arguments(country, "federation"))
    limit = time.monotonic() + FEDERATION_SECONDS
    for each in (country, country.partner):
        for organisation in each.organisations:
            probe = knows(each.folder(organisation.key), each.partner.instance)
            while not await probe():
                if time.monotonic() > limit:
                    raise NetworkError(
                        "network_error",
                        f"{organisation.name} does not know {each.partner.instance} after {FEDERATION_SECONDS:.0f} s.",
                        action=f"See why: ridgeway trust explain, in {each.folder(organisation.key)}.",
                    )
                await asyncio.sleep(FEDERATION_PAUSE_SECONDS)


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


async def start_service(progress: Progress) -> None:
    """The services of the country are up, with their samples in them."""
    country, supervisor = progress.country, progress.supervisor
    opening = run_command(country, PARLIAMENT.key, *lab_arguments(country, "open-service"))
    await progress.step("tables, first rows and staff of the petitions service", opening)
    await progress.step("its processes, and a few thousand petitions", run_service(progress))
    (country.folder(PARLIAMENT.key) / READY_FILE).touch()
    write_status(country, supervisor)
    await progress.step("the health authority's self-assessments, checked and live", run_assessments(progress))
    ready_file(country).touch()
    write_status(country, supervisor)


def forget_readiness(country: Country) -> None:
    """Nobody is told that a service is ready, until it is."""
    for file in (country.folder(PARLIAMENT.key) / READY_FILE, ready_file(country)):
        file.unlink(missing_ok=True)


async def run_service(progress: Progress) -> None:
    """Every process of the service answers, and the sample is loaded beside their start."""
    country = progress.country
    async with asyncio.TaskGroup() as group:
        group.create_task(progress.supervisor.start(list_service_parts(country)))
        group.create_task(run_command(country, PARLIAMENT.key, *lab_arguments(country, "load-petitions")))


async def run_assessments(progress: Progress) -> None:
    """The site answers, and the sample packages are live."""
    country = progress.country
    async with asyncio.TaskGroup() as group:
        group.create_task(progress.supervisor.start([build_assessments(country)]))
        group.create_task(run_command(country, PARLIAMENT.key, *lab_arguments(country, "load-assessments")))


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
    changed = write_changed_documents(country)
    if changed:
        await run_command(country, CENTRAL, *lab_arguments(country, f"documents:{','.join(changed)}"))
    anchor = (country.folder(CENTRAL) / ANCHOR_FILE).read_bytes()
    for organisation in country.organisations:
        (country.folder(organisation.key) / ANCHOR_FILE).write_bytes(anchor)


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
