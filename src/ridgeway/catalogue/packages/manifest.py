"""The list of a package's files with their digests: what a publisher signs, and what every copy is held against.

Law: the list is made of the files alone, in one spelling, so that the same files have the same digest everywhere. A
file that is not listed, is missing or differs by a byte makes the whole package unproven.
Source:  docs/reference/package-format.md
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ridgeway.errors import ContainerError

FORMAT: Final = "manifest/1"
NAME: Final = "manifest.json"
MAX_MANIFEST_BYTES: Final = 256 * 1024
MAX_FILES: Final = 1_000
APART: Final = (NAME, "signatures/")
"""What is no part of what is signed."""
SHA256: Final = re.compile(r"[0-9a-f]{64}")
PACKAGE: Final = re.compile(r"[a-z][a-z0-9-]{0,63}")
VERSION: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,63}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file. `size` in bytes, `sha256` as 64 hexadecimal digits."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files of one version of one package."""

    package: str
    version: str
    service: str
    files: tuple[Entry, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the list, as hexadecimal digits: the digest of the package."""
        return hashlib.sha256(render_manifest(self)).hexdigest()


def list_files(files: Mapping[str, bytes], *, package: str, version: str, service: str) -> Manifest:
    """The manifest of these files; manifest and signatures themselves are left out."""
    signed = {name: data for name, data in files.items() if not is_apart(name)}
    entries = (Entry(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in sorted(signed.items()))
    return Manifest(package, version, service, tuple(entries))


def is_apart(name: str) -> bool:
    """Whether a file is no part of what is signed."""
    return any(name == each or (each.endswith("/") and name.startswith(each)) for each in APART)


def render_manifest(manifest: Manifest) -> bytes:
    """The list in its one spelling: JSON with sorted keys, two spaces, a line end."""
    content = {
        "format": FORMAT,
        "package": manifest.package,
        "version": manifest.version,
        "service": manifest.service,
        "files": [{"name": each.name, "size": each.size, "sha256": each.sha256} for each in manifest.files],
    }
    return (json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def parse_manifest(data: bytes) -> Manifest:
    """The list in `data`.

    Raises:  ContainerError(malformed_manifest) for anything that `render_manifest` would not have written.
    """
    if len(data) > MAX_MANIFEST_BYTES:
        raise refuse(f"it is larger than {MAX_MANIFEST_BYTES} bytes")
    try:
        content = json.loads(data)
        manifest = read_content(content)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise refuse(f"it cannot be read ({type(error).__name__})") from error
    if render_manifest(manifest) != data:
        raise refuse("it is not in its one spelling")
    return manifest


def read_content(content: Any) -> Manifest:
    """The manifest of parsed JSON; any fault is a ValueError, KeyError or TypeError."""
    names = (content["package"], content["version"], content["service"])
    patterns = (PACKAGE, VERSION, PACKAGE)
    if content["format"] != FORMAT or len(content["files"]) > MAX_FILES:
        raise ValueError
    if not all(pattern.fullmatch(name) for pattern, name in zip(patterns, names, strict=True)):
        raise ValueError
    files = tuple(Entry(each["name"], each["size"], each["sha256"]) for each in content["files"])
    if any(not SHA256.fullmatch(each.sha256) or type(each.size) is not int or each.size < 0 for each in files):
        raise ValueError
    return Manifest(*names, files)


def verify_files(manifest: Manifest, files: Mapping[str, bytes]) -> None:
    """These are the files of the manifest, all of them, to the byte, and no other.

    Raises:  ContainerError(package_altered) naming the files that differ.
    """
    there = {each.name: each for each in list_files(files, package="x", version="1", service="x").files}
    listed = {each.name: each for each in manifest.files}
    faults = [f"{name} is missing" for name in listed if name not in there]
    faults += [f"{name} is not in the list" for name in there if name not in listed]
    faults += [f"{name} was altered" for name in listed if name in there and listed[name] != there[name]]
    if faults:
        raise ContainerError(
            "package_altered",
            f"This is not what was published: {'; '.join(sorted(faults)[:10])}.",
            action="Fetch the package again from its publisher.",
        )


def refuse(why: str) -> ContainerError:
    """The error of a list that is none."""
    return ContainerError("malformed_manifest", f"{NAME} is no list of a package's files: {why}.")
