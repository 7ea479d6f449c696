"""Signature algorithms by the names that management requests use for them, which are Java's, not XML's.

Law: the same nine algorithms as in signatures of messages, SHA-1 in neither. Names are compared without regard to case.
Source: PR-MSERV §2.1 to §2.11 (`signature-algorithm-ID`); X-Road's names for ECDSA.
"""

from ridgeway.errors import MessageError
from ridgeway.protocol.hashchains.digests import SHA256, SHA384, SHA512
from ridgeway.protocol.signatures.digests import SIGNATURE_ALGORITHMS, Scheme

DIGEST_NAMES = {SHA256: "SHA256", SHA384: "SHA384", SHA512: "SHA512"}
SCHEME_NAMES = {Scheme.RSA: "withRSA", Scheme.RSA_PSS: "withRSAandMGF1", Scheme.ECDSA: "withECDSA"}
NAMES = {
    identifier: f"{DIGEST_NAMES[algorithm.digest]}{SCHEME_NAMES[algorithm.scheme]}"
    for identifier, algorithm in SIGNATURE_ALGORITHMS.items()
}
"""The identifier in XML → Java's name."""
IDENTIFIERS = {name.lower(): identifier for identifier, name in NAMES.items()}


def render_algorithm(identifier: str) -> str:
    """Java's name of an algorithm that is known by its identifier."""
    return NAMES[identifier]


def find_algorithm(name: str) -> str:
    """The identifier of the algorithm that Java calls `name`.

    Raises:  MessageError(invalid_request) for one that is not accepted.
    """
    found = IDENTIFIERS.get(name.strip().lower())
    if found is None:
        raise MessageError(
            "invalid_request",
            f"The signature algorithm {name[:60]!r} is not accepted; expected one of {', '.join(NAMES.values())}.",
        )
    return found
