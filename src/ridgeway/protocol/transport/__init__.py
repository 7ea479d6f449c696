"""The message between two security servers: written piece by piece, read as its bytes arrive."""

from ridgeway.protocol.transport.decoder import TransportDecoder
from ridgeway.protocol.transport.encoder import (
    BOUNDARY_LETTERS,
    NESTED_PREFIX,
    REST_REQUEST,
    REST_RESPONSE,
    TOP_PREFIX,
    TransportEncoder,
)
from ridgeway.protocol.transport.events import (
    AttachmentChunk,
    AttachmentEnded,
    AttachmentStarted,
    BodyChunk,
    BodyEnded,
    BodyStarted,
    Ended,
    Event,
    FaultPart,
    HashChainPart,
    HashChainResultPart,
    MessagePart,
    OcspPart,
    SignaturePart,
)
from ridgeway.protocol.transport.limits import TransportLimits
from ridgeway.protocol.transport.soapparts import FramingCheck, SoapDecoder, SoapEncoder

__all__ = [
    "BOUNDARY_LETTERS",
    "NESTED_PREFIX",
    "REST_REQUEST",
    "REST_RESPONSE",
    "TOP_PREFIX",
    "AttachmentChunk",
    "AttachmentEnded",
    "AttachmentStarted",
    "BodyChunk",
    "BodyEnded",
    "BodyStarted",
    "Ended",
    "Event",
    "FaultPart",
    "FramingCheck",
    "HashChainPart",
    "HashChainResultPart",
    "MessagePart",
    "OcspPart",
    "SignaturePart",
    "SoapDecoder",
    "SoapEncoder",
    "TransportDecoder",
    "TransportEncoder",
    "TransportLimits",
]
