"""A certification authority in one folder: a root, a responder, and the certificates it issued.

    root.key root.pem            the authority
    ocsp.key ocsp.pem            its OCSP responder, which it certified for that
    issued.sqlite3               serial number, certificate, and when it was revoked

Law: it issues what an approved authority of X-Road would: for signing nonRepudiation alone, for authentication the
three TLS usages; the subject is the request's (Finnish profile). A key that is weak, or of a kind that X-Road does not
use, gets no certificate.
Source: RFC 5280; UG-SC §3; exchange of certificates as X-Road's own test authority.
"""

import base64
import contextlib
import sqlite3
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from ridgeway.errors import RequestError
from ridgeway.lab.authorities.keys import KeyKind, PrivateKey, open_key, write_whole

Usage = Literal["signing", "authentication"]
ROOT_YEARS, LEAF_DAYS = 10, 365
BACKDATED = timedelta(hours=1)
MAX_REQUEST_BYTES = 64 * 1024
MAX_RENEWAL_NAME_CHARACTERS = 100
MIN_RSA_BITS, MAX_RSA_BITS = 2048, 8192
CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.InvalidVersion, UserWarning)
"""What the library raises for bytes that are no request, some of it only when a field is looked at."""
TABLE = "create table if not exists issued (serial text primary key, der blob not null, revoked_at text)"


@dataclass(slots=True)
class CertificationAuthority:
    """The authority with its keys; `certificate` and `ocsp_certificate` are the library's values."""

    folder: Path
    key: PrivateKey = field(repr=False)
    certificate: x509.Certificate
    ocsp_key: PrivateKey = field(repr=False)
    ocsp_certificate: x509.Certificate
    ocsp_url: str

    @contextlib.contextmanager
    def open_issued(self) -> Iterator[sqlite3.Connection]:
        """The table of what was issued; what is written there stays when the block ends well."""
        with contextlib.closing(sqlite3.connect(self.folder / "issued.sqlite3", timeout=10)) as database, database:
            database.execute(TABLE)
            yield database

    def issue(self, request: bytes, usage: Usage) -> bytes:
        """The certificate (PEM) that answers a request (PKCS#10, DER or PEM).

        Raises:  RequestError(invalid_request) when it cannot be read or its signature is wrong.
        """
        csr = read_request(request)
        try:
            certificate = self.build_certificate(csr, usage)
        except UNREADABLE as error:
            raise RequestError("invalid_request", f"The certificate request cannot be granted: {error}.") from error
        with self.open_issued() as database:
            database.execute(
                "insert into issued values (?, ?, null)",
                (str(certificate.serial_number), certificate.public_bytes(Encoding.DER)),
            )
        return certificate.public_bytes(Encoding.PEM)

    def build_certificate(self, csr: x509.CertificateSigningRequest, usage: Usage) -> x509.Certificate:
        """The certificate for a request that was read."""
        builder = start_certificate(csr.subject, csr.public_key(), issuer=self.certificate, days=LEAF_DAYS)
        for extension, critical in list_extensions(csr, usage, self.ocsp_url):
            builder = builder.add_extension(extension, critical=critical)
        return builder.sign(self.key, hashes.SHA256())

    def revoke(self, serial: int) -> bool:
        """The certificate is revoked from now on; says whether there is such a one."""
        with self.open_issued() as database:
            now = datetime.now(UTC).isoformat()
            done = database.execute(
                "update issued set revoked_at = ? where serial = ? and revoked_at is null", (now, str(serial))
            )
            return done.rowcount == 1

    def find_issued(self, renewal_name: str) -> tuple[x509.Certificate, bool] | None:
        """The certificate of that name for renewal information, and whether it is revoked; None when it is unknown."""
        with self.open_issued() as database:
            found = database.execute(
                "select der, revoked_at from issued where serial = ?", (read_renewal_name(renewal_name),)
            ).fetchone()
        return None if found is None else (x509.load_der_x509_certificate(found[0]), found[1] is not None)

    def find_status(self, serial: int) -> tuple[bool, datetime | None]:
        """Whether a certificate was issued here, and when it was revoked."""
        with self.open_issued() as database:
            row = database.execute("select revoked_at from issued where serial = ?", (str(serial),)).fetchone()
        if row is None:
            return False, None
        return True, None if row[0] is None else datetime.fromisoformat(row[0])


def read_renewal_name(name: str) -> str:
    """The serial number (decimal) in the name that renewal information goes by (RFC 9773 §4.1); empty for none."""
    text = name.partition(".")[2]
    try:
        number = int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")
    except ValueError:
        return ""
    return str(number) if text and len(text) <= MAX_RENEWAL_NAME_CHARACTERS else ""


