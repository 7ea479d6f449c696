"""Proving offline who stated what, and who gave a package to whom: from the evidence and the trust alone.

Law: proven or refused, nothing between. A message of an organisation is its statement only when it went to its own
catalogue, at the place where statements go, and its body is the signed bytes exactly: what an organisation merely
passes on for others is none.
Source:  docs/reference/package-format.md
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ridgeway.catalogue.packages.manifest import Manifest
from ridgeway.catalogue.packages.statement import Envelope, Kind, Statement, name_key, read_envelope, read_payload
from ridgeway.catalogue.proving.signing import STATEMENTS
from ridgeway.errors import ContainerError, SignatureError
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.hashchains.digests import compute_digest, get_digest_name
from ridgeway.protocol.identifiers import MemberId, ServiceId, SubsystemId, member_of, render_path
from ridgeway.protocol.messages import RestRequest, RestResponse
from ridgeway.protocol.signatures.containers import VerifiedContainer, read_container, verify_container

BODY: Final = "attachment1"
STRONG: Final = frozenset({"sha256", "sha384", "sha512"})
MAX_AHEAD: Final = timedelta(minutes=5)
"""How much later than its time-stamp a statement may say that it was made: clocks differ."""
MAX_BEHIND: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ProvenStatement:
    """`member` stated this, at the latest at `at`."""

    statement: Statement
    member: MemberId
    at: datetime


@dataclass(frozen=True, slots=True)
class ProvenTransfer:
    """`giver` answered `taker` with exactly these bytes, at the latest at `at`."""

    giver: ServiceId
    taker: SubsystemId | MemberId
    at: datetime
    query_id: str


def verify_envelope(envelope: bytes, trust: TrustSnapshot) -> ProvenStatement:
    """What is stated in an envelope, proven.

    Raises:  ContainerError, SignatureError, CertificateError, TimestampError or TrustError with the reason.
    """
    read = read_envelope(envelope)
    statement = read_payload(read.payload)
    proven = prove_container(read.container, trust)
    member = proven.signature.signer
    require_key(read, proven)
    require_message(proven, member)
    require_body(proven, read.signed)
    if statement.by != render_path(member):
        raise refuse("foreign_statement", f"The statement is by {statement.by}, and {render_path(member)} signed it")
    if not proven.at - MAX_BEHIND <= statement.at <= proven.at + MAX_AHEAD:
        raise refuse("misdated_statement", f"It says that it is of {statement.at}, and was signed by {proven.at}")
    return ProvenStatement(statement, member, proven.at)


def verify_release(envelope: bytes, manifest: Manifest, trust: TrustSnapshot) -> ProvenStatement:
    """Who published exactly these files as exactly this version.

    Raises:  as `verify_envelope`; ContainerError(other_statement) for a statement of something else.
    """
    return require_statement(verify_envelope(envelope, trust), Kind.RELEASE, manifest)


def require_statement(proven: ProvenStatement, kind: Kind, manifest: Manifest) -> ProvenStatement:
    """The same, when it is of this kind and of these files.

    Raises:  ContainerError(other_statement).
    """
    statement = proven.statement
    said = (statement.kind, statement.package, statement.version, statement.digest)
    expected = (kind, manifest.package, manifest.version, f"sha256:{manifest.digest}")
    if said != expected:
        raise refuse(
            "other_statement",
            f"The statement is the {said[0]} of {said[1]} {said[2]} ({said[3]}), "
            f"not the {expected[0]} of {expected[1]} {expected[2]} ({expected[3]})",
        )
    return proven


def verify_transfer(container: bytes, body: bytes, trust: TrustSnapshot) -> ProvenTransfer:
    """Who gave exactly these bytes to whom, as the container of the answer proves.

    Raises:  as `verify_envelope`.
    """
    proven = prove_container(container, trust)
    if not isinstance(proven.message, RestResponse):
        raise refuse("no_transfer", "The container holds no answer")
    require_body(proven, body)
    return ProvenTransfer(proven.service, proven.client, proven.at, proven.query_id)


def prove_container(container: bytes, trust: TrustSnapshot) -> VerifiedContainer:
    """The message in a container, proven; without a time-stamp nothing is.

    Raises:  ContainerError, SignatureError, CertificateError, TimestampError or TrustError.
    """
    try:
        return verify_container(read_container(container), trust)
    except SignatureError as error:
        raise ContainerError(error.code, error.detail, action=error.action) from error


def require_key(envelope: Envelope, proven: VerifiedContainer) -> None:
    """The envelope names the certificate that signed."""
    if envelope.key_id != name_key(proven.signature.certificate.der):
        raise refuse("foreign_key", "The envelope names another certificate than the one that signed")


def require_message(proven: VerifiedContainer, member: MemberId) -> None:
    """The message went where an organisation states what it means."""
    message = proven.message
    if not isinstance(message, RestRequest) or message.verb != "POST":
        raise refuse("no_statement", "The signed message is no request that hands something in")
    if member_of(message.service) != member or message.service_path != STATEMENTS or message.query:
        raise refuse("no_statement", f"The signed message went to {message.path[:200]}, not to the signer's catalogue")


def require_body(proven: VerifiedContainer, body: bytes) -> None:
    """The signed message's body is exactly this."""
    if [each.name for each in proven.attachments] != [BODY]:
        raise refuse("other_body", "The signed message has no body, or more than one")
    (signed,) = proven.attachments
    if get_digest_name(signed.algorithm) not in STRONG:
        raise refuse("other_body", f"Its body is signed by {signed.algorithm}, which proves too little")
    if compute_digest(signed.algorithm, body) != signed.digest:
        raise refuse("other_body", "What was signed is something else")


def refuse(code: str, why: str) -> ContainerError:
    """Why a statement is not proven."""
    return ContainerError(code, f"{why}.", action="Ask whoever gave it to you for one that its publisher signed.")
