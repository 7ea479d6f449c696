"""`ridgeway lab …`: start a country, look at it, call its services, and the processes of the lab's own."""

import asyncio
import contextlib
import json
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ridgeway.catalogue.serving.app import build_catalogue
from ridgeway.client import ServiceApp
from ridgeway.errors import RidgewayError
from ridgeway.http import Pool, run
from ridgeway.lab.accompany import join_running, take_partner_in
from ridgeway.lab.authorities.acme import AcmeDoor
from ridgeway.lab.authorities.ca import open_certification_authority
from ridgeway.lab.authorities.serve import (
    handle_certification,
    handle_timestamping,
    require_lab,
    serve_until_stopped,
)
from ridgeway.lab.authorities.tsa import open_timestamping_authority
from ridgeway.lab.claim import claimed, is_running
from ridgeway.lab.country import (
    CATALOGUE,
    DEFAULT_BASE_PORT,
    HEALTH,
    NORTHMARK,
    REGISTER,
    SOUTHMARK,
    Country,
    Organisation,
    Ports,
)
from ridgeway.lab.page.serve import serve_page
from ridgeway.lab.proofs import ask_first, list_questions, render_exchange
from ridgeway.lab.run import Progress, finish_unless, running_country, start_service
from ridgeway.lab.sending import Sending, send_rest, send_soap
from ridgeway.lab.setup import AUTHORITIES
from ridgeway.lab.status import find_base_port, read_status, render_status, write_status
from ridgeway.lab.systems import health, parliament, register
from ridgeway.settings import Mode, find_said_mode

DEFAULT_STATE = Path("state")
STATUS_SECONDS = 1.0

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
with_known_port = click.option(
    "--base-port",
    type=click.IntRange(1024, 65000),
    default=None,
    help="First port; default that of the running country.",
)


@click.group()
@click.pass_obj
def lab(settings_file: Path | None) -> None:
    """A country on a laptop; it refuses to run where the settings say production."""
    if find_said_mode(settings_file) is Mode.PRODUCTION:
        require_lab(Mode.PRODUCTION)


def describe_country(state: Path, base_port: int | None) -> Country:
    """The country in a folder; without a port, the one that it told when it was started."""
    country = Country(state.resolve(), ports=Ports(base_port or DEFAULT_BASE_PORT))
    return country if base_port else Country(country.state, ports=Ports(find_base_port(country)))


@lab.command()
@with_state
@with_base_port
@click.option(
    "--with",
    "partner",
    type=click.Choice([SOUTHMARK.lower()], case_sensitive=False),
    help="Start a second country beside it, even if it runs already, and federate the two.",
)
@click.option("--monitoring", is_flag=True, help="Also keep operational records: one process more for each server.")
@click.option("--services/--no-services", default=True, help="Whether petitions and self-assessments open.")
@click.option("--once", is_flag=True, help="Do all of the exchange, then stop; services are left out.")
def up(state: Path, base_port: int, *, partner: str | None, monitoring: bool, services: bool, once: bool) -> None:
    """Start the country, prove its first messages, and stay up until Ctrl-C."""
    country = describe_country(state, base_port)
    country = replace(
        country, is_accompanied=partner is not None, is_monitored=monitoring, is_serving=services and not once
    )
    if country.is_accompanied and is_running(country):
        sys.exit(run(join_running(country)))
    with claimed(country):
        try:
            sys.exit(run(stay_up(country, once=once)))
        except asyncio.CancelledError:
            click.echo("Stopped before it was up.")
            sys.exit(1)


async def stay_up(country: Country, *, once: bool) -> int:
    """The exit code: 0 when the first messages were proven."""
    print(f"{country.instance} is starting in {country.state}")
    stopped = listen_for_stop()
    async with running_country(country, stopped) as progress, Pool() as pool:
        what = "The country is" if not country.is_accompanied else "Both countries are"
        print(f"{what} up after {progress.seconds:.1f} s; the first messages:")
        exchanges = []
        for question in list_questions(country):
            exchanges.append(await ask_first(question, pool))
            print(f"\n{render_exchange(exchanges[-1])}")
            print(
                f"{'Proven' if exchanges[-1].is_proven else 'NOT PROVEN'} after {progress.seconds:.1f} s.", flush=True
            )
        write_status(country, progress.supervisor)
        if country.is_serving:
            await open_petitions(progress, stopped)
        if not once:
            async with serve_page(country, progress, exchange=exchanges[0], pool=pool):
                if country.is_serving:
                    print(f"\nPetitions: {country.site_url}   self-assessments: {country.assessments_url}")
                    print(f"Their desk: {country.desk_url}   staff: ridgeway lab status")
                print(f"See it happen: {country.page_url}   (Ctrl-C stops the country)", flush=True)
                await keep_status(progress, stopped, pool)
            print("Stopping.", flush=True)
    return 0 if all(exchange.is_proven for exchange in exchanges) else 1


async def open_petitions(progress: Progress, stopped: asyncio.Event) -> None:
    """The services are up, or the wait for them was given up when stopped."""
    print("\nThe parliament opens its petitions, the health authority its self-assessments:", flush=True)
    with contextlib.suppress(asyncio.CancelledError):
        try:
            await finish_unless(stopped, start_service(progress))
        except* RidgewayError as group:
            for error in group.exceptions:
                print(f"\n  not opened; the country goes on without: {error}", file=sys.stderr, flush=True)


def listen_for_stop() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


