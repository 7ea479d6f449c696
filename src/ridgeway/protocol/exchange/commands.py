"""What the conversation asks of the world, one value a step: a conversation yields these and is sent the answers.

Law: a command says *what* is needed, never how; a time-out, a lost connection or a full disk comes back as an error
thrown into the conversation. The answer's type stands in each docstring. `gateway/hands` has one small function a
command.
Source: PR-MESSTRANSP §3.2 (consumer) and §3.3 (provider).
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeVar

from ridgeway.protocol.exchange.soap import SoapPart, SoapRequest, SoapResponse
from ridgeway.protocol.exchange.values import LocalService, LoggedBody, LogRecord
from ridgeway.protocol.hashchains import PartDigests
from ridgeway.protocol.identifiers import MemberId, ServerId
from ridgeway.protocol.messages import RestRequest, RestResponse

AnyRequest = RestRequest | SoapRequest
AnyResponse = RestResponse | SoapResponse


@dataclass(frozen=True, slots=True)
class Target:
    """A security server that may answer for the provider, and where it is."""

    server: ServerId
    address: str

    @property
    def host(self) -> str:
        """The address as one connects to it: one of IPv6 without its brackets."""
        return self.address.removeprefix("[").removesuffix("]")


@dataclass(frozen=True, slots=True)
class AskTime:
    """Answer: the aware UTC time now."""


@dataclass(frozen=True, slots=True)
class Connect:
    """Connect to one of `targets`, the fastest or the one that is remembered. Answer: `Link`.

    Asked a second time, the connection before is closed: what it showed could not be proven. With `anew` none is
    taken that was there before.
    """

    targets: tuple[Target, ...]
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A connection to another security server: where, and the certificates it showed, leaf first, DER.

    `is_reused` says that it showed them for an earlier message.
    """

    address: str
    chain: tuple[bytes, ...]
    is_reused: bool = False


@dataclass(frozen=True, slots=True)
class AskPeerRevocation:
    """Ask what is known, or the peer's OCSP door, about the certificates of `link`. Answer: `PeerRevocation`.

    With `anew` the OCSP door is asked whatever is known.
    """

    link: Link
    anew: bool = False


@dataclass(frozen=True, slots=True)
class PeerRevocation:
    """OCSP answers (DER) for the chain of a peer, in its order; `is_remembered` says that they are not new."""

    answers: tuple[bytes, ...]
    is_remembered: bool = False


@dataclass(frozen=True, slots=True)
class SendRequest:
    """Send the head, our own OCSP answers and the message part. Answer: None."""

    request: AnyRequest


@dataclass(frozen=True, slots=True)
class SendResponse:
    """Send the head of the answer and its message part. Answer: None."""

    response: AnyResponse


@dataclass(frozen=True, slots=True)
class CarryBodies:
    """Pass the REST body or the attachments on as they arrive, hashing them. Answer: tuple of `LoggedBody`."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Sign these parts for `member`. Answer: `SignedParts`."""

    member: MemberId
    parts: PartDigests


@dataclass(frozen=True, slots=True)
class SignedParts:
    """A signature as it travels: its XML, and the hash chain where it covers more than one part."""

    signature: bytes
    hash_chain_result: bytes | None = None
    hash_chain: bytes | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """Make the record durable. Answer: None, only after it is."""

    record: LogRecord


@dataclass(frozen=True, slots=True)
class Finish:
    """Send the last parts: what was signed. Answer: None."""

    signed: SignedParts


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """Read up to and with the message part. Answer: `Incoming`."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """The first parts of a message from another security server, not yet proven.

    `chain` are the certificates of the connection, `ocsp_responses` the parts before the message; both DER.
    `request_id` and `soap_action` are the HTTP headers'. `soap_part` is None for a REST message.
    """

    message: bytes
    chain: tuple[bytes, ...] = ()
    ocsp_responses: tuple[bytes, ...] = ()
    request_id: str = ""
    soap_part: SoapPart | None = None
    soap_action: str = ""


@dataclass(frozen=True, slots=True)
class ReadRest:
    """Read the bodies, holding them back, and the signature. Answer: `Remainder`."""


@dataclass(frozen=True, slots=True)
class Remainder:
    """The last parts of a message: its bodies in order, and the signature."""

    bodies: tuple[LoggedBody, ...]
    signed: SignedParts


@dataclass(frozen=True, slots=True)
class CallService:
    """Call the local service with the proven request. Answer: `ServiceAnswer` or `SoapAnswer`."""

    service: LocalService
    request: AnyRequest


@dataclass(frozen=True, slots=True)
class CallOwnService:
    """Have the security server itself answer (metadata, monitoring). Answer: `ServiceAnswer` or `SoapAnswer`."""

    request: AnyRequest


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """The head of a service's answer; its body waits to be carried."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SoapAnswer:
    """The SOAP message of a service's answer, as it came; its attachments wait to be carried."""

    message: bytes
    part: SoapPart


@dataclass(frozen=True, slots=True)
class Deliver:
    """Hand the proven answer, with the bodies held back, to the information system. Answer: None."""

    response: AnyResponse


Command = (
    AskTime
    | Connect
    | AskPeerRevocation
    | SendRequest
    | SendResponse
    | CarryBodies
    | Sign
    | Record
    | Finish
    | ReadMessage
    | ReadRest
    | CallService
    | CallOwnService
    | Deliver
)

Result = TypeVar("Result")
Conversation = Generator[Command, Any, Result]
"""A conversation yields commands, is sent their answers (or has errors thrown into it), and returns its result."""
