"""Reading a message of another security server as its bytes arrive: head, body, signature.

Law: nothing is kept beyond its limit, the body goes straight to its spool, and a message that ends before its last
part raises. A fault in place of a part is raised as the other side's own.
"""

import re
from collections import deque
from collections.abc import AsyncIterator

from ridgeway.errors import PeerError, RelayedFault, TransportError
from ridgeway.gateway.hands.spool import BodySpool, HeldBody, SpoolLimits
from ridgeway.protocol.exchange.commands import Remainder, SignedParts
from ridgeway.protocol.exchange.reading import decoding
from ridgeway.protocol.messages import Fault
from ridgeway.protocol.transport import (
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
    TransportDecoder,
)

FAULT_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,300}")
"""What a fault code is made of; it travels in an HTTP header."""


def relay(fault: Fault) -> PeerError:
    """The other side's fault as an error here, as it is; one without a code that can be handed on is its own error."""
    if FAULT_CODE.fullmatch(fault.code) is None:
        return PeerError(
            "service_failed.invalid_soap",
            f"The other security server answered with a fault whose code is {fault.code[:100]!r}: {fault.string}",
        )
    return RelayedFault(fault.code, fault.string, fault_id=fault.detail or "", xml=fault.bytes)


class IncomingMessage:
    """One message on its way in. `spool` holds its bodies back, when it has one or more."""

    def __init__(self, decoder: TransportDecoder, source: AsyncIterator[bytes], limits: SpoolLimits) -> None:
        self.decoder = decoder
        self.source = source
        self.limits = limits
        self.events: deque[Event] = deque()
        self.is_over = False
        self.spool: BodySpool | None = None

    async def next_event(self) -> Event:
        """The next thing that arrived.

        Raises:  TransportError or MessageError of the decoder; RelayedFault for a fault part.
        """
        while not self.events:
            if self.is_over:
                raise TransportError("missing_signature", "The message ended before its signature.")
            try:
                chunk = await anext(self.source)
            except StopAsyncIteration:
                self.is_over = True
            with decoding():
                self.events.extend(self.decoder.close() if self.is_over else self.decoder.feed(chunk))
        event = self.events.popleft()
        if isinstance(event, FaultPart):
            raise relay(event.fault)
        return event

    @property
    def bodies(self) -> list[HeldBody]:
        """The bodies that are held, in order."""
        return [] if self.spool is None else self.spool.bodies

    async def read_message(self) -> tuple[MessagePart, tuple[bytes, ...]]:
        """The message part, with the OCSP parts that came before it."""
        answers: list[bytes] = []
        while True:
            match await self.next_event():
                case OcspPart(der=der):
                    answers.append(der)
                case MessagePart() as part:
                    return part, tuple(answers)
                case _:
                    continue

    async def read_rest(self) -> Remainder:
        """The bodies, held back, and the signature."""
        signature, result, chain = b"", None, None
        while True:
            event = await self.next_event()
            match event:
                case HashChainResultPart(xml=xml):
                    result = xml
                case HashChainPart(xml=xml):
                    chain = xml
                case SignaturePart(xml=xml):
                    signature = xml
                case Ended():
                    logged = () if self.spool is None else self.spool.logged()
                    return Remainder(logged, SignedParts(signature, result, chain))
                case _:
                    self.hold(event)

    def hold(self, event: Event) -> None:
        """What belongs to a body goes to its spool; anything else is passed over."""
        match event:
            case BodyStarted():
                self.open_spool().begin()
            case AttachmentStarted(content_type=content_type, headers=headers):
                self.open_spool().begin(content_type, headers)
            case BodyChunk(data=data) | AttachmentChunk(data=data):
                self.open_spool().feed(data)
            case BodyEnded() | AttachmentEnded():
                self.open_spool().end()

    def open_spool(self) -> BodySpool:
        """The spool, made when it is first needed."""
        if self.spool is None:
            self.spool = BodySpool(self.limits)
        return self.spool

    def close(self) -> None:
        """Let go of the bodies."""
        if self.spool is not None:
            self.spool.close()
