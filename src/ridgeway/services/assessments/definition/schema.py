"""The JSON Schema of `service.yaml`, made from the dataclasses, for editors that complete and mark as one types.

Law: `schema.json` beside this file is what `render_schema` gives (a test compares). It says which keys there are; what
must fit together is said by `reading.py`, which is stricter.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from ridgeway.services.assessments.definition.shapes import Cases, Changes, Decision, Definition, Theme

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
ROOTS: Final[Mapping[str, type]] = {
    "service": Definition,
    "table": Decision,
    "cases": Cases,
    "theme": Theme,
    "changes": Changes,
}
"""The files by what they are: service.yaml and those beside it."""
PLAIN: Final[Mapping[Any, dict[str, Any]]] = {
    str: {"type": ["string", "integer"]},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    Decimal: {"type": "number"},
    date: {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    Any: {},
}


def render_schema(root: str = "service") -> dict[str, Any]:
    """The JSON Schema of one kind of file, with all that it refers to in it."""
    definitions: dict[str, Any] = {}
    reference = describe(ROOTS[root], definitions)
    return {
        "$schema": DRAFT,
        "title": f"Self-assessment: {root}",
        **reference,
        "$defs": dict(sorted(definitions.items())),
    }


def describe(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of a type; those of dataclasses are put into `definitions`."""
    origin = get_origin(kind)
    if kind in PLAIN:
        return dict(PLAIN[kind])
    if origin in {Union, UnionType}:
        found = [describe(each, definitions) for each in get_args(kind) if each is not type(None)]
        return found[0] if len(found) == 1 else {"anyOf": found}
    if origin is tuple:
        return {"type": "array", "items": describe(get_args(kind)[0], definitions)}
    if origin is dict:
        return {"type": "object", "additionalProperties": describe(get_args(kind)[1], definitions)}
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return {"enum": [str(each) for each in kind]}
    if is_dataclass(kind) and isinstance(kind, type):
        return describe_class(kind, definitions)
    raise TypeError(f"no JSON Schema for {kind}")


def describe_class(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    """A reference to the schema of a dataclass."""
    name = kind.__name__
    if name not in definitions:
        definitions[name] = {}
        definitions[name] = describe_keys(kind, definitions)
    return {"$ref": f"#/$defs/{name}"}


def describe_keys(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    """A mapping of the known keys; of a class with a short form, that one too."""
    hints = get_type_hints(kind)
    known = {name_of(each): each for each in fields(kind)}
    whole = {
        "type": "object",
        "properties": {
            key: describe(hints[each.name], definitions) | {"description": each.metadata["title"]}
            for key, each in known.items()
        },
        "required": [key for key, each in known.items() if is_required(each)],
        "additionalProperties": False,
    }
    about = {"description": (kind.__doc__ or "").strip()}
    if getattr(kind, "short_for", ""):
        return about | {"anyOf": [{"type": ["string", "integer"]}, whole]}
    return about | whole


def name_of(each: "Field[Any]") -> str:
    """The key in the file."""
    return each.name.removesuffix("_")


def is_required(each: "Field[Any]") -> bool:
    """Whether the key must be there."""
    return each.default is MISSING and each.default_factory is MISSING