async def keep_status(progress: Progress, stopped: asyncio.Event, pool: Pool) -> None:
    """The status file follows the processes until stopped; a partner that somebody wants is taken in."""
    while not stopped.is_set():
        try:
            await finish_unless(stopped, take_partner_in(progress, pool))
        except asyncio.CancelledError:
            if not stopped.is_set():
                raise
        write_status(progress.country, progress.supervisor)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STATUS_SECONDS):
                await stopped.wait()


@lab.command()
@with_state
@with_known_port
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(state: Path, base_port: int | None, as_json: bool) -> None:
    """Tell what runs where."""
    country = describe_country(state, base_port)
    told = read_status(country)
    click.echo(json.dumps(told, indent=2) if as_json else render_status(told))
    sys.exit(0 if told["running"] else 1)


@lab.command()
@click.argument("asker", type=click.Choice([each.key for each in Country(Path()).organisations]))
@click.argument("target")
@click.option("-X", "--method", default="GET", show_default=True, help="HTTP method.")
@click.option("-H", "--header", multiple=True, help="NAME:VALUE, as often as needed.")
@click.option("-d", "--data", type=click.File("rb"), help="File with the body; - is standard input.")
@click.option("-i", "--include", is_flag=True, help="Print the head of the answer, too.")
@click.option("--soap", is_flag=True, help="Ask over SOAP; the body is the one element to send.")
@click.option(
    "--attach",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File to attach over SOAP, as often as needed.",
)
@with_state
@with_known_port
def call(asker: str, target: str, state: Path, base_port: int | None, **options: Any) -> None:
    """Send a request by hand: ASKER is an organisation, TARGET is CLASS/MEMBER/SUBSYSTEM/SERVICE[/path][?query].

    For example: ridgeway lab call parliament GOV/1001/persons/persons/NM000001
    Abroad, TARGET begins with the instance: SOUTHMARK:GOV/2001/persons/persons/SM000001

    Over SOAP: ridgeway lab call parliament GOV/1001/persons/personData --soap -d question.xml --attach mandate.txt
    """
    country = describe_country(state, base_port)
    body = options["data"].read() if options["data"] else None
    sending = Sending(country, country.get_organisation(asker), target, body)
    if options["soap"]:
        sys.exit(run(send_soap(sending, attached=options["attach"])))
    how = {"method": options["method"], "headers": options["header"], "include_head": options["include"]}
    sys.exit(run(send_rest(sending, **how)))


@lab.command(hidden=True)
@click.argument("name")
@with_state
@with_base_port
@click.option("--instance", default=NORTHMARK)
def part(name: str, state: Path, base_port: int, instance: str) -> None:
    """Be one process of the lab's own."""
    country = Country(state.resolve(), instance, Ports(base_port))
    kind, _, keys = name.partition(":")
    if kind in {"documents", "federation"}:
        from ridgeway.lab.founding import federate, put_in_force  # noqa: PLC0415 — Django, which no other part needs

        if kind == "documents":
            put_in_force(country, tuple(keys.split(",")))
        else:
            federate(country)
    elif kind in {"open-service", "load-petitions", "load-assessments"}:
        from ridgeway.lab import opening  # noqa: PLC0415 — Django, as above

        verbs = {"open-service": opening.open_service, "load-petitions": opening.load_petitions}
        verbs.get(kind, opening.put_assessments_live)(country)
    else:
        run(run_part(country, name))


async def run_part(country: Country, name: str) -> None:
    """An authority, or an information system."""
    folder, host = country.folder(AUTHORITIES), country.authorities_host
    match name.partition(":"):
        case "ca", _, _:
            ca = open_certification_authority(folder, title=country.instance, ocsp_url=f"{country.ca_url}/ocsp")
            orders = AcmeDoor(ca, f"{country.ca_url}/acme/", validation_port=country.ports.challenge)
            await serve_until_stopped(handle_certification(ca, orders), host=host, port=country.ports.ca)
        case "tsa", _, _:
            tsa = open_timestamping_authority(folder, title=country.instance)
            await serve_until_stopped(handle_timestamping(tsa), host=host, port=country.ports.tsa)
        case "system", _, key:
            await run_system(country, country.get_organisation(key))
        case _:
            raise click.UsageError(f"There is no part {name!r}.")


async def run_system(country: Country, organisation: Organisation) -> None:
    """The information system of one organisation."""
    folder = country.folder(organisation.key) / "system"
    match organisation.key:
        case REGISTER.key:
            app = register.build_register(folder, prefix=country.plan.people)
        case HEALTH.key:
            app = health.build_health(folder)
        case _:
            app = build_casework(country, organisation, folder)
    if any(offer.code == CATALOGUE for offer in organisation.offers):
        shelf = country.shelf(organisation)
        shelf.mkdir(parents=True, exist_ok=True)
        build_catalogue(shelf, owner=organisation.member(country.instance), prefix=f"/{CATALOGUE}", app=app)
    await serve_until_stopped(app, host=organisation.host, port=country.ports.system)


def build_casework(country: Country, organisation: Organisation, folder: Path) -> ServiceApp:
    """The system that asks: the register of its own country, and of the partner country."""
    both = (country, country.partner)
    persons = {each.instance: each.get_organisation(REGISTER.key).service(each.instance, "persons") for each in both}
    person_data = country.get_organisation(REGISTER.key).service(country.instance, "personData")
    return parliament.build_parliament(
        folder,
        door_url=country.consumer_door(organisation),
        client=organisation.client(country.instance),
        registers=parliament.Registers(persons, person_data),
    )
