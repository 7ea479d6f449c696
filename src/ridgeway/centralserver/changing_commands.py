"""`ridgeway centralserver trusted-anchors …` and `parts …`: with whom the instance federates, and optional parts."""

import asyncio
import json
from pathlib import Path
from typing import Any

import click

from ridgeway.centralserver.apply import APP
from ridgeway.centralserver.changing import (
    change_document,
    get_document,
    list_anchors,
    with_anchor,
    with_part,
    without_anchor,
    without_part,
)
from ridgeway.centralserver.documents import PartRow
from ridgeway.errors import SettingsError
from ridgeway.office.documents.forward import bring_forward
from ridgeway.protocol.globalconf.optional import FILE_NAMES
from ridgeway.settings import Settings
from ridgeway.trust.anchor_commands import describe_anchor, describe_trial, print_anchor
from ridgeway.trust.anchors import GivenAnchor, read_given_anchor, require_external, require_fingerprint
from ridgeway.trust.clock import read_clock

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
HINT = "Bring your own document up to date as well: the next `apply` of it would take this back."


@click.group("trusted-anchors")
def trusted_anchors() -> None:
    """The anchors of federated instances."""


@trusted_anchors.command("add")
@click.argument("file", type=FILE)
@click.option("--hash", "fingerprint", help="The hash that the other authority told; another one is refused.")
@click.option("--yes", is_flag=True, help="Do not ask; the hash was compared.")
@click.option("--untried", is_flag=True, help="Do not try a download first.")
@as_json
@click.pass_obj
def add_anchor(
    settings: Settings, file: Path, fingerprint: str | None, yes: bool, untried: bool, as_json: bool
) -> None:
    """Trust the instance of the external anchor in FILE: shown, confirmed by its hash, tried, and published."""
    bring_forward(APP)
    given = read_given_anchor(file)
    change, facts = with_anchor(given.data), describe_anchor(given)
    change(get_document()[1])
    if fingerprint is not None:
        require_fingerprint(given, fingerprint)
    elif not yes:
        print_anchor(facts, as_json=False, err=as_json)
        if not click.confirm("Is this the hash that the other authority told you?", err=as_json):
            raise click.exceptions.Exit(1)
    if not untried:
        facts |= describe_trial(asyncio.run(require_external(given.anchor, limits=settings.trust, now=read_clock())))
    facts["document_version"] = change_document(change, now=read_clock())
    print_anchor(facts, as_json=as_json)
    click.echo(HINT, err=True)


@trusted_anchors.command("list")
@as_json
def list_trusted(as_json: bool) -> None:
    """List the federated instances."""
    bring_forward(APP)
    found = [describe_anchor(GivenAnchor(anchor, data)) for anchor, data in list_anchors(get_document()[1])]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for each in found:
        click.echo(f"{each['instance']}  {each['hash']}  made {each['generated_at'] or 'at an unknown time'}")
    if not found:
        click.echo("No instance is trusted.")


@trusted_anchors.command("remove")
@click.argument("instance")
@click.confirmation_option(prompt="Members of that instance can exchange with yours no more. Remove it?")
@as_json
def remove_anchor(instance: str, as_json: bool) -> None:
    """Trust INSTANCE no longer; every server forgets its configuration."""
    bring_forward(APP)
    version = change_document(without_anchor(instance), now=read_clock())
    say({"instance": instance, "document_version": version}, f"{instance} is trusted no more.", as_json=as_json)


@click.group()
def parts() -> None:
    """Optional parts of the configuration: MONITORING, NEXTUPDATE, FETCHINTERVAL, and your own."""


@parts.command("upload")
@click.argument("identifier")
@click.argument("file", type=FILE)
@click.option("--file-name", default="", help="Under which name servers keep it; known parts have theirs.")
@as_json
def upload_part(identifier: str, file: Path, file_name: str, as_json: bool) -> None:
    """Publish FILE as the part IDENTIFIER; a known part is refused unless servers can read it."""
    bring_forward(APP)
    try:
        content = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise SettingsError("malformed_document", f"{file} is not text in UTF-8.") from error
    version = change_document(with_part(PartRow(identifier, content, file_name)), now=read_clock())
    facts = {"identifier": identifier, "bytes": len(content.encode()), "document_version": version}
    say(facts, f"{identifier} is published from version {version} of the document on.", as_json=as_json)


@parts.command("list")
@as_json
def list_parts(as_json: bool) -> None:
    """List the optional parts."""
    bring_forward(APP)
    found = [
        {
            "identifier": each.identifier,
            "file_name": each.file_name or FILE_NAMES.get(each.identifier, f"{each.identifier.lower()}-params.xml"),
            "bytes": len(each.content.encode()),
        }
        for each in get_document()[1].configuration_parts
    ]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for each in found:
        click.echo(f"{each['identifier']}  {each['file_name']}  {each['bytes']} bytes")
    if not found:
        click.echo("There are no optional parts.")


@parts.command("remove")
@click.argument("identifier")
@as_json
def remove_part(identifier: str, as_json: bool) -> None:
    """Publish the part IDENTIFIER no longer."""
    bring_forward(APP)
    version = change_document(without_part(identifier), now=read_clock())
    say({"identifier": identifier, "document_version": version}, f"{identifier} is gone.", as_json=as_json)


def say(facts: dict[str, Any], sentence: str, *, as_json: bool) -> None:
    """What was done; standard output carries JSON alone when that was asked for."""
    click.echo(json.dumps(facts, indent=2) if as_json else sentence)
    click.echo(HINT, err=True)
