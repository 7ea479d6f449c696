"""The compiled document as typed values: its shape is proven here, what it refers to is proven in `loading.py`.

Law: plain data, no floats. EXPR, TEST and NODES stay JSON; `expressions` and `wording.py` prove those.
"""

from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from ridgeway.services.assessments.engine.errors import DefinitionError

Expression = list[Any]
FORMAT = "assessment-compiled/1"
QuestionType = Literal[
    "yes_no", "radios", "checkboxes", "number", "money", "date", "month", "year", "duration", "salary",
    "text", "long_text", "email", "phone", "postal_code", "identifier", "list",
]  # fmt: skip


class Option(Struct, frozen=True):
    """A choice of a question."""

    id: str
    exclusive: bool = False


class Question(Struct, frozen=True):
    """A question; `min` and `max` are EXPR for date and month, millionths as text for numbers."""

    id: str
    type: QuestionType
    optional: bool = False
    unknown: bool = False
    personal: bool = False
    options: tuple[Option, ...] = ()
    min: Any = None
    max: Any = None
    decimals: int = 0
    currency: str | None = None
    units: tuple[Literal["days", "weeks", "months", "years"], ...] | None = None
    periods: tuple[Literal["week", "two_weeks", "month", "year"], ...] | None = None
    max_length: int | None = None
    pattern: str | None = None
    list_name: str | None = field(default=None, name="list")
    approximate: bool = False
    bullets: int = 0
    has: tuple[str, ...] = ()
    prefix: str | None = None


class Repeat(Struct, frozen=True):
    """How many items a page is asked for."""

    max: int
    min: int = 1


class Route(Struct, frozen=True):
    """Where to go from a page, and when."""

    to: str
    when: Expression | None = None


class Page(Struct, frozen=True):
    """A page of the definition."""

    id: str
    kind: Literal["question", "information", "check"] = "question"
    section: str | None = None
    only_if: Expression | None = None
    title: bool = False
    body: bool = False
    questions: tuple[Question, ...] = ()
    repeat: Repeat | None = None
    routes: tuple[Route, ...] = ()


class Rule(Struct, frozen=True):
    """A row of a decision table; `then` is an outcome, entitlements, or values by output."""

    id: str
    tests: tuple[Expression, ...]
    then: Any
    first: str | None = field(default=None, name="from")
    last: str | None = field(default=None, name="until")
    source: str | None = None


class Decision(Struct, frozen=True):
    """A decision table."""

    hit: Literal["unique", "first", "any", "collect"]
    inputs: tuple[Expression, ...]
    rules: tuple[Rule, ...]
    collect: Literal["list", "sum", "min", "max", "count"] | None = None
    outputs: dict[str, Any] | None = None
    default: Any = None


class Entitlement(Struct, frozen=True):
    """Something that a person may be entitled to."""

    group: str | None = None
    order: int = 0
    links: tuple[str, ...] = ()


class CalendarDate(Struct, frozen=True):
    """A date to put into a calendar."""

    date: Expression


class Outcome(Struct, frozen=True):
    """A result page."""

    kind: Literal["outcome", "exit", "emergency", "system"] = "outcome"
    severity: str = "none"
    actions: tuple[str, ...] = ()
    collects: str | None = None
    next_steps: tuple[str, ...] = ()
    calendar: CalendarDate | None = None
    source: str | None = None


class Parameter(Struct, frozen=True):
    """A value that changes with the day: pairs of the first day (or null) and the value, ascending; each its source."""

    type: Any
    values: tuple[tuple[str | None, Any], ...]
    source: str | None = None
    sources: tuple[str | None, ...] = ()


class Language(Struct, frozen=True):
    """A language that texts are in."""

    code: str
    name: str
    dir: Literal["ltr", "rtl"] = "ltr"


class Publisher(Struct, frozen=True):
    """Who answers for the assessment."""

    name: str
    contact: str | None = None


class Valid(Struct, frozen=True):
    """The days on which the assessment may be used."""

    first: str | None = field(default=None, name="from")
    last: str | None = field(default=None, name="until")
    after: str | None = None


class Start(Struct, frozen=True):
    """The start page."""

    minutes: int | None = None
    on_behalf: bool = False


class Formats(Struct, frozen=True):
    """How a language writes numbers and dates; `digits` are its ten digits when they are not 0 to 9."""

    months: tuple[str, ...]
    date: str = "{d} {m} {y}"
    month: str = "{m} {y}"
    decimal: str = "."
    group: str = ","
    digits: str = ""
    plural: tuple[Any, ...] = ()


class Countries(Struct, frozen=True):
    """A list to choose from: ids, and their names by language."""

    ids: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]


class Document(Struct, frozen=True):
    """A compiled document."""

    format: Literal["assessment-compiled/1"]
    id: str
    version: str
    digest: str
    publisher: Publisher
    languages: tuple[Language, ...]
    pages: tuple[Page, ...]
    outcomes: dict[str, Outcome]
    texts: dict[str, dict[str, Any]]
    words: dict[str, dict[str, str]]
    formats: dict[str, Formats]
    jurisdiction: str | None = None
    zone: str = "UTC"
    license: str | None = None
    valid: Valid = Valid()
    privacy: dict[str, Any] = {}
    theme: dict[str, Any] | None = None
    parameters: dict[str, Parameter] = {}
    start: Start = Start()
    facts: tuple[tuple[str, Expression], ...] = ()
    decisions: dict[str, Decision] = {}
    entitlements: dict[str, Entitlement] = {}
    groups: tuple[str, ...] = ()
    lists: dict[str, Countries] = {}


def read_document(compiled: object) -> Document:
    """The typed form of a compiled document.

    Raises:  DefinitionError(invalid_document) with the place that does not fit.
    """
    try:
        return msgspec.convert(compiled, Document, strict=True)
    except (msgspec.ValidationError, RecursionError) as error:
        raise DefinitionError("invalid_document", f"This is no compiled assessment: {error}.") from None
