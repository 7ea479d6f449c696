"""What is wrong with something that a person typed, as a value: pages say it in the person's language.

Law: a fault never carries what was typed, so that it can be logged.
"""

from dataclasses import dataclass
from enum import StrEnum


class Wrong(StrEnum):
    """Kinds of faults."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    FORMULA = "formula"  # begins as a formula of a spreadsheet does
    CONTROL = "control"  # letters that cannot be seen
    LINK = "link"
    SHAPE = "shape"  # not what an address, or a postcode, looks like
    PLUS = "plus"  # an address with an extension where these are not taken
    DIFFERENT = "different"  # typed twice, not alike
    UNKNOWN = "unknown"  # not on the list


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; `limit` is the most letters, where that is what is wrong."""

    wrong: Wrong
    limit: int = 0
