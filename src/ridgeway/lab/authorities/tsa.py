"""The lab's time-stamping authority: it signs what time it is, over whatever digest it is given.

Law: RFC 3161, serial numbers that never repeat, and a certificate for nothing else. A token holds that certificate only
when the request wishes for it (§2.4.1), which X-Road's does not.
"""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from ridgeway.errors import TimestampError
from ridgeway.lab.authorities.ca import ROOT_YEARS, key_usage, name, start_certificate
from ridgeway.lab.authorities.keys import KeyKind, PrivateKey, open_key, sign_data, write_whole
from ridgeway.protocol.timestamps import prepare_token, read_timestamp_request, write_timestamp_response

POLICY = "2.999.3161.1"
"""Below the arc that is kept for examples, so that it is nobody's (ITU-T X.660)."""
SERIAL_BITS = 127


@dataclass(slots=True)
class TimestampingAuthority:
    """The authority with its key."""

    key: PrivateKey = field(repr=False)
    certificate: x509.Certificate

    def stamp(self, request: bytes) -> bytes:
        """The DER answer to a DER request: a token, or a refusal with its reason."""
        try:
            asked = read_timestamp_request(request)
        except TimestampError as error:
            return write_timestamp_response(None, reason=error.detail)
        prepared = prepare_token(
            asked,
            certificate=self.certificate.public_bytes(Encoding.DER),
            policy=POLICY,
            serial=secrets.randbits(SERIAL_BITS),
            at=datetime.now(UTC),
        )
        token = prepared.complete(sign_data(self.key, prepared.to_be_signed))
        return write_timestamp_response(token if asked.wants_certificates else remove_certificates(token))


def remove_certificates(token: bytes) -> bytes:
    """The token without the certificates in it, which no signature covers."""
    signed = cms.ContentInfo.load(token)["content"]
    kept = ("version", "digest_algorithms", "encap_content_info", "signer_infos")
    bare = cms.SignedData({name: signed[name] for name in kept})
    data: bytes = cms.ContentInfo({"content_type": "signed_data", "content": bare}).dump()
    return data


def open_timestamping_authority(
    folder: Path, *, title: str, key_kind: KeyKind = KeyKind.EC_P256
) -> TimestampingAuthority:
    """The authority in `folder`, made when it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key, file = open_key(folder / "tsa.key", key_kind), folder / "tsa.pem"
    if not file.exists():
        builder = start_certificate(name(f"{title} TSA"), key.public_key(), issuer=None, days=365 * ROOT_YEARS)
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(purpose, critical=True).add_extension(key_usage(signs=True), critical=True)
        write_whole(file, builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return TimestampingAuthority(key, x509.load_pem_x509_certificate(file.read_bytes()))
