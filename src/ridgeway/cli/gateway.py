"""`ridgeway gateway run`: the one place that assembles parts of several rooms.

Law: the gateway gets the log, the downloads and the keys handed in; it opens no database. With several workers the
process that was started only keeps them running; they share the ports.
"""

import asyncio
import json
import logging
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import click

from ridgeway.cli.internaltls import internal_tls
from ridgeway.cli.watching import watched
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


gateway.add_command(internal_tls)


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
@click.option("--number", default=0, help="Which of them.")
@click.pass_obj
def worker(settings: Settings, number: int) -> None:
    """Be one of several workers."""
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    run(carry(settings, number=number))


@gateway.command()
@click.argument("state", type=click.Choice(["on", "off", "show"]))
@click.option("--notice", default="", help="A sentence for whoever asks the health-check door.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def maintenance(settings: Settings, state: str, notice: str, *, as_json: bool) -> None:
    """Have the health-check door say that this server is in maintenance, or no longer; messages pass all the same."""
    file = settings.path(settings.gateway.maintenance_file)
    if state == "on":
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_text(notice + "\n", "utf-8")
    elif state == "off":
        file.unlink(missing_ok=True)
    is_on = file.exists()
    said = file.read_text("utf-8").strip() if is_on else ""
    if as_json:
        click.echo(json.dumps({"maintenance": is_on, "notice": said}))
    else:
        click.echo(f"in maintenance {said}".strip() if is_on else "not in maintenance")


def listen_for_stop() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


async def carry(settings: Settings, *, number: int = 0) -> None:
    """One worker, the `number`th from 0, from its first look at the snapshots to its graceful end."""
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
        async with watched(station, log, number=number):
            await run_worker(station, stopped=stopped)


async def keep_workers(settings: Settings, settings_file: Path | None) -> None:
    """As many workers as the settings say, each brought back when it dies, until stopped."""
    stopped = listen_for_stop()
    chosen = [] if settings_file is None else ["--settings", str(settings_file)]
    command = [sys.executable, "-m", "ridgeway.cli", *chosen, "gateway", "worker"]
    async with asyncio.TaskGroup() as group:
        for number in range(settings.gateway.workers):
            group.create_task(keep_worker([*command, "--number", str(number)], stopped))


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
