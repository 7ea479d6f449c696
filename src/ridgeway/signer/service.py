"""What the signer may be asked, one method a request.

Law: signing is apart from everything that changes keys or hands the TLS key out. A wrong PIN is answered later each
time. The index is written before anything is said to have happened.
"""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ridgeway.errors import CertificateError, SignatureError, TokenError
from ridgeway.protocol.certificates.profiles import member_from_subject
from ridgeway.protocol.certificates.x509 import Certificate, read_certificate
from ridgeway.signer.keys import (
    PrivateKey,
    choose_signing,
    make_private_key,
    read_private_key,
    write_csr,
    write_private_key,
    write_public_key,
)
from ridgeway.signer.token import Token
from ridgeway.signer.values import (
    ActivateRequest,
    AuthenticationKey,
    CertificateInfo,
    CsrRequest,
    GenerateRequest,
    ImportRequest,
    KeyInfo,
    KeyUsage,
    PinRequest,
    SignRequest,
    TokenState,
)

MAX_KEYS = 1000
MAX_CERTIFICATES = 20
MAX_LABEL_CHARACTERS = 255
FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 30.0


@dataclass(slots=True)
class SignerService:
    """One token, and the keys that were used since it was unlocked."""

    token: Token
    loaded: dict[str, PrivateKey] = field(default_factory=dict)
    signing: dict[tuple[str, str], Callable[[bytes], bytes]] = field(default_factory=dict)
    wrong_pins: int = 0
    pin_lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def state(self) -> TokenState:
        """Whether the keys can be used."""
        return self.token.state

    async def login(self, request: PinRequest) -> TokenState:
        """The token is unlocked.

        Raises:  TokenError(signer.pin_incorrect), later each time.
        """
        await self.try_pin(lambda: self.token.unlock(request.pin))
        return self.token.state

    async def change_pin(self, request: PinRequest) -> TokenState:
        """Only the new PIN unlocks the token."""
        await self.try_pin(lambda: self.token.change_pin(request.pin, request.new_pin))
        return self.token.state

    async def try_pin(self, attempt: Callable[[], None]) -> None:
        """Try a PIN; each wrong one makes the next answer wait longer, one at a time."""
        async with self.pin_lock:
            if self.wrong_pins:
                await asyncio.sleep(min(FIRST_DELAY_SECONDS * 2 ** (self.wrong_pins - 1), LONGEST_DELAY_SECONDS))
            try:
                attempt()
            except TokenError as error:
                self.wrong_pins += error.code == "signer.pin_incorrect"
                raise
            self.wrong_pins = 0

    def logout(self) -> TokenState:
        """The keys can not be used, and are forgotten."""
        self.token.lock()
        self.loaded.clear()
        self.signing.clear()
        return self.token.state

    def list_keys(self) -> tuple[KeyInfo, ...]:
        """The public side of every key; a locked token tells it too."""
        return self.token.read_index()

    def sign(self, request: SignRequest) -> bytes:
        """The signature value over a digest; ECDSA gives r and s side by side.

        Raises:  TokenError with signer.key_not_found, signer.token_not_active, signer.unsupported_sign_algorithm or
                 signer.cannot_sign.
        """
        name = (request.key_id, request.algorithm)
        sign = self.signing.get(name)
        if sign is None:
            info = self.get_key(request.key_id)
            if info.usage is not KeyUsage.SIGNING:
                raise TokenError("signer.cannot_sign", f"The key {info.id} is for {info.usage}, not for signing.")
            sign = self.signing[name] = choose_signing(self.load(info.id), request.algorithm)
        return sign_digest(sign, request)

    def prove_possession(self, request: SignRequest) -> bytes:
        """As `sign`, with an authentication key: it proves that whoever registers its certificate holds the key.

        Raises:  TokenError, as `sign`.
        """
        info = self.get_key(request.key_id)
        if info.usage is not KeyUsage.AUTHENTICATION:
            raise TokenError("signer.cannot_sign", f"The key {info.id} is for {info.usage}, not for authentication.")
        return sign_digest(choose_signing(self.load(info.id), request.algorithm), request)

    def load(self, key_id: str) -> PrivateKey:
        """The private key, from memory once it was used."""
        self.token.get_master()
        key = self.loaded.get(key_id)
        if key is None:
            key = self.loaded[key_id] = read_private_key(self.token.read_key(key_id))
        return key

    def get_key(self, key_id: str) -> KeyInfo:
        """The public side of one key.

        Raises:  TokenError(signer.key_not_found).
        """
        keys = self.token.read_index()
        found = next((key for key in keys if key.id == key_id), None)
        if found is None:
            known = ", ".join(key.id for key in keys) or "none"
            raise TokenError("signer.key_not_found", f"There is no key {key_id[:80]!r}; known: {known}.")
        return found

    def generate(self, request: GenerateRequest) -> KeyInfo:
        """A new key is in the token.

        Raises:  TokenError with signer.token_not_active, signer.token_not_available or
                 signer.failed_to_generate_private_key.
        """
        self.token.get_master()
        if len(request.label) > MAX_LABEL_CHARACTERS:
            detail = f"The label has {len(request.label)} characters; at most {MAX_LABEL_CHARACTERS} are kept."
            raise TokenError("signer.failed_to_generate_private_key", detail)
        keys = self.token.read_index()
        if len(keys) >= MAX_KEYS:
            raise TokenError("signer.token_not_available", f"The token holds {MAX_KEYS} keys already; delete old ones.")
        key = make_private_key(request.type)
        info = KeyInfo(secrets.token_hex(16), request.label, request.usage, request.type, write_public_key(key))
        self.token.write_key(info.id, write_private_key(key))
        self.token.write_index((*keys, info))
        return info

    def delete(self, key_id: str) -> KeyInfo:
        """The key is gone, and what it signed stays provable."""
        info = self.get_key(key_id)
        self.token.get_master()
        self.token.write_index(tuple(key for key in self.token.read_index() if key.id != key_id))
        self.token.delete_key(key_id)
        self.loaded.pop(key_id, None)
        self.signing = {name: sign for name, sign in self.signing.items() if name[0] != key_id}
        return info

    def make_csr(self, request: CsrRequest) -> bytes:
        """A certificate request (DER) for one key."""
        info = self.get_key(request.key_id)
        return write_csr(self.load(info.id), request, info.usage)

    def import_certificate(self, request: ImportRequest) -> KeyInfo:
        """The certificate belongs to its key, active when it is the first.

        Raises:  TokenError with signer.incorrect_certificate, signer.wrong_cert_usage, signer.key_not_found,
                 signer.cannot_get_member_id_from_certificate or signer.cert_import_failed.
        """
        certificate = read_imported(request.certificate)
        public = certificate.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        info = next((key for key in self.token.read_index() if hmac.compare_digest(key.public_key, public)), None)
        if info is None:
            raise TokenError("signer.key_not_found", "No key here is the one that this certificate is for.")
        require_usage(certificate, info)
        member = find_member(certificate, request)
        if any(each.der == certificate.der for each in info.certificates):
            return info
        if len(info.certificates) >= MAX_CERTIFICATES:
            detail = f"The key {info.id} has {MAX_CERTIFICATES} certificates already."
            raise TokenError("signer.cert_import_failed", detail, action="Make a new key for this certificate.")
        added = CertificateInfo(certificate.der, is_active=info.active_certificate is None, member=member)
        return self.replace(msgspec.structs.replace(info, certificates=(*info.certificates, added)))

    def activate(self, request: ActivateRequest) -> KeyInfo:
        """The certificate with this hash is used, or is not.

        Raises:  TokenError(signer.cert_not_found).
        """
        for info in self.token.read_index():
            hashes = [hashlib.sha256(each.der).hexdigest() for each in info.certificates]
            if request.sha256.lower() in hashes:
                chosen = hashes.index(request.sha256.lower())
                changed = tuple(
                    msgspec.structs.replace(
                        each,
                        is_active=request.is_active if number == chosen else each.is_active and not request.is_active,
                    )
                    for number, each in enumerate(info.certificates)
                )
                return self.replace(msgspec.structs.replace(info, certificates=changed))
        raise TokenError("signer.cert_not_found", f"No certificate here has the SHA-256 {request.sha256[:64]!r}.")

    def replace(self, info: KeyInfo) -> KeyInfo:
        """The index says this of the key."""
        self.token.get_master()
        self.token.write_index(tuple(info if key.id == info.id else key for key in self.token.read_index()))
        return info

    def get_authentication_key(self) -> AuthenticationKey:
        """The TLS key with its active certificate.

        Raises:  TokenError(signer.key_not_found) when there is none.
        """
        for info in self.token.read_index():
            der = info.active_certificate
            if info.usage is KeyUsage.AUTHENTICATION and der is not None:
                return AuthenticationKey(info.id, write_private_key(self.load(info.id)), der)
        raise TokenError(
            "signer.key_not_found",
            "There is no authentication key with an active certificate.",
            action="Make one: ridgeway signer keys generate, csr, import.",
        )


