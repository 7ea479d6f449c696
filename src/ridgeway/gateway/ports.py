"""What the gateway needs from the rooms that keep tables, as shapes; `cli/gateway.py` hands the real ones in.

Law: nothing here names a database or Django. Whatever keeps the log can stand behind these.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Protocol

from ridgeway.protocol.exchange.commands import AnyRequest
from ridgeway.protocol.exchange.consumer import Standing
from ridgeway.protocol.exchange.values import LogRecord
from ridgeway.protocol.identifiers import ClientId

Admit = Callable[[ClientId], None]
"""Raises unless the caller may speak for this client."""


class MessageLog(Protocol):
    """Makes records durable."""

    async def append(self, record: LogRecord) -> int:
        """The record is durable; its number is returned.

        Raises:  MessageLogError(logging_failed…) whenever that is not certain.
        """


class Download(Protocol):
    """An answer that is a file or a sentence."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The header fields."""

    @property
    def chunks(self) -> AsyncIterator[bytes]:
        """The body in pieces."""


class Downloads(Protocol):
    """Answers what an information system may download from its security server."""

    async def open_containers(self, query: str, admit: Admit) -> Download:
        """The answer to `GET /asic?{query}`, once `admit` let the caller speak for the party of the query."""

    async def open_verification_configuration(self) -> Download:
        """The answer to `GET /verificationconf`."""


@dataclass(frozen=True, slots=True)
class SoapAttachment:
    """An attachment of a SOAP message in memory; `headers` are the part's others."""

    content_type: str
    headers: tuple[tuple[str, str], ...]
    content: bytes


@dataclass(frozen=True, slots=True)
class OwnCall:
    """A request that the security server answers itself, proven; `body` is a short REST body."""

    request: AnyRequest
    body: bytes
    standing: Standing


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """The answer: in REST status, headers and body; in SOAP `body` is the message and `attachments` its parts.

    The SOAP message has the header of the request, without the request hash, which the conversation adds.
    """

    body: bytes
    status: int = 200
    reason: str = "OK"
    headers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[SoapAttachment, ...] = ()


class OwnService(Protocol):
    """Answers requests that a security server answers itself: metadata, monitoring."""

    async def answer(self, call: OwnCall) -> OwnAnswer:
        """The answer, which is signed, recorded and sent like any other.

        Raises:  RidgewayError with the code that the consumer is to see, without the door's prefix.
        """
