"""From a form to RAW answers, or to errors that say which field and why.

Law: all of a page is read, each question by itself; what is wrong is not in `values`. Fields have the name of their
question, with `-day -month -year -amount -unit -unknown` for parts; `again` asks for another item. An exclusive option
or `none` together with others is an error, for people without scripts, too. The rules for text: normal form C, control
characters gone, spaces as one (in long text line breaks stay), none at the ends. Codes (`postal_code`, `identifier`):
upper case, digits as 0 to 9, without spaces, hyphens, points and slashes; `phone` likewise, without brackets.
A list takes the name of an entry in the language or the source language, or its id, small and capital letters alike.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ridgeway.services.assessments.definition.patterns import normalise_code
from ridgeway.services.assessments.engine.assessment import Assessment
from ridgeway.services.assessments.engine.document import Formats
from ridgeway.services.assessments.engine.errors import StepError
from ridgeway.services.assessments.engine.limits import MAX_FORM_VALUE
from ridgeway.services.assessments.engine.loading import fold
from ridgeway.services.assessments.engine.numerals import SPACES, read_typed_number, to_ascii_digits, to_canonical
from ridgeway.services.assessments.engine.questions import (
    CODE_KINDS,
    NUMBER_KINDS,
    REFUSED,
    TEXT_KINDS,
    Asked,
    get_max_length,
    is_forbidden,
)
from ridgeway.services.assessments.engine.replay import AGAIN, Trail, asks_again
from ridgeway.services.assessments.engine.speaking import PLAIN_FORMATS
from ridgeway.services.assessments.expressions import Scope, parse_date, parse_number

Form = Mapping[str, Sequence[str]]
Raw = Any
UNKNOWN_WORD, NONE_WORD = "unknown", "none"


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with an answer: the id of the field to go to, the question, a word and what is put into it.

    Shapes:  arguments are pairs: ("number", millionths) · ("date", Span) · ("none", question) · ("text", text).
    """

    field: str
    question: str
    word: str
    arguments: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """What a form said: RAW by question, and what is wrong."""

    values: dict[str, Raw] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()


class Fault(Exception):  # noqa: N818 — it becomes a FieldError
    """An answer cannot be read; `part` is the end of the field's id."""

    def __init__(self, word: str, *arguments: tuple[str, Any], part: str = "") -> None:
        super().__init__(word)
        self.word = word
        self.arguments = arguments
        self.part = part


def read_answers(
    assessment: Assessment,
    page: str,
    form: Form,
    *,
    today: date,
    trail: Trail,
    item: int | None = None,
    language: str | None = None,
) -> Read:
    """What a person answered on a page of the trail, as RAW or errors; `language` says how numbers are written.

    Raises:  StepError when the page is not on the trail.
    """
    step = trail.find_place(page, item)
    if step is None or today != trail.today:
        raise StepError("no_such_step", f"The page {page!r} is not on the way of these answers.")
    reader = Reader(assessment, form, trail.scope_before(step), language or assessment.languages.source)
    ready = assessment.pages[page]
    for asked in ready.questions:
        reader.read(asked)
    if item is not None and asks_again(ready, item):
        reader.read_again()
    return Read(reader.values, tuple(reader.errors))


