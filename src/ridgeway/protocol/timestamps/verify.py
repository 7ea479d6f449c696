"""Proving a time-stamp: an authority of the global configuration stamped exactly these octets at that time.

Law: the authority is found by the issuer and serial number that the token names, among the certificates of the
configuration alone; certificates inside the token count for nothing. As X-Road, no path is built for it: that the
configuration lists it is the trust.
Source: RFC 3161 §2.2 and §2.4.2; RFC 5652 §5.4; X-Road's `TimestampVerifier`, in its order of checks.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from ridgeway.errors import SignatureError, TimestampError
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.timestamps.ber import normalise_ber
from ridgeway.protocol.timestamps.request import UNREADABLE
from ridgeway.protocol.timestamps.token import (
    CONTENT_TYPE,
    ESS_ATTRIBUTES,
    MESSAGE_DIGEST,
    SIGNING_TIME,
    Token,
    read_time,
    read_token,
)

HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1,
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
UNPROVABLE = (*UNREADABLE, UnsupportedAlgorithm)


@dataclass(frozen=True, slots=True)
class VerifiedTimestamp:
    """The authority with `certificate` (DER) stamped the octets at `at`."""

    at: datetime
    serial: int
    policy: str
    imprint_algorithm: str
    authority: str
    certificate: bytes


def list_authority_certificates(trust: TrustSnapshot) -> tuple[bytes, ...]:
    """The certificates (DER) of the time-stamping services of every instance that is known."""
    return tuple(
        service.certificate for instance in trust.instances.values() for service in instance.timestamping_services
    )


def verify_timestamp(token: bytes, *, stamped: bytes, trust: TrustSnapshot | Iterable[bytes]) -> VerifiedTimestamp:
    """Prove that a trusted authority stamped the octets `stamped`.

    Shapes:  `trust` is a snapshot, or the certificates (DER) of the authorities that are trusted.
    Raises:  SignatureError(malformed_signature) when the token is over other octets; TimestampError with
             mlog.no_timestamping_provider_found, mlog.tsp_certificate_not_found,
             mlog.timestamp_signer_verification_failed, mlog.timestamp_token_signer_info_not_found.
    """
    read = read_token(token)
    require_imprint(read, stamped)
    certificates = list_authority_certificates(trust) if isinstance(trust, TrustSnapshot) else tuple(trust)
    der, certificate = find_authority(read, certificates)
    require_signature(read, certificate)
    return VerifiedTimestamp(
        at=read.at,
        serial=read.serial,
        policy=read.policy,
        imprint_algorithm=read.imprint_algorithm,
        authority=certificate.subject.human_friendly,
        certificate=der,
    )


def require_imprint(token: Token, stamped: bytes) -> None:
    """Hold only when the token's imprint is the digest of `stamped`."""
    if token.imprint_algorithm not in HASHES:
        raise SignatureError("malformed_signature", f"The time-stamp uses {token.imprint_algorithm}, unknown here.")
    expected = hashlib.new(token.imprint_algorithm, stamped).digest()
    if not hmac.compare_digest(expected, token.imprint):
        raise SignatureError(
            "malformed_signature",
            f"The time-stamp is over {token.imprint.hex()[:16]}…, but this has the digest {expected.hex()[:16]}….",
        )


def find_authority(token: Token, certificates: tuple[bytes, ...]) -> tuple[bytes, asn1_x509.Certificate]:
    """The trusted certificate that the token names as its signer, with its DER."""
    if not certificates:
        raise TimestampError(
            "mlog.no_timestamping_provider_found",
            "The global configuration lists no time-stamping service.",
            action="The authority that governs the instance must approve one.",
        )
    issuer, named = read_issuer(token)
    for der in certificates:
        try:
            certificate = asn1_x509.Certificate.load(der)
            if int(certificate.serial_number) == token.signer_serial and certificate.issuer == issuer:
                return der, certificate
        except UNPROVABLE:
            continue
    raise TimestampError(
        "mlog.tsp_certificate_not_found",
        f"The token's signer (serial {token.signer_serial} of {named}) is no time-stamping service of "
        f"the global configuration.",
    )


