"""`ridgeway lab …`: start a country, look at it, call its services, and the processes of the lab's own."""

import asyncio
import contextlib
import sys
from pathlib import Path

import click

from ridgeway.http import run
from ridgeway.lab.authorities.ca import open_certification_authority
from ridgeway.lab.authorities.serve import (
    handle_certification,
    handle_timestamping,
    serve_until_stopped,
)
from ridgeway.lab.authorities.tsa import open_timestamping_authority
from ridgeway.lab.country import (
    AUTHORITIES_HOST,
    DEFAULT_BASE_PORT,
    HEALTH,
    PARLIAMENT,
    REGISTER,
    Country,
    Ports,
)
from ridgeway.lab.run import running_country
from ridgeway.lab.setup import AUTHORITIES
from ridgeway.lab.systems import health, parliament, register

DEFAULT_STATE = Path("state")

with_state = click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_STATE,
    show_default=True,
    help="Folder of the country; another folder is another country.",
)
with_base_port = click.option(
    "--base-port", type=click.IntRange(1024, 65000), default=DEFAULT_BASE_PORT, show_default=True, help="First port."
)


@click.group()
def lab() -> None:
    """A country on a laptop."""


def describe_country(state: Path, base_port: int) -> Country:
    """The country in a folder."""
    return Country(state.resolve(), ports=Ports(base_port))


@lab.command()
@with_state
@with_base_port
@click.option("--once", is_flag=True, help="Do all of it, then stop.")
def up(state: Path, base_port: int, once: bool) -> None:
    """Start the country, prove its first message, and stay up until Ctrl-C."""
    sys.exit(run(stay_up(describe_country(state, base_port), once=once)))


async def stay_up(country: Country, *, once: bool) -> int:
    """The exit code: 0 when the first message was proven."""
    async with running_country(country) as progress:
        print(f"up after {progress.seconds:.1f} s")
        if once:
            return 0
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
    return 0


@lab.command(hidden=True)
@click.argument("name")
@with_state
@with_base_port
def part(name: str, state: Path, base_port: int) -> None:
    """Be one process of the lab's own."""
    run(run_part(describe_country(state, base_port), name))


async def run_part(country: Country, name: str) -> None:
    """An authority, or an information system."""
    folder = country.folder(AUTHORITIES)
    match name.partition(":"):
        case "ca", _, _:
            ca = open_certification_authority(folder, title=country.instance, ocsp_url=f"{country.ca_url}/ocsp")
            await serve_until_stopped(handle_certification(ca), host=AUTHORITIES_HOST, port=country.ports.ca)
        case "tsa", _, _:
            tsa = open_timestamping_authority(folder, title=country.instance)
            await serve_until_stopped(handle_timestamping(tsa), host=AUTHORITIES_HOST, port=country.ports.tsa)
        case "system", _, key:
            await run_system(country, key)
        case _:
            raise click.UsageError(f"There is no part {name!r}.")


async def run_system(country: Country, key: str) -> None:
    """The information system of one organisation."""
    folder = country.folder(key) / "system"
    match key:
        case REGISTER.key:
            organisation, app = REGISTER, register.build_register(folder)
        case HEALTH.key:
            organisation, app = HEALTH, health.build_health(folder)
        case _:
            organisation = PARLIAMENT
            app = parliament.build_parliament(
                folder,
                door_url=country.consumer_door(PARLIAMENT),
                client=PARLIAMENT.client(country.instance),
                persons=REGISTER.service(country.instance, "persons"),
            )
    await serve_until_stopped(app, host=organisation.host, port=country.ports.system)
