"""External account bindings: by what an authority knows whom it issues to, in the form of X-Road's `acme.yml`.

Law: a MAC key is a secret; it is in no error and no log.
Source: RFC 8555 §7.3.4; UG-SS (acme.yml).
"""

import base64
import binascii
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from ridgeway.errors import SettingsError
from ridgeway.protocol.identifiers import MemberId
from ridgeway.signer import KeyUsage

MAX_FILE_BYTES = 1024 * 1024
PREFIXES = {KeyUsage.AUTHENTICATION: "auth-", KeyUsage.SIGNING: "sign-"}


@dataclass(frozen=True, slots=True)
class Credentials:
    """A key id and the MAC key that goes with it. `is_for_usage` when they are for one usage alone."""

    key_id: str
    mac_key: bytes = field(repr=False)
    is_for_usage: bool = False


def find_credentials(file: Path, *, authority: str, member: MemberId, usage: KeyUsage) -> Credentials | None:
    """What `file` has for a member at an authority (its name in the global configuration); None when it has nothing.

    Raises:  SettingsError(malformed_settings) naming what cannot be read.
    """
    if not file.exists():
        return None
    entry = step(read_yaml(file), "eab-credentials", "certificate-authorities", authority)
    found = step(entry, "members", ":".join(member.codes))
    if found is None:
        return None
    prefix = PREFIXES[usage] if f"{PREFIXES[usage]}kid" in found else ""
    key_id, mac_key = found.get(f"{prefix}kid"), found.get(f"{prefix}mac-key")
    if not isinstance(key_id, str) or not isinstance(mac_key, str):
        raise malformed(file, f"{authority} / {':'.join(member.codes)} needs {prefix}kid and {prefix}mac-key, as texts")
    if not entry.get("mac-key-base64-encoded", False):
        return Credentials(key_id, mac_key.encode(), bool(prefix))
    return Credentials(key_id, decode_key(mac_key, file, f"{prefix}mac-key"), bool(prefix))


def read_yaml(file: Path) -> Any:
    """The file as plain values."""
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise malformed(file, f"it is longer than {MAX_FILE_BYTES} bytes")
        return YAML(typ="safe", pure=True).load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise malformed(file, str(error).partition("\n")[0]) from error


def step(value: Any, *names: str) -> Any:
    """What lies at `names` in nested mappings; None when something is not there."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else None


def decode_key(text: str, file: Path, name: str) -> bytes:
    """A key from Base64 of either alphabet, padded or not."""
    plain = text.strip().rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except binascii.Error as error:
        raise malformed(file, f"{name} is no Base64") from error


def malformed(file: Path, why: str) -> SettingsError:
    """The error for a file that cannot be used."""
    return SettingsError(
        "malformed_settings", f"acme.credentials: {file}: {why}.", action="See docs/how-to/order-certificates.md."
    )
