"""What a service's plate says, and finding the plates that are there. Pure."""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ridgeway.office.jobs.duty import Duty
from ridgeway.office.people.roles import Role


@dataclass(frozen=True, slots=True)
class Kept:
    """How long one kind of data is kept, and which duty forgets it."""

    what: str
    how_long: str
    duty: str


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One entry of the staff site's navigation: the name of its page, and what one must be allowed to see it."""

    title: str
    view: str
    permission: str


@dataclass(frozen=True, slots=True)
class Service:
    """The plate of a service. `urls`, `staff_urls`, `notices`, `context`, `packages` and `stopping` are the dotted
    names of modules or functions, loaded by who needs them; `settings` has the defaults of `[services.NAME]`.

    Units:   none; what a plate's settings hold says its own.
    """

    name: str
    title: str
    urls: str
    staff_urls: str
    settings: Any
    roles: tuple[Role, ...] = ()
    menu: tuple[MenuEntry, ...] = ()
    duties: tuple[Duty, ...] = ()
    kept: tuple[Kept, ...] = ()
    notices: str = ""
    context: str = ""
    """Context processor of the public site."""
    middleware: tuple[str, ...] = field(default=())
    """Middleware of the public site."""
    packages: str = ""
    """Module that reads, checks and compares its packages: `passing.py`."""
    stopping: str = ""
    """Module that takes a recalled package out of use: `stopping.py`."""


@cache
def installed() -> Mapping[str, Service]:
    """Every service that is there, by name."""
    folders = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]) if module.ispkg]
    names = sorted(name for name in folders if name != "tests")
    plates = [importlib.import_module(f"ridgeway.services.{name}.service").SERVICE for name in names]
    return {plate.name: plate for plate in plates}
