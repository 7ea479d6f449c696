"""The internal TLS identity: what a security server shows to its own organisation's information systems.

Law: it is made once, self-signed, and known to the systems by its bytes; it has nothing to do with the authentication
key of the exchange. Several workers that start together end up with the same one.
Source: UG-SS §9 (internal TLS key and certificate).
"""

import os
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from ridgeway.errors import CertificateError, SettingsError
from ridgeway.protocol.certificates.x509 import read_certificate

FILE = "internal.pem"
VALID_DAYS = 20 * 365
BACKDATED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class InternalIdentity:
    """The certificate (DER) and its key (PKCS#8, DER)."""

    certificate: bytes
    private_key: bytes = field(repr=False)


def open_internal_identity(folder: Path, *, now: datetime) -> InternalIdentity:
    """The identity in `folder`, made when it is not there yet.

    Raises:  SettingsError(internal_tls) when the file is there but cannot be used.
    """
    file = folder / FILE
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_once(file, make_identity(now))
    try:
        pem = file.read_bytes()
        key = load_pem_private_key(pem, None)
        certificate = x509.load_pem_x509_certificate(pem)
    except (OSError, ValueError, TypeError) as error:
        raise SettingsError(
            "internal_tls",
            f"{file} cannot be used: {error}.",
            action="Restore it, or delete it to have a new one made.",
        ) from error
    private_key = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return InternalIdentity(certificate.public_bytes(Encoding.DER), private_key)


def make_identity(now: datetime) -> bytes:
    """A new key and certificate, PEM, one after the other."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ridgeway security server, internal")])
    moment = now.astimezone(UTC).replace(microsecond=0)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - BACKDATED)
        .not_valid_after(moment + timedelta(days=VALID_DAYS))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + certificate.public_bytes(Encoding.PEM)


def replace_identity(folder: Path, *, now: datetime) -> InternalIdentity:
    """A new key and certificate are in `folder`, in place of those that were there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_over(folder / FILE, make_identity(now))
    return open_internal_identity(folder, now=now)


def write_request(identity: InternalIdentity, *, common_name: str, dns_names: tuple[str, ...] = ()) -> bytes:
    """A certificate request (PEM) for the internal key, which an authority of the organisation may sign.

    Raises:  SettingsError(malformed_name).
    """
    key = load_der_private_key(identity.private_key, None)
    builder = x509.CertificateSigningRequestBuilder()
    try:
        builder = builder.subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)]))
        if dns_names:
            names = x509.SubjectAlternativeName([x509.DNSName(each) for each in dns_names])
            builder = builder.add_extension(names, critical=False)
    except ValueError as error:
        raise SettingsError("malformed_name", f"This cannot stand in a certificate: {error}.") from error
    assert isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def import_certificate(folder: Path, certificate: bytes, *, now: datetime) -> InternalIdentity:
    """The internal key has this certificate (PEM or DER) from now on.

    Raises:  SettingsError(certificate_already_exists) when it has it already, (certificate_wrong_key) when it is for
             another key, (internal_tls) when it cannot be read.
    """
    current = open_internal_identity(folder, now=now)
    key = load_der_private_key(current.private_key, None)
    der = decide_import(certificate, current)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_over(folder / FILE, private + x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM))
    return open_internal_identity(folder, now=now)


def decide_import(certificate: bytes, current: InternalIdentity) -> bytes:
    """The certificate (DER), when it may take the place of the one in use.

    Raises:  as `import_certificate`.
    """
    try:
        found = read_certificate(certificate)
    except CertificateError as error:
        raise SettingsError("internal_tls", f"This is no certificate: {error.detail}") from error
    if found.der == current.certificate:
        raise SettingsError("certificate_already_exists", "This certificate is in use already.")
    wanted = read_certificate(current.certificate).loaded.public_key()
    if found.loaded.public_key() != wanted:
        raise SettingsError(
            "certificate_wrong_key",
            "This certificate is for another key than the internal one.",
            action="Ask for one with: ridgeway gateway internal-tls csr.",
        )
    return found.der


def write_over(file: Path, data: bytes) -> None:
    """The file holds `data`, whole, and is its owner's alone."""
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(file)


def write_once(file: Path, data: bytes) -> None:
    """The file is there, whole; whoever wrote it first wins."""
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
    try:
        os.link(beside, file)
    except FileExistsError:
        return
    finally:
        beside.unlink()
