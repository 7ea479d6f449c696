"""Which RAW answers a question takes, and the value that each stands for.

Law: RAW is what answers hold as JSON (a cookie, a QR code, a test case) and has exactly one form for each answer:

    yes_no true|false · radios "id" · checkboxes ["id", …] in the options' order, an exclusive one alone, [] = none
    number, money, year "12.5" (no needless zeros) · date "2026-11-15", when approximate also "2026-11" or "2026"
    month "2026-11" · duration ["3", "weeks"] · salary ["1200", "month"] · list "id" · text kinds the normalised text
    null = “I don't know” (question.unknown) · "" = left empty (question.optional); both have the value unknown

A RAW in another form is no answer at all. A duration is worth days (×1, 7, 30, 365), a salary
money a year (×52, 26, 12, 1).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ridgeway.services.assessments.engine import limits
from ridgeway.services.assessments.engine.document import Countries, Question
from ridgeway.services.assessments.engine.patterns import compile_pattern
from ridgeway.services.assessments.expressions import UNKNOWN, Scope, parse_date, parse_number, render_number
from ridgeway.services.assessments.expressions.values import MAX_NUMBER, MILLION

Raw = Any
Value = Any
Reader = Callable[[Raw], Value]
Limit = Callable[[Scope], Value]

DAYS_OF_UNIT: Final = {"days": 1, "weeks": 7, "months": 30, "years": 365}
PERIODS_A_YEAR: Final = {"week": 52, "two_weeks": 26, "month": 12, "year": 1}
TEXT_KINDS: Final = frozenset({"text", "long_text", "email", "phone", "postal_code", "identifier"})
NUMBER_KINDS: Final = frozenset({"number", "money", "year"})
CODE_KINDS: Final = frozenset({"postal_code", "identifier"})
MAX_LENGTHS: Final = {"long_text": limits.MAX_LONG_TEXT, "email": limits.MAX_EMAIL}


class Refused:
    """The one mark of a RAW that is no answer to the question."""

    def __repr__(self) -> str:
        return "REFUSED"


REFUSED: Final = Refused()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question ready to be answered: its description, what reads a RAW, and its limits as closures."""

    spec: Question
    id: str
    read: Reader
    earliest: Limit | None = None
    latest: Limit | None = None
    is_limited: bool = False

    def accept(self, raw: Raw, scope: Scope) -> Value:
        """The value of a RAW, or REFUSED when it is none or beyond a limit; `scope` is that before the page."""
        if raw is None:
            return UNKNOWN if self.spec.unknown else REFUSED
        if raw == "":
            return UNKNOWN if self.spec.optional else REFUSED
        value = self.read(raw)
        if value is REFUSED or not self.is_limited:
            return value
        return REFUSED if self.is_early(value, scope) or self.is_late(value, scope) else value

    def is_early(self, value: Value, scope: Scope) -> bool:
        """Whether a date is certainly before the earliest."""
        bound = UNKNOWN if self.earliest is None else self.earliest(scope)
        return bound is not UNKNOWN and bool(value.hi < bound.lo)

    def is_late(self, value: Value, scope: Scope) -> bool:
        """Whether a date is certainly after the latest."""
        bound = UNKNOWN if self.latest is None else self.latest(scope)
        return bound is not UNKNOWN and bool(value.lo > bound.hi)


def make_reader(spec: Question, lists: Mapping[str, Countries]) -> Reader:
    """What reads a RAW of this question; REFUSED for what is none."""
    if spec.type in TEXT_KINDS:
        return read_text_with(spec)
    if spec.type in NUMBER_KINDS:
        return read_number_with(spec)
    if spec.type == "list":
        return read_choice_among(frozenset(lists[str(spec.list_name)].ids))
    if spec.type == "radios":
        return read_choice_among(frozenset(option.id for option in spec.options))
    if spec.type == "checkboxes":
        return read_choices_with(spec)
    if spec.type in {"duration", "salary"}:
        return read_pair_with(spec)
    lengths = {4, 7, 10} if spec.approximate else {10}
    return {"yes_no": read_bool, "date": read_date_of(lengths), "month": read_date_of({7})}[spec.type]


def read_bool(raw: Raw) -> Value:
    """true or false."""
    return raw if raw is True or raw is False else REFUSED


def read_choice_among(ids: frozenset[str]) -> Reader:
    """One of these ids."""
    return lambda raw: raw if isinstance(raw, str) and raw in ids else REFUSED


