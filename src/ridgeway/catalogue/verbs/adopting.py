"""`ridgeway catalogue record | adopters`: who runs a package, said by themselves."""

import getpass
import json
from datetime import UTC, datetime
from pathlib import Path

import click

from ridgeway.catalogue.adopters.records import Adopter, describe, list_adopters, record, write_record
from ridgeway.catalogue.verbs.showing import shorten
from ridgeway.catalogue.verbs.telling import as_json

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("record")
@click.argument("folder", type=FOLDER)
@click.option("--by", default=getpass.getuser, metavar="NAME", help="Who runs it; default: you.")
@click.option("--to", "file", required=True, type=click.Path(path_type=Path), help="File, or the publisher's shelf.")
@as_json
def record_(folder: Path, *, by: str, file: Path, as_json: bool) -> None:
    """Write down for the publisher that you run the package in FOLDER: version, since when, how much you changed."""
    now = datetime.now(UTC)  # noqa: TID251 - the command's clock
    payload = record(folder, by=by, at=now)
    written = write_record(file, payload)
    said = json.loads(payload)
    sentence = f"{written}: {by} runs {said['package']} {said['version']} with {said['changes']} changes."
    click.echo(json.dumps({"file": str(written), **said}, indent=2, ensure_ascii=False) if as_json else sentence)


@click.command()
@click.argument("shelf", type=FOLDER)
@as_json
def adopters(shelf: Path, *, as_json: bool) -> None:
    """Show who runs the packages of SHELF, how far behind, and who has acted on each notice."""
    found, broken = list_adopters(shelf)
    if as_json:
        click.echo(json.dumps([describe(each) for each in found], indent=2, ensure_ascii=False))
        return
    lines = [line for each in found for line in render(each)] or ["Nobody has said that they run a package of it."]
    lines += [f"{each} cannot be read as a record." for each in broken]
    click.echo("\n".join(lines))


def render(adopter: Adopter) -> list[str]:
    """An adopter in a line, and one for each warning."""
    statement, proof = adopter.record.statement, "signed" if adopter.record.told.is_signed else "unproven"
    behind = f"{len(adopter.newer)} versions behind" if adopter.newer else "up to date"
    known = "" if adopter.is_known else ", with files that are not on this shelf"
    said = (
        f"{shorten(statement.by)}: {statement.package} {statement.version} since {adopter.record.since[:10]}, "
        f"{adopter.record.changes} changes, {behind}{known} ({proof}, said {statement.at:%Y-%m-%d})"
    )
    kinds = {True: "recall", False: "notice"}
    warned = (f"  {kinds[each.is_recall]} of {each.version}, {each.told.mark}: {deed}" for each, deed in adopter.warned)
    return [said, *warned]


VERBS = (record_, adopters)
