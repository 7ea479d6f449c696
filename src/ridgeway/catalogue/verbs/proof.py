"""`ridgeway catalogue verify`: prove who published a package, and who gave it to whom, or say why not."""

import sys
from datetime import UTC
from pathlib import Path
from typing import Any

import click

from ridgeway.catalogue.adoption.keeping import LOCK, read_adopted
from ridgeway.catalogue.packages.reading import read_incoming
from ridgeway.catalogue.proving.admitting import prove_release
from ridgeway.catalogue.proving.adopted import Standing, read_standing
from ridgeway.catalogue.proving.proof import ProvenStatement
from ridgeway.catalogue.verbs.options import find_trust, with_trust
from ridgeway.catalogue.verbs.telling import as_json, describe_incoming, tell
from ridgeway.errors import RidgewayError


@click.command()
@click.argument("package", type=click.Path(exists=True, path_type=Path))
@with_trust
@as_json
def verify(package: Path, *, globalconf: Path | None, unsigned: bool, as_json: bool) -> None:
    """Prove who published PACKAGE (a folder, a zip, or a folder that it was adopted into), or say why not."""
    trust = find_trust(globalconf)
    if (package / LOCK).is_file():
        standing = read_standing(read_adopted(package), trust)
    else:
        standing = Standing(read_incoming(package), None)
    incoming = standing.incoming
    told = describe_standing(standing)
    try:
        proven = prove_release(incoming, trust)
    except RidgewayError as error:
        is_accepted = unsigned and (trust is None or not incoming.statement) and incoming.is_listed
        refused = {"proven": False, "code": error.code, "reason": error.explain()}
        tell(told | refused, render(standing, None, error.explain()), as_json=as_json)
        sys.exit(0 if is_accepted else 1)
    told |= {"proven": True, "signed_by": proven.statement.by, "signed_at": render_time(proven)}
    tell(told, render(standing, proven), as_json=as_json)


def describe_standing(standing: Standing) -> dict[str, Any]:
    """A package as JSON takes it."""
    incoming, transfer = standing.incoming, standing.transfer
    told = describe_incoming(incoming)
    if transfer is not None:
        told["transfer"] = {
            "from": str(transfer.giver),
            "to": str(transfer.taker),
            "at": transfer.at.astimezone(UTC).isoformat(timespec="seconds"),
            "query_id": transfer.query_id,
        }
    return told


def render(standing: Standing, proven: ProvenStatement | None, why: str = "") -> str:
    """What is proven, and what is not, for a person."""
    incoming, transfer = standing.incoming, standing.transfer
    facts = incoming.facts
    lines = [f"{facts.package} {facts.version} of {facts.publisher}, sha256:{incoming.manifest.digest}"]
    if incoming.is_listed:
        lines.append("  listed      every file is what was listed, to the byte")
    else:
        lines.append("  not listed  no list of its files came with it, so nothing proves it by itself")
    if proven is not None:
        lines.append(f"  PROVEN      published by {proven.statement.by}, at the latest {render_time(proven)}")
    else:
        lines.append(f"  NOT PROVEN  {why}")
    if transfer is not None:
        at = transfer.at.astimezone(UTC).isoformat(timespec="seconds")
        lines.append(f"  PROVEN      given by {transfer.giver} to {transfer.taker}, at the latest {at}")
    return "\n".join(lines)


def render_time(proven: ProvenStatement) -> str:
    """When it was signed, at the latest."""
    return proven.at.astimezone(UTC).isoformat(timespec="seconds")


VERBS = (verify,)
