"""What travels between the signer and those who ask it, as values.

Law: nothing here holds a private key but `AuthenticationKey`, which says so in its name and hides it from `repr`.
"""

from enum import StrEnum

import msgspec


class KeyUsage(StrEnum):
    """What a key is for; a certificate that is for both, or for neither, is refused."""

    SIGNING = "signing"
    AUTHENTICATION = "authentication"


class KeyType(StrEnum):
    """The kinds of key that the software token makes."""

    EC_P256 = "ec-p256"
    RSA_2048 = "rsa-2048"
    RSA_3072 = "rsa-3072"


class TokenState(StrEnum):
    """Whether the token's keys can be used."""

    ABSENT = "absent"
    LOCKED = "locked"
    UNLOCKED = "unlocked"


class CertificateInfo(msgspec.Struct, frozen=True):
    """A certificate (DER) of a key; `is_active` says whether it is used. `member` is as the importer named it."""

    der: bytes
    is_active: bool = True
    member: str = ""


class KeyInfo(msgspec.Struct, frozen=True):
    """The public side of a key. `public_key` is DER (SubjectPublicKeyInfo)."""

    id: str
    label: str
    usage: KeyUsage
    type: KeyType
    public_key: bytes
    certificates: tuple[CertificateInfo, ...] = ()

    @property
    def active_certificate(self) -> bytes | None:
        """The certificate in use, DER."""
        return next((each.der for each in self.certificates if each.is_active), None)


class AuthenticationKey(msgspec.Struct, frozen=True):
    """The TLS key of a security server with its certificate (DER)."""

    key_id: str
    private_key: bytes
    certificate: bytes

    def __repr__(self) -> str:
        return f"AuthenticationKey({self.key_id})"


class SignRequest(msgspec.Struct, frozen=True, array_like=True):
    """Sign `digest`, which was made with the algorithm's own digest."""

    key_id: str
    algorithm: str
    digest: bytes


class GenerateRequest(msgspec.Struct, frozen=True):
    """Make a key."""

    usage: KeyUsage
    type: KeyType = KeyType.EC_P256
    label: str = ""


class CsrRequest(msgspec.Struct, frozen=True):
    """Ask for a certificate of a key. `subject` holds dotted OIDs (or their usual names) and values, in order."""

    key_id: str
    subject: tuple[tuple[str, str], ...]
    dns_name: str = ""


class ImportRequest(msgspec.Struct, frozen=True):
    """A certificate (PEM or DER) for one of the keys here.

    Whose it is: `member` as the importer says, or read from the subject by the certificate `profile` (a Java class
    name, as in the global configuration) of the `instance`.
    """

    certificate: bytes
    member: str = ""
    profile: str = ""
    instance: str = ""


class ActivateRequest(msgspec.Struct, frozen=True):
    """Use a certificate, or stop using it; it is named by its SHA-256 (hex)."""

    sha256: str
    is_active: bool


class PinRequest(msgspec.Struct, frozen=True):
    """A PIN, and the new one where it is to be changed."""

    pin: str
    new_pin: str = ""

    def __repr__(self) -> str:
        return "PinRequest(…)"
