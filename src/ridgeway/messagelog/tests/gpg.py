"""A GnuPG folder with a key of its own, for as long as a test runs."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def run_gpg(folder: Path, *arguments: str) -> str:
    command = ["gpg", "--homedir", str(folder), "--batch", "--yes", "--no-tty", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


@contextmanager
def a_gnupg_folder(*names: str) -> Iterator[Path]:
    """A folder with a key for each name; the first one is the folder's own."""
    if shutil.which("gpg") is None:
        pytest.skip("gpg is not installed")
    folder = Path(tempfile.mkdtemp(prefix="rwgpg"))
    try:
        for name in names:
            run_gpg(folder, "--passphrase", "", "--quick-generate-key", name, "future-default")
        yield folder
    finally:
        subprocess.run(["gpgconf", "--homedir", str(folder), "--kill", "all"], check=False, timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def list_recipients(folder: Path, file: Path) -> int:
    """To how many keys the file is encrypted."""
    command = ["gpg", "--homedir", str(folder), "--batch", "--list-only", "--status-fd", "1", "--decrypt", str(file)]
    said = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60).stdout
    return said.count("[GNUPG:] ENC_TO")
