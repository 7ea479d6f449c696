"""The words of which one may be chosen in a definition."""

from enum import StrEnum


class PageKind(StrEnum):
    """What a page is for."""

    QUESTION = "question"
    INFORMATION = "information"
    CHECK = "check"


class QuestionType(StrEnum):
    """What a person is asked for."""

    YES_NO = "yes_no"
    RADIOS = "radios"
    CHECKBOXES = "checkboxes"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    MONTH = "month"
    YEAR = "year"
    DURATION = "duration"
    SALARY = "salary"
    TEXT = "text"
    LONG_TEXT = "long_text"
    EMAIL = "email"
    PHONE = "phone"
    POSTAL_CODE = "postal_code"
    IDENTIFIER = "identifier"
    LIST = "list"


class DurationUnit(StrEnum):
    """In what a length of time is given."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


class SalaryPeriod(StrEnum):
    """For what time a pay is given."""

    WEEK = "week"
    TWO_WEEKS = "two_weeks"
    MONTH = "month"
    YEAR = "year"


class Custom(StrEnum):
    """What whoever takes the package over may do with an element."""

    OPEN = "open"
    LOCKED = "locked"
    REQUIRED = "required"


class ParameterType(StrEnum):
    """The type of a parameter."""

    BOOL = "bool"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"


class OutputType(StrEnum):
    """What a decision gives."""

    OUTCOME = "outcome"
    BOOL = "bool"
    NUMBER = "number"
    TEXT = "text"
    OPTION = "option"


class Hit(StrEnum):
    """Which of the rules that hold counts."""

    UNIQUE = "unique"
    FIRST = "first"
    ANY = "any"
    COLLECT = "collect"


class Collect(StrEnum):
    """What is made of all the rules that hold."""

    LIST = "list"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    COUNT = "count"


class OutcomeKind(StrEnum):
    """What an outcome is."""

    OUTCOME = "outcome"
    EXIT = "exit"
    EMERGENCY = "emergency"
    SYSTEM = "system"


class Severity(StrEnum):
    """How serious an outcome is for the person."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    EMERGENCY = "emergency"


class Action(StrEnum):
    """What a person can do with an outcome."""

    CALENDAR = "calendar"
    PRINT = "print"


class AnswersKept(StrEnum):
    """What becomes of answers; there is one promise."""

    NOT_STORED = "not-stored"


class Statistic(StrEnum):
    """What may be counted."""

    OUTCOME = "outcome"
    PAGE = "page"
    LANGUAGE = "language"


class ChangeSeverity(StrEnum):
    """What a change between versions is about."""

    SAFETY = "safety"
    POLICY = "policy"
    CONTENT = "content"
    COSMETIC = "cosmetic"
