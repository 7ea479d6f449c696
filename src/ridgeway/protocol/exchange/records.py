"""From a message, its bodies and its signature to what is signed and what is logged.

Source: PR-MESSTRANSP §3.2 step 4; DM-ML (logrecord).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from ridgeway.errors import CertificateError, SignatureError
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.certificates.verdicts import VerdictCache
from ridgeway.protocol.exchange.commands import AnyRequest, AnyResponse, Remainder, SignedParts
from ridgeway.protocol.exchange.logged import USUAL_POLICY, LoggingPolicy, decide_logged
from ridgeway.protocol.exchange.soap import SoapRequest, hash_soap_request
from ridgeway.protocol.exchange.values import LoggedBody, LogRecord
from ridgeway.protocol.hashchains import PartDigests
from ridgeway.protocol.identifiers import ClientId, MemberId
from ridgeway.protocol.messages import request_hash
from ridgeway.protocol.signatures import VerifiedSignature, receive_parts, verify_signature

MESSAGE_URI = "/message.xml"
BODY_URI = "/attachment{}"


@dataclass(frozen=True, slots=True)
class Keeper:
    """Whoever keeps a record: the local party, on which side it stands, and what of a message it logs."""

    party: ClientId
    is_provider: bool
    policy: LoggingPolicy = USUAL_POLICY


def part_digests(message: bytes, bodies: tuple[LoggedBody, ...]) -> PartDigests:
    """The SHA-512 digests of a message and its bodies in order, under the names they have in a signature."""
    named = [(BODY_URI.format(number), body.digest) for number, body in enumerate(bodies, start=1)]
    return ((MESSAGE_URI, hashlib.sha512(message).digest()), *named)


def hash_request(request: AnyRequest, bodies: tuple[LoggedBody, ...]) -> str:
    """The hash (base64) that ties an answer to `request`: with the body in REST, of the message alone in SOAP."""
    if isinstance(request, SoapRequest):
        return hash_soap_request(request)
    return request_hash(request.bytes, bodies[0].digest if bodies else None)


def prove_message(
    message: bytes,
    remainder: Remainder,
    *,
    signer: MemberId,
    trust: TrustSnapshot,
    at: datetime,
    verdicts: VerdictCache | None = None,
) -> VerifiedSignature:
    """Prove that `signer` signed exactly this message with these bodies.

    Raises:  SignatureError or CertificateError, the code under `signature_verification`; TrustError.
    Source:  PR-MESSTRANSP §3.3 step 4.
    """
    signed = remainder.signed
    received = receive_parts(
        part_digests(message, remainder.bodies),
        hash_chain_result=signed.hash_chain_result,
        hash_chain=signed.hash_chain,
    )
    try:
        return verify_signature(signed.signature, received, signer=signer, trust=trust, at=at, verdicts=verdicts)
    except (SignatureError, CertificateError) as error:
        raise error.prefixed("signature_verification") from error


def record_message(
    message: AnyRequest | AnyResponse,
    bodies: tuple[LoggedBody, ...],
    signed: SignedParts,
    *,
    keeper: Keeper,
    at: datetime,
) -> LogRecord:
    """The record of one message at one side.

    Raises:  MessageLogError(logging_failed) when a body is longer than the policy lets pass.
    """
    logged = decide_logged(message, bodies, policy=keeper.policy, at_provider=keeper.is_provider)
    return LogRecord(
        query_id=message.query_id,
        request_id=message.request_id,
        party=keeper.party,
        is_response=message.is_response,
        at=at,
        message=logged.message,
        signature=signed.signature,
        hash_chain=signed.hash_chain,
        hash_chain_result=signed.hash_chain_result,
        bodies=logged.bodies,
        is_whole=logged.is_whole,
    )
