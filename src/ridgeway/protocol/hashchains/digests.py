"""The digest algorithms of messages, signatures and hash chains, by the names that stand in their XML.

Law: an algorithm is taken from the document and looked up here; what is not in the table is refused, SHA-1 and MD5
among it. Whatever this software makes uses SHA-512.
Source: W3C XML Encryption §5.7 and RFC 4051 §2.1 (identifiers); PR-MESSTRANSP §4.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from ridgeway.errors import SignatureError

SHA224 = "http://www.w3.org/2001/04/xmldsig-more#sha224"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
SHA384 = "http://www.w3.org/2001/04/xmldsig-more#sha384"
SHA512 = "http://www.w3.org/2001/04/xmlenc#sha512"

DIGEST_NAMES = {SHA224: "sha224", SHA256: "sha256", SHA384: "sha384", SHA512: "sha512"}
"""Identifier → name in `hashlib`."""
HASHERS = {name: getattr(hashlib, name) for name in DIGEST_NAMES.values()}
"""`hashlib`'s own constructors, which are quicker than finding one by its name."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A raw digest and the identifier of its algorithm."""

    value: bytes
    algorithm: str = SHA512


Digester = Callable[[str], bytes]
"""Gives the raw digest of one part under the algorithm that it is asked for (for parts too long to hold)."""

Part = bytes | Digest | Digester
"""A signed part: its bytes, the digest taken while it passed, or a function that takes it when asked."""

PartDigests = tuple[tuple[str, bytes], ...]
"""The parts of one message in wire order: name (`/message.xml`, `/attachment1`, …) and raw SHA-512 digest."""


def compute_digest(algorithm: str, data: bytes) -> bytes:
    """The raw digest of `data`.

    Raises:  SignatureError(malformed_signature) for an algorithm outside the table.
    """
    digest: bytes = HASHERS[get_digest_name(algorithm)](data).digest()
    return digest


def get_digest_name(algorithm: str) -> str:
    """The `hashlib` name of an algorithm identifier.

    Raises:  SignatureError(malformed_signature) for an algorithm outside the table.
    """
    name = DIGEST_NAMES.get(algorithm)
    if name is None:
        raise SignatureError(
            "malformed_signature",
            f"The digest algorithm {algorithm[:100]!r} is not accepted; accepted: {', '.join(DIGEST_NAMES)}.",
        )
    return name


def digest_part(part: Part, algorithm: str) -> bytes | None:
    """The raw digest of a part; None when only one under another algorithm is known."""
    if isinstance(part, Digest):
        return part.value if part.algorithm == algorithm else None
    if isinstance(part, bytes):
        return compute_digest(algorithm, part)
    get_digest_name(algorithm)
    return part(algorithm)
