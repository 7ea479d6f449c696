"""Values as the compiled document holds them: exact, and the same in both engines.

Shapes:  bool true/false · number a text of whole millionths · text and option a text · options a list of texts ·
         date [first, last] in days since 1970-01-01 · unknown null.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from ridgeway.services.assessments.definition.limits import DECIMALS, MAX_NUMBER, MAX_TEXT_ANSWER

EPOCH: Final = date(1970, 1, 1).toordinal()
MILLION: Final = 10**DECIMALS
Value = Any
"""The JSON form of a typed value."""


class ValueFault(ValueError):  # noqa: N818 — it becomes one fault of many
    """A value does not fit its type; its text says what would."""


def to_number(raw: Any) -> str:
    """A number as the text of its millionths.

    Raises:  ValueFault.
    """
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        raise ValueFault(f"this is {show(raw)}; expected a number without quotes")
    if abs(Decimal(raw)) > MAX_NUMBER:
        raise ValueFault(f"this is {show(raw)}; a number lies between -{MAX_NUMBER} and {MAX_NUMBER}")
    exponent = Decimal(raw).as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -DECIMALS:
        raise ValueFault(f"this is {show(raw)}; a number has at most {DECIMALS} digits after the point")
    return str(int(Decimal(raw) * MILLION))


def to_day(raw: Any) -> list[int]:
    """An exact day as an interval of one.

    Raises:  ValueFault.
    """
    try:
        day = raw if isinstance(raw, date) else date.fromisoformat(raw)
    except (ValueError, TypeError):
        raise ValueFault(f"this is {show(raw)}; expected a day as 2026-10-01") from None
    return [day.toordinal() - EPOCH] * 2


def to_text(raw: Any) -> str:
    """A text.

    Raises:  ValueFault.
    """
    if not isinstance(raw, str):
        raise ValueFault(f"this is {show(raw)}; expected a text in quotes")
    if len(raw) > MAX_TEXT_ANSWER:
        raise ValueFault(f"this text has {len(raw)} characters; {MAX_TEXT_ANSWER} are the most")
    return raw


def to_bool(raw: Any) -> bool:
    """A truth value.

    Raises:  ValueFault.
    """
    if not isinstance(raw, bool):
        raise ValueFault(f"this is {show(raw)}; expected true or false")
    return raw


READERS: Final[Mapping[str, Any]] = {"bool": to_bool, "number": to_number, "text": to_text, "date": to_day}


def to_value(kind: str, raw: Any) -> Value:
    """What is written in YAML, as a value of the type `kind`: bool, number, text or date.

    Raises:  ValueFault.
    """
    return READERS[kind](raw)


def show(raw: Any) -> str:
    """A value in a sentence."""
    text = {"None": "nothing", "True": "true", "False": "false"}.get(str(raw)) or repr(str(raw))
    return text if len(text) <= 60 else f"{text[:59]}…"
