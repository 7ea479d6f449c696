"""The multipart message between security servers, written piece by piece.

Law: the bytes are X-Road's own: no preamble, `content-type` in lower case, one CR LF before each later delimiter. The
encoder keeps no content; each call gives the bytes to send next, and body chunks are sent as they are.
Source: PR-MESSTRANSP §3.1 and §3.2. Read next: `decoder.py`.
"""

import re
from collections.abc import Iterable

from ridgeway.errors import MessageError
from ridgeway.protocol.transport.limits import MAX_BOUNDARY_CHARACTERS

TOP_PREFIX = "xtop"
NESTED_PREFIX = "xatt"
BOUNDARY_LETTERS = 30
"""X-Road's own boundary is one of the prefixes and thirty random letters."""

OCSP_RESPONSE = "application/ocsp-response"
REST_REQUEST = "application/x-road-rest-request"
REST_RESPONSE = "application/x-road-rest-response"
REST_BODY = "application/x-road-rest-body"
HASH_CHAIN_RESULT = "application/hash-chain-result"
HASH_CHAIN = "application/hash-chain"
SIGNATURE = "signature/bdoc-1.0/ts"
FAULT = "text/xml"

BOUNDARY = re.compile(rf"[A-Za-z0-9'()+_,\-./:=?]{{1,{MAX_BOUNDARY_CHARACTERS}}}")
HEADER_TEXT = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")


def render_multipart_type(boundary: str) -> str:
    """The Content-Type of a multipart with this boundary."""
    return f"multipart/mixed; charset=UTF-8; boundary={boundary}"


class TransportEncoder:
    """Writes one message; `boundary` is `xtop` and thirty random letters, which the caller draws."""

    def __init__(self, boundary: str) -> None:
        if not BOUNDARY.fullmatch(boundary):
            raise ValueError(f"{boundary!r} cannot be a boundary")
        self.boundary = boundary
        self.delimiter = b"--" + boundary.encode("latin-1") + b"\r\n"
        self.nested = ""
        self.has_parts = False

    @property
    def content_type(self) -> str:
        """The Content-Type of the whole message."""
        return render_multipart_type(self.boundary)

    def ocsp_part(self, der: bytes) -> bytes:
        """One OCSP response for the sender's authentication certificate or an intermediate one; leaf first."""
        return self.open_part(OCSP_RESPONSE) + der

    def message_part(self, content_type: str, content: bytes, *, headers: Iterable[tuple[str, str]] = ()) -> bytes:
        """The message that is signed; other headers are those of the part in which a SOAP message came."""
        return self.open_part(content_type, headers=headers) + content

    def open_body(self) -> bytes:
        """The beginning of a REST body; its bytes follow as they are, even none."""
        return self.open_part(REST_BODY)

    def open_attachments(self, boundary: str) -> bytes:
        """The beginning of the part that wraps all attachments; `boundary` is `xatt` and random letters."""
        if not BOUNDARY.fullmatch(boundary):
            raise ValueError(f"{boundary!r} cannot be a boundary")
        opened = self.open_part(render_multipart_type(boundary))
        self.nested = boundary
        return opened

    def open_attachment(self, content_type: str | None, *, headers: Iterable[tuple[str, str]] = ()) -> bytes:
        """The beginning of one attachment; its bytes follow as they are."""
        assert self.nested
        return b"\r\n--" + self.nested.encode("latin-1") + b"\r\n" + render_part_headers(content_type, headers)

    def close_attachments(self) -> bytes:
        """The end of the attachments."""
        assert self.nested
        closed = b"\r\n--" + self.nested.encode("latin-1") + b"--\r\n"
        self.nested = ""
        return closed

    def hash_chain_result_part(self, xml: bytes) -> bytes:
        """The result of the hash chain, when the signature is over one."""
        return self.open_part(HASH_CHAIN_RESULT) + xml

    def hash_chain_part(self, xml: bytes) -> bytes:
        """The hash chain itself."""
        return self.open_part(HASH_CHAIN) + xml

    def signature_part(self, xml: bytes) -> bytes:
        """The signature, the last part."""
        return self.open_part(SIGNATURE) + xml

    def fault_part(self, xml: bytes) -> bytes:
        """A fault in place of what could not be made; attachments that are open are closed first."""
        closed = self.close_attachments() if self.nested else b""
        return closed + self.open_part(FAULT) + xml

    def end(self) -> bytes:
        """The last delimiter."""
        return b"\r\n--" + self.boundary.encode("latin-1") + b"--\r\n"

    def open_part(self, content_type: str, *, headers: Iterable[tuple[str, str]] = ()) -> bytes:
        """The delimiter and headers of the next part."""
        assert not self.nested
        line_end = b"\r\n" if self.has_parts else b""
        self.has_parts = True
        heads = (USUAL_HEADS.get(content_type) if headers == () else None) or render_part_headers(content_type, headers)
        return line_end + self.delimiter + heads


def render_part_headers(content_type: str | None, headers: Iterable[tuple[str, str]]) -> bytes:
    """The header block of a part with the empty line that ends it; `content-type` comes first."""
    first = () if content_type is None else (("content-type", content_type),)
    lines = [f"{name}: {value}" for name, value in (*first, *headers)]
    for line in lines:
        if not HEADER_TEXT.fullmatch(line):
            raise MessageError("invalid_content_type", f"{line[:80]!r} cannot be a header of a part.")
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1", "replace")


USUAL_HEADS = {
    each: render_part_headers(each, ())
    for each in (
        OCSP_RESPONSE,
        REST_REQUEST,
        REST_RESPONSE,
        REST_BODY,
        HASH_CHAIN_RESULT,
        HASH_CHAIN,
        SIGNATURE,
        FAULT,
    )
}
"""Content type → the header block of a part that has no other header."""
