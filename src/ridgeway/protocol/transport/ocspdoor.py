"""What is said at the OCSP door (5577): revocation answers asked by certificate hash.

Law: the server reads `cert` (SHA-1, hex) alone, as every X-Road server does, and answers one part a hash in the order
asked; the client sends `cert_hash` (SHA-256) too, and demands exactly as many answers as it asked for.
Source: PR-MESSTRANSP §2.2; RFC 2387 (multipart/related).
"""

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl

from ridgeway.errors import MessageError, TransportError

MAX_HASHES = 20
MAX_ANSWER_BYTES = 64 * 1024
MAX_DOCUMENT_BYTES = MAX_HASHES * (MAX_ANSWER_BYTES + 1024)
OCSP_TYPE = "application/ocsp-response"

SHA1_HEX = re.compile(r"[0-9a-fA-F]{40}")
BOUNDARY = re.compile(r'boundary="?([A-Za-z0-9\'()+_,\-./:=?]{1,70})"?', re.IGNORECASE)


def render_ocsp_query(hashes: Sequence[tuple[str, str]]) -> str:
    """The target of a request for the certificates with these (SHA-1, SHA-256) hashes, both lower-case hex."""
    asked = [f"cert={sha1}" for sha1, _ in hashes] + [f"cert_hash={sha256}" for _, sha256 in hashes]
    return "/?" + "&".join(asked)


def parse_ocsp_query(target: str) -> tuple[str, ...]:
    """The SHA-1 hashes that a request asks for, lower case.

    Raises:  MessageError(invalid_request) when none is asked for, too many are, or one is no hash.
    """
    _, _, query = target.partition("?")
    try:
        pairs = parse_qsl(query, max_num_fields=4 * MAX_HASHES)
    except ValueError as error:
        raise MessageError("invalid_request", f"More than {4 * MAX_HASHES} parameters.") from error
    hashes = tuple(value.lower() for name, value in pairs if name == "cert")
    if not 1 <= len(hashes) <= MAX_HASHES or not all(SHA1_HEX.fullmatch(value) for value in hashes):
        raise MessageError(
            "invalid_request", f"Expected 1 to {MAX_HASHES} parameters `cert`, each the SHA-1 of a certificate in hex."
        )
    return hashes


def write_ocsp_answers(answers: Sequence[bytes], *, boundary: str) -> tuple[str, bytes]:
    """The content type and the body that carry these DER answers."""
    head = f"--{boundary}\r\nContent-Type: {OCSP_TYPE}\r\n\r\n".encode("ascii")
    body = b"\r\n".join(head + answer for answer in answers) + f"\r\n--{boundary}--\r\n".encode("ascii")
    return f'multipart/related; type="{OCSP_TYPE}"; charset=UTF-8; boundary={boundary}', body


def read_ocsp_answers(content_type: str, body: bytes, *, expected: int) -> tuple[bytes, ...]:
    """The DER answers of a document from another server's OCSP door.

    Raises:  TransportError(mime_parsing_failed) when it is not such a document or holds another number of answers.
    """
    found = BOUNDARY.search(content_type)
    if not content_type.lower().startswith("multipart/related") or found is None or len(body) > MAX_DOCUMENT_BYTES:
        raise TransportError("mime_parsing_failed", f"The OCSP door answered with {content_type[:100]!r}.")
    delimiter = b"\r\n--" + found[1].encode("ascii")
    pieces = (b"\r\n" + body).split(delimiter)
    closed = len(pieces) == expected + 2 and pieces[-1].startswith(b"--")
    if not closed:
        raise TransportError("mime_parsing_failed", f"The OCSP door gave {len(pieces) - 2} answers for {expected}.")
    return tuple(read_part(piece) for piece in pieces[1:-1])


def read_part(piece: bytes) -> bytes:
    """The content of one part."""
    head, blank, content = piece.partition(b"\r\n\r\n")
    if not blank or OCSP_TYPE.encode("ascii") not in head.lower() or len(content) > MAX_ANSWER_BYTES:
        raise TransportError("mime_parsing_failed", "A part of the OCSP door's answer is not an OCSP response.")
    return content
