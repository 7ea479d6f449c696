"""How dates and numbers are written in a language, from CLDR by babel, as data that both engines read alike.

Shapes:  plural = [[category, [[[operand, modulus, is_in, [[low, high], …]], … and], … or]], …]; none holds → `other`.
         Operands are those of CLDR (n i v w f t) of the number as it is shown; modulus 0 means none; of a number
         that is not whole, n lies in no range.
Source:  Unicode TR35, part 3 (numbers), plural operands and rules.
"""

import re
from functools import lru_cache
from typing import Any, Final

from babel import Locale
from babel.core import UnknownLocaleError
from babel.plural import PluralRule

MONTHS: Final = 12
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
EXPONENTS: Final = frozenset({"c", "e"})
"""Operands of numbers in short scientific form, which are never shown: they are 0."""
NUMERIC_MONTH: Final = re.compile(r"(?<![ML])[ML]{1,2}(?![ML])")


@lru_cache(maxsize=256)
def find_locale(code: str) -> Locale | None:
    """The rules of a language by its code; None when there is none."""
    if not LANGUAGE.fullmatch(code):
        return None
    try:
        return Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


def is_language(code: str) -> bool:
    """Whether it is the code of a language that is known."""
    return find_locale(code) is not None


def find_best_locale(code: str, jurisdiction: str) -> Locale:
    """The language as it is written in a place, or anywhere.

    Raises:  LookupError for an unknown language.
    """
    here = find_locale(f"{code}-{jurisdiction[:2]}") if "-" not in code else None
    found = here or find_locale(code)
    if found is None:
        raise LookupError(code)
    return found


def describe_language(code: str) -> dict[str, str]:
    """Its code, its name for itself and the direction in which it is written."""
    locale = find_best_locale(code, "")
    name = locale.get_display_name(code.replace("-", "_")) or code
    return {"code": code, "name": name[:1].upper() + name[1:], "dir": locale.text_direction}


def describe_formats(code: str, jurisdiction: str) -> dict[str, Any]:
    """Months, the order of a date, the signs of numbers, and which plural goes with which number."""
    locale = find_best_locale(code, jurisdiction)
    symbols = locale.number_symbols.get("latn") or next(iter(locale.number_symbols.values()))
    day, month = locale.date_formats["long"].pattern, locale.datetime_skeletons["yMMMM"].pattern
    names = locale.months["format"]["wide"]
    is_numeric = bool(NUMERIC_MONTH.search(day) and NUMERIC_MONTH.search(month))
    return {
        "months": [str(number) if is_numeric else names[number] for number in range(1, MONTHS + 1)],
        "date": convert_pattern(day),
        "month": convert_pattern(month),
        "decimal": symbols["decimal"],
        "group": symbols["group"],
        "plural": convert_plural(locale.plural_form),
    }


def convert_pattern(pattern: str) -> str:
    """A pattern of CLDR as `{d} {m} {y}`; what is in quotes stays as it is."""
    parts: list[str] = []
    for quoted, letters, other in re.findall(r"'([^']*)'|([A-Za-z]+)|([^A-Za-z']+)", pattern):
        if letters:
            parts.append({"d": "{d}", "M": "{m}", "L": "{m}", "y": "{y}"}.get(letters[0], ""))
        else:
            parts.append(quoted or other)
    text = "".join(parts).strip()
    return text if {"{m}", "{y}"} <= set(re.findall(r"\{.\}", text)) else "{d} {m} {y}"


def convert_plural(rule: PluralRule) -> list[list[Any]]:
    """The plural categories of a language with their conditions, `other` left out."""
    found = []
    for category, tree in rule.abstract:
        alternatives = convert_condition(tree)
        if alternatives:
            found.append([category, alternatives])
    return found


def convert_condition(tree: Any) -> list[list[Any]]:
    """A condition as alternatives of relations that hold together."""
    kind, arguments = tree
    if kind == "or":
        return [*convert_condition(arguments[0]), *convert_condition(arguments[1])]
    if kind == "and":
        left, right = (convert_condition(each) for each in arguments)
        return [[*one, *another] for one in left for another in right]
    if kind == "not":
        operand, modulus, is_in, ranges = convert_relation(arguments[0])
        return simplify([operand, modulus, not is_in, ranges])
    return simplify(convert_relation(tree))


def simplify(relation: list[Any]) -> list[list[Any]]:
    """A relation as one alternative; those on operands that are always 0 are decided here."""
    operand, _, is_in, ranges = relation
    if operand in EXPONENTS:
        holds = is_in == any(low <= 0 <= high for low, high in ranges)
        return [[]] if holds else []
    return [[relation]]


def convert_relation(tree: Any) -> list[Any]:
    """`n % 10 = 2..4` as [operand, modulus, is_in, ranges]."""
    _, (_, expression, (_, ranges)) = tree
    operand, modulus = expression, 0
    if expression[0] == "mod":
        operand, (_, (modulus,)) = expression[1]
    return [operand[0], modulus, True, [[low[1][0], high[1][0]] for low, high in ranges]]
