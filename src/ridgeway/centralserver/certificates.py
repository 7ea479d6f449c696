"""The self-signed certificate of a signing key, made in two steps because the key lives in the signer.

Law: as X-Road's central server makes it: serial 1, from 1970 to 2038, for signatures and for certifying itself. It
proves nothing by itself; it is trusted because the anchor, or an older configuration, holds it.
Source: PR-GCONF §2; the certificates of a central server of release 7.8.
"""

from datetime import UTC, datetime

from asn1crypto import keys, x509

from ridgeway.protocol.signatures.digests import Scheme, get_signature_algorithm

NOT_BEFORE = datetime(1970, 1, 1, tzinfo=UTC)
NOT_AFTER = datetime(2038, 1, 1, tzinfo=UTC)
SUFFIXES = {Scheme.RSA: "rsa", Scheme.ECDSA: "ecdsa"}


def write_certificate_content(common_name: str, public_key: bytes, *, algorithm: str) -> bytes:
    """What is to be signed (TBSCertificate, DER) with `algorithm`; `public_key` is DER (SubjectPublicKeyInfo)."""
    name = x509.Name.build({"common_name": common_name})
    usage = x509.KeyUsage({"non_repudiation", "key_cert_sign"})
    content = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": 1,
            "signature": algorithm_of(algorithm),
            "issuer": name,
            "validity": {"not_before": utc_time(NOT_BEFORE), "not_after": utc_time(NOT_AFTER)},
            "subject": name,
            "subject_public_key_info": keys.PublicKeyInfo.load(public_key),
            "extensions": [
                {"extn_id": "key_usage", "critical": True, "extn_value": usage},
                {"extn_id": "basic_constraints", "critical": True, "extn_value": {"ca": True}},
            ],
        }
    )
    written: bytes = content.dump()
    return written


def write_certificate(content: bytes, signature: bytes, *, algorithm: str) -> bytes:
    """The certificate (DER); an ECDSA `signature` is ASN.1."""
    certificate = x509.Certificate(
        {
            "tbs_certificate": x509.TbsCertificate.load(content),
            "signature_algorithm": algorithm_of(algorithm),
            "signature_value": signature,
        }
    )
    written: bytes = certificate.dump()
    return written


def algorithm_of(identifier: str) -> dict[str, str]:
    """The algorithm as a certificate names it."""
    chosen = get_signature_algorithm(identifier)
    digest = chosen.digest.rpartition("#")[2]
    return {"algorithm": f"{digest}_{SUFFIXES[chosen.scheme]}"}


def utc_time(at: datetime) -> x509.Time:
    """A time before 2050, as certificates write it."""
    return x509.Time({"utc_time": at})
