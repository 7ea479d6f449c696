"""What travels between the signer and those who ask it, as values.

Law: nothing here holds a private key but `AuthenticationKey`, which says so in its name and hides it from `repr`.
"""

import hashlib
from datetime import UTC, datetime
from enum import StrEnum

import msgspec
from cryptography import x509

from ridgeway.protocol.signatures.digests import RSA_PSS_SHA512, Scheme

SOFTWARE_TOKEN = "0"  # noqa: S105 — the id that X-Road gives its software token, and so do we
"""The id of the software token; hardware tokens have the names that the operator gave them."""


class KeyUsage(StrEnum):
    """What a key is for; a certificate that is for both, or for neither, is refused."""

    SIGNING = "signing"
    AUTHENTICATION = "authentication"


class KeyType(StrEnum):
    """The kinds of key that a token makes."""

    EC_P256 = "ec-p256"
    RSA_2048 = "rsa-2048"
    RSA_3072 = "rsa-3072"
    RSA_4096 = "rsa-4096"


class Mechanism(StrEnum):
    """How a key signs, by the names of PKCS#11; a key signs in one way alone."""

    RSA_PKCS = "CKM_RSA_PKCS"
    RSA_PSS = "CKM_RSA_PKCS_PSS"
    ECDSA = "CKM_ECDSA"


SCHEMES = {Mechanism.RSA_PKCS: Scheme.RSA, Mechanism.RSA_PSS: Scheme.RSA_PSS, Mechanism.ECDSA: Scheme.ECDSA}


def usual_mechanism(kind: KeyType) -> Mechanism:
    """How a key of this kind signs when nothing else is asked."""
    return Mechanism.ECDSA if kind is KeyType.EC_P256 else Mechanism.RSA_PKCS


class CertificateStatus(StrEnum):
    """Where a certificate stands between its authority, this server and the central server, in X-Road's words.

    Signing certificates are `registered`, or `deleted`; the others are for authentication alone.
    """

    SAVED = "saved"
    REGISTRATION_IN_PROGRESS = "registration in progress"
    REGISTERED = "registered"
    GLOBAL_ERROR = "global error"
    DELETION_IN_PROGRESS = "deletion in progress"
    DELETED = "deleted"


class TokenState(StrEnum):
    """Whether the token's keys can be used."""

    ABSENT = "absent"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    NOT_AVAILABLE = "token_not_available"
    NON_OPERATIONAL = "hsm_non_operational"


class TokenInfo(msgspec.Struct, frozen=True):
    """One token: `fault` says why it cannot be used, in words."""

    id: str
    kind: str
    state: TokenState
    label: str = ""
    serial: str = ""
    is_read_only: bool = False
    mechanisms: tuple[str, ...] = ()
    fault: str = ""


class CertificateInfo(msgspec.Struct, frozen=True):
    """A certificate (DER) of a key; `is_active` says whether it is used. `member` is as the importer named it.

    `ocsp_error` is why it could not be activated at the last try; `unproven` is the reason that a person gave for
    activating it without a revocation answer. `renewed_by` is the SHA-256 of the certificate that follows it.
    """

    der: bytes
    is_active: bool = True
    member: str = ""
    status: CertificateStatus = CertificateStatus.REGISTERED
    ocsp_error: str = ""
    unproven: str = ""
    renewed_by: str = ""

    @property
    def sha256(self) -> str:
        """By which it is named, hex."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def not_after(self) -> datetime:
        """When it ends, aware UTC."""
        return x509.load_der_x509_certificate(self.der).not_valid_after_utc

    def days_left(self, now: datetime) -> int:
        """Whole days until it ends; negative afterwards."""
        return (self.not_after - now.astimezone(UTC)).days


class CsrInfo(msgspec.Struct, frozen=True):
    """A certificate request that was made for a key and is not answered yet; `der` is PKCS#10."""

    id: str
    der: bytes
    subject: str
    dns_name: str = ""


class KeyInfo(msgspec.Struct, frozen=True):
    """The public side of a key. `public_key` is DER (SubjectPublicKeyInfo); `mechanism` is empty for one made before
    keys had one, which signs as its kind usually does."""

    id: str
    label: str
    usage: KeyUsage
    type: KeyType
    public_key: bytes
    certificates: tuple[CertificateInfo, ...] = ()
    token: str = SOFTWARE_TOKEN
    mechanism: str = ""
    requests: tuple[CsrInfo, ...] = ()

    @property
    def sign_algorithm(self) -> str:
        """The identifier with which messages are signed; empty for the usual one of the public key."""
        return RSA_PSS_SHA512 if self.mechanism == Mechanism.RSA_PSS else ""

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
    """Make a key in a token; an empty `mechanism` is the usual one of the type."""

    usage: KeyUsage
    type: KeyType = KeyType.EC_P256
    label: str = ""
    token: str = SOFTWARE_TOKEN
    mechanism: str = ""


class AdoptRequest(msgspec.Struct, frozen=True):
    """Take over a key: `private_key` (PKCS#8, DER) goes into the software token; without it the key is one that a
    hardware token holds already under `key_id`."""

    usage: KeyUsage
    label: str = ""
    token: str = SOFTWARE_TOKEN
    key_id: str = ""
    private_key: bytes = b""
    mechanism: str = ""

    def __repr__(self) -> str:
        return f"AdoptRequest({self.usage}, {self.label!r})"


class DeleteRequest(msgspec.Struct, frozen=True):
    """Delete a key; `force` also one whose certificates are in use."""

    key_id: str
    force: bool = False


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
    stays_inactive: bool = False
    """Else the first certificate of a key is used at once."""
    status: str = ""
    """Empty: `registered` for signing, `saved` for authentication."""
    renews: str = ""
    """The SHA-256 of the certificate that this one follows, which may be of another key."""


class ActivateRequest(msgspec.Struct, frozen=True):
    """Use a certificate, or stop using it; it is named by its SHA-256 (hex).

    With an `ocsp_error` it is not used, and the error is kept. `unproven` is why no revocation answer was asked for.
    """

    sha256: str
    is_active: bool
    ocsp_error: str = ""
    unproven: str = ""


class StatusRequest(msgspec.Struct, frozen=True):
    """A certificate, by its SHA-256 (hex), stands there now; `DELETED` takes it out of the index."""

    sha256: str
    status: CertificateStatus
    force: bool = False


class PinRequest(msgspec.Struct, frozen=True):
    """A PIN of one token, and the new one where it is to be changed."""

    pin: str
    new_pin: str = ""
    token: str = SOFTWARE_TOKEN

    def __repr__(self) -> str:
        return "PinRequest(…)"
