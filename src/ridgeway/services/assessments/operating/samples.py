"""The packages and starters that come with the service."""

import re
from pathlib import Path

from ridgeway.errors import RequestError

SERVICE = Path(__file__).parents[1]
PACKAGES = SERVICE / "packages"
STARTERS = SERVICE / "starters"
DEFINITION = "service.yaml"
PLACEHOLDER = "PACKAGE_ID"
"""What stands in a starter where the name of the new package goes."""

NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")


class StarterError(RequestError):
    """A new package cannot be begun like this."""

    who = "whoever asked"


def list_samples() -> tuple[Path, ...]:
    """The folders of the sample packages, by name."""
    return tuple(sorted(file.parent for file in PACKAGES.glob(f"*/{DEFINITION}")))


def list_starters() -> tuple[str, ...]:
    """The names of the starters."""
    return tuple(sorted(file.parent.name for file in STARTERS.glob(f"*/{DEFINITION}")))


def read_starter(name: str, starter: str) -> dict[str, bytes]:
    """The files of a new package of that name.

    Raises:  StarterError where there is no such starter.
    """
    if starter not in list_starters():
        raise StarterError("unknown_starter", f"There is no starter {starter!r}.", action=f"Known: {list_starters()}.")
    source = STARTERS / starter
    return {
        file.relative_to(source).as_posix(): file.read_text("utf-8").replace(PLACEHOLDER, name).encode()
        for file in sorted(source.rglob("*"))
        if file.is_file()
    }


def begin_package(folder: Path, name: str, starter: str) -> Path:
    """A new package of that name lies in `folder`, begun from a starter.

    Raises:  StarterError where the folder has something in it, or there is no such starter.
    """
    if starter not in list_starters():
        raise StarterError("unknown_starter", f"There is no starter {starter!r}.", action=f"Known: {list_starters()}.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StarterError("folder_in_use", f"{folder} is there and not empty.", action="Give another folder.")
    source = STARTERS / starter
    for file in sorted(each for each in source.rglob("*") if each.is_file()):
        beginning = folder / file.relative_to(source)
        beginning.parent.mkdir(parents=True, exist_ok=True)
        beginning.write_text(file.read_text("utf-8").replace(PLACEHOLDER, name), "utf-8")
    return folder
