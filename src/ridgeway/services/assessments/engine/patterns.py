"""Regular expressions that may come from a stranger: a small subset that means the same in Python and in JavaScript.

Law: literal letters and digits, classes of them, groups `(?:…)`, alternatives, and bounded repeats; no `*`, `+`, look
around or back reference; at most eight repeats of no fixed length, four of them of many lengths, none of a group but
`?`. Such a pattern cannot take long on the few characters of a code.
"""

import itertools
import re
from collections.abc import Callable
from functools import lru_cache

from ridgeway.services.assessments.engine.errors import DefinitionError
from ridgeway.services.assessments.engine.limits import MAX_CODE, MAX_QUANTIFIERS, MAX_WIDE

MAX_SOURCE = 500
PART = re.compile(
    r"\[\^?[^\[\]\\^]{1,80}\]"  # a class
    r"|\(\?:|\)|\|"
    r"|\{[0-9]{1,2}(?:,[0-9]{1,2})?\}|\?"
    r"|\\[.+^$|?*()\[\]{}/-]|[A-Za-z0-9@ ,:;_/#%&'=<>!-]"
)


@lru_cache(maxsize=512)
def compile_pattern(source: str) -> Callable[[str], bool]:
    """A function that says whether a text is one of the pattern.

    Raises:  DefinitionError(invalid_pattern) for what is not in the subset.
    """
    if not (source.startswith("^") and source.endswith("$") and len(source) <= MAX_SOURCE):
        raise refuse(source)
    parts = split_pattern(source[1:-1], source)
    loose = sum(part == "?" or ("," in part[1:-1] and part[0] == "{") for part in parts)
    wide = sum(part[0] == "{" and is_wide(part) for part in parts)
    after_group = any(a == ")" and b[0] == "{" for a, b in itertools.pairwise(parts))
    if loose > MAX_QUANTIFIERS or wide > MAX_WIDE or after_group:
        raise refuse(source)
    try:
        found = re.compile(source, re.ASCII).fullmatch
    except (re.error, OverflowError):
        raise refuse(source) from None
    return lambda text: len(text) <= MAX_CODE and found(text) is not None


def is_wide(part: str) -> bool:
    """Whether `{least,most}` may stop at more than two places."""
    least, comma, most = part[1:-1].partition(",")
    return bool(comma) and int(most) - int(least) > 1


def split_pattern(inner: str, source: str) -> list[str]:
    """The parts of a pattern between its anchors."""
    parts, place = [], 0
    while place < len(inner):
        part = PART.match(inner, place)
        if part is None:
            raise refuse(source)
        parts.append(part[0])
        place = part.end()
    return parts


def refuse(source: str) -> DefinitionError:
    """The error for a pattern outside the subset."""
    return DefinitionError("invalid_pattern", f"The pattern {source[:60]!r} is not of the kind that may be used here.")
