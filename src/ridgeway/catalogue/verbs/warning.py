"""`ridgeway catalogue recall | notify | notices`: a publisher warns, and whoever runs a package hears of it."""

import getpass
import json
from datetime import UTC, datetime
from pathlib import Path

import click

from ridgeway.catalogue.adopters.notices import (
    describe_warned,
    find_places,
    read_warnings,
    render_warned,
    to_warned,
    warn,
)
from ridgeway.catalogue.adoption.keeping import LOCK, read_adopted
from ridgeway.catalogue.packages.statement import Kind
from ridgeway.catalogue.packages.told import read_told
from ridgeway.catalogue.verbs.telling import as_json

SHELF = click.Path(exists=True, file_okay=False, path_type=Path)
why = click.option("--reason", required=True, help="Why, in words for everybody who runs it.")
by = click.option("--by", default=getpass.getuser, metavar="NAME", help="Who says so; default: you.")


@click.command()
@click.argument("shelf", type=SHELF)
@click.argument("package")
@click.argument("version")
@why
@click.option("--instead", default="", metavar="VERSION", help="The version to be used.")
@by
@as_json
def recall(shelf: Path, package: str, version: str, *, reason: str, instead: str, by: str, as_json: bool) -> None:
    """Recall VERSION of PACKAGE on SHELF: nobody takes it any more, and it stops where it runs."""
    write(shelf, package, version, kind=Kind.RECALL, by=by, as_json=as_json, reason=reason, instead=instead)


@click.command()
@click.argument("shelf", type=SHELF)
@click.argument("package")
@click.argument("version")
@why
@click.option("--instead", default="", metavar="VERSION", help="A version without the fault.")
@by
@as_json
def notify(shelf: Path, package: str, version: str, *, reason: str, instead: str, by: str, as_json: bool) -> None:
    """Send a safety notice about VERSION of PACKAGE on SHELF; it may go on running."""
    write(shelf, package, version, kind=Kind.NOTICE, by=by, as_json=as_json, reason=reason, instead=instead)


def write(shelf: Path, package: str, version: str, *, kind: Kind, by: str, as_json: bool, **said: str) -> None:
    """The warning is written, and shown."""
    file = warn(shelf, package, version, kind=kind, by=by, at=read_clock(), **said)
    warned = to_warned(read_told(file))
    sentence = f"{render_warned(warned)}\nHand on {file} to those who run it and do not read this shelf."
    click.echo(json.dumps(describe_warned(warned), indent=2, ensure_ascii=False) if as_json else sentence)


@click.command()
@click.argument("place", type=SHELF)
@click.option("--package", default="", help="Only what is of this package.")
@as_json
def notices(place: Path, *, package: str, as_json: bool) -> None:
    """Show the notices and recalls at PLACE: a shelf, a folder of them, or what concerns an adopted package."""
    warnings = read_warnings(find_places(place))
    found = [each for each in warnings.found if package in {"", each.package}]
    if (place / LOCK).is_file():
        lock = read_adopted(place).lock
        found = [each for each in found if each.covers(lock.package, lock.version)]
    if as_json:
        click.echo(json.dumps([describe_warned(each) for each in found], indent=2, ensure_ascii=False))
        return
    lines = [render_warned(each) for each in found] or ["There is no notice."]
    lines += [f"{each} cannot be read as a notice." for each in warnings.broken]
    click.echo("\n".join(lines))


def read_clock() -> datetime:
    """When a person asked."""
    return datetime.now(UTC)  # noqa: TID251 - the command's clock


VERBS = (recall, notify, notices)
