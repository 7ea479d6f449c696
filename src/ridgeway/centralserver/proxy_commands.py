"""`ridgeway centralserver proxy …`: hand the configuration of an instance on, under keys of one's own."""

import asyncio
import json
import logging
import signal
from pathlib import Path

import click

from ridgeway.centralserver.apply import APP
from ridgeway.centralserver.claiming import claimed
from ridgeway.centralserver.proxy import HandedOn, build_proxy_anchor, hand_on
from ridgeway.centralserver.publishing import ask_database
from ridgeway.centralserver.serving import Health, PublicFolder
from ridgeway.centralserver.signing import list_configuration_keys
from ridgeway.errors import RidgewayError
from ridgeway.http import run as run_loop
from ridgeway.http import serve
from ridgeway.office.documents.forward import bring_forward
from ridgeway.protocol.globalconf import anchor_hash, write_anchor
from ridgeway.settings import Settings
from ridgeway.signer import SignerClient
from ridgeway.trust.clock import read_clock

log = logging.getLogger(__name__)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def proxy() -> None:
    """Hand an instance's configuration on under keys of your own (made by `init`)."""


@proxy.command("publish")
@as_json
@click.pass_obj
def publish_once(settings: Settings, as_json: bool) -> None:
    """Take every version, prove it, and serve it signed anew."""
    bring_forward(APP)
    done = asyncio.run(hand_on_once(settings))
    if as_json:
        click.echo(json.dumps({"versions": done.versions, "faults": dict(done.faults)}, indent=2))
        return
    click.echo(f"Handed on: versions {', '.join(map(str, done.versions))}.")
    for version, fault in done.faults.items():
        click.echo(f"Version {version} could not be had: {fault}")


@proxy.command("run")
@click.pass_obj
def run_proxy(settings: Settings) -> None:
    """Publish again and again, and serve what is published, until told to stop."""
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    bring_forward(APP)
    with claimed(settings):
        run_loop(keep_handing_on(settings))


@proxy.command("anchor")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File.")
@as_json
@click.pass_obj
def write_proxy_anchor(settings: Settings, output: Path, as_json: bool) -> None:
    """Write the anchor that leads to this proxy, and print the hash that people compare."""
    bring_forward(APP)
    data = write_anchor(build_proxy_anchor(settings, list_configuration_keys(), now=read_clock()))
    output.write_bytes(data)
    facts = {"file": str(output), "hash": anchor_hash(data)}
    click.echo(json.dumps(facts, indent=2) if as_json else f"{output}. Its hash (SHA-224):\n{facts['hash']}")


async def hand_on_once(settings: Settings) -> HandedOn:
    """What is served after one look upstream."""
    async with SignerClient.of(settings) as signer:
        return await hand_on(settings, signer, await ask_database(list_configuration_keys), now=read_clock())


async def keep_handing_on(settings: Settings) -> None:
    """Publish at the interval of the settings and serve, until SIGTERM or SIGINT; a fault is logged once."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    chosen, said = settings.centralserver, "nothing was published yet"
    public = PublicFolder(settings.path(chosen.public_dir), lambda: describe_health(said))
    async with serve(public.answer, host=chosen.host, port=chosen.port):
        while not stop.is_set():
            try:
                done = await hand_on_once(settings)
                fault = "; ".join(f"version {version}: {why}" for version, why in done.faults.items())
            except RidgewayError as error:
                fault = error.explain()
            if fault != said:
                log.warning("%s", fault or "every version is handed on")
            said = fault
            try:
                async with asyncio.timeout(chosen.publish_interval_seconds):
                    await stop.wait()
            except TimeoutError:
                continue


def describe_health(fault: str) -> Health:
    """Whether the last look upstream worked."""
    return Health(not fault, json.dumps({"status": "failing" if fault else "ok", "fault": fault}).encode())
