"""What `ridgeway verify` says: a proof for a person and for a program, and a refusal with who must act.

Law: whatever stands in a certificate or a message is shown as text and draws nothing.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from ridgeway.errors import RidgewayError
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.protocol.signatures.containers import VerifiedContainer


def report_refusal(error: RidgewayError, *, as_json: bool) -> NoReturn:
    """Say that it is not proven, why, and who must act; exit 1."""
    if as_json:
        click.echo(json.dumps(describe_refusal(error), indent=2))
    else:
        rows = [("Code", error.code), ("Why", error.detail), ("Who must act", error.who), ("What to do", error.action)]
        click.echo("NOT PROVEN\n" + render_rows([row for row in rows if row[1]]))
    sys.exit(1)


def describe_refusal(error: RidgewayError) -> dict[str, Any]:
    """Why something is not proven, as JSON takes it."""
    refused = {"proven": False, "code": error.code, "detail": error.detail, "who_must_act": error.who}
    return refused | {"action": error.action}


def render_proof(proven: VerifiedContainer, file: Path) -> str:
    """The proof as a person reads it."""
    facts = describe(proven)
    signature, timestamp = facts["signature"], facts["timestamp"]
    sentence = (
        f"{facts['sender']} answered {facts['client']}"
        if proven.message.is_response
        else f"{facts['sender']} asked {facts['service']}"
    )
    stamped = f"{timestamp['at']} by {timestamp['authority']}" if timestamp else "none; judged by the time given"
    rows = [
        ("What", f"{facts['message_type']} {facts['query_id']}".rstrip()),
        ("Who", sentence),
        ("Service", facts["service"]),
        ("When", f"at the latest {facts['at']}"),
        ("Time-stamp", stamped),
        ("Signed by", f"{facts['signer']}, certificate {signature['certificate']} no. {signature['serial']}"),
        ("Issued by", signature["issuer"]),
        ("Not revoked", f"said at {signature['ocsp_produced_at']} by {signature['ocsp_responder']}"),
        ("Algorithm", signature["algorithm"]),
    ]
    rows += [("Attachment", describe_attachment(each)) for each in facts["attachments"]]
    return f"PROVEN  {file}\n" + render_rows(rows)


def describe_attachment(attachment: dict[str, Any]) -> str:
    """An attachment in a line."""
    if attachment["in_container"]:
        return f"{attachment['name']}, {attachment['size']} bytes, in the container and as signed"
    return f"{attachment['name']}, not in the container; signed was {attachment['algorithm']} {attachment['digest']}"


def render_rows(rows: list[tuple[str, str]]) -> str:
    """Names and values in two columns; a value cannot draw on the terminal."""
    return "\n".join(f"  {name:<13} {make_printable(value)}" for name, value in rows)


def make_printable(value: str) -> str:
    """The text with control characters shown, so that a name in a certificate cannot fake a line of this report."""
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in value)


def describe(proven: VerifiedContainer) -> dict[str, Any]:
    """Everything that is proven, as JSON takes it."""
    signature, timestamp = proven.signature, proven.timestamp
    leaf_answer = signature.chain.ocsp[0]
    return {
        "proven": True,
        "message_type": str(proven.kind),
        "sender": str(proven.sender),
        "client": str(proven.client),
        "service": str(proven.service),
        "query_id": proven.query_id,
        "at": render_time(proven.at),
        "signer": str(signature.signer),
        "signature": {
            "certificate": signature.certificate.subject,
            "issuer": signature.certificate.issuer,
            "serial": str(signature.certificate.serial),
            "algorithm": signature.algorithm,
            "references": list(signature.references),
            "is_batch": signature.is_batch,
            "signing_time_stated": signature.signing_time,
            "ocsp_produced_at": render_time(leaf_answer.produced_at),
            "ocsp_responder": leaf_answer.responder.subject,
        },
        "timestamp": None
        if timestamp is None
        else {
            "at": render_time(timestamp.at),
            "authority": read_certificate(timestamp.certificate).subject,
            "is_batch": proven.is_batch_timestamp,
        },
        "attachments": [
            {
                "name": each.name,
                "in_container": each.is_in_container,
                "size": each.size,
                "algorithm": each.algorithm,
                "digest": each.digest.hex(),
            }
            for each in proven.attachments
        ],
    }


def render_time(moment: datetime) -> str:
    """A time in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
