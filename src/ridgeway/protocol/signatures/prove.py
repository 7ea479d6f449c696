"""The part of a proof that needs no trust: the signature covers these parts, and the key beside it made it.

Law: a part counts as signed only when its own digest was compared; every part that is here must be. A part that is
not here may be missing from a container alone, and is then reported with the digest that was signed.
Source: PR-MESSTRANSP §4; PR-SIGDOC §4.
Read next: `verify.py`, which adds who holds the key.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from ridgeway.errors import SignatureError
from ridgeway.protocol.hashchains import (
    SIGNATURE_CHAIN,
    DataDigest,
    Digest,
    Part,
    PartDigests,
    VerifiedHashChain,
    verify_hash_chain,
)
from ridgeway.protocol.hashchains.digests import digest_part
from ridgeway.protocol.signatures.digests import verify_signature_value
from ridgeway.protocol.signatures.document import Reference, SignatureDocument
from ridgeway.protocol.signatures.make import CHAIN_RESULT, MESSAGE

ATTACHMENT = "/attachment"


@dataclass(frozen=True, slots=True)
class ReceivedParts:
    """The parts of one message by name, and its hash chain where it has one.

    `may_lack_attachments` is for containers, in which attachments need not be kept.
    """

    parts: Mapping[str, Part] = field(repr=False)
    hash_chain_result: bytes | None = field(default=None, repr=False)
    hash_chain: bytes | None = field(default=None, repr=False)
    may_lack_attachments: bool = False

    def find_part(self, uri: str) -> Part | None:
        """What a reference with this name points to, if it is here."""
        return self.hash_chain_result if uri == CHAIN_RESULT else self.parts.get(uri)

    def resolve(self, uri: str) -> Part | None:
        """What a hash chain with this name points to, if it is here."""
        return self.hash_chain if uri == SIGNATURE_CHAIN else self.parts.get(uri)

    def may_be_absent(self, uri: str) -> bool:
        """Whether the part need not be here."""
        return self.may_lack_attachments and uri.startswith(ATTACHMENT)


def receive_parts(
    digests: PartDigests, *, hash_chain_result: bytes | None = None, hash_chain: bytes | None = None
) -> ReceivedParts:
    """The parts of a message as they came over the wire, by the raw SHA-512 digests taken while they passed."""
    return ReceivedParts({uri: Digest(value) for uri, value in digests}, hash_chain_result, hash_chain)


def require_signed_message(document: SignatureDocument) -> None:
    """Hold only while the signature is over a message, directly or through a hash chain.

    Raises:  SignatureError(malformed_signature).
    """
    if document.find_reference(MESSAGE) is None and document.find_reference(CHAIN_RESULT) is None:
        named = ", ".join(each.uri[:60] for each in document.references)
        raise SignatureError(
            "malformed_signature", f"The signature is over {named}; expected {MESSAGE} or {CHAIN_RESULT}."
        )


def prove_hash_chain(document: SignatureDocument, received: ReceivedParts) -> VerifiedHashChain | None:
    """The hash chain, proven, when there is one and the signature is over it; one that is not signed is not looked at.

    Raises:  SignatureError(malformed_signature.*).
    """
    if document.find_reference(CHAIN_RESULT) is None or received.hash_chain_result is None:
        return None
    try:
        return verify_hash_chain(
            received.hash_chain_result,
            resolve=received.resolve,
            inputs={uri: part if isinstance(part, Digest) else None for uri, part in received.parts.items()},
            may_be_absent=received.may_be_absent,
        )
    except SignatureError as error:
        raise error.prefixed("malformed_signature") from error


def prove_values(
    document: SignatureDocument, received: ReceivedParts, *, public_key: PublicKeyTypes
) -> tuple[DataDigest, ...]:
    """What the signature is over directly, once every digest and the value itself are right.

    Raises:  SignatureError(invalid_signature_value).
    """
    covered = tuple(
        prove_reference(each, document, received) for each in document.references if each.uri != CHAIN_RESULT
    )
    result = document.find_reference(CHAIN_RESULT)
    if result is not None:
        prove_reference(result, document, received)
    verify_signature_value(document.value, document.signed_info, public_key=public_key, algorithm=document.algorithm)
    return tuple(each for each in covered if each.uri != document.properties_uri)


def prove_reference(reference: Reference, document: SignatureDocument, received: ReceivedParts) -> DataDigest:
    """What one reference points to, once its digest is the stated one (or it may be absent)."""
    stated = Digest(reference.digest, reference.algorithm)
    if reference.uri == document.properties_uri:
        found: bytes | None = document.properties_digest
    elif reference.transforms:
        raise SignatureError("invalid_signature_value", f"The reference to {reference.uri[:60]} has transforms.")
    else:
        part = received.find_part(reference.uri)
        if part is None and received.may_be_absent(reference.uri):
            return DataDigest(reference.uri, stated, is_checked=False)
        found = None if part is None else digest_part(part, reference.algorithm)
    if found != reference.digest:
        shown = "it is not here" if found is None else f"its digest is {found.hex()[:16]}…"
        raise SignatureError(
            "invalid_signature_value",
            f"{reference.uri[:60]} is not as it was signed: {shown}, signed was {reference.digest.hex()[:16]}….",
        )
    return DataDigest(reference.uri, stated, is_checked=True)


def require_coverage(received: ReceivedParts, covered: tuple[DataDigest, ...]) -> None:
    """Hold only while every part that is here was signed.

    Raises:  SignatureError(malformed_signature).
    """
    signed = {each.uri for each in covered if each.is_checked}
    loose = sorted(set(received.parts) - signed)
    if loose:
        raise SignatureError(
            "malformed_signature",
            f"The signature does not cover {', '.join(loose)}; every part of a message must be signed.",
        )
