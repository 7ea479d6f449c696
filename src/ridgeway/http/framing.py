"""How a message's body is delimited: decided once from its head, without doubt, or refused.

Law: a head that two readers could understand differently is refused, never repaired (request smuggling).
Source: RFC 9112 §6, §11.2.
"""

import re
from enum import StrEnum

from ridgeway.http.headers import Headers
from ridgeway.http.values import HttpRefusal

CONTENT_LENGTH = re.compile(r"[0-9]{1,18}")
OURS = frozenset({"transfer-encoding", "keep-alive", "proxy-connection", "te", "trailer", "upgrade"})
"""Header fields that belong to one connection: this layer alone writes them (`Connection: close` may be asked)."""


class Framing(StrEnum):
    """How the end of a body is known."""

    NONE = "none"
    LENGTH = "length"
    CHUNKED = "chunked"
    UNTIL_CLOSE = "until close"


def decide_request_framing(headers: Headers, version: str) -> tuple[Framing, int]:
    """The framing of a request's body and its length, where that is stated.

    Raises:  HttpRefusal(400) for both or several statements, 501 for a transfer coding other than chunked.
    """
    codings = headers.get_tokens("Transfer-Encoding")
    lengths = headers.get_all("Content-Length")
    if headers.has("Transfer-Encoding"):
        if lengths:
            raise HttpRefusal(400, "Bad Request", "Both Content-Length and Transfer-Encoding; send one.")
        if version != "1.1":
            raise HttpRefusal(400, "Bad Request", f"HTTP/{version} has no Transfer-Encoding.")
        if codings != ("chunked",):
            raise HttpRefusal(501, "Not Implemented", f"Transfer-Encoding is {codings!r}; only chunked is known.")
        return Framing.CHUNKED, 0
    if not lengths:
        return Framing.NONE, 0
    if len(lengths) > 1 or not CONTENT_LENGTH.fullmatch(lengths[0]):
        raise HttpRefusal(400, "Bad Request", f"Content-Length is {', '.join(lengths)!r}; send one number.")
    return Framing.LENGTH, int(lengths[0])


def verify_host(headers: Headers, version: str) -> None:
    """Exactly one Host in HTTP/1.1; raise HttpRefusal(400) otherwise."""
    hosts = headers.get_all("Host")
    if len(hosts) > 1 or (version == "1.1" and not hosts):
        raise HttpRefusal(400, "Bad Request", f"{len(hosts)} Host headers; HTTP/1.1 asks for one.")


def response_has_body(method: str, status: int) -> bool:
    """Whether an answer of this status to this method may carry a body at all."""
    return method != "HEAD" and status not in {204, 304}


def stated_length(headers: Headers) -> int | None:
    """The Content-Length that a writer put into its own head.

    Raises:  ValueError when it is no number, stands there twice, or the head holds a field that is not the writer's.
    """
    for name in OURS.intersection(headers.by_name):
        raise ValueError(f"Header {name} belongs to the connection; leave it out.")
    lengths = headers.get_all("Content-Length")
    if not lengths:
        return None
    if len(lengths) > 1 or not CONTENT_LENGTH.fullmatch(lengths[0]):
        raise ValueError(f"Content-Length is {', '.join(lengths)!r}; give one number.")
    return int(lengths[0])


def wrap_chunk(data: bytes) -> bytes:
    """One chunk of a chunked body; `data` is not empty, for an empty chunk is the end."""
    return b"%x\r\n%b\r\n" % (len(data), data)


LAST_CHUNK = b"0\r\n\r\n"
