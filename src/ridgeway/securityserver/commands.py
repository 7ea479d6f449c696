"""`ridgeway securityserver …`: apply a server's document, and show what is in force."""

import json
from pathlib import Path

import click

from ridgeway.office.documents.asking import confirm_changes, print_outcome
from ridgeway.office.documents.forward import bring_forward
from ridgeway.office.documents.versions import find_newest
from ridgeway.securityserver.acme.commands import acme
from ridgeway.securityserver.admitting import access, tls_certificates
from ridgeway.securityserver.apply import APP, apply_proposal, read_proposal
from ridgeway.securityserver.describing import descriptions
from ridgeway.securityserver.grouping import local_groups
from ridgeway.securityserver.joining.commands import COMMANDS
from ridgeway.securityserver.models import Version
from ridgeway.securityserver.oddities import list_oddities
from ridgeway.securityserver.offering import clients, services
from ridgeway.securityserver.strangers import find_trust, list_strangers
from ridgeway.settings import Settings
from ridgeway.trust.clock import read_clock

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def securityserver() -> None:
    """One organisation's clients, services and access rights."""


for command in (*COMMANDS, acme, clients, services, descriptions, access, local_groups, tls_certificates):
    securityserver.add_command(command)


@securityserver.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@as_json
@click.pass_obj
def apply(settings: Settings, file: Path, yes: bool, dry_run: bool, as_json: bool) -> None:
    """Apply the document FILE: validate it whole, show what changes, and put it in force."""
    proposal = read_proposal(file)
    now = read_clock()
    warnings = list_strangers(proposal.document, find_trust(settings, now=now))
    warnings += list_oddities(proposal.document, proposal.content)
    for row in warnings:
        click.echo(f"warning: {row}", err=True)
    may_apply = confirm_changes(proposal.changes, yes=yes, dry_run=dry_run, as_json=as_json)
    version = apply_proposal(proposal, settings, now=now) if may_apply else proposal.current_version
    facts = {"version": version, "changes": proposal.changes, "warnings": warnings, "applied": may_apply}
    sentence = f"Version {version} is in force for {proposal.snapshot.server}."
    print_outcome(facts, sentence, dry_run=dry_run, as_json=as_json)


@securityserver.command()
@as_json
def show(as_json: bool) -> None:
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
            state = "" if service["disabled"] is None else "  disabled"
            click.echo(f"    {service['code']} → {service['url']}{state}")
            for right in service["access"]:
                click.echo(f"      {right['subject']} may call {render_reach(right)}")


def render_reach(right: dict[str, str]) -> str:
    """What a right reaches."""
    if (right["method"], right["path"]) == ("*", "**"):
        return "all of it"
    return f"{'any method' if right['method'] == '*' else right['method']} {right['path']}"
