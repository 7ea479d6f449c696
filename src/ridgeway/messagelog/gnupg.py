"""Archives encrypted to whom they belong, and signed by this server, with GnuPG.

Law: gpg runs with its own folder, without a terminal and without a shell; what it says goes into the error. The keys
in the folder are trusted, because an operator put them there.
Source: UG-SS §11.1.2 (archive encryption).
"""

import subprocess
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

from ridgeway.errors import MessageLogError, SettingsError

GPG_SECONDS = 600
MAX_SAID_CHARACTERS = 500
OPTIONS = (
    "--batch",
    "--yes",
    "--no-tty",
    "--no-auto-key-locate",
    "--trust-model",
    "always",
    "--cipher-algo",
    "AES256",
    "--digest-algo",
    "SHA256",
    "--compress-algo",
    "none",
)


class Encryption:
    """A gpg that takes what is written to `stream` and puts it into a file, encrypted and signed.

    It encrypts to `recipients` (key ids), or to this server itself when there is none.
    """

    def __init__(self, into: Path, *, folder: Path, recipients: Iterable[str]) -> None:
        """Gpg runs.

        Raises:  MessageLogError(archive_failed).
        """
        chosen = [word for key in recipients for word in ("--recipient", key)] or ["--default-recipient-self"]
        command = [*start_of(folder), *chosen, "--sign", "--encrypt", "--output", str(into)]
        self.folder = folder
        self.said = tempfile.TemporaryFile()  # noqa: SIM115 — closed with the process
        try:
            self.process = subprocess.Popen(  # noqa: S603 — no shell, and every word is ours or an operator's
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self.said
            )
        except OSError as error:
            self.said.close()
            raise no_gpg(error) from error
        assert self.process.stdin is not None
        self.stream = cast("BinaryIO", self.process.stdin)

    def finish(self) -> None:
        """The file is whole.

        Raises:  MessageLogError(archive_failed) with what gpg said.
        """
        try:
            self.stream.close()
            code = self.process.wait(GPG_SECONDS)
        except (OSError, subprocess.TimeoutExpired):
            code = -1
        said = self.abandon()
        if code != 0:
            raise gpg_refused(self.folder, said)

    def abandon(self) -> str:
        """Gpg is gone; what it said."""
        with suppress(OSError):
            self.stream.close()
        self.process.kill()
        self.process.wait()
        if self.said.closed:
            return ""
        self.said.seek(0)
        said = self.said.read().decode("utf-8", "replace")
        self.said.close()
        return said


def decrypt_file(file: Path, into: Path, *, folder: Path) -> None:
    """`into` is what `file` holds, once its signature was found good.

    Raises:  MessageLogError(archive_failed) with what gpg said.
    """
    command = [*start_of(folder), "--status-fd", "1", "--output", str(into), "--decrypt", str(file)]
    try:
        done = subprocess.run(  # noqa: S603 — no shell, and every word is ours or an operator's
            command, capture_output=True, text=True, timeout=GPG_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise no_gpg(error) from error
    missing = [word for word in ("DECRYPTION_OKAY", "GOODSIG") if f"[GNUPG:] {word}" not in done.stdout]
    if done.returncode != 0 or missing:
        into.unlink(missing_ok=True)
        raise gpg_refused(folder, f"{done.stderr} It did not say {' and '.join(missing)}.")


def start_of(folder: Path) -> list[str]:
    """How every command begins."""
    return ["gpg", "--homedir", str(folder), *OPTIONS]


def no_gpg(error: Exception) -> MessageLogError:
    """Gpg does not run."""
    return MessageLogError(
        "archive_failed", f"gpg cannot be run: {error}.", action="Install GnuPG: apt-get install gnupg."
    )


def gpg_refused(folder: Path, said: str) -> MessageLogError:
    """Gpg ran, and refused."""
    return MessageLogError(
        "archive_failed",
        f"gpg refused with {folder}: {said.strip()[-MAX_SAID_CHARACTERS:]}",
        action="See the keys in messagelog.archive_gnupg_dir: gpg --homedir FOLDER --list-keys.",
    )


def read_member_keys(file: Path) -> dict[str, tuple[str, ...]]:
    """The key ids of each member, from lines `INSTANCE/CLASS/CODE=KEYID`; a member may have several.

    Raises:  SettingsError(malformed_settings) naming the line.
    """
    keys: dict[str, tuple[str, ...]] = {}
    if not file.exists():
        return keys
    for number, line in enumerate(file.read_text("utf-8", "replace").splitlines(), 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        member, equals, key = (part.strip() for part in text.partition("="))
        if not equals or not member or not key or key.startswith("-"):
            raise SettingsError(
                "malformed_settings", f"{file}:{number}: {text[:100]!r}; expected INSTANCE/CLASS/CODE=KEYID."
            )
        keys[member] = (*keys.get(member, ()), key)
    return keys
