"""Changes and values as the verbs show them: on a line for a person, as plain values for a program."""

import json
from typing import Any

from ridgeway.office.documents.operations import Operation

MAX_SHOWN_CHARACTERS = 100


def describe_operation(operation: Operation) -> dict[str, Any]:
    """An operation as JSON takes it."""
    return {
        "kind": str(operation.kind),
        "element": operation.place,
        "was": plain(operation.was),
        "value": plain(operation.value),
        "reason": operation.reason,
        "author": operation.author,
        "basis": operation.basis,
    }


def plain(value: Any) -> Any:
    """A value of a definition as JSON takes it; numbers with a point as text, so that they keep their digits."""
    return json.loads(json.dumps(value, default=str))


def render_operation(operation: Operation) -> str:
    """An operation in a line."""
    says = {"add": "added", "remove": "removed", "order": "in another order"}
    said = says.get(operation.kind) or f"{shorten(operation.was)} → {shorten(operation.value)}"
    why = f"  ({shorten(operation.reason)}, {shorten(operation.author)})" if operation.author else ""
    return f"{shorten(operation.place)}: {said}{why}"


def shorten(value: Any) -> str:
    """A value on one line."""
    text = value if isinstance(value, str) else json.dumps(plain(value), ensure_ascii=False)
    text = "".join(each if each.isprintable() else " " for each in text)
    return text if len(text) <= MAX_SHOWN_CHARACTERS else text[: MAX_SHOWN_CHARACTERS - 1] + "…"
