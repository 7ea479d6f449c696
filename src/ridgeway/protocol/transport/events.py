"""What a message between security servers brings, in the order in which it arrives.

Law: the order of these events is the order of the parts; a body or an attachment comes in pieces of any size.
Source: PR-MESSTRANSP §3.2. Read next: `decoder.py`.
"""

from dataclasses import dataclass, field

from ridgeway.protocol.messages import Fault


@dataclass(frozen=True, slots=True)
class OcspPart:
    """One OCSP response for the sender's authentication certificate or an intermediate one."""

    der: bytes


@dataclass(frozen=True, slots=True)
class MessagePart:
    """The message that is signed; `headers` are the part's others, which SOAP hands on."""

    bytes: bytes
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class BodyStarted:
    """A REST body begins; it may have no byte, and is signed all the same."""


@dataclass(frozen=True, slots=True)
class BodyChunk:
    """Bytes of the REST body."""

    data: bytes


@dataclass(frozen=True, slots=True)
class BodyEnded:
    """The REST body is complete."""


@dataclass(frozen=True, slots=True)
class AttachmentStarted:
    """An attachment of a SOAP message begins; `number` counts from 1, as in `/attachment1`."""

    number: int
    content_type: str | None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AttachmentChunk:
    """Bytes of the attachment, its transfer encoding untouched."""

    data: bytes


@dataclass(frozen=True, slots=True)
class AttachmentEnded:
    """The attachment is complete."""


@dataclass(frozen=True, slots=True)
class HashChainResultPart:
    """The result of the hash chain, which the signature is over."""

    xml: bytes


@dataclass(frozen=True, slots=True)
class HashChainPart:
    """The hash chain that leads from the parts to the result."""

    xml: bytes


@dataclass(frozen=True, slots=True)
class SignaturePart:
    """The signature. The message counts only once `Ended` has come."""

    xml: bytes


@dataclass(frozen=True, slots=True)
class FaultPart:
    """A fault, alone, or in place of the message or of the signature; `xml` is to be relayed as it is."""

    xml: bytes
    fault: Fault = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ended:
    """The message is complete: a signature came last, or a fault."""


Event = (
    OcspPart
    | MessagePart
    | BodyStarted
    | BodyChunk
    | BodyEnded
    | AttachmentStarted
    | AttachmentChunk
    | AttachmentEnded
    | HashChainResultPart
    | HashChainPart
    | SignaturePart
    | FaultPart
    | Ended
)
