"""Packages of self-assessments, for whoever passes them on: what one is, whether it is sound, whom a change concerns.

Law: the answers are those of `ridgeway assessments check` and `diff`; there is no second opinion.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ridgeway.errors import SettingsError
from ridgeway.office.documents import Node, parse_yaml
from ridgeway.services import ChangeNote, Concern, Facts
from ridgeway.services.assessments.checks import Finding, Severity, check_package, differing
from ridgeway.services.assessments.definition import (
    Files,
    Package,
    PackageError,
    Spot,
    compile_package,
    names,
    read_package_files,
)

LOCKED = "locked"
MAX_SHOWN_CHANGES = 20
Nodes = Mapping[str, Node]
Contents = Mapping[str, bytes]
Element = tuple[str, ...]


def is_package(files: Contents) -> bool:
    """Whether these files are a package of self-assessments."""
    return names.SERVICE in files and b"format: assessment/" in files[names.SERVICE][:4096]


def is_known(name: str) -> bool:
    """Whether a package may hold a file of this name."""
    return names.is_known(name)


def read(files: Contents, origin: str) -> Package:
    """The package in these files.

    Raises:  PackageError.
    """
    return read_package_files(Files(origin, dict(sorted(files.items()))))


def describe(files: Contents, origin: str) -> Facts:
    """What the package is.

    Raises:  PackageError with every fault.
    """
    package = read(files, origin)
    definition = package.definition
    nodes = parse_documents(package)
    return Facts(
        package=definition.id,
        version=definition.version,
        title=str(package.texts["start.title"].source),
        publisher=definition.publisher.name,
        licence=definition.license or "",
        languages=package.languages,
        locked=frozenset(list_locked(package, nodes)),
        changes=tuple(list_changes(package, nodes)),
    )


def parse_documents(package: Package) -> Nodes:
    """The documents of the package by file, with their lines."""
    return {file: parse_yaml(package.files.content[file], name=file) for file in package.documents}


def list_locked(package: Package, nodes: Nodes) -> Iterator[Element]:
    """The elements that their publisher lets nobody else change."""
    for spot in package.spots.values():
        node = find_node(nodes, spot)
        said = node.value.get("custom") if node is not None and isinstance(node.value, dict) else None
        if said is not None and said.value == LOCKED:
            yield name_element(nodes, spot)


def list_changes(package: Package, nodes: Nodes) -> Iterator[ChangeNote]:
    """The publisher's list of changes, by element."""
    for release in package.changes.changes if package.changes else ():
        for entry in release.entries:
            spot = package.spots.get(entry.element or "")
            element = name_element(nodes, spot) if spot else ()
            yield ChangeNote(release.version, element, str(entry.severity), entry.what)


def find_node(nodes: Nodes, spot: Spot) -> Node | None:
    """What stands at a place."""
    node: Any = nodes[spot.file]
    for step in spot.path:
        inside = node.value if node is not None else None
        if isinstance(inside, dict):
            node = inside.get(step)
        elif isinstance(inside, tuple) and isinstance(step, int) and step < len(inside):
            node = inside[step]
        else:
            return None
    return node if isinstance(node, Node) else None


def name_element(nodes: Nodes, spot: Spot) -> Element:
    """The element at a place, by ids: what stands in a list is named by its id, never by its position."""
    node: Any = nodes[spot.file]
    names_so_far = list(spot.file.removesuffix(".yaml").split("/"))
    for step in spot.path:
        if isinstance(node.value, tuple) and isinstance(step, int):
            node = node.value[step]
            said = node.value.get("id") if isinstance(node.value, dict) else None
            if said is None:
                break
            names_so_far.append(said.text or str(said.value))
        elif isinstance(node.value, dict) and step in node.value:
            node = node.value[step]
            names_so_far.append(str(step))
        else:
            break
    return tuple(names_so_far)


def check(files: Contents, origin: str, *, today: date) -> tuple[Concern, ...]:
    """Everything that `ridgeway assessments check` finds."""
    try:
        package = read(files, origin)
        findings = check_package(package, compile_package(package), today=today)
    except PackageError as error:
        return tuple(Concern(True, f"{each.file}:{each.line}", each.why) for each in error.problems)
    except SettingsError as error:
        return (Concern(True, origin, error.detail, error.action or ""),)
    return tuple(to_concern(each) for each in findings)


def compare(old: Contents, new: Contents, *, today: date) -> tuple[str, ...]:
    """Who gets another result, as `ridgeway assessments diff` says it, each with answers for which it is so."""
    try:
        one, other = (compile_package(read(files, "the package")) for files in (old, new))
    except SettingsError as error:
        return (f"Nothing can be said of who gets another result: {error.detail.splitlines()[0]}",)
    found = differing.compare(one, other, today=today)
    return (*found.sentences()[:1], *(show_change(each) for each in found.changes[:MAX_SHOWN_CHANGES]))


def show_change(change: differing.OutcomeChange) -> str:
    """People who get another result, and an example of them."""
    example = "; ".join(f"{question} {answer}" for question, answer in change.in_words)
    return f"{change.before} → {change.after}: {change.paths:,} paths by class, as with: {example or 'no answer'}"


def to_concern(finding: Finding) -> Concern:
    """A finding as whoever passes packages on sees it."""
    is_error = finding.severity is Severity.ERROR
    return Concern(is_error, f"{finding.file}:{finding.line}", finding.message, finding.action)
