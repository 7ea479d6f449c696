"""Where a package comes from: a folder, a zip, or a shelf, in the words of whoever asks for it."""

from dataclasses import replace
from pathlib import Path

from ridgeway.catalogue.packages.reading import Incoming, read_incoming
from ridgeway.catalogue.shelves.shelf import find_on_shelf
from ridgeway.errors import RequestError


def read_source(text: str) -> Incoming:
    """The package that `text` names; its origin is what finds its next release: of a shelf the package, no version.

    Raises:  RequestError(unknown_source | unknown_package), and as `read_incoming`.
    """
    if Path(text).exists():
        return read_incoming(Path(text))
    shelved = find_on_shelf(text)
    if shelved is None:
        raise RequestError(
            "unknown_source",
            f"{text!r} is no folder, no zip and no package on a shelf.",
            action="Name a file that is there, or SHELF/PACKAGE, as `ridgeway catalogue search SHELF` lists them.",
        )
    return replace(read_incoming(shelved), origin=text.partition("@")[0])
