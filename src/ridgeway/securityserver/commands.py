"""`ridgeway securityserver …`: apply a server's document, and show what is in force."""

import json
from pathlib import Path

import click

from ridgeway.office.documents.forward import bring_forward
from ridgeway.office.documents.versions import find_newest
from ridgeway.securityserver.apply import APP, apply_proposal, read_proposal
from ridgeway.securityserver.models import Version
from ridgeway.settings import Settings
from ridgeway.trust.clock import read_clock

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def securityserver() -> None:
    """One organisation's clients, services and access rights."""


@securityserver.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@as_json
@click.pass_obj
def apply(settings: Settings, file: Path, yes: bool, dry_run: bool, as_json: bool) -> None:
    """Apply the document FILE: validate it whole, show what changes, and put it in force."""
    proposal = read_proposal(file)
    must_ask = bool(proposal.changes) and not (yes or dry_run)
    if must_ask or not as_json:
        click.echo("\n".join(proposal.changes) or "Nothing changes.", err=as_json)
    may_apply = not dry_run and (not must_ask or click.confirm("Put this in force?", err=as_json))
    version = apply_proposal(proposal, settings, now=read_clock()) if may_apply else proposal.current_version
    if as_json:
        click.echo(json.dumps({"version": version, "changes": proposal.changes, "applied": may_apply}, indent=2))
    elif may_apply:
        click.echo(f"Version {version} is in force for {proposal.snapshot.server}.")
    if not may_apply and not dry_run:
        raise click.exceptions.Exit(1)


@securityserver.command()
@as_json
@click.pass_obj
def show(settings: Settings, as_json: bool) -> None:
    """Show the document that is in force."""
    bring_forward(APP)
    version, content = find_newest(Version)
    if as_json:
        click.echo(json.dumps({"version": version, "document": content}, indent=2))
        return
    if content is None:
        click.echo("No document is in force. Next: ridgeway securityserver apply FILE")
        return
    click.echo(f"Version {version}: {content['server']['owner']} {content['server']['code']} of {content['instance']}")
    for client in content["clients"]:
        click.echo(f"  {client['id']}  ({client['connection']})")
        for service in client["services"]:
            callers = ", ".join(right["subject"] for right in service["access"]) or "nobody"
            click.echo(f"    {service['code']} → {service['url']}  may be called by {callers}")
    del settings
