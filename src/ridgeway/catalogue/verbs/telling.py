"""What the verbs share: the option for JSON, how an outcome is told, and a package as JSON takes it."""

import json
from typing import Any

import click

from ridgeway.catalogue.packages.reading import Incoming

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def tell(facts: dict[str, Any], sentence: str, *, as_json: bool) -> None:
    """JSON for a program, a sentence for a person."""
    click.echo(json.dumps(facts, indent=2, ensure_ascii=False, default=str) if as_json else sentence)


def describe_incoming(incoming: Incoming) -> dict[str, Any]:
    """A package as JSON takes it."""
    facts = incoming.facts
    return {
        "package": facts.package,
        "version": facts.version,
        "service": incoming.service,
        "title": facts.title,
        "publisher": facts.publisher,
        "licence": facts.licence,
        "languages": list(facts.languages),
        "files": len(incoming.files),
        "digest": f"sha256:{incoming.manifest.digest}",
        "is_listed": incoming.is_listed,
    }
