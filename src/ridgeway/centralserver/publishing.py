"""Publishing: read what is in force, sign it, and replace what is served, all of it or nothing.

Law: parts are on disk before a directory names them; directories are replaced in one step each, and put back when one
of them cannot be. Superseded parts stay for those who read an older directory, then go. One publisher at a time.
"""

import asyncio
import fcntl
import os
import re
import secrets
import shutil
import string
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import msgspec
from django.db import Error, connections

from ridgeway.centralserver.directories import VERSIONS, Draft, build_draft, get_active
from ridgeway.centralserver.documents import CentralServerDocument
from ridgeway.centralserver.meaning import Governed, build_governed
from ridgeway.centralserver.models import Version
from ridgeway.centralserver.requests.identity import with_registration
from ridgeway.centralserver.signing import ConfigurationKey, Kind, list_configuration_keys, sign_content
from ridgeway.errors import SettingsError, WorldError
from ridgeway.office.documents import Document
from ridgeway.office.documents.versions import find_newest
from ridgeway.protocol.globalconf import write_signed_directory
from ridgeway.protocol.globalconf.directory_writing import BOUNDARY_CHARACTERS
from ridgeway.settings import Settings
from ridgeway.signer import SignerClient

LOCK_FILE = ".lock"
STAMP = re.compile(r"[0-9]{23}")
LETTERS = string.ascii_letters + string.digits
Answered = TypeVar("Answered")


@dataclass(frozen=True, slots=True)
class InForce:
    """What is to be published: the document by its version, and the keys."""

    version: int
    governed: Governed
    keys: tuple[ConfigurationKey, ...]


@dataclass(frozen=True, slots=True)
class Publication:
    """What has been published."""

    document_version: int
    stamp: str
    published_at: datetime
    expires_at: datetime


def read_in_force(node: str = "") -> InForce:
    """The document and the keys as the database has them, for the central server `node`.

    Raises:  SettingsError(no_document | key_not_found | malformed_settings).
    """
    version, content = find_newest(Version)
    if content is None:
        raise SettingsError(
            "no_document", "No document is in force.", action="Apply one: ridgeway centralserver apply FILE."
        )
    keys = list_configuration_keys()
    for kind in Kind:
        get_active(keys, kind, node=node)
    governed = build_kept(content)
    if governed.find_address(node) is None:
        raise SettingsError(
            "malformed_settings",
            f"centralserver.ha_node_name is {node!r}, which the document does not name.",
            action="Give it an address under `nodes` in the document, and apply it.",
        )
    return InForce(version, governed, keys)


async def ask_database(read: Callable[[], Answered]) -> Answered:
    """What `read` returns, from a thread that leaves no connection open.

    Raises:  WorldError(database_error) when the database does not answer, and as `read`.
    """

    def work() -> Answered:
        try:
            return read()
        except Error as error:
            raise WorldError("database_error", f"The database does not answer: {error}.") from error
        finally:
            connections.close_all()

    return await asyncio.to_thread(work)


def build_kept(content: object) -> Governed:
    """What a document that was applied means.

    Raises:  SettingsError(malformed_document) when this release cannot read it any more.
    """
    try:
        value = msgspec.convert(content, CentralServerDocument)
    except msgspec.ValidationError as error:
        raise SettingsError(
            "malformed_document", f"The document in force cannot be read: {error}.", action="Apply it again."
        ) from error
    return build_governed(Document("the document in force", value, {}))


async def publish_now(settings: Settings, signer: SignerClient, *, now: datetime) -> Publication:
    """Everything that is in force is published, in every version and both kinds.

    Raises:  SettingsError, TokenError, WorldError(publishing_failed); then what was published before stays.
    """
    node = settings.centralserver.ha_node_name
    in_force = await ask_database(lambda: read_in_force(node))
    governed = with_registration(in_force.governed, settings, now=now)
    draft = build_draft(governed, in_force.keys, now=now, new_boundary=new_boundary)
    directories = await sign_draft(draft, in_force.keys, signer, node=node)
    folder = settings.path(settings.centralserver.public_dir)
    await asyncio.to_thread(
        write_publication, folder, draft, directories, keep_old_seconds=settings.centralserver.keep_old_seconds
    )
    return Publication(in_force.version, draft.stamp, now, draft.expires_at)


