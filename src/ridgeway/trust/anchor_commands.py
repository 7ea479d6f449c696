"""`ridgeway trust anchor …`: look at an anchor, try it, and take it into use.

Law: as `commands.py`; `check` alone exits as X-Road's configuration client does, for scripts that ask it.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from ridgeway.errors import RidgewayError, TrustError
from ridgeway.settings import Settings
from ridgeway.trust.anchors import (
    CheckResult,
    GivenAnchor,
    classify_failure,
    find_held_anchor,
    keep_anchor,
    read_given_anchor,
    require_fingerprint,
    require_instance,
    require_internal,
    try_anchor,
)
from ridgeway.trust.clock import read_clock
from ridgeway.trust.places import places_of
from ridgeway.trust.reports import InstanceReport

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def anchor() -> None:
    """The configuration anchor: look at it, try it, take it into use."""


@anchor.command()
@click.argument("file", type=FILE, required=False)
@as_json
@click.pass_obj
def show(settings: Settings, file: Path | None, as_json: bool) -> None:
    """Show the anchor in FILE, or the one in use, with the hash that people compare."""
    given = read_given_anchor(file) if file else find_held_anchor(places_of(settings))
    if given is None:
        raise TrustError(
            "malformed_anchor", "No anchor is in use.", action="Take one into use: ridgeway trust anchor import FILE."
        )
    print_anchor(describe_anchor(given), as_json=as_json)


@anchor.command()
@click.argument("file", type=FILE)
@as_json
@click.pass_obj
def check(settings: Settings, file: Path, as_json: bool) -> None:
    """Try the anchor in FILE: exit 0, or 122 unreachable, 123 expired, 124 wrongly signed, 125 anything else."""
    facts: dict[str, Any] = {}
    try:
        given = read_given_anchor(file)
        facts = describe_anchor(given)
        report, files = asyncio.run(try_anchor(given.anchor, limits=settings.trust, now=read_clock()))
        facts |= describe_trial(report) | {"files": sorted(files), "result": "works"}
        result = CheckResult.WORKS
    except RidgewayError as error:
        result = classify_failure(error)
        facts |= {"result": result.name.lower(), "code": error.code, "detail": error.detail}
    print_anchor(facts, as_json=as_json)
    sys.exit(result)


@anchor.command("import")
@click.argument("file", type=FILE)
@click.option("--hash", "fingerprint", help="The hash that the authority told; another one is refused.")
@click.option("--yes", is_flag=True, help="Do not ask; the hash was compared.")
@click.option("--untried", is_flag=True, help="Do not try a download first.")
@as_json
@click.pass_obj
def take(settings: Settings, file: Path, fingerprint: str | None, yes: bool, untried: bool, as_json: bool) -> None:
    """Take the anchor in FILE into use: shown, confirmed by its hash, tried by a whole download, and put in place."""
    given, places = read_given_anchor(file), places_of(settings)
    require_instance(given, find_held_anchor(places))
    facts = describe_anchor(given)
    if fingerprint is not None:
        require_fingerprint(given, fingerprint)
    elif not yes:
        print_anchor(facts, as_json=False, err=as_json)
        if not click.confirm("Is this the hash that the authority told you?", err=as_json):
            raise click.exceptions.Exit(1)
    if not untried:
        facts |= describe_trial(asyncio.run(require_internal(given.anchor, limits=settings.trust, now=read_clock())))
    keep_anchor(given, places)
    print_anchor(facts | {"file": str(places.anchor)}, as_json=as_json)


def describe_anchor(given: GivenAnchor) -> dict[str, Any]:
    """An anchor in a few values."""
    made = given.anchor.generated_at
    return {
        "instance": given.anchor.instance,
        "hash": given.fingerprint,
        "generated_at": None if made is None else made.isoformat(),
        "sources": [{"url": each.url, "certificates": len(each.certificates)} for each in given.anchor.sources],
    }


def describe_trial(report: InstanceReport) -> dict[str, Any]:
    """What a trial download found."""
    worked = next(attempt for attempt in report.attempts if attempt.worked)
    expiry = report.expires_at
    return {
        "tried": worked.url,
        "version": report.version,
        "expires_at": None if expiry is None else expiry.isoformat(),
    }


def print_anchor(facts: dict[str, Any], *, as_json: bool, err: bool = False) -> None:
    """The values, for a person or a program."""
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(facts), indent=2).decode())
        return
    for name, value in facts.items():
        if name == "sources":
            for source in value:
                click.echo(f"source: {source['url']} ({source['certificates']} certificates)", err=err)
        elif value is not None:
            shown = ", ".join(value) if isinstance(value, list) else value
            click.echo(f"{'hash (SHA-224)' if name == 'hash' else name.replace('_', ' ')}: {shown}", err=err)
