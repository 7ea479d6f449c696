"""All of a package as one tree, so that a change of any kind is an operation on a named element.

Shapes:  `service.yaml` is the element `service`, `tables/advice.yaml` is `tables/advice`; `locale/fr.po` is
         `locale/fr` with an entry for each text key; any other file is `files/NAME`, with its text or, where it is
         none, its bytes in base64.
Law:     a file that no operation touches stays as it came, to the byte.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

import polib

from ridgeway.errors import SettingsError
from ridgeway.office.documents.editing import edit_text
from ridgeway.office.documents.operations import is_same
from ridgeway.office.documents.tree import Tree
from ridgeway.office.documents.writing import parse_tree, render_tree

DOCUMENT: Final = ".yaml"
CATALOGUE: Final = ".po"
LOCALE: Final = "locale/"
OTHER: Final = "files"
FUZZY: Final = "fuzzy"
WRAP_COLUMNS: Final = 100
MAX_CATALOGUE_BYTES: Final = 2 * 1024 * 1024


def read_package_tree(files: Mapping[str, bytes]) -> Tree:
    """The package as one tree.

    Raises:  SettingsError(malformed_document) naming the file and line.
    """
    tree: dict[str, Any] = {OTHER: {}}  # always there, so that two who add their first file do not meet
    for name, data in sorted(files.items()):
        place(tree, name_element(name), read_value(name, data))
    return tree


def name_element(name: str) -> list[str]:
    """The element of a file."""
    stem, _dot, ending = name.rpartition(".")
    if f".{ending}" == DOCUMENT or (f".{ending}" == CATALOGUE and name.startswith(LOCALE)):
        return stem.split("/")
    return [OTHER, name.replace("/", ":")]


def place(tree: dict[str, Any], path: list[str], value: Tree) -> None:
    """Put the value of one file at its place in a tree that is being made."""
    *before, last = path
    for step in before:
        inside = tree.setdefault(step, {})
        if not isinstance(inside, dict):
            raise SettingsError("malformed_package", f"A file is called like a folder of files: {'/'.join(path)}.")
        tree = inside
    tree[last] = value


def read_value(name: str, data: bytes) -> Tree:
    """What a file says, as plain data."""
    kind = name_element(name)[0]
    if kind == OTHER:
        try:
            return {"text": data.decode("utf-8")}
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(data).decode("ascii")}
    return read_catalogue(name, data) if name.endswith(CATALOGUE) else parse_tree(data, name=name)


def read_catalogue(name: str, data: bytes) -> Tree:
    """The texts of a language by key: the source that was translated, and its translation; the two are one value.

    Raises:  SettingsError(malformed_catalogue).
    """
    if len(data) > MAX_CATALOGUE_BYTES:
        raise SettingsError("malformed_catalogue", f"{name} is larger than {MAX_CATALOGUE_BYTES} bytes.")
    try:
        entries = polib.pofile(data.decode("utf-8"))
    except (OSError, UnicodeDecodeError, ValueError, SyntaxError) as error:
        raise SettingsError("malformed_catalogue", f"{name} cannot be read: {error}.") from error
    texts = {}
    for entry in entries:
        if entry.obsolete or not entry.msgctxt:
            continue
        texts[entry.msgctxt] = [entry.msgid, entry.msgstr, *([FUZZY] if entry.fuzzy else [])]
    return texts


def write_files(before: Mapping[str, bytes], tree: Tree) -> dict[str, bytes]:
    """The files of a tree; what is as in `before` stays as it is there, to the byte."""
    files = {}
    for name, value in list_values(tree):
        old = before.get(name)
        is_kept = old is not None and is_same(read_value(name, old), value)
        files[name] = old if is_kept and old is not None else write_value(name, value, old)
    return dict(sorted(files.items()))


def list_values(tree: Tree, folder: str = "") -> list[tuple[str, Tree]]:
    """Each file's name with its value."""
    found: list[tuple[str, Tree]] = []
    for step, value in tree.items():
        if folder == LOCALE:
            found.append((f"{folder}{step}{CATALOGUE}", value))
        elif folder == f"{OTHER}/":
            found.append((step.replace(":", "/"), value))
        elif not folder and f"{step}/" in {LOCALE, f"{OTHER}/", *list_folders(tree)}:
            found.extend(list_values(value, f"{step}/"))
        else:
            found.append((f"{folder}{step}{DOCUMENT}", value))
    return found


def list_folders(tree: Tree) -> set[str]:
    """The folders of documents: elements that hold whole documents, which a package calls `tables` or `lists`."""
    return {f"{each}/" for each in ("tables", "lists") if each in tree}


def write_value(name: str, value: Tree, old: bytes | None = None) -> bytes:
    """The bytes of one file; of a document that was there its author's layout stays."""
    if name.endswith(CATALOGUE) and name.startswith(LOCALE):
        return write_catalogue(name, value, old)
    if name_element(name)[0] != OTHER:
        return (render_tree(value) if old is None else edit_text(old.decode(), value)).encode()
    try:
        return value["text"].encode() if "text" in value else base64.b64decode(value["base64"], validate=True)
    except (KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise SettingsError("malformed_package", f"{name} has neither a text nor bytes in base64.") from error


def write_catalogue(name: str, texts: Mapping[str, Any], old: bytes | None = None) -> bytes:
    """A language's texts as a PO file, by key; remarks and order of one that was there stay."""
    catalogue = polib.POFile(wrapwidth=WRAP_COLUMNS)
    if old is None:
        language = name.removeprefix(LOCALE).removesuffix(CATALOGUE)
        catalogue.metadata = {
            "Language": language,
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=UTF-8",
        }
    else:
        catalogue = polib.pofile(old.decode(), wrapwidth=WRAP_COLUMNS)
    known = {entry.msgctxt: entry for entry in catalogue if entry.msgctxt and not entry.obsolete}
    for key, said in texts.items():
        source, text, *flags = said
        entry = known.pop(key, None)
        if entry is None:
            catalogue.append(polib.POEntry(msgctxt=key, msgid=source, msgstr=text, flags=flags))
        elif [entry.msgid, entry.msgstr, *([FUZZY] if entry.fuzzy else [])] != said:
            entry.msgid, entry.msgstr = source, text
            entry.flags = [each for each in entry.flags if each != FUZZY] + flags
            entry.previous_msgid = None
    for entry in known.values():
        catalogue.remove(entry)
    return f"{catalogue}\n".encode()
