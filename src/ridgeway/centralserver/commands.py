"""`ridgeway centralserver …`: make keys, apply an instance's document, publish it, serve it, hand out the anchor.

Read next: `requests/commands.py`, what security servers ask for; `changing_commands.py`, anchors and parts.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from ridgeway.centralserver.apply import APP, apply_proposal, read_proposal
from ridgeway.centralserver.changing_commands import parts, trusted_anchors
from ridgeway.centralserver.directories import build_anchor
from ridgeway.centralserver.proxy_commands import proxy
from ridgeway.centralserver.publishing import publish_now, read_in_force
from ridgeway.centralserver.requests.commands import requests, show, tls_certificate
from ridgeway.centralserver.run import run_centralserver
from ridgeway.centralserver.signing import (
    ConfigurationKey,
    Kind,
    activate_key,
    append_key,
    delete_key,
    list_configuration_keys,
    make_key,
)
from ridgeway.http import run as run_loop
from ridgeway.office.documents.asking import confirm_changes, print_outcome
from ridgeway.office.documents.forward import bring_forward
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.protocol.globalconf import anchor_hash, write_anchor
from ridgeway.settings import Settings
from ridgeway.signer import KeyType, SignerClient
from ridgeway.trust.clock import read_clock

Answered = TypeVar("Answered")
FILE = click.Path(dir_okay=False, path_type=Path)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
of_type = click.option(
    "--type",
    "key_type",
    type=click.Choice([str(each) for each in KeyType]),
    default=str(KeyType.RSA_2048),
    show_default=True,
    help="X-Road's clients before 7.6 read RSA alone.",
)


@click.group()
def centralserver() -> None:
    """Govern an instance: sign and publish it."""


centralserver.add_command(parts)
centralserver.add_command(proxy)
centralserver.add_command(requests)
centralserver.add_command(show)
centralserver.add_command(trusted_anchors)
centralserver.add_command(tls_certificate)


@centralserver.command()
@of_type
@as_json
@click.pass_obj
def init(settings: Settings, key_type: str, as_json: bool) -> None:
    """Make the tables, and a signing key of each kind that has none; the signer must be running."""
    bring_forward(APP)
    node = settings.centralserver.ha_node_name
    have = {key.kind for key in list_configuration_keys() if key.node == node}
    for kind in Kind:
        if kind not in have:
            append_key(call(settings, lambda signer, kind=kind: new_key(signer, kind, key_type, node)))  # type: ignore[misc]
    print_keys(as_json=as_json)


@centralserver.command()
@click.argument("file", type=FILE)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@as_json
def apply(file: Path, yes: bool, dry_run: bool, as_json: bool) -> None:
    """Apply the document FILE: validate it whole, show what changes, and put it in force."""
    proposal = read_proposal(file)
    may_apply = confirm_changes(proposal.changes, yes=yes, dry_run=dry_run, as_json=as_json)
    version = apply_proposal(proposal, now=read_clock()) if may_apply else proposal.current_version
    facts = {"version": version, "changes": proposal.changes, "applied": may_apply}
    sentence = f"Version {version} is in force for {proposal.governed.trust.instance}."
    print_outcome(facts, sentence, dry_run=dry_run, as_json=as_json)


@centralserver.command()
@as_json
@click.pass_obj
def publish(settings: Settings, as_json: bool) -> None:
    """Sign and publish what is in force now."""
    bring_forward(APP)
    done = call(settings, lambda signer: publish_now(settings, signer, now=read_clock()))
    if as_json:
        times = {"published_at": done.published_at.isoformat(), "expires_at": done.expires_at.isoformat()}
        click.echo(json.dumps({"document_version": done.document_version, "stamp": done.stamp, **times}, indent=2))
    else:
        click.echo(f"Version {done.document_version} of the document is published, good until {done.expires_at}.")


@centralserver.command()
@click.pass_obj
def run(settings: Settings) -> None:
    """Publish again and again, and serve what is published, until told to stop."""
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    bring_forward(APP)
    run_loop(run_centralserver(settings))


@centralserver.command()
@click.option("--external", is_flag=True, help="For federated instances, not for this instance's own servers.")
@click.option("-o", "--output", type=FILE, required=True, help="File.")
@as_json
@click.pass_obj
def anchor(settings: Settings, external: bool, output: Path, as_json: bool) -> None:
    """Write the configuration anchor, and print the hash that people compare."""
    bring_forward(APP)
    in_force = read_in_force(settings.centralserver.ha_node_name)
    kind = Kind.EXTERNAL if external else Kind.INTERNAL
    made = build_anchor(in_force.governed, in_force.keys, kind, now=read_clock())
    data = write_anchor(made)
    output.write_bytes(data)
    if as_json:
        facts = {"file": str(output), "hash": anchor_hash(data), "urls": [each.url for each in made.sources]}
        click.echo(json.dumps({"instance": made.instance, **facts}, indent=2))
    else:
        click.echo(f"{output} is the {kind} anchor of {made.instance}. Its hash (SHA-224):\n{anchor_hash(data)}")


@centralserver.group()
def keys() -> None:
    """The keys that sign the configuration."""


@keys.command("list")
@as_json
def list_keys(as_json: bool) -> None:
    """List the keys."""
    bring_forward(APP)
    print_keys(as_json=as_json)


@keys.command()
@click.argument("kind", type=click.Choice([str(each) for each in Kind]))
@of_type
@as_json
@click.pass_obj
def generate(settings: Settings, kind: str, key_type: str, as_json: bool) -> None:
    """Make a key of KIND. It is announced from the next publication on; activate it when every server knows it."""
    bring_forward(APP)
    node = settings.centralserver.ha_node_name
    append_key(call(settings, lambda signer: new_key(signer, Kind(kind), key_type, node)))
    print_keys(as_json=as_json)


@keys.command()
@click.argument("key")
@as_json
def activate(key: str, as_json: bool) -> None:
    """Sign with KEY from now on."""
    bring_forward(APP)
    activate_key(key)
    print_keys(as_json=as_json)


@keys.command()
@click.argument("key")
@click.confirmation_option(prompt="It can sign no more configurations. Delete it?")
@click.pass_obj
def delete(settings: Settings, key: str) -> None:
    """Delete KEY, which does not sign now."""
    bring_forward(APP)
    delete_key(key)
    call(settings, lambda signer: signer.delete(key))
    click.echo(f"The key {key} is gone.")


def call(settings: Settings, ask: Callable[[SignerClient], Awaitable[Answered]]) -> Answered:
    """What is answered with the help of the signer."""

    async def ask_once() -> Answered:
        async with SignerClient.of(settings) as signer:
            return await ask(signer)

    return asyncio.run(ask_once())


def new_key(signer: SignerClient, kind: Kind, key_type: str, node: str) -> Awaitable[ConfigurationKey]:
    """A new key of that kind, in the signer of this central server."""
    now: datetime = read_clock()
    return make_key(signer, kind, key_type=KeyType(key_type), now=now, node=node)


def describe_key(key: ConfigurationKey) -> dict[str, Any]:
    """A key as JSON."""
    return {
        "id": key.key_id,
        "kind": str(key.kind),
        "active": key.is_active,
        "node": key.node,
        "made_at": key.made_at.isoformat(),
        "certificate_sha256": read_certificate(key.certificate).sha256.hex(),
    }


def print_keys(*, as_json: bool) -> None:
    """The keys, for a person or a program."""
    found = list_configuration_keys()
    if as_json:
        click.echo(json.dumps([describe_key(key) for key in found], indent=2))
        return
    for key in found:
        state = "signs" if key.is_active else "announced"
        click.echo(f"{key.key_id}  {key.kind:<8}  {state:<9}  made {key.made_at:%Y-%m-%d %H:%M}  {key.node}".rstrip())
    if not found:
        click.echo("There are no keys. Next: ridgeway centralserver init")
