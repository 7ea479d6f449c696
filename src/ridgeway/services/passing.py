"""What a service says of its packages to whoever passes them on: which files are one, what it is, whether it is sound.

Law: a package is its files. Nothing here puts anything in force, and nothing is believed that the service did not read.
Pure.
"""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, cast

from ridgeway.errors import RequestError
from ridgeway.services.plates import installed

Contents = Mapping[str, bytes]
Element = tuple[str, ...]
"""An element of a package's definition, from the outside in: `("service", "pages", "contact", "question")`."""


@dataclass(frozen=True, slots=True)
class ChangeNote:
    """One line of a publisher's list of changes. `severity`: safety, policy, content or cosmetic."""

    version: str
    element: Element
    severity: str
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a package is, in its own words. `locked` elements are to be changed by nobody else."""

    package: str
    version: str
    title: str
    publisher: str
    licence: str
    languages: tuple[str, ...]
    locked: frozenset[Element] = frozenset()
    changes: tuple[ChangeNote, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that is wrong with a package, or may be. `where` is FILE:LINE."""

    is_error: bool
    where: str
    message: str
    action: str = ""


class Passing(Protocol):
    """What the module that a plate names in `packages` has."""

    def is_package(self, files: Contents) -> bool:
        """Whether these files are a package of this service."""
        ...

    def is_known(self, name: str) -> bool:
        """Whether a package of this service may hold a file of this name."""
        ...

    def describe(self, files: Contents, origin: str) -> Facts:
        """What the package is.

        Raises:  SettingsError with every fault of a package that cannot be read.
        """
        ...

    def check(self, files: Contents, origin: str, *, today: date) -> tuple[Concern, ...]:
        """Everything that the service finds in the package."""
        ...

    def compare(self, old: Contents, new: Contents, *, today: date) -> tuple[str, ...]:
        """What is otherwise for people, in lines that a person can judge."""
        ...


def list_passing() -> dict[str, Passing]:
    """The services that have packages, by name."""
    plates = {name: plate.packages for name, plate in installed().items() if plate.packages}
    return {name: cast("Passing", importlib.import_module(module)) for name, module in plates.items()}


def find_passing(files: Contents) -> tuple[str, Passing]:
    """The service whose package this is.

    Raises:  RequestError(unknown_package).
    """
    for name, passing in list_passing().items():
        if passing.is_package(files):
            return name, passing
    raise RequestError(
        "unknown_package",
        "These files are a package of no service that is here.",
        action=f"Packages of these services are known: {', '.join(list_passing()) or 'none'}.",
    )
