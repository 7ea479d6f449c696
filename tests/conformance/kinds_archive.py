"""The kinds of message log archives: their chain, their names, and how they are encrypted.

Law: as `outcome.py` says; archives are proven through `ridgeway.protocol.signatures.archives` alone, and encrypted by
the message log's own hand on `gpg`.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conformance.outcome import Outcome, Vector, failed, judge_cases, skip, valid

from ridgeway.errors import RidgewayError
from ridgeway.messagelog.gnupg import Encryption, decrypt_file
from ridgeway.protocol.signatures.archives import parse_digest, read_archive, verify_archive
from ridgeway.protocol.signatures.archives.linking import write_linking_info
from ridgeway.protocol.signatures.containers import render_container_name

HEX_DIGEST = re.compile(r"\b[0-9a-f]{56,128}\b")


def check_archive(vector: Vector, root: Path) -> Outcome:
    """An archive after the link that the context names, or a file of cases about names and digests."""
    if vector.files[0].endswith(".json"):
        return judge_cases(list_name_differences(vector.read_json(root)))
    stated = HEX_DIGEST.search(str(vector.context.get("previous_digest", "")))
    previous = stated[0] if stated else ""
    place = root / vector.files[0]
    with place.open("rb") as file:
        archive = read_archive(file, name=place.name)
        proven = verify_archive(archive, previous_digest=previous)
    return valid(
        {
            "first": proven.is_first,
            "last_digest": proven.last.digest,
            "hash_algorithm": proven.algorithm,
            "containers": len(proven.containers),
            "first_line": write_linking_info(archive.linking).decode().partition("\n")[0],
            "previous_digest": proven.previous.digest,
            "previous_file": proven.previous.file_name,
        }
    )


def list_name_differences(cases: dict[str, Any]) -> list[str]:
    """What differs from the cases of a file."""
    differences = []
    for case in cases.get("container_name", {}).get("cases", []):
        name = render_container_name(case["query_id"], is_response=case["response"], number=case["seq"])
        if case["contains"] not in name or len(name) > case["max_length"]:
            differences.append(f"the container of {case['query_id']} is named {name}")
    for case in cases.get("hash_string", []):
        found = read_digest(case["in"])
        if found != ("error" if case.get("error") else case["alg"]):
            differences.append(f"{case['in']} was read as {found}")
    return differences


def read_digest(text: str) -> str:
    """The algorithm of a digest, or `error`."""
    try:
        return parse_digest(text)[0]
    except RidgewayError:
        return "error"


def check_archive_encryption(vector: Vector, root: Path) -> Outcome:
    """A GnuPG folder with which an archive is encrypted and opened again, or a key store of a database's key."""
    if vector.files[0].endswith(".p12"):
        return judge_key_store(root / vector.files[0], password=str(vector.context.get("password", "")))
    if shutil.which("gpg") is None:
        return skip("gpg is not installed")
    data = b"PK" + bytes(range(256)) * 100
    with copied_folder(vector, root) as folder:
        sealed, opened = folder / "archive.zip.gpg", folder / "archive.zip"
        encryption = Encryption(sealed, folder=folder, recipients=())
        encryption.stream.write(data)
        encryption.finish()
        decrypt_file(sealed, opened, folder=folder)
        return valid() if opened.read_bytes() == data != sealed.read_bytes() else failed("differs")


@contextmanager
def copied_folder(vector: Vector, root: Path) -> Iterator[Path]:
    """A copy of the GnuPG folder that gpg may write to, without the sockets of whoever made it."""
    top = Path(vector.files[0]).parent
    with tempfile.TemporaryDirectory(prefix="rwgpg", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for each in vector.files:
            place = folder / Path(each).relative_to(top)
            if not place.name.startswith("S."):
                place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                place.write_bytes((root / each).read_bytes())
        try:
            yield folder
        finally:
            subprocess.run(["gpgconf", "--homedir", name, "--kill", "all"], check=False, timeout=60)


def judge_key_store(file: Path, *, password: str) -> Outcome:
    """A PKCS#12 key store opens with its password, and holds a secret key under a name."""
    if shutil.which("openssl") is None:
        return skip("openssl is not installed")
    command = ["openssl", "pkcs12", "-in", str(file), "-passin", "stdin", "-info", "-nodes"]
    done = subprocess.run(command, input=password, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode != 0:
        return failed("invalid_key_store")
    secret = done.stdout.partition("Secret bag")[2] or done.stderr.partition("Secret bag")[2]
    name = re.search(r"friendlyName: (.+)", done.stdout)
    if not secret or name is None:
        return failed("key_not_found")
    return valid({"secret_key_alias": name[1].strip()})
