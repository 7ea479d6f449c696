"""`ridgeway verify FILE`: prove a container offline, and say in plain words who said what to whom and when.

Law: nothing is asked of the network; the trust comes from a folder (or from a `verificationconf` archive as a security
server gives it out) and is used whatever its age, because the question is about the past.
Exit: 0 proven · 1 not proven · 2 misused, or no trust found.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from ridgeway.errors import RidgewayError, TrustError
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.protocol.signatures.containers import VerifiedContainer
from ridgeway.settings import Settings
from ridgeway.trust.offline import INSTANCE_FILE, read_trust, verify_file


def parse_moment(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    """A time on the command line; without a zone it is UTC."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(
            f"{value!r} is no time; expected one as 2026-03-01T12:00:00Z.", ctx=ctx, param=param
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--globalconf",
    type=click.Path(exists=True, path_type=Path),
    help="Folder of a global configuration, or a verificationconf ZIP; default: the one kept here.",
)
@click.option(
    "--at", metavar="TIME", callback=parse_moment, help="Time to judge by where the container has no time-stamp."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def verify(settings: Settings, file: Path, globalconf: Path | None, at: datetime | None, as_json: bool) -> None:
    """Prove a signed container offline: who said what to whom, and when."""
    trust = load_trust(globalconf, settings)
    try:
        proven = verify_file(file, trust, at=at)
    except RidgewayError as error:
        report_refusal(error, as_json=as_json)
    click.echo(json.dumps(describe(proven), indent=2) if as_json else render_proof(proven, file))


def load_trust(named: Path | None, settings: Settings) -> TrustSnapshot:
    """The trust to judge by; without any that can be read, the command ends as misused."""
    place = named or settings.path(settings.trust.globalconf_dir)
    if named is None and not (place / INSTANCE_FILE).is_file():
        print(
            f"ridgeway: no global configuration in {place}, so nothing can be judged. "
            "Name one with --globalconf DIR, or fetch it: ridgeway trust fetch.",
            file=sys.stderr,
        )
        sys.exit(2)
    try:
        return read_trust(place)
    except TrustError as error:
        print(f"ridgeway: {place} is no global configuration: {error.detail}", file=sys.stderr)
        sys.exit(2)


def report_refusal(error: RidgewayError, *, as_json: bool) -> NoReturn:
    """Say that the container is not proven, why, and who must act; exit 1."""
    if as_json:
        refused = {"proven": False, "code": error.code, "detail": error.detail, "who_must_act": error.who}
        click.echo(json.dumps(refused | {"action": error.action}, indent=2))
    else:
        rows = [("Code", error.code), ("Why", error.detail), ("Who must act", error.who), ("What to do", error.action)]
        click.echo("NOT PROVEN\n" + render_rows([row for row in rows if row[1]]))
    sys.exit(1)


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
