"""The scripts of the browser as one script: each module a function of its own, after all that it imports.

Why: one file has one address and one digest, so no cache can mix two versions, and a page that works without a network
holds it whole. Law: modules import names by `import { a, b } from "./x.js";` and export what they declare; nothing else
is understood, and what is not understood is refused.
"""

import re
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Final

from ridgeway.errors import SettingsError
from ridgeway.services.assessments.offline.shrinking import shrink_script

SCRIPTS: Final = Path(__file__).parents[1] / "static" / "assessments"
IMPORT: Final = re.compile(r"^import \{([^}]*)\} from \"(\.[^\"]+)\";\n", re.MULTILINE)
EXPORT: Final = re.compile(r"^export (async function|function|const|let|class) ([A-Za-z_$][\w$]*)", re.MULTILINE)
EXPORT_LIST: Final = re.compile(r"^export \{([^}]*)\};\n", re.MULTILINE)
LEFT_OVER: Final = re.compile(r"^(import|export)\b.*", re.MULTILINE)


class ScriptError(SettingsError):
    """A module of ours is written in a way that cannot be joined: unreadable_module, cycle."""


@cache
def join_modules(entry: str, *, name: str = "") -> str:
    """One strict script that runs the module `entry`; with `name` its exports become a constant of that name."""
    parts = [wrap_module(path) for path in sort_modules(PurePosixPath(entry))]
    kept = f"const {name} = {name_module(PurePosixPath(entry))};\n" if name else ""
    return shrink_script('"use strict";\n' + "".join(parts) + kept)


def sort_modules(entry: PurePosixPath, above: tuple[PurePosixPath, ...] = ()) -> list[PurePosixPath]:
    """The module and all that it imports, each after what it needs, once."""
    if entry in above:
        raise ScriptError("cycle", f"{entry} imports itself through {above[-1]}.")
    found: list[PurePosixPath] = []
    for path in list_imports(entry):
        found += [each for each in sort_modules(path, (*above, entry)) if each not in found]
    return [*found, entry]


@cache
def read_module(path: PurePosixPath) -> str:
    """The source of a module."""
    return (SCRIPTS / path).read_text("utf-8")


def list_imports(path: PurePosixPath) -> list[PurePosixPath]:
    """The modules that this one imports, in its order."""
    return [resolve(path, target) for _names, target in IMPORT.findall(read_module(path))]


def resolve(importer: PurePosixPath, target: str) -> PurePosixPath:
    """The path, below the folder of scripts, of what a module imports as `./x.js` or `../y/x.js`."""
    parts = list(importer.parent.parts)
    for part in PurePosixPath(target).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return PurePosixPath(*parts)


def name_module(path: PurePosixPath) -> str:
    """The constant that holds the exports of a module; no two of ours have the same last name."""
    return "$" + re.sub(r"\W", "_", path.stem)


def wrap_module(path: PurePosixPath) -> str:
    """The module as a function that is called once and gives its exports.

    Raises:  ScriptError(unreadable_module) for an import or an export in another form.
    """
    source = read_module(path)
    exports = [name for _kind, name in EXPORT.findall(source)]
    for names in EXPORT_LIST.findall(source):
        exports += split_names(names)
    body = EXPORT.sub(r"\1 \2", EXPORT_LIST.sub("", IMPORT.sub(lambda found: bind(path, found), source)))
    if left := LEFT_OVER.search(body):
        raise ScriptError("unreadable_module", f"{path} says {left[0]!r}, which cannot be joined.")
    return f"const {name_module(path)} = (() => {{\n{body}return {{ {', '.join(exports)} }};\n}})();\n"


def bind(importer: PurePosixPath, found: re.Match[str]) -> str:
    """The import of names as a constant of what the other module gave."""
    names = ", ".join(name.replace(" as ", ": ") for name in split_names(found[1]))
    return f"const {{ {names} }} = {name_module(resolve(importer, found[2]))};\n"


def split_names(text: str) -> list[str]:
    """The names between the braces of an import or an export."""
    return [name.strip() for name in text.split(",") if name.strip()]
