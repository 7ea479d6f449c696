"""What the message log needs of a signature document: its own digest, what a time-stamp is over, where it goes in.

Law: a single time-stamp is over the decoded signature value and becomes the first unsigned property, so the document
changes; a batch time-stamp is over a hash chain result and the document must stay as it is.
Source: PR-SIGDOC §4; DM-ML (signature hash); X-Road's time-stamper.
"""

import base64

from ridgeway.errors import SignatureError
from ridgeway.protocol.hashchains import SHA512, HashChains, build_hash_chains, compute_digest
from ridgeway.protocol.hashchains.build import TIMESTAMP_CHAIN
from ridgeway.protocol.signatures.document import read_signature
from ridgeway.protocol.signatures.templates import TIMESTAMP

SIGNATURE_PART = "/META-INF/signatures.xml"
UNSIGNED = "UnsignedSignatureProperties"


def log_digest(xml: bytes) -> bytes:
    """The raw SHA-512 digest of a signature document, the leaf of a batch time-stamp."""
    return compute_digest(SHA512, xml)


def stamped_octets(xml: bytes) -> bytes:
    """The octets that a single time-stamp is over: the decoded signature value.

    Raises:  SignatureError(invalid_xml | malformed_signature).
    """
    return read_signature(xml).value


def build_timestamp_chains(signature_digests: list[bytes]) -> HashChains:
    """The hash chains of a batch time-stamp over these signature documents; stamp the bytes of `result`."""
    return build_hash_chains([((SIGNATURE_PART, digest),) for digest in signature_digests], name=TIMESTAMP_CHAIN)


def add_signature_timestamp(xml: bytes, token: bytes) -> bytes:
    """The signature document with a token over its value as the first unsigned property; all else stays, byte by byte.

    Raises:  SignatureError(malformed_signature) when it cannot be read or is stamped already.
    """
    if read_signature(xml).timestamp is not None:
        raise SignatureError("malformed_signature", "The signature carries a time-stamp already.")
    tag = f"<xades:{UNSIGNED}>".encode()
    if xml.count(tag) != 1:
        raise SignatureError("malformed_signature", f"The signature has no place for a time-stamp: no {tag.decode()}.")
    stamped = xml.replace(tag, tag + TIMESTAMP.format(token=base64.b64encode(token).decode()).encode())
    if read_signature(stamped).timestamp != token:
        raise SignatureError("malformed_signature", "The time-stamp did not land where it is read.")
    return stamped
