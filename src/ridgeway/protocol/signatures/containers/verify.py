"""Proving a container offline: who said what to whom and when, from the container and the trust alone.

Law: a time-stamp gives the time of every other check; without one a time must be given. An attachment that is not in
the container leaves it proven and is listed with the digest that was signed; one that is there and differs does not.
Source: PR-SIGDOC §4; X-Road's order of checks (time-stamp before signature).
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ridgeway.errors import ContainerError, MessageError, RidgewayError, SignatureError, TimestampError
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.hashchains import TIMESTAMP_CHAIN, DataDigest, Part, verify_hash_chain
from ridgeway.protocol.identifiers import ClientId, MemberId, ServiceId, member_of
from ridgeway.protocol.messages import RestRequest, RestResponse, SoapMessage, read_rest_message, read_soap_message
from ridgeway.protocol.messages.soap import build_message
from ridgeway.protocol.messages.soapreading import SoapReader, feed_reader
from ridgeway.protocol.signatures.containers import names
from ridgeway.protocol.signatures.containers.read import Container
from ridgeway.protocol.signatures.document import SignatureDocument, read_signature
from ridgeway.protocol.signatures.prove import ReceivedParts, require_signed_message
from ridgeway.protocol.signatures.stamping import SIGNATURE_PART
from ridgeway.protocol.signatures.verify import VerifiedSignature, verify_document
from ridgeway.protocol.timestamps import VerifiedTimestamp, verify_timestamp

Message = SoapMessage | RestRequest | RestResponse


class MessageKind(StrEnum):
    """What a container holds."""

    SOAP_REQUEST = "request"
    SOAP_RESPONSE = "response"
    REST_REQUEST = "rest request"
    REST_RESPONSE = "rest response"


@dataclass(frozen=True, slots=True)
class KeptAttachment:
    """An attachment under the signature; `size` is None when its content is not in the container."""

    name: str
    digest: bytes
    algorithm: str
    size: int | None

    @property
    def is_in_container(self) -> bool:
        """Whether the content is here; if so, it is what was signed."""
        return self.size is not None


@dataclass(frozen=True, slots=True)
class VerifiedContainer:
    """`sender` said this `message` about `service`, at the latest at `at`.

    `at` is the time of the time-stamp, or the one given when there is none. `client` asked, `service` was asked.
    """

    kind: MessageKind
    sender: ClientId
    client: ClientId
    service: ServiceId
    query_id: str
    at: datetime
    signature: VerifiedSignature
    timestamp: VerifiedTimestamp | None
    is_batch_timestamp: bool
    attachments: tuple[KeptAttachment, ...]
    entries: tuple[str, ...]
    message: Message = field(repr=False)


def verify_container(container: Container, trust: TrustSnapshot, *, at: datetime | None = None) -> VerifiedContainer:
    """Prove a container against `trust`; `at` is used only where the container has no time-stamp.

    Raises:  SignatureError, CertificateError, TimestampError, ContainerError or TrustError with X-Road's code.
    """
    document = read_signature(container.signature)
    message = read_container_message(container.message)
    require_signed_message(document)
    timestamp = prove_timestamp(container, document, trust)
    moment = at if timestamp is None else timestamp.at
    if moment is None:
        raise TimestampError(
            "asic_timestamp_not_found",
            "The container has no time-stamp, so nothing says when it was signed.",
            action="Ask for the container once it is time-stamped, or say a time with --at.",
        )
    signer = find_signer(message)
    signature = verify_document(document, gather_parts(container), signer=signer, trust=trust, at=moment)
    return VerifiedContainer(
        kind=kind_of(message),
        sender=message.sender,
        client=message.client,
        service=message.service,
        query_id=message.query_id,
        at=moment,
        signature=signature,
        timestamp=timestamp,
        is_batch_timestamp=names.TS_CHAIN_RESULT in container.entries,
        attachments=tuple(
            keep_attachment(each, container) for each in signature.covered if each.uri != names.part_name(names.MESSAGE)
        ),
        entries=container.listing,
        message=message,
    )


def read_container_message(data: bytes) -> Message:
    """The message of a container: SOAP, or else REST.

    Raises:  ContainerError with the code of what is wrong with the message.
    """
    try:
        return read_kept_soap(data)
    except MessageError as error:
        if error.code != "invalid_soap":
            raise ContainerError(error.code, f"The message cannot be read: {error.detail}") from error
    try:
        return read_rest_message(data)
    except MessageError as error:
        raise ContainerError(error.code, f"The message is neither SOAP nor REST: {error.detail}") from error


def read_kept_soap(data: bytes) -> SoapMessage:
    """A SOAP message; one from before protocol 4.0 does not state a version and is read all the same.

    Raises:  MessageError.
    """
    try:
        return read_soap_message(data)
    except MessageError as error:
        if error.code != "missing_header_field":
            raise
    reader = SoapReader()
    feed_reader(reader, data)
    reader.texts.setdefault("protocolVersion", "")
    reader.check_complete()
    return build_message(reader, data)


def find_signer(message: Message) -> MemberId:
    """The member that must have signed: of the client for a request, of the provider for a response."""
    return member_of(message.sender)


def kind_of(message: Message) -> MessageKind:
    """What kind of message it is."""
    if isinstance(message, SoapMessage):
        return MessageKind.SOAP_RESPONSE if message.is_response else MessageKind.SOAP_REQUEST
    return MessageKind.REST_RESPONSE if message.is_response else MessageKind.REST_REQUEST


def gather_parts(container: Container) -> ReceivedParts:
    """The message and every attachment that is here, as the signature names them."""
    parts: dict[str, Part] = {names.part_name(names.MESSAGE): container.message}
    parts |= {names.part_name(name): attachment for name, attachment in container.attachments.items()}
    return ReceivedParts(
        parts,
        hash_chain_result=container.entries.get(names.SIG_CHAIN_RESULT),
        hash_chain=container.entries.get(names.SIG_CHAIN),
        may_lack_attachments=True,
    )


def keep_attachment(covered: DataDigest, container: Container) -> KeptAttachment:
    """An attachment under the signature, with its size where it is here."""
    name = covered.uri.removeprefix("/")
    kept = container.attachments.get(name)
    return KeptAttachment(name, covered.digest.value, covered.digest.algorithm, None if kept is None else kept.size)


def prove_timestamp(
    container: Container, document: SignatureDocument, trust: TrustSnapshot
) -> VerifiedTimestamp | None:
    """The time-stamp, proven to be over this signature; None when there is none.

    Raises:  SignatureError(malformed_signature) or TimestampError.
    """
    token = container.entries.get(names.TIMESTAMP, document.timestamp)
    result = container.entries.get(names.TS_CHAIN_RESULT)
    if token is None:
        if result is None:
            return None
        raise SignatureError("malformed_signature", f"There is {names.TS_CHAIN_RESULT} without a time-stamp.")
    if result is not None:
        prove_timestamp_chain(container, result)
    return verify_timestamp(token, stamped=document.value if result is None else result, trust=trust)


def prove_timestamp_chain(container: Container, result: bytes) -> None:
    """Hold only while the stamped result leads to this signature document."""
    available: dict[str, Part] = {SIGNATURE_PART: container.signature}
    chain = container.entries.get(names.TS_CHAIN)
    if chain is not None:
        available[TIMESTAMP_CHAIN] = chain
    try:
        verify_hash_chain(result, resolve=available.get, inputs={SIGNATURE_PART: None})
    except RidgewayError as error:
        raise SignatureError("malformed_signature", f"The time-stamp is not over this signature: {error}") from error
