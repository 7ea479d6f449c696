"""`ridgeway settings`: what this deployment is told, where each value comes from, and all that is wrong with it.

Law: it must work while the settings are broken, so it reads them itself instead of being handed them; a secret is
named but never printed. Exit: 0 in order · 2 something is wrong.
"""

import json
import sys
from dataclasses import asdict, fields
from pathlib import Path

import click

from ridgeway.services import installed
from ridgeway.settings import Settings, read_settings
from ridgeway.settingsfile import Origin, Reading, apply_table, list_origins, origin_of


@click.group()
def settings() -> None:
    """Show and check the settings."""


@settings.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show(file: Path | None, as_json: bool) -> None:
    """Print every setting with its value and where that comes from; secrets are named but not shown."""
    origins, faults = inspect_settings(file)
    click.echo(json.dumps([asdict(each) for each in origins], indent=2) if as_json else render_origins(origins))
    end_with(faults)


@settings.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def check(file: Path | None, as_json: bool) -> None:
    """Name every fault of the settings at once."""
    origins, faults = inspect_settings(file)
    changed = sum(each.source != "default" for each in origins)
    if as_json:
        click.echo(json.dumps({"faults": faults, "settings": len(origins), "not_default": changed}, indent=2))
        sys.exit(2 if faults else 0)
    if not faults:
        click.echo(f"The settings are in order: {changed} of {len(origins)} are not the default.")
    end_with(faults)


def inspect_settings(file: Path | None) -> tuple[list[Origin], list[str]]:
    """Every setting with its origin, and every fault."""
    found, reading = read_settings(file)
    return [*list_origins(found, reading), *list_service_origins(found, reading)], reading.faults


def list_service_origins(found: Settings, reading: Reading) -> list[Origin]:
    """The settings of each service that is there; a table of one that is not is a fault."""
    rows = []
    for name in found.services.keys() - installed().keys():
        reading.faults.append(f"services.{name}: there is no such service; there are {', '.join(installed())}")
    for name, plate in installed().items():
        prefix, table = f"services.{name}", dict(found.services.get(name, {}))
        own = apply_table(plate.settings, table, prefix, reading.origins.get(prefix, "services"), reading)
        rows += [origin_of(own, each, f"{prefix}.{each.name}", reading) for each in fields(own)]
    return rows


def end_with(faults: list[str]) -> None:
    """Print the faults, one a line, and exit 2 when there are any."""
    for fault in faults:
        click.echo(f"ridgeway: {fault}.", err=True)
    if faults:
        sys.exit(2)


def render_origins(origins: list[Origin]) -> str:
    """Three columns: key, value, origin."""
    keys = max(len(each.key) for each in origins)
    values = max(len(each.value) for each in origins)
    return "\n".join(f"{each.key:<{keys}}  {each.value:<{values}}  {each.source}" for each in origins)
