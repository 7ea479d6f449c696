"""Having a statement signed by one's own security server, with the key with which the organisation signs its messages.

Law: what is signed travels as an ordinary message to the organisation's own catalogue, which refuses what is no
statement of its own; the container of that message, time-stamped, is the proof. Keys are never touched here.
Next: `proof.py`.
"""

import asyncio
from typing import Final

from ridgeway.catalogue.packages.statement import (
    MAX_CONTAINER_BYTES,
    Envelope,
    encode_signed,
    name_key,
    read_payload,
    render_envelope,
)
from ridgeway.catalogue.proving.doors import Door, fetch_evidence
from ridgeway.errors import RequestError
from ridgeway.protocol.signatures.containers import read_container
from ridgeway.protocol.signatures.document import read_signature

STATEMENTS: Final = "/statements"
"""Where a catalogue takes what its own organisation states."""
SIGNED_TYPE: Final = "application/octet-stream"


def sign_statement(payload: bytes, *, door: Door) -> bytes:
    """The envelope of a statement, signed and time-stamped.

    Raises:  RequestError(foreign_statement | statement_refused), ServiceFault, NetworkError, ContainerError.
    """
    return asyncio.run(sign(payload, door=door))


async def sign(payload: bytes, *, door: Door) -> bytes:
    """As `sign_statement`, for programs with asyncio."""
    statement = read_payload(payload)
    if statement.by != door.by:
        raise RequestError(
            "foreign_statement",
            f"The statement is by {statement.by}; through this door only {door.by} states anything.",
        )
    signed = encode_signed(payload)
    async with door.open() as client:
        answer = await client.post(door.service, STATEMENTS, body=signed, headers=[("Content-Type", SIGNED_TYPE)])
        if not answer.is_success:
            raise RequestError(
                "statement_refused",
                f"The catalogue of {door.by} answered {answer.status}: {answer.body[:300].decode('utf-8', 'replace')}",
                action="See that `ridgeway catalogue serve` stands behind the provider door, as that service.",
            )
        container = await fetch_evidence(client, answer.query_id, "request", seconds=door.stamp_seconds)
    return make_envelope(payload, container)


def make_envelope(payload: bytes, container: bytes) -> bytes:
    """The envelope of a statement that was signed in this container.

    Raises:  SignatureError, ContainerError for what is no container of an ordinary size.
    """
    if len(container) > MAX_CONTAINER_BYTES:
        raise RequestError("statement_refused", f"The container is larger than {MAX_CONTAINER_BYTES} bytes.")
    certificate = read_signature(read_container(container).signature).certificate
    return render_envelope(Envelope(payload, container, name_key(certificate)))
