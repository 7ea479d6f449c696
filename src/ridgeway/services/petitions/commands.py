"""`ridgeway petitions …`: run the service, fill it, look after it.

Law: thin functions that parse, call and print; what they call is in `operating/` and `actions/`.
"""

import asyncio
import logging
import time
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click
from django.conf import settings as django_settings
from django.utils import timezone

from ridgeway.http import run as run_loop
from ridgeway.processes.alone import claimed, keep_to_oneself, start_over_in, stay_up
from ridgeway.services.petitions.intake.run import run_intake
from ridgeway.services.petitions.operating.preparing import Prepared, prepare
from ridgeway.services.petitions.operating.progress import tell
from ridgeway.services.petitions.operating.running import (
    LOCK_FILE,
    Deployment,
    describe,
    list_parts,
    list_places,
    live,
    write_settings,
)
from ridgeway.services.petitions.operating.verbs import VERBS
from ridgeway.services.petitions.sample.loading import load_sample
from ridgeway.services.petitions.writer.run import run_writer
from ridgeway.settings import DEFAULT_FILE, Settings

DEFAULT_STATE = Path("state/petitions")
FIRST_SYSADMIN = "admin@parliament.example"

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
with_admin = click.option(
    "--admin", default=FIRST_SYSADMIN, show_default=True, metavar="EMAIL", help="Of the first system administrator."
)
with_places = click.option(
    "--places/--no-places", default=True, help="Whether a new service begins with the invented country Northmark."
)


@click.group()
def petitions() -> None:
    """Petitions to Parliament: from the first supporter to the archive."""


@petitions.command("prepare")
@with_admin
@with_places
@as_json
def prepare_service(*, admin: str, places: bool, as_json: bool) -> None:
    """Make tables, first rows and a first system administrator; safe to repeat."""
    made = prepare(email=admin, has_places=places, now=timezone.now())
    tell(asdict(made), as_json=as_json, sentence="\n".join(["The service is ready.", *describe_admin(made)]))


def describe_admin(made: Prepared) -> list[str]:
    """Who may administer the service, and with which password where it is new."""
    if made.password:
        return [f"  system administrator  {made.email}", f"  password (shown once)  {made.password}"]
    return [f"  system administrator  {made.email} (lost the password? ridgeway people set-password {made.email})"]


@petitions.command()
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help=f"Folder of the service; default {DEFAULT_STATE}, or that of ./{DEFAULT_FILE} where there is one.",
)
@click.option("--port", type=click.IntRange(1024, 65000), default=8420, show_default=True, help="Public; desk: +1.")
@with_admin
@with_places
@click.option("--sample", is_flag=True, help="Load a few thousand invented petitions.")
@click.option("--once", is_flag=True, help="Start, then stop.")
@click.option("--here", is_flag=True, hidden=True, help="The settings that were read are those of the folder.")
@click.pass_context
def up(
    ctx: click.Context, *, state: Path | None, port: int, admin: str, places: bool, sample: bool, once: bool, here: bool
) -> None:
    """Run the service alone, in one folder: both sites, the writer of signatures, the worker; until Ctrl-C."""
    began = time.monotonic()
    keep_to_oneself()
    settings: Settings = django_settings.RIDGEWAY_SETTINGS
    named: Path | None = ctx.find_root().params.get("settings_file")
    has_settings = here or named is not None or (state is None and Path(DEFAULT_FILE).exists())
    if not has_settings:
        file = write_settings(state or DEFAULT_STATE, port=port)
        flags = [name for name, is_given in (("--sample", sample), ("--once", once)) if is_given]
        start_over_in(file.parent, "petitions", ["--admin", admin, "--places" if places else "--no-places", *flags])
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    with claimed(settings.state_dir, LOCK_FILE, list_places(settings)):
        made = prepare(email=admin, has_places=places, now=timezone.now())
        for name, value in describe(settings).items():
            click.echo(f"  {name:<20}  {value}")
        click.echo("\n".join(describe_admin(made)))
        arguments = ("--settings", str(named.resolve())) if named is not None else ()
        extra = ("petitions", "sample") if sample else ()
        deployment = Deployment(settings.state_dir.resolve(), arguments)
        while_up = partial(live, deployment, began=began, is_once=once, extra=extra)
        asyncio.run(stay_up(list_parts(deployment), while_up))


@petitions.command()
def write() -> None:
    """Be the one writer of signatures: take them, confirm them, count them, until told to stop."""
    settings: Settings = django_settings.RIDGEWAY_SETTINGS
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(run_writer(settings))


@petitions.command()
def intake() -> None:
    """Take the forms and links of a rush, behind a proxy that sends them here, until told to stop."""
    settings: Settings = django_settings.RIDGEWAY_SETTINGS
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    run_loop(run_intake(settings))


@petitions.command()
@as_json
def sample(*, as_json: bool) -> None:
    """Load a few thousand invented petitions, where there is none yet."""
    began = time.monotonic()
    loaded = load_sample(now=timezone.now())
    said = f"{loaded.petitions:,} petitions with {loaded.signatures:,} signatures in {time.monotonic() - began:.1f} s."
    tell(asdict(loaded), as_json=as_json, sentence=said if loaded.petitions else "There are petitions already.")


for verb in VERBS:
    petitions.add_command(verb)
