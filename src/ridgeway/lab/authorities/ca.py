"""A certification authority in one folder: a root, a responder, and the certificates it issued.

    root.key root.pem            the authority
    ocsp.key ocsp.pem            its OCSP responder, which it certified for that
    issued.sqlite3               serial number, certificate, and when it was revoked

Law: it issues what an approved authority of X-Road would: for signing nonRepudiation alone, for authentication the
three TLS usages; the subject is the request's (Finnish profile).
Source: RFC 5280; UG-SC §3; exchange of certificates as X-Road's own test authority.
"""

import contextlib
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from ridgeway.errors import RequestError

Usage = Literal["signing", "authentication"]
ROOT_YEARS, LEAF_DAYS = 10, 365
BACKDATED = timedelta(hours=1)
MAX_REQUEST_BYTES = 64 * 1024
TABLE = "create table if not exists issued (serial text primary key, der blob not null, revoked_at text)"


@dataclass(slots=True)
class CertificationAuthority:
    """The authority with its keys; `certificate` and `ocsp_certificate` are the library's values."""

    folder: Path
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    certificate: x509.Certificate
    ocsp_key: ec.EllipticCurvePrivateKey = field(repr=False)
    ocsp_certificate: x509.Certificate
    ocsp_url: str

    def open_issued(self) -> sqlite3.Connection:
        """The table of what was issued."""
        database = sqlite3.connect(self.folder / "issued.sqlite3", timeout=10)
        database.execute(TABLE)
        return database

    def issue(self, request: bytes, usage: Usage) -> bytes:
        """The certificate (PEM) that answers a request (PKCS#10, DER or PEM).

        Raises:  RequestError(invalid_request) when it cannot be read or its signature is wrong.
        """
        csr = read_request(request)
        builder = start_certificate(csr.subject, csr.public_key(), issuer=self.certificate, days=LEAF_DAYS)
        for extension, critical in list_extensions(csr, usage, self.ocsp_url):
            builder = builder.add_extension(extension, critical=critical)
        certificate = builder.sign(self.key, hashes.SHA256())
        with self.open_issued() as database:
            database.execute(
                "insert into issued values (?, ?, null)",
                (str(certificate.serial_number), certificate.public_bytes(Encoding.DER)),
            )
        return certificate.public_bytes(Encoding.PEM)

    def revoke(self, serial: int) -> bool:
        """The certificate is revoked from now on; says whether there is such a one."""
        with self.open_issued() as database:
            now = datetime.now(UTC).isoformat()
            done = database.execute(
                "update issued set revoked_at = ? where serial = ? and revoked_at is null", (now, str(serial))
            )
            return done.rowcount == 1

    def find_status(self, serial: int) -> tuple[bool, datetime | None]:
        """Whether a certificate was issued here, and when it was revoked."""
        with self.open_issued() as database:
            row = database.execute("select revoked_at from issued where serial = ?", (str(serial),)).fetchone()
        if row is None:
            return False, None
        return True, None if row[0] is None else datetime.fromisoformat(row[0])


def read_request(data: bytes) -> x509.CertificateSigningRequest:
    """A certificate request whose signature proves possession of the key.

    Raises:  RequestError(invalid_request).
    """
    try:
        if len(data) > MAX_REQUEST_BYTES:
            raise ValueError(f"it has {len(data)} bytes, at most {MAX_REQUEST_BYTES}")
        csr = x509.load_pem_x509_csr(data) if b"-----BEGIN" in data else x509.load_der_x509_csr(data)
        if not csr.is_signature_valid:
            raise ValueError("its signature is wrong")
    except (ValueError, TypeError) as error:
        raise RequestError("invalid_request", f"The certificate request cannot be used: {error}.") from error
    return csr


def list_extensions(
    csr: x509.CertificateSigningRequest, usage: Usage, ocsp_url: str
) -> list[tuple[x509.ExtensionType, bool]]:
    """The extensions of a certificate for this usage, each with whether it is critical."""
    address = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(ocsp_url))
    found: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (key_usage(signs=usage == "signing"), True),
        (x509.AuthorityInformationAccess([address]), False),
    ]
    if usage == "authentication":
        found.append((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]), False))
    with contextlib.suppress(x509.ExtensionNotFound):
        found.append((csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value, False))
    return found


def key_usage(*, signs: bool = False, certifies: bool = False) -> x509.KeyUsage:
    """The key usage for signing, for certifying, or for authentication."""
    authenticates = not signs and not certifies
    return x509.KeyUsage(
        digital_signature=authenticates,
        content_commitment=signs,
        key_encipherment=authenticates,
        data_encipherment=authenticates,
        key_agreement=False,
        key_cert_sign=certifies,
        crl_sign=certifies,
        encipher_only=False,
        decipher_only=False,
    )


def start_certificate(
    subject: x509.Name, public_key: object, *, issuer: x509.Certificate | None, days: int
) -> x509.CertificateBuilder:
    """A certificate to be completed, valid from an hour ago."""
    now = datetime.now(UTC).replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.subject)
        .public_key(public_key)  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=days))
    )


def name(common_name: str) -> x509.Name:
    """The name of an authority of the lab."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Ridgeway lab"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def open_certification_authority(folder: Path, *, title: str, ocsp_url: str) -> CertificationAuthority:
    """The authority in `folder`, made when it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key, ocsp_key = open_key(folder / "root.key"), open_key(folder / "ocsp.key")
    root_file, ocsp_file = folder / "root.pem", folder / "ocsp.pem"
    if not root_file.exists():
        builder = start_certificate(name(f"{title} CA"), key.public_key(), issuer=None, days=365 * ROOT_YEARS)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        builder = builder.add_extension(key_usage(certifies=True), critical=True)
        root_file.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    certificate = x509.load_pem_x509_certificate(root_file.read_bytes())
    if not ocsp_file.exists():
        subject = name(f"{title} OCSP")
        builder = start_certificate(subject, ocsp_key.public_key(), issuer=certificate, days=365 * ROOT_YEARS)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
        ocsp_file.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    ocsp_certificate = x509.load_pem_x509_certificate(ocsp_file.read_bytes())
    return CertificationAuthority(folder, key, certificate, ocsp_key, ocsp_certificate, ocsp_url)


def open_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The key in a file, made when it is not there yet."""
    if not path.exists():
        made = ec.generate_private_key(ec.SECP256R1())
        path.touch(mode=0o600)
        path.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key = load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key
