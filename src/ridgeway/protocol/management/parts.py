"""What travels with a management request: signatures over the SOAP message, certificates, a revocation answer.

Law: the SOAP message is the first part; the others follow in one order, told by nothing but their place. A registration
of a certificate has two signatures (the new key's own, then the owner's) and two certificates (the new one, then the
owner's); every other signed request has one of each; a request that nobody signs is the SOAP message alone.
Source: PR-MSERV §2.1 to §2.11. Read next: `verify.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ridgeway.errors import MessageError
from ridgeway.protocol.management.requests import FORMS, RequestKind, Signer
from ridgeway.protocol.messages.media import find_media_type
from ridgeway.protocol.transport.multipart import AllEnds, MultipartReader, PartBegins, PartData, PartEnds

MAX_REQUEST_BYTES = 100_000
"""X-Road's own limit on a whole request."""
MAX_PARTS = 8
SIGNATURE_ALGORITHM = "signature-algorithm-id"
SOAP_TYPE = "text/xml; charset=UTF-8"
BINARY_TYPE = "application/octet-stream"
Attachment = tuple[tuple[tuple[str, str], ...], bytes]


@dataclass(frozen=True, slots=True)
class SignaturePart:
    """A signature value over the SOAP message; `algorithm` is Java's name. An ECDSA value is ASN.1."""

    algorithm: str
    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Parts:
    """A request as it travels. Signatures and certificates are in the order of the form; `ocsp` is DER."""

    soap: bytes = field(repr=False)
    signatures: tuple[SignaturePart, ...] = ()
    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    ocsp: bytes | None = field(default=None, repr=False)


def count_signatures(kind: RequestKind) -> int:
    """How many signatures a request of that kind carries, and as many certificates."""
    if FORMS[kind].signer is Signer.NOBODY:
        return 0
    return 2 if kind is RequestKind.CERTIFICATE_REGISTRATION else 1


def write_parts(parts: Parts, *, boundary: str) -> tuple[str, bytes]:
    """The Content-Type and the body of the HTTP request; without signatures it is the SOAP message alone."""
    if not parts.signatures:
        return SOAP_TYPE, parts.soap
    attached = [f"{SIGNATURE_ALGORITHM}: {each.algorithm}\r\n" for each in parts.signatures]
    rows = [(SOAP_TYPE, "", parts.soap)]
    rows += [(BINARY_TYPE, header, each.value) for header, each in zip(attached, parts.signatures, strict=True)]
    rows += [(BINARY_TYPE, "", each) for each in parts.certificates]
    rows += [(BINARY_TYPE, "", parts.ocsp)] if parts.ocsp is not None else []
    pieces = [
        f"--{boundary}\r\ncontent-type:{kind}\r\n{header}\r\n".encode("ascii") + content + b"\r\n"
        for kind, header, content in rows
    ]
    return f'multipart/related; type="text/xml"; boundary={boundary}', b"".join(
        [*pieces, f"--{boundary}--\r\n".encode("ascii")]
    )


def read_parts(content_type: str, body: bytes) -> tuple[bytes, tuple[Attachment, ...]]:
    """The SOAP message as it came, and the parts after it: the headers and the content of each.

    Raises:  MessageError(invalid_content_type | invalid_request), TransportError(mime_parsing_failed).
    """
    if len(body) > MAX_REQUEST_BYTES:
        raise MessageError("invalid_request", f"A request of {len(body)} bytes; at most {MAX_REQUEST_BYTES}.")
    media_type = find_media_type(content_type)
    name = "" if media_type is None else media_type.name
    if media_type is None or name not in {"text/xml", "multipart/related"}:
        raise MessageError("invalid_content_type", f"{content_type[:100]!r}; expected text/xml or multipart/related.")
    if name == "text/xml":
        return body, ()
    boundary = media_type.parameters.get("boundary", "")
    if not boundary:
        raise MessageError("invalid_content_type", "The multipart/related names no boundary.")
    parts = tuple(split_parts(body, boundary))
    if not parts:
        raise MessageError("invalid_request", "The request contains no SOAP message.")
    kind = find_media_type(find_header(parts[0][0], "content-type"))
    if kind is None or kind.name != "text/xml":
        raise MessageError("invalid_content_type", "The first part is no SOAP message; expected text/xml.")
    return parts[0][1], parts[1:]


def split_parts(body: bytes, boundary: str) -> Iterator[Attachment]:
    """Each part of a whole multipart.

    Raises:  TransportError(mime_parsing_failed), MessageError(invalid_request) when it has too many or no end.
    """
    reader = MultipartReader(boundary)
    headers: tuple[tuple[str, str], ...] = ()
    content: list[bytes] = []
    count, is_whole = 0, False
    for event in reader.feed(body):
        match event:
            case PartBegins():
                headers, content, count = event.headers, [], count + 1
                if count > MAX_PARTS:
                    raise MessageError("invalid_request", f"The request has more than {MAX_PARTS} parts.")
            case PartData():
                content.append(event.data)
            case PartEnds():
                yield headers, b"".join(content)
            case AllEnds():
                is_whole = True
    if not is_whole:
        raise MessageError("invalid_request", "The request is cut short: its last boundary is missing.")


def assign_parts(kind: RequestKind, soap: bytes, attached: tuple[Attachment, ...]) -> Parts:
    """The parts by what they are, which their places tell.

    Raises:  MessageError(invalid_request) naming what is missing or too much.
    """
    count = count_signatures(kind)
    expected = 2 * count + 1 if count else 0
    if len(attached) != expected:
        raise MessageError(
            "invalid_request",
            f"A {kind} request has {expected} parts after the SOAP message "
            f"({count} signatures, {count} certificates, {count and 1} revocation answer), not {len(attached)}.",
        )
    if not count:
        return Parts(soap)
    signatures = tuple(
        SignaturePart(find_header(headers, SIGNATURE_ALGORITHM), value) for headers, value in attached[:count]
    )
    if not all(each.algorithm for each in signatures):
        raise MessageError("invalid_request", f"A signature of the request lacks its {SIGNATURE_ALGORITHM}.")
    certificates = tuple(content for _, content in attached[count : 2 * count])
    return Parts(soap, signatures, certificates, attached[-1][1])


def find_header(headers: tuple[tuple[str, str], ...], name: str) -> str:
    """A header of a part, empty when it is absent."""
    return next((value for each, value in headers if each.lower() == name), "")
