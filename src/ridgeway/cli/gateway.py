"""`ridgeway gateway run`: the one place that assembles parts of several rooms.

Law: the gateway gets the log, the downloads and the keys handed in; it opens no database. With several workers the
process that was started only keeps them running; they share the ports.
"""

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import click

from ridgeway.errors import RidgewayError
from ridgeway.gateway.hands.sign import MessageSigner
from ridgeway.gateway.internaltls import open_internal_identity
from ridgeway.gateway.ports import Admit, Download
from ridgeway.gateway.station import Station, ocsp_pool_limits, pool_limits
from ridgeway.gateway.worker import run_worker
from ridgeway.http import Pool, run
from ridgeway.messagelog.client import MessageLogClient
from ridgeway.messagelog.downloads import Download as LogDownload
from ridgeway.messagelog.downloads import download_containers, parse_container_query, render_refusal
from ridgeway.messagelog.verificationconf import write_verification_configuration
from ridgeway.settings import Settings
from ridgeway.signer import SignerClient
from ridgeway.trust import TrustKeeper
from ridgeway.trust.clock import read_clock

RESTART_PAUSE_SECONDS = 0.5


@click.group()
def gateway() -> None:
    """Carry messages between systems and other security servers."""


@gateway.command("run")
@click.pass_context
def run_gateway(ctx: click.Context) -> None:
    """Carry messages until stopped."""
    settings: Settings = ctx.obj
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if settings.gateway.workers > 1:
        parent = ctx.find_root().params.get("settings_file")
        run(keep_workers(settings, parent))
    else:
        run(carry(settings))


@gateway.command(hidden=True)
@click.pass_obj
def worker(settings: Settings) -> None:
    """Be one of several workers."""
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    run(carry(settings))


def listen_for_stop() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


async def carry(settings: Settings) -> None:
    """One worker, from its first look at the snapshots to its graceful end."""
    stopped = listen_for_stop()
    log = MessageLogClient.of(settings)
    async with (
        SignerClient.of(settings) as signer,
        log,
        Pool(pool_limits(settings)) as pool,
        Pool(ocsp_pool_limits(settings)) as ocsp_pool,
    ):
        station = Station(
            settings=settings,
            keeper=TrustKeeper(settings),
            signer=signer,
            messagelog=log,
            downloads=LogDownloads(settings, log),
            pool=pool,
            ocsp_pool=ocsp_pool,
            message_signer=MessageSigner(signer),
            internal=open_internal_identity(settings.path(settings.gateway.internal_tls_dir), now=read_clock()),
        )
        await run_worker(station, stopped=stopped)


async def keep_workers(settings: Settings, settings_file: Path | None) -> None:
    """As many workers as the settings say, each brought back when it dies, until stopped."""
    stopped = listen_for_stop()
    chosen = [] if settings_file is None else ["--settings", str(settings_file)]
    command = [sys.executable, "-m", "ridgeway.cli", *chosen, "gateway", "worker"]
    async with asyncio.TaskGroup() as group:
        for _ in range(settings.gateway.workers):
            group.create_task(keep_worker(command, stopped))


async def keep_worker(command: list[str], stopped: asyncio.Event) -> None:
    """One worker."""
    while not stopped.is_set():
        process = await asyncio.create_subprocess_exec(*command)
        ended, told = asyncio.create_task(process.wait()), asyncio.create_task(stopped.wait())
        await asyncio.wait({ended, told}, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if stopped.is_set() and process.returncode is None:
            process.terminate()
        await ended
        if not stopped.is_set():
            await asyncio.sleep(RESTART_PAUSE_SECONDS)


@dataclass(frozen=True, slots=True)
class LogDownloads:
    """The log's downloads behind the gateway's door."""

    settings: Settings
    log: MessageLogClient

    async def open_containers(self, query: str, admit: Admit) -> Download:
        """The answer to `GET /asic?{query}`, once `admit` let the caller speak for the party."""
        wanted = parse_container_query(query)
        admit(wanted.party)
        return await download_containers(self.log, wanted)

    async def open_verification_configuration(self) -> Download:
        """The answer to `GET /verificationconf`."""
        try:
            data = await asyncio.to_thread(write_verification_configuration, self.settings)
        except RidgewayError as error:
            return render_refusal(500, error.explain())
        return LogDownload(200, "application/zip", "verificationconf.zip", once(data))


async def once(data: bytes) -> AsyncIterator[bytes]:
    """One piece."""
    yield data
