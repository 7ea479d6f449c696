"""The index of the keys as it lies on disk: public, and under a code that only the unlocked token can make.

    {"version": 2, "mac": "…", "keys": […]}         version 1 was the list alone

Law: whoever can write the folder but does not know the PIN cannot make a key into another one: not its usage, not its
label, not its certificates. The code is over the octets of the list as they stand in the file, so that a later release
with more fields still proves an earlier one's index.
Source: docs/decisions/0004-software-token.md.
"""

import hashlib
import hmac

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ridgeway.errors import CertificateError, TokenError
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.signer.keys import read_private_key, write_public_key
from ridgeway.signer.values import KeyInfo, KeyUsage

INDEX_VERSION = 2
MAC_PURPOSE = b"ridgeway index of keys"


class IndexFile(msgspec.Struct, frozen=True):
    """`keys.json`; `mac` is hex, over the octets of `keys`."""

    version: int
    mac: str
    keys: msgspec.Raw


def write_index_file(keys: tuple[KeyInfo, ...], master: bytes) -> bytes:
    """The content of `keys.json`, to be read by people too."""
    listed = msgspec.json.format(msgspec.json.encode(keys))
    head = f'{{"version": {INDEX_VERSION}, "mac": "{make_code(listed, master)}", "keys": '
    return head.encode() + listed + b"}"


def read_index_file(data: bytes, master: bytes | None) -> tuple[KeyInfo, ...]:
    """The keys that the index names; proven when there is a master key.

    Raises:  ValueError saying what is wrong.
    """
    if master is None and data.lstrip().startswith(b"["):
        return msgspec.json.decode(data, type=tuple[KeyInfo, ...])
    file = msgspec.json.decode(data, type=IndexFile)
    listed = bytes(file.keys)
    if master is not None and not hmac.compare_digest(file.mac.encode(), make_code(listed, master).encode()):
        raise ValueError("it was changed by something that is not this token")
    return msgspec.json.decode(listed, type=tuple[KeyInfo, ...])


def make_code(listed: bytes, master: bytes) -> str:
    """The code over the list, hex."""
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=MAC_PURPOSE).derive(master)
    return hmac.new(key, listed, hashlib.sha256).hexdigest()


def bind_key(info: KeyInfo) -> bytes:
    """What a private key's encryption is bound to: all that says what the key is for."""
    return msgspec.msgpack.encode([INDEX_VERSION, info.id, info.usage, info.label, info.type, info.public_key])


def require_plausible(info: KeyInfo, private_key: bytes) -> None:
    """Hold only when an unproven entry agrees with its private key and with its certificates.

    Raises:  TokenError(signer.token_not_available).
    """
    is_same = write_public_key(read_private_key(private_key)) == info.public_key
    try:
        usages = {(each.is_signing, each.is_authentication) for each in map(read_certificate, list_ders(info))}
    except CertificateError:
        usages = {(False, False)}
    wanted = (info.usage is KeyUsage.SIGNING, info.usage is KeyUsage.AUTHENTICATION)
    if not is_same or usages - {wanted}:
        raise TokenError(
            "signer.token_not_available",
            f"The index says that the key {info.id} is for {info.usage}; the key or its certificate says otherwise.",
            action="Restore the folder of the token from a backup; somebody may have changed it.",
        )


def list_ders(info: KeyInfo) -> list[bytes]:
    """The certificates of a key."""
    return [each.der for each in info.certificates]
