"""What publisher and adopters tell one another, as files: `notices/` goes out, `adoptions/` and `proposals/` come in.

    BOX/MEMBER/SHA256.json          what was sent (`.zip` for a zip)
    BOX/MEMBER/SHA256.json.caller   who sent it, under which query of the exchange

Law: a box is bounded for each member, so that nobody fills another's; the same thing sent twice is kept once.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from ridgeway.catalogue.adoption.keeping import read_plain_folder
from ridgeway.catalogue.packages.statement import MAX_ENVELOPE_BYTES
from ridgeway.client import Caller
from ridgeway.errors import RequestError
from ridgeway.protocol.identifiers import member_of, render_path

ADOPTIONS: Final = "adoptions"
PROPOSALS: Final = "proposals"
NOTICES: Final = "notices"
MAX_KEPT: Final = 1_000
"""How many things of one member a box holds."""
MAX_NOTICES: Final = 1_000
ZIP_BEGINS: Final = b"PK\x03\x04"


def keep(folder: Path, box: str, data: bytes, caller: Caller) -> str:
    """What was sent is in the box; its name there.

    Raises:  RequestError(malformed_request | box_full).
    """
    suffix = choose_suffix(data)
    member = member_of(caller.client)
    own = folder / box / hashlib.sha256(str(member).encode()).hexdigest()[:32]
    name = f"{hashlib.sha256(data).hexdigest()}{suffix}"
    if (own / name).exists():
        return name
    if own.is_dir() and sum(1 for _ in own.iterdir()) >= 2 * MAX_KEPT:
        raise RequestError("box_full", f"{MAX_KEPT} things of {member} wait here already.")
    own.mkdir(parents=True, exist_ok=True)
    told = {"client": render_path(caller.client), "query_id": caller.query_id}
    write(own / f"{name}.caller", json.dumps(told, ensure_ascii=False).encode())
    write(own / name, data)
    return name


def choose_suffix(data: bytes) -> str:
    """`.json` or `.zip`.

    Raises:  RequestError(malformed_request) for anything else.
    """
    if data.startswith(ZIP_BEGINS):
        return ".zip"
    if len(data) <= MAX_ENVELOPE_BYTES and isinstance(read_json(data), dict):
        return ".json"
    raise RequestError("malformed_request", "What was sent is neither a JSON object nor a zip.")


def read_json(data: bytes) -> Any:
    """The value, or None for what cannot be read."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def write(file: Path, data: bytes) -> None:
    """The file is there whole, or not at all."""
    beside = file.with_name(f".{file.name}.part")
    beside.write_bytes(data)
    beside.replace(file)


def list_notices(folder: Path, package: str) -> list[Any]:
    """The notices (envelopes, or payloads that nobody signed) in the order of their names.

    A file is of a package when its name begins with `PACKAGE@`, `PACKAGE.`; without one, all are told.
    """
    box = folder / NOTICES
    if not box.is_dir():
        return []
    named = (f"{package}@", f"{package}.")
    files = {name: data for name, data in read_plain_folder(box).items() if not package or name.startswith(named)}
    return [read_json(data) for name, data in list(files.items())[:MAX_NOTICES] if name.endswith(".json")]