async def sign_draft(
    draft: Draft, keys: tuple[ConfigurationKey, ...], signer: SignerClient, *, node: str = ""
) -> dict[str, bytes]:
    """Location → signed directory."""
    signed: dict[str, bytes] = {}
    for each in draft.directories:
        key = get_active(keys, each.kind, node=node)
        algorithm, value = await sign_content(signer, key, each.content.signed)
        signed[each.location] = write_signed_directory(
            each.content, value, certificate=key.certificate, boundary=new_boundary(), algorithm=algorithm
        )
    return signed


def new_boundary() -> str:
    """Twenty random letters and digits."""
    return "".join(secrets.choice(LETTERS) for _ in range(BOUNDARY_CHARACTERS))


def write_publication(folder: Path, draft: Draft, directories: dict[str, bytes], *, keep_old_seconds: int) -> None:
    """The publication is what is served.

    Raises:  WorldError(publishing_failed); then what was served before still is.
    """
    try:
        with locked(folder):
            write_whole(folder, draft, directories)
            remove_superseded(folder, draft.stamp, keep_old_seconds=keep_old_seconds)
    except OSError as error:
        raise WorldError(
            "publishing_failed",
            f"The configuration cannot be written below {folder}: {error.strerror or error}.",
            action="See the disk and who owns the folder; what was published before is still served.",
        ) from error


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """No other process publishes meanwhile."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    with (folder / LOCK_FILE).open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_whole(folder: Path, draft: Draft, directories: dict[str, bytes]) -> None:
    """Parts and directories are on disk; after a failure no part stays that no directory names."""
    try:
        write_parts(folder, draft)
        replace_directories(folder, directories)
    except OSError:
        named = [path.read_bytes() for path in map(folder.joinpath, directories) if path.is_file()]
        if not any(draft.stamp.encode() in data for data in named):
            for version in VERSIONS:
                shutil.rmtree(folder / f"V{version}" / draft.stamp, ignore_errors=True)
        raise


def write_parts(folder: Path, draft: Draft) -> None:
    """The parts are on disk."""
    for part in draft.parts:
        path = folder / part.location.removeprefix("/")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        write_through(path, part.content)


def replace_directories(folder: Path, directories: dict[str, bytes]) -> None:
    """The directories are replaced; after a failure all are as before."""
    places = {folder / location: data for location, data in directories.items()}
    former = {path: path.read_bytes() if path.exists() else None for path in places}
    for path, data in places.items():
        write_through(path.with_name(path.name + ".tmp"), data)
    done: list[Path] = []
    try:
        for path in places:
            path.with_name(path.name + ".tmp").replace(path)
            done.append(path)
    except OSError:
        for path in done:
            put_back(path, former[path])
        raise


def put_back(path: Path, data: bytes | None) -> None:
    """The file is as it was."""
    if data is None:
        path.unlink()
    else:
        beside = path.with_name(path.name + ".tmp")
        write_through(beside, data)
        beside.replace(path)


def write_through(path: Path, data: bytes) -> None:
    """The file is on disk, for everyone to read."""
    with path.open("wb") as file:
        os.fchmod(file.fileno(), 0o644)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def remove_superseded(folder: Path, stamp: str, *, keep_old_seconds: int) -> None:
    """Parts that no directory has named for so long are gone."""
    for version in VERSIONS:
        stamps = sorted(each.name for each in (folder / f"V{version}").iterdir() if STAMP.fullmatch(each.name))
        for name, successor in pairwise(stamps):
            place = folder / f"V{version}" / name
            superseded_at = (folder / f"V{version}" / successor).stat().st_mtime
            if name < stamp and time.time() - superseded_at > keep_old_seconds:  # noqa: TID251  ages of files
                shutil.rmtree(place)
