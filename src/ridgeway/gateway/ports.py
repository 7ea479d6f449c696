"""What the gateway needs from the rooms that keep tables, as shapes; `cli/gateway.py` hands the real ones in.

Law: nothing here names a database or Django. Whatever keeps the log can stand behind these.
"""

from collections.abc import AsyncIterator, Callable
from typing import Protocol

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
