"""The TLS identity of the registration door: made once, kept, and published for every server to pin.

Law: a security server that registers itself can trust nobody yet but the anchor; so the certificate stands in the
private parameters, and a server sends its request to nobody who shows another. An operator may put a certificate and
key of his own in the file.
Source: PR-MSERV §2.3; PR-GCONF Annex D (`authCertRegServiceCert`).
"""

import os
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

from ridgeway.centralserver.meaning import Governed
from ridgeway.errors import SettingsError
from ridgeway.settings import Settings

FILE = "registration.pem"
VALID_DAYS = 20 * 365
BACKDATED = timedelta(days=1)
XROAD_PORT = 4001


@dataclass(frozen=True, slots=True)
class Identity:
    """The certificate (DER) and its key (PKCS#8, DER)."""

    certificate: bytes
    private_key: bytes = field(repr=False)


def with_registration(governed: Governed, settings: Settings, *, now: datetime) -> Governed:
    """What is published says where and by which certificate the registration door is known, when it is open here."""
    chosen = settings.centralserver
    if not chosen.registration_port:
        return governed
    management = governed.private.management
    certificate = management.registration_certificate
    if certificate is None:
        certificate = open_identity(settings.path(chosen.tls_dir), now=now).certificate
    url = management.registration_url.replace(f":{XROAD_PORT}/", f":{chosen.registration_port}/")
    changed = replace(management, registration_url=url, registration_certificate=certificate)
    return replace(governed, private=replace(governed.private, management=changed))


def open_identity(folder: Path, *, now: datetime) -> Identity:
    """The identity in `folder`, made when it is not there yet.

    Raises:  SettingsError(registration_tls) when the file is there but cannot be used.
    """
    file = folder / FILE
    try:
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_once(file, make_identity(now))
        pem = file.read_bytes()
        key = load_pem_private_key(pem, None)
        certificate = x509.load_pem_x509_certificate(pem)
    except (OSError, ValueError, TypeError) as error:
        raise SettingsError(
            "registration_tls",
            f"{file} cannot be used: {error}.",
            action="It holds a private key and its certificate in PEM. Restore it, or delete it to have one made.",
        ) from error
    private_key = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return Identity(certificate.public_bytes(Encoding.DER), private_key)


def make_identity(now: datetime) -> bytes:
    """A new key and certificate, PEM, one after the other."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ridgeway central server, registration")])
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