def sign_digest(sign: Callable[[bytes], bytes], request: SignRequest) -> bytes:
    """The signature value over the digest.

    Raises:  TokenError(signer.cannot_sign).
    """
    try:
        return sign(request.digest)
    except ValueError as error:
        detail = f"A digest of {len(request.digest)} bytes does not fit {request.algorithm}."
        raise TokenError("signer.cannot_sign", detail) from error


def read_imported(data: bytes) -> Certificate:
    """A certificate in PEM or DER.

    Raises:  TokenError(signer.incorrect_certificate).
    """
    try:
        return read_certificate(data)
    except CertificateError as error:
        raise TokenError("signer.incorrect_certificate", error.detail) from error


def find_member(certificate: Certificate, request: ImportRequest) -> str:
    """Whose the certificate is: as its subject says by the profile, if one is given, else as the importer says.

    Raises:  TokenError(signer.cannot_get_member_id_from_certificate).
    """
    if not request.profile or not certificate.is_signing:
        return request.member
    try:
        return str(member_from_subject(certificate, request.profile, request.instance))
    except SignatureError as error:
        raise TokenError("signer.cannot_get_member_id_from_certificate", error.detail) from error


def require_usage(certificate: Certificate, info: KeyInfo) -> None:
    """Hold only when the certificate is for the key's usage and for nothing else.

    Raises:  TokenError(signer.wrong_cert_usage).
    Source:  UG-SS §5; X-Road: signing is nonRepudiation, authentication any of three key usages or clientAuth.
    """
    signs, authenticates = certificate.is_signing, certificate.is_authentication
    if (signs, authenticates) != (info.usage is KeyUsage.SIGNING, info.usage is KeyUsage.AUTHENTICATION):
        purposes = [name for name, holds in (("signing", signs), ("authentication", authenticates)) if holds]
        raise TokenError(
            "signer.wrong_cert_usage",
            f"The certificate is for {' and '.join(purposes) or 'neither signing nor authentication'}; the key "
            f"{info.id} is for {info.usage}.",
        )
