"""The software token on disk: keys encrypted under a master key that the PIN unlocks; and the index of all keys.

    token.json      scrypt parameters, and the master key encrypted under the PIN (AES-256-GCM)
    keys.json       the public side of every key, hardware tokens' among them, under a code that the master key makes
    ID.key          a private key (PKCS#8) encrypted under the master key, bound to its id, usage, label and public key

Law: every file is written beside and renamed, after it is on disk, so that a crash leaves the old or the new state and
never half of one. A new PIN re-encrypts the master key alone: one rename. The order of a new key is file, then index,
so that the index never names a key that is not there. While the token is unlocked the index is believed only with its
code; a locked token tells what the file says, and nothing is done with it.
Source: docs/decisions/0004-software-token.md; RFC 7914 (scrypt). Read next: `index.py`.
"""

import base64
import binascii
import logging
import os
import secrets
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ridgeway.errors import TokenError
from ridgeway.signer.index import bind_key, read_index_file, require_plausible, write_index_file
from ridgeway.signer.values import KeyInfo, TokenState

log = logging.getLogger(__name__)

TOKEN_FILE = "token.json"  # noqa: S105 — the name of a file
INDEX_FILE = "keys.json"
KEY_SUFFIX = ".key"
NONCE_BYTES = 12
MASTER_BYTES = 32
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**15, 8, 1
MIN_PIN_CHARACTERS = 8
MAX_PIN_CHARACTERS = 256
MAX_FILE_BYTES = 4 * 1024 * 1024
PURPOSES = {1: b"ridgeway master key", 2: b"ridgeway master key, index and usage bound"}
"""What the sealed master key is bound to, by the version of the folder; so no version can be made of another."""
VERSION = 2
MARK = b"RWK2"
"""The first bytes of a key file of this version."""
MIN_POLICY_CHARACTERS = 10
MIN_POLICY_CLASSES = 3


class Envelope(msgspec.Struct, frozen=True):
    """`token.json`: how the PIN becomes a key, and the master key under it; binary fields are base64."""

    version: int
    n: int
    r: int
    p: int
    salt: bytes
    sealed: bytes


