"""What of a message goes into the log: all of it, its bodies as digests, or its metadata alone.

Law: what is signed never changes here. A message whose bodies are not logged keeps its place in the log, and its
container can never be proven; a body above the limit keeps its digest, and its container can.
Source: UG-SS §11 (message log); X-Road's body logging rules and their order.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from lxml import etree

from ridgeway.errors import MessageLogError
from ridgeway.protocol.exchange.values import LoggedBody
from ridgeway.protocol.identifiers import ClientId, ServiceId
from ridgeway.protocol.identifiers.xml import strict_parser
from ridgeway.protocol.messages import RestRequest, RestResponse, write_metadata_only
from ridgeway.protocol.messages.soapreading import PARTS, SOAP, TEXT_FIELDS, XROAD

Octets = bytes
MAX_LOGGABLE_BODY_BYTES = 10 * 1024 * 1024


class Message(Protocol):
    """A REST or SOAP message, request or response."""

    @property
    def bytes(self) -> Octets:
        """The message as it is signed."""
        ...

    @property
    def service(self) -> ServiceId:
        """What was asked for."""
        ...

    @property
    def is_response(self) -> bool:
        """Whether it is an answer."""
        ...


@dataclass(frozen=True, slots=True)
class LoggingPolicy:
    """Which bodies are logged.

    `body_logging` is the rule; the exceptions are providers for whom the opposite holds: `local_exceptions` when they
    are served here, `remote_exceptions` when they are asked from here. What is beyond `max_body_bytes`, all
    bodies of a message together, is kept as digests, or, unless `truncated_body_allowed`, stops the message. At 0 every
    body is kept as its digest.
    """

    body_logging: bool = True
    local_exceptions: frozenset[ClientId] = frozenset()
    remote_exceptions: frozenset[ClientId] = frozenset()
    max_body_bytes: int = MAX_LOGGABLE_BODY_BYTES
    truncated_body_allowed: bool = True


USUAL_POLICY = LoggingPolicy()


@dataclass(frozen=True, slots=True)
class Logged:
    """What is written to the log: the message and its bodies; `is_whole` is False for metadata alone."""

    message: Octets
    bodies: tuple[LoggedBody, ...]
    is_whole: bool = True


def decide_logged(
    message: Message, bodies: tuple[LoggedBody, ...], *, policy: LoggingPolicy, at_provider: bool
) -> Logged:
    """Say what of `message` and its `bodies` is logged on this side.

    Raises:  MessageLogError(logging_failed) when a body is longer than the policy lets pass.
    """
    provider = message.service.provider
    if not is_body_logged(provider, policy=policy, at_provider=at_provider):
        return Logged(write_metadata(message), (), is_whole=False)
    return Logged(message.bytes, tuple(bound_bodies(bodies, policy)))


def is_body_logged(provider: ClientId, *, policy: LoggingPolicy, at_provider: bool) -> bool:
    """Whether bodies are logged of messages to and from `provider`."""
    exceptions = policy.local_exceptions if at_provider else policy.remote_exceptions
    return policy.body_logging != (provider in exceptions)


def bound_bodies(bodies: tuple[LoggedBody, ...], policy: LoggingPolicy) -> Iterator[LoggedBody]:
    """The bodies as they are kept: with their content while all together are within the limit, else as digests.

    Raises:  MessageLogError(logging_failed).
    """
    left = policy.max_body_bytes
    for body in bodies:
        if policy.max_body_bytes > 0 and body.size <= left:
            left -= body.size
            yield body
        elif policy.truncated_body_allowed or policy.max_body_bytes == 0:
            yield replace(body, content=None)
        else:
            size = sum(each.size for each in bodies)
            raise MessageLogError(
                "logging_failed",
                f"Bodies of {size} bytes are longer than what may be logged: {policy.max_body_bytes} bytes.",
                action="Raise messagelog.max_loggable_body_bytes, or allow messagelog.truncated_body_allowed.",
            )


def write_metadata(message: Message) -> Octets:
    """The message without what it says: who asks whom for what, and its ids."""
    if isinstance(message, RestRequest | RestResponse):
        return write_metadata_only(message)
    return write_soap_metadata(message)


def write_soap_metadata(message: Message) -> Octets:
    """The SOAP message with X-Road's header fields alone, and an empty wrapper in X-Road's namespace as its body."""
    root = etree.fromstring(message.bytes, strict_parser())
    header = root.find(f"{SOAP}Header")
    assert header is not None
    envelope = etree.Element(f"{SOAP}Envelope", nsmap=root.nsmap)  # type: ignore[arg-type]
    kept = etree.SubElement(envelope, f"{SOAP}Header")
    for field in list(header):
        if field.tag in TEXT_FIELDS or field.tag in PARTS:
            field.tail = None
            kept.append(field)
    body = etree.SubElement(envelope, f"{SOAP}Body")
    ending = "Response" if message.is_response else ""
    etree.SubElement(body, f"{XROAD}{message.service.service_code}{ending}")
    written: Octets = etree.tostring(envelope, encoding="UTF-8", xml_declaration=True)
    return written
