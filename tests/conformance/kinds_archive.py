"""The kinds of message log archives: their chain, their names, and how they are encrypted.

Law: as `outcome.py` says; archives are proven through `ridgeway.protocol.signatures.archives` alone, and encrypted by
the message log's own hand on `gpg`.
"""

import re
from pathlib import Path
from typing import Any

from tests.conformance.outcome import Outcome, Vector, judge_cases, valid

from ridgeway.errors import RidgewayError
from ridgeway.protocol.signatures.archives import parse_digest, read_archive, verify_archive
from ridgeway.protocol.signatures.archives.linking import write_linking_info
from ridgeway.protocol.signatures.containers import render_container_name

HEX_DIGEST = re.compile(r"\b[0-9a-f]{56,128}\b")


def check_archive(vector: Vector, root: Path) -> Outcome:
    """An archive after the link that the context names, or a file of cases about names and digests."""
    if vector.files[0].endswith(".json"):
        return judge_cases(list_name_differences(vector.read_json(root)))
    stated = HEX_DIGEST.search(str(vector.context.get("previous_digest", "")))
    previous = stated[0] if stated else ""
    place = root / vector.files[0]
    with place.open("rb") as file:
        archive = read_archive(file, name=place.name)
        proven = verify_archive(archive, previous_digest=previous)
    return valid(
        {
            "first": proven.is_first,
            "last_digest": proven.last.digest,
            "hash_algorithm": proven.algorithm,
            "containers": len(proven.containers),
            "first_line": write_linking_info(archive.linking).decode().partition("\n")[0],
            "previous_digest": proven.previous.digest,
            "previous_file": proven.previous.file_name,
        }
    )


def list_name_differences(cases: dict[str, Any]) -> list[str]:
    """What differs from the cases of a file."""
    differences = []
    for case in cases.get("container_name", {}).get("cases", []):
        name = render_container_name(case["query_id"], is_response=case["response"], number=case["seq"])
        if case["contains"] not in name or len(name) > case["max_length"]:
            differences.append(f"the container of {case['query_id']} is named {name}")
    for case in cases.get("hash_string", []):
        found = read_digest(case["in"])
        if found != ("error" if case.get("error") else case["alg"]):
            differences.append(f"{case['in']} was read as {found}")
    return differences


def read_digest(text: str) -> str:
    """The algorithm of a digest, or `error`."""
    try:
        return parse_digest(text)[0]
    except RidgewayError:
        return "error"