class Reader:
    """A form under way."""

    def __init__(self, assessment: Assessment, form: Form, scope: Scope, language: str) -> None:
        self.assessment = assessment
        self.form = form
        self.scope = scope
        self.language = language
        self.formats: Formats = assessment.document.formats.get(language, PLAIN_FORMATS)
        self.values: dict[str, Raw] = {}
        self.errors: list[FieldError] = []

    def get(self, name: str) -> str:
        """The one value of a field, cut to what is looked at; empty when there is none."""
        values = self.form.get(name) or ("",)
        return values[0][:MAX_FORM_VALUE]

    def read_again(self) -> None:
        """Whether there is another item."""
        said = self.get(AGAIN)
        if said in {"yes", "no"}:
            self.values[AGAIN] = said == "yes"
        else:
            self.errors.append(FieldError(AGAIN, AGAIN, "error_choose"))

    def read(self, asked: Asked) -> None:
        """One question."""
        try:
            self.values[asked.id] = self.read_raw(asked)
        except Fault as fault:
            name = asked.id + fault.part
            self.errors.append(FieldError(name, asked.id, fault.word, fault.arguments))

    def read_raw(self, asked: Asked) -> Raw:
        """The RAW of a question.

        Raises:  Fault.
        """
        spec = asked.spec
        if spec.type in {"yes_no", "radios", "checkboxes"}:
            return self.read_choice(asked)
        empty = self.is_empty(asked)
        if spec.unknown and self.get(f"{asked.id}-{UNKNOWN_WORD}"):
            if not empty:
                raise Fault("error_unknown_alone", ("word", "unknown"))
            return None
        if empty and spec.optional:
            return ""
        raw = self.read_written(asked, empty)
        self.require_limits(asked, raw)
        return raw

    def is_empty(self, asked: Asked) -> bool:
        """Whether nothing was written; a unit alone is nothing."""
        parts = {"date": ("-day", "-month", "-year"), "month": ("-month", "-year")}
        pairs = {"duration": ("-amount",), "salary": ("-amount",)}
        names = parts.get(asked.spec.type) or pairs.get(asked.spec.type) or ("",)
        return not any(clean(self.get(asked.id + part)) for part in names)

    def read_choice(self, asked: Asked) -> Raw:
        """The RAW of yes or no, radios and checkboxes."""
        spec = asked.spec
        chosen = [each for each in self.form.get(asked.id, ())[:200] if each]
        if not chosen and spec.optional:
            return ""
        if spec.unknown and UNKNOWN_WORD in chosen:
            if len(set(chosen)) > 1:
                raise Fault("error_unknown_alone", ("word", "unknown"))
            return None
        if spec.type == "checkboxes":
            return self.read_boxes(asked, chosen)
        first = chosen[0] if chosen else ""
        raw: Raw = {"yes": True, "no": False}.get(first) if spec.type == "yes_no" else first
        if asked.read(raw) is REFUSED:
            raise Fault("error_choose")
        return raw

    def read_boxes(self, asked: Asked, chosen: list[str]) -> Raw:
        """The RAW of checkboxes: options in their order."""
        spec = asked.spec
        takes_none = NONE_WORD in spec.has
        if takes_none and NONE_WORD in chosen:
            if len(set(chosen)) > 1:
                raise Fault("error_choose_none_alone", ("none", asked.id))
            return []
        raw = [option.id for option in spec.options if option.id in chosen]
        if not raw:
            raise Fault("error_choose_at_least_one")
        alone = [option.id for option in spec.options if option.exclusive and option.id in raw]
        if alone and len(raw) > 1:
            raise Fault("error_choose_none_alone", ("option", (asked.id, alone[0])))
        return raw

    def read_written(self, asked: Asked, empty: bool) -> Raw:
        """The RAW of what is written in fields."""
        kind = asked.spec.type
        if kind == "date":
            return self.read_date(asked, empty)
        if kind == "month":
            return self.read_month(asked, empty)
        if empty:
            raise Fault("error_empty", part="-amount" if kind in {"duration", "salary"} else "")
        if kind in {"duration", "salary"}:
            return self.read_pair(asked)
        if kind == "list":
            return self.read_entry(asked)
        if kind == "year":
            return str(self.read_year(self.get(asked.id)))
        if kind in NUMBER_KINDS:
            return self.read_number(asked, self.get(asked.id), "")
        assert kind in TEXT_KINDS
        return self.read_text(asked)

    def read_number(self, asked: Asked, text: str, part: str) -> str:
        """A number with as many decimals as the question takes."""
        number = read_typed_number(text, self.formats)
        if number is None:
            raise Fault("error_number", part=part)
        decimals = asked.spec.decimals
        if len(number.partition(".")[2]) > decimals:
            if decimals == 0:
                raise Fault("error_number_whole", part=part)
            raise Fault("error_number_decimals", ("number", decimals * 1_000_000), part=part)
        canonical = to_canonical(number)
        if canonical is None:
            raise Fault("error_number", part=part)
        return canonical

    def read_pair(self, asked: Asked) -> Raw:
        """An amount and its unit."""
        amount = self.read_number(asked, self.get(f"{asked.id}-amount"), "-amount")
        if amount.startswith("-"):
            raise Fault("error_too_low", ("number", 0), part="-amount")
        spec = asked.spec
        units = list(spec.units or () if spec.type == "duration" else spec.periods or ())
        unit = self.get(f"{asked.id}-unit") or (units[0] if len(units) == 1 else "")
        if unit not in units:
            raise Fault("error_unit", part="-unit")
        return [amount, unit]

    def read_entry(self, asked: Asked) -> str:
        """An entry of a list by its name or id."""
        listed = asked.spec.list_name
        wanted = fold(clean(self.get(asked.id)))
        entries = self.assessment.languages.entries
        for code in (self.language, self.assessment.languages.source):
            found = entries.get(f"{listed}@{code}", {}).get(wanted)
            if found is not None:
                return found
        for entry in self.assessment.document.lists[str(listed)].ids:
            if entry.lower() == wanted:
                return entry
        raise Fault("error_list")

    def read_text(self, asked: Asked) -> str:
        """A text in its normal form."""
        spec = asked.spec
        text = clean(self.get(asked.id), many_lines=spec.type == "long_text")
        if spec.type in CODE_KINDS or spec.type == "phone":
            text = normalise_code(to_ascii_digits(text))
        if spec.type == "phone":
            text = text.replace("(", "").replace(")", "")
        most = get_max_length(spec)
        if len(text) > most:
            raise Fault("error_too_long", ("number", most * 1_000_000))
        if not text or asked.read(text) is REFUSED:
            word = {"email": "error_email", "phone": "error_phone"}.get(spec.type, "error_code")
            raise Fault(word, ("text", text))
        return text

    def read_year(self, text: str, part: str = "") -> int:
        """A year of four digits."""
        digits = to_ascii_digits(clean(text))
        if len(digits) != 4 or not (digits.isascii() and digits.isdigit()) or digits == "0000":
            raise Fault("error_year", part=part)
        return int(digits)

    def read_month_part(self, text: str) -> int:
        """A month by its number or its name."""
        written = to_ascii_digits(clean(text))
        if written.isascii() and written.isdigit() and len(written) <= 2:
            number = int(written)
            if 1 <= number <= 12:
                return number
            raise Fault("error_date", part="-month")
        names = [fold(month) for month in self.formats.months]
        wanted = fold(written).rstrip(".")
        found = [place for place, month in enumerate(names, 1) if len(wanted) >= 3 and month.startswith(wanted)]
        exact = [place for place, month in enumerate(names, 1) if month == wanted]
        if len(exact or found) != 1:
            raise Fault("error_date", part="-month")
        return (exact or found)[0]

    def read_date(self, asked: Asked, empty: bool) -> str:
        """A day; where the question takes it, a month or a year."""
        day, month, year = (clean(self.get(f"{asked.id}-{part}")) for part in ("day", "month", "year"))
        if empty:
            raise Fault("error_date", part="-day")
        loose = asked.spec.approximate
        if not day and not loose:
            raise Fault("error_date_day", part="-day")
        if not month and (day or not loose):
            raise Fault("error_date_month", part="-month")
        if not year:
            raise Fault("error_date_year", part="-year")
        number = self.read_year(year, "-year")
        if not month:
            return f"{number:04}"
        text = f"{number:04}-{self.read_month_part(month):02}"
        if not day:
            return text
        digits = to_ascii_digits(day)
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 2):
            raise Fault("error_date", part="-day")
        text += f"-{int(digits):02}"
        if parse_date(text) is None:
            raise Fault("error_date", part="-day")
        return text

    def read_month(self, asked: Asked, empty: bool) -> str:
        """A month of a year."""
        month, year = (clean(self.get(f"{asked.id}-{part}")) for part in ("month", "year"))
        if empty or not month:
            raise Fault("error_date_month", part="-month")
        if not year:
            raise Fault("error_date_year", part="-year")
        number = self.read_year(year, "-year")
        return f"{number:04}-{self.read_month_part(month):02}"

    def require_limits(self, asked: Asked, raw: Raw) -> None:
        """Go on only when the answer is within the limits.

        Raises:  Fault that names the limit.
        """
        spec = asked.spec
        if spec.type in {"date", "month"}:
            value = asked.read(raw)
            first = "-day" if spec.type == "date" else "-month"
            if asked.is_early(value, self.scope):
                raise Fault("error_too_early", ("date", asked.earliest and asked.earliest(self.scope)), part=first)
            if asked.is_late(value, self.scope):
                raise Fault("error_too_late", ("date", asked.latest and asked.latest(self.scope)), part=first)
        elif asked.read(raw) is REFUSED:
            raise find_limit_fault(asked, raw)


