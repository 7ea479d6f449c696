"""The internal TLS identity, as far as this room needs it: to ask services for their descriptions as the gateway does.

Law: the gateway makes and keeps the file; here it is only read. Where there is none yet, nothing is shown.
"""

from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from ridgeway.errors import SettingsError
from ridgeway.settings import Settings

FILE = "internal.pem"
MAX_FILE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Identity:
    """The certificate (DER) and its key (PKCS#8, DER)."""

    certificate: bytes
    private_key: bytes = field(repr=False)


def find_identity(settings: Settings) -> Identity | None:
    """What the gateway shows to services; None before its first start.

    Raises:  SettingsError(internal_tls) when the file is there but cannot be read.
    """
    file = settings.path(settings.gateway.internal_tls_dir) / FILE
    try:
        with file.open("rb") as opened:
            pem = opened.read(MAX_FILE_BYTES)
        key = load_pem_private_key(pem, None)
        certificate = x509.load_pem_x509_certificate(pem)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise SettingsError("internal_tls", f"{file} cannot be used: {error}.") from error
    return Identity(
        certificate.public_bytes(Encoding.DER),
        key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
    )
