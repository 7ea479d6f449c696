"""Files that a document names, written into it, so that what was applied stays known when the files are gone.

Law: text stays as it is, a certificate in DER becomes PEM; a name that is no file stays a name, for whoever reads the
document to say so with its line.
"""

from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates.x509 import read_certificate

MAX_FILE_BYTES = 1024 * 1024


def inline(text: str, folder: Path) -> str:
    """The content of the file that `text` names; a certificate in DER becomes PEM."""
    if "\n" in text or text.startswith("<"):
        return text
    try:
        with (folder / text).open("rb") as file:
            data = file.read(MAX_FILE_BYTES)
    except (OSError, ValueError):
        return text
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return to_pem(data) or text


def to_pem(data: bytes) -> str:
    """A certificate (DER) as PEM; empty when it is none."""
    try:
        return read_certificate(data).loaded.public_bytes(Encoding.PEM).decode("ascii")
    except CertificateError:
        return ""
