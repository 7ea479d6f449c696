"""Putting the country's documents in force: the central server's, then each security server's.

Law: what runs are the commands that an operator runs (`centralserver init`, `apply` and `anchor`, `securityserver
apply`), each with its own settings and database; one process runs them all, because starting six would take as long as
all the rest of the start. Two countries federate as two authorities would: each hands the other its external anchor,
and puts the other's into its own document.
"""

from importlib import import_module
from pathlib import Path

import click

from ridgeway.lab.country import Country
from ridgeway.lab.documents import write_changed_documents
from ridgeway.lab.setup import (
    ANCHOR_FILE,
    APPLIED_FILE,
    CENTRAL,
    DOCUMENT_FILE,
    EXTERNAL_ANCHOR_FILE,
    SETTINGS_FILE,
)
from ridgeway.protocol.globalconf import read_anchor
from ridgeway.settings import Settings, load_settings
from ridgeway.web.databases import Room
from ridgeway.web.setup import setup_django


def put_in_force(country: Country, keys: tuple[str, ...]) -> None:
    """The documents of the central server and of the organisations with these keys are in force.

    Raises:  RidgewayError, as the commands do.
    """
    for key in keys:
        folder = country.folder(key)
        document = str(folder / DOCUMENT_FILE)
        text = (folder / DOCUMENT_FILE).read_text("utf-8")
        if key == CENTRAL:
            run_commands(
                load_settings(folder / SETTINGS_FILE, {}),
                "centralserver",
                ["init", "--type", "ec-p256"],
                ["apply", document, "--yes"],
                ["anchor", "-o", str(folder / ANCHOR_FILE)],
            )
        else:
            run_commands(load_settings(folder / SETTINGS_FILE, {}), "securityserver", ["apply", document, "--yes"])
        (folder / APPLIED_FILE).write_text(text, "utf-8")


def run_commands(settings: Settings, room: Room, *commands: list[str]) -> None:
    """Run commands of one room with one server's settings; its models are imported once Django knows the database."""
    setup_django(settings, room=room)
    group: click.Group = getattr(import_module(f"ridgeway.{room}.commands"), room)
    for command in commands:
        group.main(command, prog_name=f"ridgeway {room}", obj=settings, standalone_mode=False)


def federate(country: Country) -> None:
    """The country and its partner hold each other's external anchor, and their rights across the border are in force.

    Raises:  RidgewayError, as the commands do.
    """
    both = (country.partner, country)
    for each in both:
        hand_over_anchor(each)
    for each in both:
        put_in_force(each, write_changed_documents(each))


def hand_over_anchor(country: Country) -> None:
    """The external anchor lies ready for the partner; one that still says the same stays as it is."""
    folder = country.folder(CENTRAL)
    file, fresh = folder / EXTERNAL_ANCHOR_FILE, folder / f".{EXTERNAL_ANCHOR_FILE}"
    settings = load_settings(folder / SETTINGS_FILE, {})
    run_commands(settings, "centralserver", ["anchor", "--external", "-o", str(fresh)])
    if file.exists() and list_sources(file) == list_sources(fresh):
        fresh.unlink()
    else:
        fresh.replace(file)


def list_sources(file: Path) -> object:
    """What an anchor says, but for when it was made."""
    return read_anchor(file.read_bytes()).sources
