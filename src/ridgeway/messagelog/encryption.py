"""Messages and bodies encrypted in the database, under keys that lie in a file of their own.

Law: what is encrypted is bound to its place (record or body, and its number), so nothing can be moved; each place has a
key of its own, derived from the one in the file, so that no number of records wears a key out. The first key of the
file encrypts, all of them decrypt; a key goes only when no record names it any more. Signatures and hash chains
are not encrypted: stamping needs them, and they tell nothing.
Source: docs/divergences.md#message-log (X-Road encrypts with AES-CTR, which does not notice changes).
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ridgeway.errors import MessageLogError, SettingsError
from ridgeway.settings import Settings

KEY_BYTES = 32
NONCE_BYTES = 12
MAX_KEY_ID_CHARACTERS = 64


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys by id, and the id of the one that encrypts; without one nothing is encrypted."""

    current: str = ""
    keys: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    def seal(self, data: bytes, place: str) -> bytes:
        """`data` as it lies at `place`; as it is where nothing is encrypted."""
        if not self.current:
            return data
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + derive_key(self.keys[self.current], place).encrypt(nonce, data, place.encode())

    def open(self, data: bytes, place: str, *, key_id: str) -> bytes:
        """What lies at `place`, encrypted under `key_id`; as it is where that is empty.

        Raises:  MessageLogError(logging_failed) when the key is not here, or the data was changed or moved.
        """
        if not key_id:
            return data
        key = self.keys.get(key_id)
        if key is None:
            raise MessageLogError(
                "logging_failed",
                f"The {place} is encrypted under the key {key_id!r}, which is not in messagelog.encryption_keys.",
                action="Put the key back into the file.",
            )
        try:
            return derive_key(key, place).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError) as error:
            raise MessageLogError(
                "logging_failed", f"The {place} was changed, or its key {key_id!r} is another."
            ) from error


PLAIN = KeyRing()


def derive_key(key: bytes, place: str) -> AESGCM:
    """The key of one place."""
    return AESGCM(hmac.digest(key, place.encode(), "sha256"))


def place_of_message(number: int) -> str:
    """Where a record's message lies."""
    return f"message of record {number}"


def place_of_body(number: int) -> str:
    """Where a body lies."""
    return f"content of body {number}"


def open_key_ring(settings: Settings) -> KeyRing:
    """The keys that `settings` name; none where the file is absent and nothing is to be encrypted.

    Raises:  SettingsError(malformed_settings) when the file is needed and absent, or cannot be read.
    """
    log = settings.messagelog
    file = settings.path(log.encryption_keys)
    if not file.exists() and not log.encrypt_messages:
        return PLAIN
    keys = read_keys(file)
    return KeyRing(next(iter(keys)) if log.encrypt_messages else "", keys)


def read_keys(file: Path) -> dict[str, bytes]:
    """The keys of a file, in order: a line for each, `ID BASE64`.

    Raises:  SettingsError(malformed_settings) naming the line.
    """
    try:
        lines = [line.split() for line in file.read_text("ascii").splitlines() if line.strip()]
        keys = {name: read_key(text) for name, text in lines}
    except (OSError, ValueError, binascii.Error) as error:
        raise SettingsError(
            "malformed_settings",
            f"messagelog.encryption_keys: {file} cannot be used: {error}; expected lines of ID BASE64.",
            action="Make a key: ridgeway messagelog encryption-key.",
        ) from error
    if not keys or len(keys) != len(lines):
        raise SettingsError("malformed_settings", f"messagelog.encryption_keys: {file} holds no key, or one id twice.")
    return keys


def read_key(text: str) -> bytes:
    """A key of the right length."""
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key of {len(key)} bytes; expected {KEY_BYTES}")
    return key


def write_new_key(file: Path, key_id: str) -> None:
    """A new key stands first in the file, so that it encrypts from the next start on.

    Raises:  SettingsError(malformed_settings) when the id cannot be one, or is there already.
    """
    old = file.read_text("ascii") if file.exists() else ""
    if (
        not key_id.isascii()
        or not key_id.isprintable()
        or " " in key_id
        or not 0 < len(key_id) <= MAX_KEY_ID_CHARACTERS
    ):
        raise SettingsError("malformed_settings", f"{key_id!r} is no key id; expected letters without a space.")
    if old and key_id in read_keys(file):
        raise SettingsError("malformed_settings", f"The key {key_id!r} is in {file} already; choose another id.")
    line = f"{key_id} {base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}\n"
    beside = file.with_name(f".{file.name}.new")
    beside.touch(mode=0o600)
    beside.write_text(line + old, "ascii")
    beside.replace(file)
