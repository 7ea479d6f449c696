"""Packages put on a shelf and taken from it.

    packages/ID/VERSION.zip   each version as it was published
    index.sqlite3             where they are found (`index.py`)

Law: what is on a shelf stays as it was published; another content under the same version is refused. A file is there
whole or not at all.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ridgeway.catalogue.packages.manifest import PACKAGE, VERSION
from ridgeway.catalogue.packages.reading import Incoming, pack_release, read_incoming
from ridgeway.catalogue.shelves.index import FILE, Shelved, list_versions, open_index, put_versions
from ridgeway.errors import RequestError, SettingsError

FOLDER: Final = "packages"
MAX_SHELVED: Final = 200_000


def is_shelf(folder: Path) -> bool:
    """Whether a folder is a shelf."""
    return (folder / FILE).is_file() or (folder / FOLDER).is_dir()


def put_on_shelf(shelf: Path, incoming: Incoming, *, now: datetime) -> Path:
    """The package is on the shelf and can be found.

    Raises:  RequestError(version_taken) when another content stands there under this version.
    """
    file = locate(shelf, incoming.facts.package, incoming.facts.version)
    data = pack_release(incoming)
    if file.exists() and file.read_bytes() != data:
        raise RequestError(
            "version_taken",
            f"{incoming.facts.package} {incoming.facts.version} is on this shelf already, with other content.",
            action="Give the package another version; what was published stays as it is.",
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.part")
    beside.write_bytes(data)
    beside.replace(file)
    with open_index(shelf) as index:
        put_versions(index, [describe_shelved(incoming, now)])
    return file


def describe_shelved(incoming: Incoming, at: datetime) -> Shelved:
    """The row of a package."""
    facts = incoming.facts
    return Shelved(
        package=facts.package,
        version=facts.version,
        service=incoming.service,
        title=facts.title,
        publisher=facts.publisher,
        licence=facts.licence,
        languages=" ".join(facts.languages),
        digest=incoming.manifest.digest,
        published_at=at.astimezone(UTC).isoformat(timespec="seconds"),
    )


def locate(shelf: Path, package: str, version: str) -> Path:
    """Where a version lies.

    Raises:  RequestError(invalid_name) for names that could lead elsewhere.
    """
    if not PACKAGE.fullmatch(package) or not VERSION.fullmatch(version):
        raise RequestError("invalid_name", f"{package!r} {version!r} is no package and version.")
    return shelf / FOLDER / package / f"{version}.zip"


def list_shelved(shelf: Path, package: str) -> list[Shelved]:
    """Every version of a package on a shelf, the newest first.

    Raises:  RequestError(unknown_package).
    """
    with open_index(shelf) as index:
        found = list_versions(index, package)
    if not found:
        raise RequestError(
            "unknown_package",
            f"There is no package {package!r} on {shelf}.",
            action=f"Look for it: ridgeway catalogue search {shelf} WORD",
        )
    return found


def find_on_shelf(text: str) -> Path | None:
    """The file of `SHELF/PACKAGE` (its newest version) or `SHELF/PACKAGE@VERSION`; None when the text names no shelf.

    Raises:  RequestError(unknown_package).
    """
    place, _, name = text.rpartition("/")
    package, _, version = name.partition("@")
    shelf = Path(place or ".")
    if not is_shelf(shelf) or not PACKAGE.fullmatch(package):
        return None
    versions = list_shelved(shelf, package)
    if version and version not in {each.version for each in versions}:
        known = ", ".join(each.version for each in versions[:10])
        raise RequestError("unknown_package", f"There is no {package} {version} on {shelf}; there are {known}.")
    return locate(shelf, package, version or versions[0].version)


def index_shelf(shelf: Path) -> int:
    """The index is made anew of the packages that lie on the shelf; how many versions there are.

    Raises:  SettingsError(no_shelf), and whatever is wrong with a package, naming it.
    """
    files = sorted((shelf / FOLDER).glob("*/*.zip"))[:MAX_SHELVED]
    if not (shelf / FOLDER).is_dir():
        raise SettingsError("no_shelf", f"{shelf} is no shelf: it has no folder {FOLDER}/.")
    (shelf / FILE).unlink(missing_ok=True)
    with open_index(shelf) as index:
        for file in files:
            at = datetime.fromtimestamp(file.stat().st_mtime, tz=UTC)
            put_versions(index, [describe_shelved(read_incoming(file), at)])
    return len(files)
