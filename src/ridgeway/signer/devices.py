"""`devices.toml`: the hardware tokens of this signer, one table each; its name is the token's id.

    [hsm-1]
    module = "/usr/lib/softhsm/libsofthsm2.so"
    label = "ridgeway"                              # or slot = 0, or serial = "…"; one token must fit
    pin_file = "hsm-1.pin"                          # beside this file; without it a person logs in
    mechanisms = ["CKM_RSA_PKCS", "CKM_ECDSA"]      # what may be used of what the token can; default all three
    read_only = false
    timeout_seconds = 30
    environment = { SOFTHSM2_CONF = "/etc/softhsm2.conf" }      # what the vendor's module reads beside

Law: an unknown key is refused by name; the file holds no secret. Source: X-Road's devices.ini, in our words.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ridgeway.errors import SettingsError
from ridgeway.signer.values import SOFTWARE_TOKEN, Mechanism

MAX_DEVICES = 20


class DeviceTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table as it is written."""

    module: str
    slot: int = -1
    label: str = ""
    serial: str = ""
    pin_file: str = ""
    mechanisms: tuple[Mechanism, ...] = tuple(Mechanism)
    read_only: bool = False
    timeout_seconds: float = 30.0
    environment: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """One hardware token: its id, its table, and the file of its PIN."""

    id: str
    table: DeviceTable
    pin_file: Path | None = None

    def read_pin(self) -> str:
        """The PIN in its file; empty without one.

        Raises:  SettingsError(malformed_settings).
        """
        if self.pin_file is None:
            return ""
        try:
            return self.pin_file.read_text("utf-8").strip()
        except OSError as error:
            raise SettingsError(
                "malformed_settings", f"The PIN file {self.pin_file} cannot be read: {error.strerror}."
            ) from error


def read_devices(file: Path) -> tuple[DeviceSettings, ...]:
    """The hardware tokens that the file names; none when there is no file.

    Raises:  SettingsError(malformed_settings).
    """
    if not file.exists():
        return ()
    try:
        document: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
        tables = {name: msgspec.convert(table, DeviceTable) for name, table in document.items()}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise SettingsError("malformed_settings", f"{file} cannot be used: {error}.") from error
    if SOFTWARE_TOKEN in tables or len(tables) > MAX_DEVICES:
        raise SettingsError(
            "malformed_settings",
            f"{file}: at most {MAX_DEVICES} tokens can be named, and none of them {SOFTWARE_TOKEN!r}, which is the "
            "software token.",
        )
    return tuple(
        DeviceSettings(name, table, file.parent / table.pin_file if table.pin_file else None)
        for name, table in tables.items()
    )
