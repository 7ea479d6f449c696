"""`new`, `pack`, `bundle`, `catalogue`, `schema`: for those who write packages."""

import json
from pathlib import Path

import click

from ridgeway.errors import RequestError
from ridgeway.services.assessments.definition import read_package, render_schema, write_catalogue
from ridgeway.services.assessments.offline.bundle import make_bundle
from ridgeway.services.assessments.operating.reading import read_checked
from ridgeway.services.assessments.operating.samples import NAME, begin_package, list_starters
from ridgeway.services.assessments.verbs.telling import as_json, package_argument, tell

FIRST_STARTER = "questions"
to_file = click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Where to write it."
)


@click.command()
@click.argument("name")
@click.option(
    "--from", "starter", default=FIRST_STARTER, show_default=True, metavar="STARTER", help="What it begins as."
)
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=None, help="Default: ./NAME.")
@as_json
def new(*, name: str, starter: str, folder: Path | None, as_json: bool) -> None:
    """Begin a package called NAME."""
    if not NAME.fullmatch(name):
        raise RequestError("malformed_name", f"{name!r} is no name of a package.", action="Write it as rent-help.")
    begun = begin_package(folder or Path(name), name, starter)
    said = {"package": name, "folder": str(begun), "starter": starter, "starters": list_starters()}
    next_steps = f"Write {begun}/service.yaml, and look at it: ridgeway assessments serve {begun}"
    tell(said, as_json=as_json, sentence=next_steps)


@click.command()
@package_argument
@to_file
@as_json
def pack(*, package: Path, output: Path | None, as_json: bool) -> None:
    """Check PACKAGE and write it as one zip, the same bytes for the same content."""
    checked = read_checked(package)
    compiled = checked.compiled
    file = output or Path(f"{compiled['id']}-{compiled['version']}.zip")
    file.write_bytes(checked.archive)
    said = {"file": str(file), "digest": compiled["digest"], "warnings": checked.report}
    lines = [str(each) for each in checked.warnings]
    tell(said, as_json=as_json, sentence="\n".join([*lines, f"{file}: {compiled['digest']}"]))


@click.command()
@package_argument
@to_file
@click.option("--language", default=None, help="In which it opens; default: the source language.")
@click.option(
    "--idle", "idle_seconds", type=click.IntRange(0, 86400), default=0, help="Begin anew after SECONDS (kiosk)."
)
@as_json
def bundle(*, package: Path, output: Path | None, language: str | None, idle_seconds: int, as_json: bool) -> None:
    """Check PACKAGE and write it as one HTML file that needs no network."""
    compiled = read_checked(package).compiled
    data = make_bundle(compiled, language=language, idle_seconds=idle_seconds)
    file = output or Path(f"{compiled['id']}-{compiled['version']}.html")
    file.write_bytes(data)
    said = {"file": str(file), "bytes": len(data), "digest": compiled["digest"]}
    tell(said, as_json=as_json, sentence=f"{file}: {len(data):,} bytes.")


@click.command()
@package_argument
@click.argument("language")
@as_json
def catalogue(*, package: Path, language: str, as_json: bool) -> None:
    """Bring the translation of PACKAGE into LANGUAGE up to date: new texts are empty, changed ones fuzzy."""
    read = read_package(package)
    file = write_catalogue(read, language)
    is_declared = language in read.languages
    said = {"file": str(file), "texts": len(read.texts), "is_declared": is_declared}
    hint = "" if is_declared else f" Now add {language} to languages.partial in service.yaml."
    tell(said, as_json=as_json, sentence=f"{file}: {len(read.texts)} texts.{hint}")


@click.command()
def schema() -> None:
    """Print the JSON Schema of service.yaml, for editors."""
    click.echo(json.dumps(render_schema(), indent=2))


VERBS = (new, pack, bundle, catalogue, schema)