def read_request(data: bytes) -> x509.CertificateSigningRequest:
    """A certificate request whose signature proves possession of the key, which is one that X-Road uses.

    Raises:  RequestError(invalid_request).
    """
    try:
        if len(data) > MAX_REQUEST_BYTES:
            raise ValueError(f"it has {len(data)} bytes, at most {MAX_REQUEST_BYTES}")
        csr = x509.load_pem_x509_csr(data) if b"-----BEGIN" in data else x509.load_der_x509_csr(data)
        if not csr.is_signature_valid:
            raise ValueError("its signature is wrong")
        require_good_key(csr.public_key())
        require_good_subject(csr)
    except UNREADABLE as error:
        raise RequestError("invalid_request", f"The certificate request cannot be used: {error}.") from error
    return csr


def require_good_key(key: object) -> None:
    """Hold only for a key that is worth a certificate.

    Raises:  ValueError.
    """
    is_rsa = isinstance(key, rsa.RSAPublicKey) and MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS
    is_ec = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, CURVES)
    if not is_rsa and not is_ec:
        raise ValueError(f"its key is neither RSA of {MIN_RSA_BITS} bits or more nor on a curve P-256, P-384 or P-521")


def require_good_subject(csr: x509.CertificateSigningRequest) -> None:
    """Hold only while the subject's fields have lengths that RFC 5280 allows, of which the library only warns.

    Raises:  UserWarning, ValueError.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        if not csr.subject.rdns:
            raise ValueError("it has no subject")


def find_usage(request: bytes) -> Usage:
    """What the request wishes its certificate for: signing when it wishes for nonRepudiation.

    Raises:  RequestError(invalid_request).
    """
    csr = read_request(request)
    try:
        wished = csr.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return "authentication"
    except UNREADABLE as error:
        raise RequestError("invalid_request", f"The certificate request cannot be used: {error}.") from error
    return "signing" if wished.content_commitment else "authentication"


def list_extensions(
    csr: x509.CertificateSigningRequest, usage: Usage, ocsp_url: str
) -> list[tuple[x509.ExtensionType, bool]]:
    """The extensions of a certificate for this usage, each with whether it is critical."""
    public_key = csr.public_key()
    address = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(ocsp_url))
    found: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (key_usage(signs=usage == "signing"), True),
        (x509.SubjectKeyIdentifier.from_public_key(public_key), False),
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
    """A certificate to be completed, valid from an hour ago; with an issuer it names the issuer's key."""
    now = datetime.now(UTC).replace(microsecond=0)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.subject)
        .public_key(public_key)  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=days))
    )
    if issuer is None:
        return builder
    issuer_key = issuer.public_key()
    assert isinstance(issuer_key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
    return builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)


def name(common_name: str) -> x509.Name:
    """The name of an authority of the lab."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Ridgeway lab"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def open_certification_authority(
    folder: Path, *, title: str, ocsp_url: str, key_kind: KeyKind = KeyKind.EC_P256
) -> CertificationAuthority:
    """The authority in `folder`, made when it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key, ocsp_key = open_key(folder / "root.key", key_kind), open_key(folder / "ocsp.key", key_kind)
    root_file, ocsp_file = folder / "root.pem", folder / "ocsp.pem"
    if not root_file.exists():
        write_whole(root_file, build_root(key, f"{title} CA").public_bytes(Encoding.PEM))
    certificate = x509.load_pem_x509_certificate(root_file.read_bytes())
    if not ocsp_file.exists():
        made = build_responder(ocsp_key, f"{title} OCSP", issuer=certificate, issuer_key=key)
        write_whole(ocsp_file, made.public_bytes(Encoding.PEM))
    ocsp_certificate = x509.load_pem_x509_certificate(ocsp_file.read_bytes())
    return CertificationAuthority(folder, key, certificate, ocsp_key, ocsp_certificate, ocsp_url)


def build_root(key: PrivateKey, common_name: str) -> x509.Certificate:
    """The authority's own certificate."""
    public_key = key.public_key()
    builder = start_certificate(name(common_name), public_key, issuer=None, days=365 * ROOT_YEARS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(key_usage(certifies=True), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    return builder.sign(key, hashes.SHA256())


def build_responder(
    key: PrivateKey, common_name: str, *, issuer: x509.Certificate, issuer_key: PrivateKey
) -> x509.Certificate:
    """The certificate of the responder, for answers alone and never asked about."""
    public_key = key.public_key()
    builder = start_certificate(name(common_name), public_key, issuer=issuer, days=365 * ROOT_YEARS)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
    builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())
