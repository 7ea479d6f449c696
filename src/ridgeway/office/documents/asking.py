"""Asking a person before a document takes effect: what would change, and whether it may.

Law: nothing is put in force without --yes or a yes; with --json standard output carries JSON alone.
"""

import json

import click


def confirm_changes(changes: tuple[str, ...], *, yes: bool, dry_run: bool, as_json: bool) -> bool:
    """The changes were shown; says whether the document may take effect. What changes nothing needs no question."""
    must_ask = bool(changes) and not (yes or dry_run)
    if must_ask or not as_json:
        click.echo("\n".join(changes) or "Nothing changes.", err=as_json)
    return not dry_run and (not must_ask or click.confirm("Put this in force?", err=as_json))


def print_outcome(facts: dict[str, object], sentence: str, *, dry_run: bool, as_json: bool) -> None:
    """What became of the document is said; `facts` hold `applied`.

    Raises:  click's Exit(1) when a person said no.
    """
    if as_json:
        click.echo(json.dumps(facts, indent=2))
    elif facts["applied"]:
        click.echo(sentence)
    if not facts["applied"] and not dry_run:
        raise click.exceptions.Exit(1)