class Token:
    """The files of one token; `master` is None while it is locked."""

    def __init__(self, folder: Path, *, has_pin_policy: bool = False) -> None:
        self.folder = folder
        self.has_pin_policy = has_pin_policy
        self.master: bytes | None = None

    @property
    def state(self) -> TokenState:
        """Whether there is a token, and whether its keys can be used."""
        if not (self.folder / TOKEN_FILE).exists():
            return TokenState.ABSENT
        return TokenState.LOCKED if self.master is None else TokenState.UNLOCKED

    def create(self, pin: str) -> None:
        """There is an empty token under `pin`, unlocked.

        Raises:  TokenError(signer.token_exists) when there is one already, or keys of one whose `token.json` is lost;
                 (signer.token_pin_policy_failure) for a weak PIN.
        """
        self.require_nothing()
        require_good_pin(pin, has_policy=self.has_pin_policy)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        master = secrets.token_bytes(MASTER_BYTES)
        self.write(INDEX_FILE, write_index_file((), master))
        self.write(TOKEN_FILE, seal_master(master, pin))
        self.master = master

    def require_nothing(self) -> None:
        """Hold only while there is neither a token here nor what is left of one.

        Raises:  TokenError(signer.token_exists).
        """
        if self.state is not TokenState.ABSENT:
            raise TokenError("signer.token_exists", f"There is a token in {self.folder} already.")
        if any(self.folder.glob(f"*{KEY_SUFFIX}")):
            raise TokenError(
                "signer.token_exists",
                f"There are keys in {self.folder}, but no {TOKEN_FILE} to unlock them.",
                action=f"Restore {TOKEN_FILE} from a backup. Without it the keys are lost: then move them away.",
            )

    def unlock(self, pin: str) -> None:
        """The keys can be used.

        Raises:  TokenError(signer.pin_incorrect), (signer.token_not_available) when the token cannot be read.
        """
        master, version = open_master(self.read(TOKEN_FILE), pin)
        if version < VERSION:
            self.migrate(master)
            self.write(TOKEN_FILE, seal_master(master, pin))
        self.master = master

    def migrate(self, master: bytes) -> None:
        """Every key file and the index are of this version; `token.json` is not yet, so that a crash begins anew.

        What the unauthenticated index of version 1 says is believed this one time, as far as keys and certificates
        agree with it, and told in the log.
        Raises:  TokenError(signer.token_not_available) when they do not.
        """
        keys = self.read_any_index()
        for info in keys:
            data = self.open_key(info, master, may_be_old=True)
            require_plausible(info, data)
            self.seal_key(info, data, master)
        self.write(INDEX_FILE, write_index_file(keys, master))
        told = ", ".join(f"{info.id} {info.label!r} for {info.usage}" for info in keys) or "none"
        log.warning("the keys in %s are bound to their usage now; see that this is right: %s", self.folder, told)

    def lock(self) -> None:
        """The keys can not be used until the next unlocking."""
        self.master = None

    def change_pin(self, pin: str, new_pin: str) -> None:
        """Only `new_pin` unlocks the token.

        Raises:  TokenError(signer.pin_incorrect) when `pin` is not the PIN, (signer.token_pin_policy_failure) when
                 `new_pin` is weak.
        """
        require_good_pin(new_pin, has_policy=self.has_pin_policy)
        master, version = open_master(self.read(TOKEN_FILE), pin)
        if version < VERSION:
            self.migrate(master)
        self.write(TOKEN_FILE, seal_master(master, new_pin))

    def read_index(self) -> tuple[KeyInfo, ...]:
        """The public side of every key; proven to be what this token wrote, when it is unlocked.

        Raises:  TokenError(signer.token_not_available).
        """
        if self.master is None:
            return self.read_any_index()
        return self.read_any_index(self.master)

    def read_any_index(self, master: bytes | None = None) -> tuple[KeyInfo, ...]:
        """The index, proven when a master key is given."""
        try:
            return read_index_file(self.read(INDEX_FILE), master)
        except ValueError as error:
            raise self.unavailable(INDEX_FILE, str(error)) from error

    def write_index(self, keys: tuple[KeyInfo, ...]) -> None:
        """The index is on disk.

        Raises:  TokenError(signer.token_not_available), also when it would be longer than can be read again;
                 (signer.token_not_active) while the token is locked.
        """
        data = write_index_file(keys, self.get_master())
        if len(data) > MAX_FILE_BYTES:
            raise TokenError(
                "signer.token_not_available",
                f"The index would have {len(data)} bytes; at most {MAX_FILE_BYTES} can be read again.",
                action="Delete keys that are no longer used: ridgeway signer keys delete.",
            )
        self.write(INDEX_FILE, data)

    def write_key(self, info: KeyInfo, private_key: bytes) -> None:
        """A private key (PKCS#8, DER) is on disk, encrypted, and is nothing but what `info` says."""
        self.seal_key(info, private_key, self.get_master())

    def seal_key(self, info: KeyInfo, private_key: bytes, master: bytes) -> None:
        """As `write_key`, under this master key."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(master).encrypt(nonce, private_key, bind_key(info))
        self.write(info.id + KEY_SUFFIX, MARK + nonce + sealed)

    def read_key(self, info: KeyInfo) -> bytes:
        """A private key (PKCS#8, DER).

        Raises:  TokenError(signer.key_not_found) when it is not there, damaged, or of another usage or label.
        """
        return self.open_key(info, self.get_master())

    def open_key(self, info: KeyInfo, master: bytes, *, may_be_old: bool = False) -> bytes:
        """As `read_key`, under this master key; a file of version 1 only where it may be one."""
        data, bound = self.read(info.id + KEY_SUFFIX), bind_key(info)
        if data.startswith(MARK):
            data = data.removeprefix(MARK)
        elif may_be_old:
            bound = info.id.encode()
        try:
            return AESGCM(master).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], bound)
        except (InvalidTag, ValueError) as error:
            raise TokenError(
                "signer.key_not_found",
                f"The key {info.id} in {self.folder} is damaged, or is not the one that the index describes.",
                action="Restore it from a backup, or make a new key.",
            ) from error

    def delete_key(self, key_id: str) -> None:
        """The private key is gone."""
        (self.folder / (key_id + KEY_SUFFIX)).unlink(missing_ok=True)

    def get_master(self) -> bytes:
        """The master key.

        Raises:  TokenError(signer.token_not_active) while the token is locked.
        """
        if self.master is None:
            raise TokenError(
                "signer.token_not_active", "The software token is locked.", action="Unlock it: ridgeway signer login."
            )
        return self.master

    def read(self, name: str) -> bytes:
        """The bytes of one file.

        Raises:  TokenError(signer.token_not_available).
        """
        try:
            with (self.folder / name).open("rb") as file:
                return file.read(MAX_FILE_BYTES)
        except OSError as error:
            raise self.unavailable(name, error.strerror or str(error)) from error

    def write(self, name: str, data: bytes) -> None:
        """One file is on disk, whole, readable by its owner alone.

        Raises:  TokenError(signer.token_not_available).
        """
        place = self.folder / name
        beside = place.with_name(f".{name}.new")
        try:
            with open(beside, "wb", opener=open_privately) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(place)
            folder = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise self.unavailable(name, error.strerror or str(error)) from error

    def unavailable(self, name: str, why: str) -> TokenError:
        """The error for a file that cannot be used."""
        return TokenError(
            "signer.token_not_available",
            f"{self.folder / name} cannot be used: {why}.",
            action="Make a token: ridgeway signer init. Or restore a backup.",
        )


def open_privately(path: str, flags: int) -> int:
    """Open a file that its owner alone may read."""
    return os.open(path, flags, 0o600)


def require_good_pin(pin: str, *, has_policy: bool = False) -> None:
    """Hold only for a PIN of a length that is worth guessing at; the policy asks for more.

    Raises:  TokenError(signer.token_pin_policy_failure); the PIN itself is not shown.
    Source:  X-Road's optional policy: 10 or more ASCII characters of three classes.
    """
    if not MIN_PIN_CHARACTERS <= len(pin) <= MAX_PIN_CHARACTERS:
        raise TokenError(
            "signer.token_pin_policy_failure",
            f"The PIN has {len(pin)} characters; expected {MIN_PIN_CHARACTERS} to {MAX_PIN_CHARACTERS}.",
        )
    if has_policy and not is_strong(pin):
        raise TokenError(
            "signer.token_pin_policy_failure",
            f"The PIN must have {MIN_POLICY_CHARACTERS} or more printable ASCII characters, of {MIN_POLICY_CLASSES} of "
            "the classes small letters, capitals, digits and others.",
        )


def is_strong(pin: str) -> bool:
    """Whether the PIN satisfies the policy."""
    classes = {
        "small" if each.islower() else "capital" if each.isupper() else "digit" if each.isdigit() else "other"
        for each in pin
    }
    is_long = len(pin) >= MIN_POLICY_CHARACTERS
    return is_long and pin.isascii() and pin.isprintable() and len(classes) >= MIN_POLICY_CLASSES


def derive_key(pin: str, envelope: Envelope) -> bytes:
    """The key that a PIN stands for."""
    salt = base64.b64decode(envelope.salt, validate=True)
    return Scrypt(salt=salt, length=MASTER_BYTES, n=envelope.n, r=envelope.r, p=envelope.p).derive(pin.encode())


def seal_master(master: bytes, pin: str) -> bytes:
    """The content of `token.json` for this master key under this PIN."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(NONCE_BYTES)
    envelope = Envelope(VERSION, SCRYPT_N, SCRYPT_R, SCRYPT_P, base64.b64encode(salt), b"")
    sealed = nonce + AESGCM(derive_key(pin, envelope)).encrypt(nonce, master, PURPOSES[VERSION])
    return msgspec.json.encode(msgspec.structs.replace(envelope, sealed=base64.b64encode(sealed)))


def open_master(data: bytes, pin: str) -> tuple[bytes, int]:
    """The master key in `token.json`, and the version of the folder.

    Raises:  TokenError(signer.pin_incorrect), (signer.token_not_available) when the file is not what it should be.
    """
    try:
        envelope = msgspec.json.decode(data, type=Envelope)
        numbers = (envelope.n, envelope.r, envelope.p)
        if envelope.version not in PURPOSES or numbers != (SCRYPT_N, SCRYPT_R, SCRYPT_P):
            raise ValueError("its parameters are of another release")
        sealed = base64.b64decode(envelope.sealed, validate=True)
        key = derive_key(pin, envelope)
    except (msgspec.DecodeError, ValueError, binascii.Error) as error:
        raise TokenError("signer.token_not_available", f"{TOKEN_FILE} cannot be read: {error}.") from error
    try:
        purpose = PURPOSES[envelope.version]
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose), envelope.version
    except (InvalidTag, ValueError) as error:
        raise TokenError("signer.pin_incorrect", "The PIN is wrong.", action="Try again with the right PIN.") from error
