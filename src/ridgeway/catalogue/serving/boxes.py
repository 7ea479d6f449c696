"""What publisher and adopters tell one another, as files: `notices/` goes out, `adopters/` and `proposals/` come in.

    BOX/SENDER-MARK.json          a statement (`.dsse.json` with a signature), whose author is who sent it
    BOX/SENDER-MARK.json.caller   who sent it, under which query of the exchange

Law: the exchange proves who sends, so nobody speaks for another, signed or not. A box is bounded for each member, so
that nobody fills another's part; the same thing sent twice is kept once.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from ridgeway.catalogue.packages.statement import Kind, read_envelope, read_payload
from ridgeway.catalogue.packages.told import PLAIN, SIGNED, list_told, name_mark, write_told
from ridgeway.client import Caller
from ridgeway.errors import AccessError, ContainerError, RequestError
from ridgeway.protocol.identifiers import member_of, render_path

ADOPTIONS: Final = "adopters"
PROPOSALS: Final = "proposals"
NOTICES: Final = "notices"
MAX_KEPT: Final = 1_000
"""How many things of one member a box holds."""
MAX_NOTICES: Final = 1_000
SENDER_LETTERS: Final = 16


def keep(box: Path, kind: Kind, data: bytes, caller: Caller) -> str:
    """The statement that was sent is in the box; its name there.

    Raises:  RequestError(malformed_request | box_full), AccessError(access_denied) for another's statement.
    """
    payload, suffix = read_sent(data, kind, caller)
    sender = hashlib.sha256(str(member_of(caller.client)).encode()).hexdigest()[:SENDER_LETTERS]
    name = f"{sender}-{name_mark(payload)}{suffix}"
    if (box / name).exists():
        return name
    if sum(1 for _ in box.glob(f"{sender}-*{PLAIN}")) >= MAX_KEPT:
        raise RequestError(
            "box_full", f"{MAX_KEPT} things of {render_path(member_of(caller.client))} wait here already."
        )
    told = {"client": render_path(caller.client), "query_id": caller.query_id}
    write_told(box / f"{name}.caller", json.dumps(told, ensure_ascii=False).encode())
    write_told(box / name, data)
    return name


def read_sent(data: bytes, kind: Kind, caller: Caller) -> tuple[bytes, str]:
    """The payload of what was sent, and how its file's name ends.

    Raises:  RequestError(malformed_request), AccessError(access_denied).
    """
    try:
        is_signed = data.startswith(b'{"payload"')
        payload = read_envelope(data).payload if is_signed else data
        statement = read_payload(payload)
    except ContainerError as error:
        raise RequestError("malformed_request", error.detail) from error
    if statement.kind is not kind:
        raise RequestError("malformed_request", f"This is a statement of the kind {statement.kind}, not {kind}.")
    if statement.by != render_path(member_of(caller.client)):
        raise AccessError(
            "access_denied", f"{render_path(member_of(caller.client))} sent what {statement.by[:100]} states."
        )
    return payload, SIGNED if is_signed else PLAIN


def list_notices(box: Path, package: str) -> list[Any]:
    """The notices and recalls of a package, or of all, in the order of their names: each file's name and content."""
    found = [
        each
        for each in list_told(box, (Kind.NOTICE, Kind.RECALL)).told
        if not package or each.statement.package == package
    ]
    return [{"name": each.file.name, "content": json.loads(each.file.read_bytes())} for each in found[:MAX_NOTICES]]
