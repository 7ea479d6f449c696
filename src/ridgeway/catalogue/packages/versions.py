"""Which of two versions is the newer one. Pure.

Law: numbers count as numbers (2.10 is newer than 2.9), and a version with a word behind a dash comes before the same
without one (2.0-rc1 before 2.0).
Source:  Semantic Versioning 2.0.0, section 11.
"""

import re
from typing import Final

PART: Final = re.compile(r"\d+|[A-Za-z]+")
NOUGHT: Final = (0, 0, "")
Key = tuple[tuple[tuple[int, int, str], ...], int, tuple[tuple[int, int, str], ...]]


def order_version(version: str) -> Key:
    """What versions are ordered by; build marks behind a plus say nothing."""
    release, dash, word = version.partition("+")[0].partition("-")
    parts = list(split_parts(release))
    while parts and parts[-1] == NOUGHT:
        parts.pop()
    return tuple(parts), 0 if dash else 1, split_parts(word)


def split_parts(text: str) -> tuple[tuple[int, int, str], ...]:
    """Numbers and words in their order; a number comes before a word."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part.lower()) for part in PART.findall(text))


def is_older(version: str, than: str) -> bool:
    """Whether `version` came before `than`."""
    return order_version(version) < order_version(than)
