"""Making a token in two steps, so that the authority's key can live elsewhere: prepare, then complete.

Law: what is signed is settled in the first step. The token names its signing certificate (ESS, version 2) and holds
it, as RFC 3161 wants of an authority that is asked for it.
Source: RFC 3161 §2.4.2; RFC 5652 §5 and §11.3; RFC 5035 §3.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from asn1crypto import algos, cms, tsp
from asn1crypto import x509 as asn1_x509

from ridgeway.protocol.timestamps.request import TimestampRequest

SIGNATURE_DIGEST = "sha512"


@dataclass(frozen=True, slots=True)
class StampedTime:
    """A token that lacks only its signature. `to_be_signed` is signed with SHA-512 (RSA PKCS#1 v1.5 or ECDSA, DER)."""

    to_be_signed: bytes
    info: bytes
    attributes: cms.CMSAttributes = field(repr=False)
    certificate: asn1_x509.Certificate = field(repr=False)

    def complete(self, signature: bytes) -> bytes:
        """The token (DER, a CMS ContentInfo) with its signature."""
        is_ec = self.certificate.public_key.algorithm == "ec"
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    "issuer_and_serial_number",
                    cms.IssuerAndSerialNumber(
                        {"issuer": self.certificate.issuer, "serial_number": self.certificate.serial_number}
                    ),
                ),
                "digest_algorithm": {"algorithm": SIGNATURE_DIGEST},
                "signed_attrs": self.attributes,
                "signature_algorithm": {"algorithm": "sha512_ecdsa" if is_ec else "sha512_rsa"},
                "signature": signature,
            }
        )
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [{"algorithm": SIGNATURE_DIGEST}],
                "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(self.info)},
                "certificates": [cms.CertificateChoices("certificate", self.certificate)],
                "signer_infos": [signer],
            }
        )
        data: bytes = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
        return data


def prepare_token(
    request: TimestampRequest, *, certificate: bytes, policy: str, serial: int, at: datetime
) -> StampedTime:
    """The token that answers `request`, ready to be signed by the authority with `certificate` (DER).

    Units:   `at` is aware UTC; its fraction of a second is kept.
    """
    authority = asn1_x509.Certificate.load(certificate, strict=True)
    info = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": policy,
            "message_imprint": {
                "hash_algorithm": {"algorithm": request.algorithm},
                "hashed_message": request.digest,
            },
            "serial_number": serial,
            "gen_time": at,
            **({} if request.nonce is None else {"nonce": request.nonce}),
        }
    ).dump()
    attributes = build_attributes(info, certificate, at=at)
    return StampedTime(attributes.dump(), info, attributes, authority)


def build_attributes(info: bytes, certificate: bytes, *, at: datetime) -> cms.CMSAttributes:
    """The signed attributes over a TSTInfo."""
    ess = tsp.ESSCertIDv2(
        {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha512"}),
            "cert_hash": hashlib.sha512(certificate).digest(),
        }
    )
    return cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            cms.CMSAttribute({"type": "signing_time", "values": [build_time(at)]}),
            cms.CMSAttribute({"type": "message_digest", "values": [hashlib.sha512(info).digest()]}),
            cms.CMSAttribute(
                {"type": "signing_certificate_v2", "values": [tsp.SigningCertificateV2({"certs": [ess]})]}
            ),
        ]
    )


def build_time(at: datetime) -> cms.Time:
    """A time of CMS: two digits for the year until 2049, four from then on."""
    return cms.Time("utc_time" if at.year < 2050 else "generalized_time", at.replace(microsecond=0))
