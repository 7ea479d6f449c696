"""A real SoftHSM 2 token in a folder of the test, and a signer that knows it."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ridgeway.signer import SignerClient
from ridgeway.signer.devices import DeviceSettings, DeviceTable
from ridgeway.signer.hardware import HardwareDevice
from ridgeway.signer.server import build_service, serve_service
from ridgeway.signer.tests.cast import PIN, make_token

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
MODULE = next((each for each in MODULES if Path(each).exists()), "")
HSM_PIN = "12345678"
needs_softhsm = pytest.mark.skipif(
    not MODULE or shutil.which("softhsm2-util") is None, reason="SoftHSM 2 is not here: apt-get install softhsm2"
)


def make_hsm(folder: Path, monkeypatch, *, label: str = "ridgeway") -> None:
    """There is an initialised token of this label; its files lie in `folder`."""
    (folder / "tokens").mkdir(exist_ok=True)
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(configuration))
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", HSM_PIN, "--so-pin", "87654321"],
        check=True, capture_output=True, timeout=60, env=os.environ | {"SOFTHSM2_CONF": str(configuration)},
    )  # fmt: skip


def device_of(label: str = "ridgeway", **table) -> HardwareDevice:
    """The token as the signer knows it."""
    return HardwareDevice(DeviceSettings(label, DeviceTable(MODULE, label=label, **table)))


@asynccontextmanager
async def running_with(folder: Path, *devices: HardwareDevice, pin: str = PIN) -> AsyncIterator[SignerClient]:
    """A client of a signer with these tokens beside its own."""
    if not (folder / "keys" / "token.json").exists():
        make_token(folder)
    socket = folder / "run" / "s.sock"
    service = build_service(folder / "keys", pin=pin, hardware=devices)
    try:
        async with serve_service(service, socket), SignerClient(socket, timeout_seconds=30) as client:
            yield client
    finally:
        for each in devices:
            await each.end()
