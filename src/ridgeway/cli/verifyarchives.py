"""`ridgeway verify --archive FILE…`: the chain through archives and across them, then each container.

Law: containers are looked at only when every archive is proven; one at a time, spooled to a file when it is long.
Exit: 0 all is proven · 1 something is not.
"""

import json
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ridgeway.cli.proofs import describe, describe_refusal, make_printable, render_rows
from ridgeway.errors import ArchiveError, RidgewayError
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.signatures.archives import (
    FIRST,
    Archive,
    Link,
    VerifiedArchive,
    parse_digest,
    read_archive,
    verify_archive,
    verify_links,
)
from ridgeway.protocol.signatures.containers import read_container, verify_container

MAX_IN_MEMORY_BYTES = 16 * 1024 * 1024


def report_archives(
    files: Sequence[Path], *, previous: str | None, trust: TrustSnapshot | None, at: datetime | None, as_json: bool
) -> None:
    """What the archives prove is printed; without `trust` their chain alone.

    Raises:  ArchiveError(invalid_log_archive) when the chain is broken. Exit 1 when a container is not proven.
    """
    start = FIRST if previous is None else Link(parse_digest(previous)[1])
    places = {}
    for file in files:
        if file.name in places:
            raise ArchiveError("invalid_log_archive", f"Two files have the name {file.name}; give each once.")
        places[file.name] = file
    ordered = verify_links([prove_chain(file) for file in files], previous=start)
    rows = [describe_archive(each, places[each.name], trust, at) for each in ordered]
    is_proven = all(container["proven"] is not False for row in rows for container in row["containers"])
    if as_json:
        click.echo(json.dumps({"proven": is_proven, "archives": rows}, indent=2))
    else:
        click.echo("\n".join(render_archive(row) for row in rows))
    if not is_proven:
        sys.exit(1)


def prove_chain(file: Path) -> VerifiedArchive:
    """One archive, whole from the link that it says to follow.

    Raises:  ArchiveError(invalid_log_archive).
    """
    with file.open("rb") as stream:
        return verify_archive(read_archive(stream, name=file.name))


def describe_archive(
    proven: VerifiedArchive, place: Path, trust: TrustSnapshot | None, at: datetime | None
) -> dict[str, Any]:
    """An archive with its containers, as JSON takes it."""
    with place.open("rb") as stream:
        archive = read_archive(stream, name=proven.name)
        containers = [
            {"name": each.name, "digest": each.digest} | describe_container(archive, each.name, trust, at)
            for each in proven.containers
        ]
    return {
        "file": str(place),
        "is_first": proven.is_first,
        "algorithm": proven.algorithm,
        "previous_digest": proven.previous.digest,
        "previous_file": proven.previous.file_name,
        "last_digest": proven.last.digest,
        "containers": containers,
    }


def describe_container(archive: Archive, name: str, trust: TrustSnapshot | None, at: datetime | None) -> dict[str, Any]:
    """What one container proves, or why nothing; `proven` is None where nobody asked."""
    if trust is None:
        return {"proven": None}
    with tempfile.SpooledTemporaryFile(MAX_IN_MEMORY_BYTES) as file:
        for chunk in archive.iter_container(name):
            file.write(chunk)
        file.seek(0)
        try:
            return describe(verify_container(read_container(file), trust, at=at))  # type: ignore[arg-type]
        except RidgewayError as error:
            return describe_refusal(error)


def render_archive(row: dict[str, Any]) -> str:
    """An archive as a person reads it."""
    containers = row["containers"]
    refused = [each for each in containers if each["proven"] is False]
    before = "nothing; its chain begins here" if row["is_first"] else f"{row['previous_digest']} {row['previous_file']}"
    looked = f"{len(containers)} linked"
    if any(each["proven"] is not None for each in containers):
        looked += f", {len(containers) - len(refused)} proven, {len(refused)} not"
    rows = [("Containers", looked), ("Follows", before), ("Last link", f"{row['algorithm']} {row['last_digest']}")]
    rows += [("Not proven", f"{each['name']}: {each['code']}: {each['detail']}") for each in refused]
    verdict = "NOT PROVEN" if refused else "PROVEN"
    return f"{verdict}  {make_printable(row['file'])}\n{render_rows(rows)}"
