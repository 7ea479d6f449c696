"""The lab's time-stamping authority: it signs what time it is, over whatever digest it is given.

Law: RFC 3161, serial numbers that never repeat, and a certificate for nothing else.
"""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from ridgeway.errors import TimestampError
from ridgeway.lab.authorities.ca import ROOT_YEARS, name, open_key, start_certificate
from ridgeway.protocol.timestamps import prepare_token, read_timestamp_request, write_timestamp_response

POLICY = "1.3.6.1.4.1.61234.1"
SERIAL_BITS = 127


@dataclass(slots=True)
class TimestampingAuthority:
    """The authority with its key."""

    key: ec.EllipticCurvePrivateKey = field(repr=False)
    certificate: x509.Certificate

    def stamp(self, request: bytes) -> bytes:
        """The DER answer to a DER request: a token, or a refusal with its reason."""
        try:
            asked = read_timestamp_request(request)
        except TimestampError as error:
            return write_timestamp_response(None, reason=error.detail)
        token = prepare_token(
            asked,
            certificate=self.certificate.public_bytes(Encoding.DER),
            policy=POLICY,
            serial=secrets.randbits(SERIAL_BITS),
            at=datetime.now(UTC),
        )
        return write_timestamp_response(token.complete(self.key.sign(token.to_be_signed, ec.ECDSA(hashes.SHA512()))))


def open_timestamping_authority(folder: Path, *, title: str) -> TimestampingAuthority:
    """The authority in `folder`, made when it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key, file = open_key(folder / "tsa.key"), folder / "tsa.pem"
    if not file.exists():
        builder = start_certificate(name(f"{title} TSA"), key.public_key(), issuer=None, days=365 * ROOT_YEARS)
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        file.write_bytes(
            builder.add_extension(usage, critical=True).sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
        )
    return TimestampingAuthority(key, x509.load_pem_x509_certificate(file.read_bytes()))
