"""What a publisher warns of: safety notices and recalls, as statements in `notices/` of its shelf.

Law: a warning is of one version of one package; an adopter's own build of it (`1.2.0+ours.3`) is warned of, too. A
recalled version is taken by nobody unless a person says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from ridgeway.catalogue.adoption.keeping import LOCK, Lock, read_adopted
from ridgeway.catalogue.packages.manifest import VERSION
from ridgeway.catalogue.packages.reading import read_incoming
from ridgeway.catalogue.packages.statement import Kind, make_payload
from ridgeway.catalogue.packages.told import Told, get_text, list_told, name_mark, write_told
from ridgeway.catalogue.packages.versions import is_older
from ridgeway.catalogue.shelves.shelf import is_shelf, list_shelved, locate
from ridgeway.errors import ContainerError, RequestError, RidgewayError
from ridgeway.services.stopping import Recall

FOLDER: Final = "notices"
KINDS: Final = (Kind.NOTICE, Kind.RECALL)
MAX_REASON_CHARACTERS: Final = 1_000
MAX_VERSION_CHARACTERS: Final = 64


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning. `instead` is the version to be used, empty where none is named."""

    told: Told
    is_recall: bool
    package: str
    version: str
    by: str
    at: datetime
    reason: str
    instead: str

    @property
    def recall(self) -> Recall:
        """The warning as services take it."""
        return Recall(self.told.mark, self.package, self.version, self.by, self.reason, self.instead)

    def covers(self, package: str, version: str) -> bool:
        """Whether it is of this version, or of an adopter's build of it."""
        return package == self.package and self.recall.covers(version)


def warn(shelf: Path, package: str, version: str, *, kind: Kind, by: str, at: datetime, **said: str) -> Path:
    """The warning lies on the shelf; the file, which may be handed on, too. `said` are `reason` and `instead`.

    Raises:  RequestError(unknown_package | invalid_statement), ContainerError for a warning that says nothing.
    """
    known = {each.version for each in list_shelved(shelf, package)}
    for named in (version, said["instead"]):
        if named and named not in known:
            raise RequestError(
                "unknown_package",
                f"There is no {package} {named} on {shelf}.",
                action=f"There are {', '.join(sorted(known)[:10])}.",
            )
    manifest = read_incoming(locate(shelf, package, version)).manifest
    payload = make_payload(kind, manifest, by=by, at=at, **{name: value for name, value in said.items() if value})
    file = shelf / FOLDER / f"{package}-{version}-{name_mark(payload)}.json"
    write_told(file, payload)
    try:
        read_warning(list_told(shelf / FOLDER, KINDS).told, name_mark(payload))
    except RidgewayError:
        file.unlink()
        raise
    return file


def read_warning(told: Iterable[Told], mark: str) -> Warned:
    """The warning of this mark."""
    return next(to_warned(each) for each in told if each.mark == mark)


def to_warned(told: Told) -> Warned:
    """The warning that a statement is.

    Raises:  ContainerError(malformed_statement).
    """
    statement = told.statement
    reason = get_text(statement, "reason", MAX_REASON_CHARACTERS)
    instead = get_text(statement, "instead", MAX_VERSION_CHARACTERS, is_needed=False)
    if (instead and not VERSION.fullmatch(instead)) or not reason.isprintable():
        raise ContainerError("malformed_statement", f"The {statement.kind} of {statement.package} cannot be read.")
    is_recall = statement.kind is Kind.RECALL
    return Warned(told, is_recall, statement.package, statement.version, statement.by, statement.at, reason, instead)


@dataclass(frozen=True, slots=True)
class Warnings:
    """The warnings of some places, the newest first, and the files there that are none."""

    found: tuple[Warned, ...]
    broken: tuple[Path, ...]


def read_warnings(folders: Iterable[Path]) -> Warnings:
    """Every warning in these folders; each once."""
    found: dict[str, Warned] = {}
    broken: list[Path] = []
    for folder in dict.fromkeys(folders):
        heard = list_told(folder, KINDS)
        broken.extend(heard.broken)
        for told in heard.told:
            try:
                found.setdefault(told.mark, to_warned(told))
            except ContainerError:
                broken.append(told.file)
    newest = sorted(found.values(), key=lambda each: (each.at, each.told.mark), reverse=True)
    return Warnings(tuple(newest), tuple(broken))


def find_places(place: Path) -> tuple[Path, ...]:
    """Where the warnings of a place lie: of a shelf, of an adopted package with its origin, of a plain folder."""
    if (place / LOCK).is_file():
        return (place / FOLDER, *find_origin_places(read_adopted(place).lock.origin))
    return (place / FOLDER,) if is_shelf(place) or (place / FOLDER).is_dir() else (place,)


def find_origin_places(origin: str) -> tuple[Path, ...]:
    """Where the warnings of a package lie that came from there: on its shelf, or beside its file."""
    shelf = find_shelf(origin)
    if shelf is not None:
        return (shelf / FOLDER,)
    return (Path(origin).parent / FOLDER,) if Path(origin).exists() else ()


def find_shelf(origin: str) -> Path | None:
    """The shelf that an origin names: `SHELF/PACKAGE`, or a file that lies on it."""
    path = Path(origin)
    candidates = (path.parent, *list(path.parents)[2:3])
    return next((each for each in candidates if is_shelf(each)), None)


def refuse_recalled(package: str, version: str, places: Iterable[Path]) -> None:
    """Hold only for a version that nobody recalled.

    Raises:  RequestError(recalled_version) with the reason.
    """
    for warned in read_warnings(places).found:
        if warned.is_recall and warned.covers(package, version):
            instead = f"Take {warned.instead} instead" if warned.instead else "Take another version"
            raise RequestError(
                "recalled_version",
                f"{warned.by} recalled {package} {warned.version} on {warned.at:%Y-%m-%d}: {warned.reason}",
                action=f"{instead}, or say --recalled if you must have this one.",
            )


@dataclass(frozen=True, slots=True)
class Lag:
    """How far an adopted package is behind: versions that came since, and the warnings that are of its version."""

    newer: tuple[str, ...]
    open: tuple[Warned, ...]


def measure_lag(folder: Path, lock: Lock) -> Lag:
    """How far the adopted package in a folder is behind, as far as can be told from where it came."""
    shelf, newer = find_shelf(lock.origin), []
    if shelf is not None:
        try:
            listed = list_shelved(shelf, lock.package)
        except RidgewayError:
            listed = []
        newer = [each.version for each in listed if is_older(lock.version, each.version)]
    warned = read_warnings(find_places(folder)).found
    return Lag(tuple(newer), tuple(each for each in warned if each.covers(lock.package, lock.version)))


def describe_warned(warned: Warned) -> dict[str, Any]:
    """A warning as JSON takes it."""
    return {
        "mark": warned.told.mark,
        "kind": "recall" if warned.is_recall else "notice",
        "package": warned.package,
        "version": warned.version,
        "by": warned.by,
        "at": warned.at.isoformat(),
        "reason": warned.reason,
        "instead": warned.instead,
        "is_signed": warned.told.is_signed,
        "file": str(warned.told.file),
    }


def render_warned(warned: Warned) -> str:
    """A warning in a line."""
    what = "RECALLED" if warned.is_recall else "notice"
    instead = f" Use {warned.instead}." if warned.instead else ""
    proof = "signed" if warned.told.is_signed else "unproven"
    return (
        f"{what} {warned.package} {warned.version}: {warned.reason}{instead} "
        f"({warned.by}, {warned.at:%Y-%m-%d %H:%M}, {proof}, {warned.told.mark})"
    )
