"""`ridgeway audit …`: read the log of acts, and prove that it is whole."""

import json
from dataclasses import asdict

import click
from django.utils import timezone

from ridgeway.errors import EvidenceError
from ridgeway.office.audit.queries import iterate_entries, list_entries
from ridgeway.office.audit.sealing import seal_log, verify_log
from ridgeway.office.audit.table import render_lines
from ridgeway.office.audit.values import Filters
from ridgeway.office.people.tables import with_tables

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
LAST = 50


@click.group()
def audit() -> None:
    """The log of what staff and operators did."""


@audit.command("list")
@click.option("--who", default="", help="Part of the name of who acted.")
@click.option("--act", default="", help="As petitions.approve, or petitions. for all of them.")
@click.option("--subject", default="", help="As petition:700001, or petition for all of them.")
@click.option("--last", default=LAST, show_default=True, help="How many lines, newest first.")
@as_json
@with_tables
def show(*, who: str, act: str, subject: str, last: int, as_json: bool) -> None:
    """Show the newest lines that fit."""
    entries = list_entries(Filters(who=who, act=act, subject=subject), limit=last)
    rows = [
        {
            "number": entry.pk,
            "at": entry.at.isoformat(),
            "actor": entry.actor_name,
            "account": entry.account_id,
            "act": entry.act,
            "subject": entry.subject,
            "reason": entry.reason,
            "details": entry.details,
        }
        for entry in entries
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        click.echo(f"{row['at'][:19]}  {row['actor']:<30} {row['act']:<30} {row['subject']}  {row['reason']}")


@audit.command()
@with_tables
def export() -> None:
    """Write the whole log as CSV, newest first."""
    for line in render_lines(iterate_entries(Filters())):
        click.echo(line, nl=False)


@audit.command()
@as_json
@with_tables
def seal(*, as_json: bool) -> None:
    """Seal what was written since; `ridgeway jobs run` does it each minute."""
    said = seal_log(timezone.now())
    click.echo(json.dumps({"done": said}) if as_json else said)


@audit.command()
@click.option("--known", default="", metavar="DIGEST", help="A digest that was told before and must be in the log.")
@as_json
@with_tables
def verify(*, known: str, as_json: bool) -> None:
    """Prove that no sealed line was changed, taken out or put in; refused with the first that was."""
    proof = verify_log(known.lower())
    if as_json:
        click.echo(json.dumps(asdict(proof), indent=2))
    if proof.fault:
        raise EvidenceError("audit_log_changed", f"The audit log is not whole: {proof.fault}.")
    if not as_json:
        click.echo(f"{proof.sealed} lines are as they were sealed, {proof.unsealed} are not sealed yet; {proof.digest}")
