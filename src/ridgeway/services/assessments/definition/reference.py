"""Every key of the format as tables, made from the dataclasses: the end of docs/reference/assessment-format.md."""

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from ridgeway.services.assessments.definition.kinds import QuestionType
from ridgeway.services.assessments.definition.questions import EVERYWHERE, KEYS, REQUIRED
from ridgeway.services.assessments.definition.schema import ROOTS, is_required, name_of

FILES: Final = {
    "service": "service.yaml",
    "table": "tables/NAME.yaml",
    "cases": "cases.yaml",
    "theme": "theme.yaml",
    "changes": "CHANGES.yaml",
}
PLAIN: Final[dict[Any, str]] = {
    str: "text",
    bool: "true or false",
    int: "whole number",
    Decimal: "number",
    date: "day",
    Any: "value",
}


def render_keys() -> str:
    """The page: each mapping with its keys, in the order in which one meets them."""
    names = {kind: FILES[root] for root, kind in ROOTS.items()}
    parts = [render_types()]
    for kind in list_classes(list(ROOTS.values())):
        title = f"{kind.__name__} ({names[kind]})" if kind in names else kind.__name__
        parts.append(f"### {title}\n\n{clean(kind.__doc__ or '')}\n\n" + "\n".join(render_rows(kind)) + "\n")
    return "\n".join(parts)


def list_classes(found: list[type]) -> list[type]:
    """The classes, and all that are in their fields."""
    for kind in found:
        for hint in get_type_hints(kind).values():
            inner = (each for each in list_inner(hint) if isinstance(each, type) and is_dataclass(each))
            found.extend(each for each in inner if each not in found)
    return found


def list_inner(hint: Any) -> Iterator[Any]:
    """The types in a type."""
    yield hint
    for each in get_args(hint):
        yield from list_inner(each)


def render_rows(kind: type) -> Iterator[str]:
    """The table of one class."""
    yield "| key | is | unless given | means |"
    yield "|---|---|---|---|"
    hints = get_type_hints(kind)
    for each in fields(kind):
        cells = (f"`{name_of(each)}`", render_kind(hints[each.name]), render_default(each), each.metadata["title"])
        yield f"| {' | '.join(cells)} |".replace("|  |", "| |")


def render_kind(hint: Any) -> str:
    """A type in words."""
    origin = get_origin(hint)
    if hint in PLAIN:
        return PLAIN[hint]
    if origin in {Union, UnionType}:
        return " or ".join(render_kind(each) for each in get_args(hint) if each is not type(None))
    if origin is tuple:
        return f"list of {render_kind(get_args(hint)[0])}"
    if origin is dict:
        return f"mapping of names to {render_kind(get_args(hint)[1])}"
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return ", ".join(f"`{each}`" for each in hint)
    return hint.__name__ if hint in ROOTS.values() else f"[{hint.__name__}](#{hint.__name__.lower()})"


def render_default(each: "Field[Any]") -> str:
    """What a key is when it is not there."""
    if is_required(each):
        return "**needed**"
    if each.default is MISSING or each.default in (None, ()) or is_dataclass(each.default):
        return ""
    return f"`{str(each.default).lower() if isinstance(each.default, bool) else each.default}`"


def render_types() -> str:
    """Which keys of a question belong to which type."""
    rows = ["| type | keys of its own | needed |", "|---|---|---|"]
    for kind in QuestionType:
        needed = ", ".join(f"`{each}`" for each in REQUIRED.get(kind, ()))
        own = ", ".join(f"`{each}`" for each in sorted(KEYS[kind]))
        rows.append(f"| `{kind}` | {own} | {needed} |".replace("|  |", "| |"))
    everywhere = ", ".join(f"`{each}`" for each in sorted(EVERYWHERE))
    return f"### Keys by type of question\n\nEvery question may have {everywhere}.\n\n" + "\n".join(rows) + "\n"


def clean(text: str) -> str:
    """A docstring on one line."""
    return " ".join(text.split())
