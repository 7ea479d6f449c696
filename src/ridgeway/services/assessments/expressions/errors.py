"""What is wrong with an expression: where, what stands there, what was expected, and what was perhaps meant."""

import difflib
from collections.abc import Iterable

from ridgeway.errors import SettingsError

MAX_NAMED = 12
MAX_SHOWN = 40


class ExpressionError(SettingsError):
    """An expression, or a test of a decision table, cannot be used; `column` counts characters from 1."""

    who = "the author of the package"

    def __init__(self, code: str, detail: str, *, column: int = 1, action: str = "") -> None:
        super().__init__(code, detail, action=action)
        self.column = column


def nearest(name: str, names: Iterable[str]) -> str:
    """A sentence that says what was perhaps meant, or what there is; empty when there is nothing."""
    known = sorted(set(names))
    close = difflib.get_close_matches(name[:MAX_SHOWN], known, n=1)
    if close:
        return f"Did you mean {close[0]}?"
    if not known:
        return ""
    more = f" and {len(known) - MAX_NAMED} more" if len(known) > MAX_NAMED else ""
    return f"There is {', '.join(known[:MAX_NAMED])}{more}."


def show(text: str) -> str:
    """The text, cut to what fits a line."""
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
