"""The signed directory, written byte for byte as a central server does, in two steps so that the key lives elsewhere.

    content = write_directory_content(parts, expires_at=…, version=6, boundary=…)
    signature = (the signing key, wherever it is).sign(content.signed)
    document = write_signed_directory(content, signature, certificate=…, boundary=…)

Law: every line ends CRLF; the signed bytes run from the first inner delimiter through the line of the last. Boundaries
come from the caller, twenty random letters and digits each (`BOUNDARY_CHARACTERS`).
Source: PR-GCONF §3.2; the text that a central server of release 7.8 writes. Read next: `directory.py`.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ridgeway.errors import TrustError
from ridgeway.protocol.globalconf.algorithms import RSA_SHA512, SHA512, digest_of
from ridgeway.protocol.globalconf.mime import BOUNDARY, WRONG_VALUE
from ridgeway.protocol.globalconf.xml import render_time

BOUNDARY_CHARACTERS = 20


@dataclass(frozen=True, slots=True)
class PublishedPart:
    """One part as it will be served: `location` is its path below the public folder, `content` its bytes."""

    identifier: str
    instance: str
    location: str
    content: bytes


@dataclass(frozen=True, slots=True)
class DirectoryContent:
    """The content of a directory; `signed` are the bytes that the signature proves."""

    boundary: str
    signed: bytes

    @property
    def document(self) -> bytes:
        """The content with its header, as it stands in the outer multipart."""
        return f"Content-Type: multipart/mixed; charset=UTF-8; boundary={self.boundary}\r\n\r\n".encode() + self.signed


def write_directory_content(
    parts: Iterable[PublishedPart],
    *,
    expires_at: datetime,
    version: int,
    boundary: str,
    hash_algorithm: str = SHA512,
) -> DirectoryContent:
    """The content that is to be signed.

    Raises:  TrustError(global_conf_header_field_wrong_value) for a value that would break its header line.
    """
    lines = [f"--{require_boundary(boundary)}", f"Expire-date: {render_time(expires_at)}", f"Version: {version}", ""]
    for part in parts:
        digest = digest_of(part.content, hash_algorithm, weak_allowed=True)
        lines += [
            f"--{boundary}",
            "Content-type: application/octet-stream",
            "Content-transfer-encoding: base64",
            f"Content-identifier: {require_line(part.identifier)}; instance='{require_line(part.instance)}'",
            f"Content-location: {require_line(part.location)}",
            f"Hash-algorithm-id: {hash_algorithm}",
            "",
            base64.b64encode(digest).decode("ascii"),
        ]
    lines += [f"--{boundary}--", ""]
    return DirectoryContent(boundary, "\r\n".join(lines).encode())


def write_signed_directory(
    content: DirectoryContent,
    signature: bytes,
    *,
    certificate: bytes,
    boundary: str,
    algorithm: str = RSA_SHA512,
    certificate_hash_algorithm: str = SHA512,
) -> bytes:
    """The document that is served: the content, and the signature over `content.signed`.

    Shapes:  `signature` is the raw value for RSA and ASN.1 for ECDSA; `certificate` is DER.
    Raises:  TrustError(global_conf_header_field_wrong_value) for a boundary that cannot be one.
    """
    digest = base64.b64encode(digest_of(certificate, certificate_hash_algorithm, weak_allowed=True)).decode("ascii")
    head = [
        f"Content-Type: multipart/related; charset=UTF-8; boundary={require_boundary(boundary)}",
        "",
        f"--{boundary}",
    ]
    tail = [
        "",
        f"--{boundary}",
        "Content-Type: application/octet-stream",
        "Content-Transfer-Encoding: base64",
        f"Signature-Algorithm-Id: {algorithm}",
        f'Verification-certificate-hash: {digest}; hash-algorithm-id="{certificate_hash_algorithm}"',
        "",
        base64.b64encode(signature).decode("ascii"),
        f"--{boundary}--",
        "",
    ]
    return "\r\n".join([*head, ""]).encode() + content.document + "\r\n".join(tail).encode()


def require_boundary(boundary: str) -> str:
    """`boundary`, known to be one."""
    if not BOUNDARY.fullmatch(boundary) or " " in boundary:
        raise TrustError(WRONG_VALUE, f"{boundary[:80]!r} is not a boundary; expected twenty letters and digits.")
    return boundary


def require_line(text: str) -> str:
    """`text`, known to fit in one header line between single quotes."""
    if any(not character.isprintable() or character in "'\"" for character in text):
        raise TrustError(WRONG_VALUE, f"{text[:80]!r} cannot stand in a header line of the directory.")
    return text