def read_issuer(token: Token) -> tuple[asn1_x509.Name, str]:
    """The name of the signer's issuer, and how a person reads it."""
    try:
        issuer = asn1_x509.Name.load(token.issuer)
        return issuer, issuer.human_friendly
    except UNPROVABLE as error:
        raise TimestampError(
            "mlog.timestamp_token_signer_info_not_found", f"The token's signer has no readable issuer: {error}."
        ) from error


def require_signature(token: Token, certificate: asn1_x509.Certificate) -> None:
    """Hold only when the signed attributes are over this content, name a certificate, and are signed with it."""
    try:
        require_attributes(token, certificate)
        verify_value(token, certificate)
    except InvalidSignature as error:
        raise TimestampError("mlog.timestamp_signer_verification_failed", "The token's signature is wrong.") from error
    except UNPROVABLE as error:
        raise TimestampError(
            "mlog.timestamp_signer_verification_failed", f"The token's signature cannot be verified: {error}."
        ) from error


def require_attributes(token: Token, certificate: asn1_x509.Certificate) -> None:
    """Hold only when the signed attributes are those that RFC 3161 and RFC 5652 demand."""
    attributes = token.attributes
    if not any(name in attributes for name in ESS_ATTRIBUTES):
        raise ValueError("it does not name the signing certificate (ESS attribute)")
    if attributes[CONTENT_TYPE].native != "tst_info":
        raise ValueError("its content type attribute is not TSTInfo")
    if token.digest_algorithm not in HASHES:
        raise ValueError(f"its digest algorithm {token.digest_algorithm} is not used here")
    digest = hashlib.new(token.digest_algorithm, token.content).digest()
    if not hmac.compare_digest(digest, attributes[MESSAGE_DIGEST].native):
        raise ValueError("its message digest attribute is of another content")
    if SIGNING_TIME in attributes:
        signed_at = read_time(attributes[SIGNING_TIME].native)
        validity = certificate["tbs_certificate"]["validity"]
        if not read_time(validity["not_before"].native) <= signed_at <= read_time(validity["not_after"].native):
            raise ValueError(f"it was signed at {signed_at}, outside the certificate's validity")


def verify_value(token: Token, certificate: asn1_x509.Certificate) -> None:
    """Hold only when the signature value is right under the certificate's key.

    Raises:  InvalidSignature, or an error of `UNPROVABLE`.
    """
    key = load_der_public_key(certificate.public_key.dump())
    algorithm = token.signature_algorithm
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(token.signature, token.signed_attributes, ec.ECDSA(hash_of(token)))
    elif isinstance(key, rsa.RSAPublicKey):
        key.verify(token.signature, token.signed_attributes, choose_padding(algorithm, token), hash_of(token))
    else:
        raise TypeError(f"a {type(key).__name__} cannot sign time-stamps")


def choose_padding(algorithm: cms.SignedDigestAlgorithm, token: Token) -> padding.AsymmetricPadding:
    """The padding of an RSA signature."""
    if algorithm["algorithm"].native == "rsassa_pss":
        salt = algorithm["parameters"]["salt_length"].native
        return padding.PSS(padding.MGF1(hash_of(token)), salt)
    return padding.PKCS1v15()


def hash_of(token: Token) -> hashes.HashAlgorithm:
    """The digest that is signed: of the signature algorithm where it says so, else of the signer."""
    name = token.signature_algorithm["algorithm"].native
    combined = {"rsassa_pkcs1v15", "rsassa_pss"}
    chosen = token.digest_algorithm if name in combined else token.signature_algorithm.hash_algo
    return HASHES[chosen]()


def add_authority_certificate(token: bytes, certificate: bytes) -> bytes:
    """The token in DER with the authority's certificate inside, so that other tools find it.

    Raises:  TimestampError(timestamping_failed) when either cannot be read.
    """
    try:
        content_info = cms.ContentInfo.load(normalise_ber(token))
        signed = content_info["content"]
        present = [each.chosen.dump() for each in signed["certificates"] or () if each.name == "certificate"]
        if certificate not in present:
            present.append(certificate)
        signed["certificates"] = cms.CertificateSet(
            [cms.CertificateChoices("certificate", asn1_x509.Certificate.load(der)) for der in present]
        )
        return cast("bytes", cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump(force=True))
    except UNPROVABLE as error:
        raise TimestampError("timestamping_failed", f"The token cannot be completed: {error}.") from error
