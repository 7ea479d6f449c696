"""What the verbs that change single things share: the options, and the way into force.

Law: every change is a new version of the whole document, shown before it takes effect.
Read next: `editing.py`.
"""

from collections.abc import Callable, Sequence
from typing import Any

import click

from ridgeway.office.documents.asking import confirm_changes, print_outcome
from ridgeway.securityserver.apply import Proposal, apply_proposal
from ridgeway.settings import Settings
from ridgeway.trust.clock import read_clock

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
client_id = click.argument("client", metavar="CLASS/MEMBER[/SUBSYSTEM]")
service_code = click.argument("service", metavar="SERVICE[.VERSION]")


def changes(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every verb that changes the document in force."""
    command = click.option("--dry-run", is_flag=True, help="Only show what would change.")(command)
    command = click.option("--yes", is_flag=True, help="Do not ask.")(command)
    return click.pass_obj(as_json(command))


def put_in_force(
    proposal: Proposal, settings: Settings, warnings: Sequence[str] = (), /, *, yes: bool, dry_run: bool, as_json: bool
) -> None:
    """The proposal is in force once a person agreed; what became of it is printed."""
    for row in warnings:
        click.echo(f"warning: {row}", err=True)
    may_apply = confirm_changes(proposal.changes, yes=yes, dry_run=dry_run, as_json=as_json)
    version = apply_proposal(proposal, settings, now=read_clock()) if may_apply else proposal.current_version
    facts = {"version": version, "changes": proposal.changes, "warnings": warnings, "applied": may_apply}
    print_outcome(facts, f"Version {version} is in force.", dry_run=dry_run, as_json=as_json)
