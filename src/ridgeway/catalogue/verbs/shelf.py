"""`ridgeway catalogue search | show | index`: what is on a shelf."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from ridgeway.catalogue.shelves.index import MAX_FOUND, Shelved, find_packages, open_index
from ridgeway.catalogue.shelves.shelf import index_shelf, is_shelf, list_shelved
from ridgeway.catalogue.verbs.telling import as_json

SHELF = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("shelf", type=SHELF)
@click.argument("words", nargs=-1)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, MAX_FOUND))
@as_json
def search(shelf: Path, words: tuple[str, ...], *, limit: int, as_json: bool) -> None:
    """Find packages on SHELF by words of their names, titles and publishers; without words, list them."""
    require_shelf(shelf)
    with open_index(shelf) as index:
        found = find_packages(index, " ".join(words), limit=limit)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2, ensure_ascii=False))
        return
    click.echo("\n".join(render(each) for each in found) or "Nothing was found. Try fewer or shorter words.")


@click.command()
@click.argument("shelf", type=SHELF)
@click.argument("package")
@as_json
def show(shelf: Path, package: str, *, as_json: bool) -> None:
    """Say what PACKAGE on SHELF is, and which versions there are."""
    require_shelf(shelf)
    versions = list_shelved(shelf, package)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in versions], indent=2, ensure_ascii=False))
        return
    newest = versions[0]
    click.echo(f"{newest.title}\n{newest.publisher} · {newest.languages} · {newest.licence or 'no licence'}")
    for each in versions:
        click.echo(f"  {each.version:<12} {each.published_at}  sha256:{each.digest}")
    click.echo(f"Adopt it: ridgeway catalogue adopt {shelf}/{package} FOLDER")


@click.command("index")
@click.argument("shelf", type=SHELF)
@as_json
def make_index(shelf: Path, *, as_json: bool) -> None:
    """Make the index of SHELF anew of the packages that lie on it."""
    count = index_shelf(shelf)
    click.echo(json.dumps({"versions": count}) if as_json else f"{count} versions can be found.")


def require_shelf(folder: Path) -> None:
    """Go on only with a shelf.

    Raises:  click.UsageError.
    """
    if not is_shelf(folder):
        raise click.UsageError(f"{folder} is no shelf; put a package on it with `ridgeway catalogue publish`.")


def render(found: Shelved) -> str:
    """A package in a line."""
    return f"{found.package} {found.version}  {found.title}  ({found.publisher}; {found.languages})"


VERBS = (search, show, make_index)