def read_choices_with(spec: Question) -> Reader:
    """Ids in the order of the options; an exclusive one stands alone."""
    places = {option.id: place for place, option in enumerate(spec.options)}
    alone = {option.id for option in spec.options if option.exclusive}
    takes_none = "none" in spec.has

    def read(raw: Raw) -> Value:
        if not isinstance(raw, list) or len(raw) > len(places) or not (raw or takes_none):
            return REFUSED
        before = -1
        for each in raw:
            place = places.get(each, -1) if isinstance(each, str) else -1
            if place <= before or (each in alone and len(raw) > 1):
                return REFUSED
            before = place
        return tuple(raw)

    return read


def read_amount(raw: Raw, decimals: int) -> int | None:
    """The millionths of a canonical number with at most so many decimals."""
    if not isinstance(raw, str) or len(raw) > 24:
        return None
    value = parse_number(raw)
    if value is None or render_number(value) != raw:
        return None
    return None if value % 10 ** (6 - decimals) else value


def read_number_with(spec: Question) -> Reader:
    """A number within the limits of the question."""
    low, high = (None if bound is None else int(bound) for bound in (spec.min, spec.max))
    decimals = 0 if spec.type == "year" else spec.decimals
    year = spec.type == "year"

    def read(raw: Raw) -> Value:
        value = read_amount(raw, decimals)
        if value is None or (low is not None and value < low) or (high is not None and value > high):
            return REFUSED
        return REFUSED if year and not MILLION <= value <= 9999 * MILLION else value

    return read


def read_pair_with(spec: Question) -> Reader:
    """An amount with its unit or period, as days or as money a year."""
    factors = DAYS_OF_UNIT if spec.type == "duration" else PERIODS_A_YEAR
    named = (spec.units if spec.type == "duration" else spec.periods) or tuple(factors)
    low, high = (None if bound is None else int(bound) for bound in (spec.min, spec.max))

    def read(raw: Raw) -> Value:
        if not isinstance(raw, list) or len(raw) != 2 or not isinstance(raw[1], str) or raw[1] not in named:
            return REFUSED
        amount = read_amount(raw[0], spec.decimals)
        if amount is None or amount < 0:
            return REFUSED
        value = amount * factors[raw[1]]
        if value > MAX_NUMBER or (low is not None and value < low) or (high is not None and value > high):
            return REFUSED
        return value

    return read


def read_date_of(lengths: set[int]) -> Reader:
    """A day, or a month or year where these lengths of text say so."""

    def read(raw: Raw) -> Value:
        value = parse_date(raw) if isinstance(raw, str) and len(raw) in lengths else None
        return REFUSED if value is None else value

    return read


def read_text_with(spec: Question) -> Reader:
    """A text that is in its normal form already."""
    longest = get_max_length(spec)
    fits = find_pattern(spec)

    def read(raw: Raw) -> Value:
        if not isinstance(raw, str) or len(raw) > longest or not is_plain(raw, spec.type == "long_text"):
            return REFUSED
        return raw if fits is None or fits(raw) else REFUSED

    return read


def get_max_length(spec: Question) -> int:
    """How many characters an answer may have."""
    most = MAX_LENGTHS.get(spec.type, limits.MAX_CODE if spec.type in CODE_KINDS else limits.MAX_TEXT)
    return most if spec.max_length is None else min(most, spec.max_length)


def find_pattern(spec: Question) -> Callable[[str], bool] | None:
    """What a text must look like, if anything."""
    if spec.type == "email":
        return is_email
    return None if spec.pattern is None else compile_pattern(spec.pattern)


def is_email(text: str) -> bool:
    """Whether a text looks like an e-mail address: one @, then a name with a point in it."""
    local, at, domain = text.partition("@")
    labels = domain.split(".")
    well = bool(at and local) and len(local) <= 64 and 2 <= len(labels) <= 9 and " " not in text and "@" not in domain
    return well and all(0 < len(label) <= 63 for label in labels)


def is_plain(text: str, many_lines: bool) -> bool:
    """Whether a text has no control characters, no loose ends, and a line break only where there may be several."""
    if not text or text[0] in " \n" or text[-1] in " \n":
        return False
    return not any(is_forbidden(ord(each), many_lines) for each in text)


def is_forbidden(code: int, many_lines: bool) -> bool:
    """Whether a character is a control character or half of one."""
    return (code < 32 and not (many_lines and code == 10)) or 127 <= code < 160 or 0xD800 <= code < 0xE000
