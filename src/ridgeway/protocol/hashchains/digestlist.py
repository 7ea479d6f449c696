"""The octets that one step of a hash chain digests: a list of digests in DER.

Law: these octets are fixed to the last bit; every item names its algorithm and carries an empty list of transforms.
Source: DM-HASHCHAIN ("Hash chain", DigestList); ITU-T X.690 (DER).
"""

from collections.abc import Iterable
from functools import lru_cache

from ridgeway.protocol.hashchains.digests import Digest, compute_digest

SEQUENCE = 0x30
OCTET_STRING = 0x04
UTF8_STRING = 0x0C
NO_TRANSFORMS = b"\x30\x00"


def write_digest_list(digests: Iterable[Digest]) -> bytes:
    """The DER of DigestList: for each digest its value, its algorithm's identifier, and no transforms."""
    return write_tlv(SEQUENCE, b"".join(write_single_digest(digest) for digest in digests))


def write_single_digest(digest: Digest) -> bytes:
    """The DER of SingleDigest."""
    return write_tlv(SEQUENCE, write_tlv(OCTET_STRING, digest.value) + write_method(digest.algorithm))


@lru_cache(maxsize=8)
def write_method(algorithm: str) -> bytes:
    """The DER of an algorithm's identifier, and of no transforms."""
    return write_tlv(UTF8_STRING, algorithm.encode()) + NO_TRANSFORMS


def write_tlv(tag: int, content: bytes) -> bytes:
    """One DER value with its tag and definite length."""
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def digest_step(digests: Iterable[Digest], algorithm: str) -> Digest:
    """The digest of a step whose items have these digests."""
    return Digest(compute_digest(algorithm, write_digest_list(digests)), algorithm)