def find_limit_fault(asked: Asked, raw: Raw) -> Fault:
    """Why a number is refused."""
    spec = asked.spec
    part = "-amount" if spec.type in {"duration", "salary"} else ""
    value = parse_number(raw) if isinstance(raw, str) else None
    low, high = (None if bound is None else int(bound) for bound in (spec.min, spec.max))
    plain = "plain" if spec.type == "year" else "number"
    if value is not None and low is not None and value < low:
        return Fault("error_too_low", (plain, low), part=part)
    if high is not None and (value is None or value > high):
        return Fault("error_too_high", (plain, high), part=part)
    if value is None and low is not None:
        return Fault("error_too_low", (plain, low), part=part)
    return Fault("error_empty" if spec.type in TEXT_KINDS else "error_number", part=part)


def clean(text: str, *, many_lines: bool = False) -> str:
    """A text in normal form C, without control characters, with single spaces and none at the ends."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = text.split("\n") if many_lines else [text]
    cleaned = "\n".join(" ".join(split_words(line)) for line in lines)
    return cleaned.strip("\n ")


def split_words(line: str) -> list[str]:
    """What stands between spaces, without control characters."""
    spaced = "".join(" " if each in SPACES else each for each in line)
    return [word for each in spaced.split(" ") if (word := "".join(c for c in each if not is_forbidden(ord(c), False)))]


def with_answers(answers: Mapping[str, Raw], page: str, item: int | None, values: Mapping[str, Raw]) -> dict[str, Raw]:
    """The answers with those of one page, or of one item of it, put in; the others stay as they are."""
    if item is None:
        return {**answers, **values}
    given = answers.get(page)
    items = [each if isinstance(each, dict) else {} for each in given] if isinstance(given, list) else []
    items += [{} for _ in range(item + 1 - len(items))]
    items[item] = {**items[item], **values}
    return {**answers, page: items}


def without_item(answers: Mapping[str, Raw], page: str, item: int) -> dict[str, Raw]:
    """The answers without one item of a repeated page."""
    given = answers.get(page)
    items = [each for place, each in enumerate(given) if place != item] if isinstance(given, list) else []
    return {**answers, page: items}
