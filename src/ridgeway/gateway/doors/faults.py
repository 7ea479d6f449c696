"""Errors on their way out of a door: the door's prefix, the chosen spelling, a mark that the log carries too.

Law: this is where a known error becomes a fault; one that a peer reported keeps its code and its mark. What is not
known is logged with its trace and leaves as `internal_error`, without its text.
"""

import logging
from dataclasses import dataclass

from ridgeway.errors import PeerError, RelayedFault, RidgewayError
from ridgeway.gateway.hands.names import draw_uuid
from ridgeway.protocol.messages import Spelling, render_code, render_soap_fault

log = logging.getLogger(__name__)

MAX_LOGGED_CHARACTERS = 2000
CLIENT_PREFIX = "client."
"""What an information system sent wrongly carries no prefix of a door besides this."""

SOAP_FAULT_HEADERS = (("Content-Type", "text/xml;charset=utf-8"), ("SOAPAction", ""))
"""A fault in SOAP is HTTP 200, as X-Road has it."""


@dataclass(frozen=True, slots=True)
class DoorFault:
    """What a door answers: the whole code, a sentence, and the mark that the log has it under.

    `document` is the fault as a service or another server wrote it, where it is handed on.
    """

    code: str
    string: str
    mark: str
    document: bytes = b""

    def as_soap(self) -> bytes:
        """The fault as a SOAP document."""
        return self.document or render_soap_fault(self.code, self.string, self.mark)


def describe_error(error: RidgewayError, *, prefix: str, spelling: Spelling) -> DoorFault:
    """The fault that a door answers with."""
    prefixed = error if error.code.startswith(CLIENT_PREFIX) else error.prefixed(prefix)
    mark = error.fault_id or draw_uuid()
    log.info("%s: %s %s", show(mark), show(prefixed.code), show(error.explain()))
    if isinstance(error, RelayedFault):
        return DoorFault(error.code, error.detail, mark, error.xml)
    return DoorFault(render_code(prefixed.code, spelling), error.detail, mark)


def show(text: str) -> str:
    """Text as one line of a log: what others wrote can neither begin a line of its own nor fill the disk."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text[:MAX_LOGGED_CHARACTERS])


def describe_failure(error: BaseException, *, prefix: str, spelling: Spelling) -> DoorFault:
    """The fault for an error that nobody foresaw."""
    mark = draw_uuid()
    log.error("%s: an error that nobody foresaw", mark, exc_info=error)
    known = PeerError("internal_error", f"An error inside the security server; its log has it under {mark}.")
    return DoorFault(render_code(known.prefixed(prefix).code, spelling), known.detail, mark)
