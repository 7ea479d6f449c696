"""The keys of a package's files, as dataclasses: these are the schema.

Law: a key without a default must be there; an unknown key is refused. A name that Python keeps for itself carries an
underscore here and none in the file (`from_` is `from`). What types cannot say is checked in `reading.py`.
Read next: docs/reference/assessment-format.md.
"""

from dataclasses import MISSING, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from ridgeway.services.assessments.definition.kinds import (
    Action,
    AnswersKept,
    ChangeSeverity,
    Collect,
    Custom,
    DurationUnit,
    Hit,
    OutcomeKind,
    OutputType,
    PageKind,
    ParameterType,
    QuestionType,
    SalaryPeriod,
    Severity,
    Statistic,
)


def key(title: str, default: Any = MISSING) -> Any:
    """A key with what it means, for the JSON Schema and the reference."""
    return field(default=default, metadata={"title": title})


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text in the source language; a plain one, or one for oneself and one when answering for somebody else."""

    short_for: ClassVar[str] = "self"
    self_: str = key("For somebody who answers for themselves.")
    other: str | None = key("For somebody who answers for somebody else.", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who answers for the package."""

    name: str = key("The body, as people know it.")
    contact: str | None = key("Where to write or call.", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Languages:
    """The languages by their codes (`en`, `fr`, `zh-Hant`)."""

    source: str = key("The language of the texts in the definition.")
    complete: tuple[str, ...] = key("Languages in which nothing may be missing.", ())
    partial: tuple[str, ...] = key("Languages in which something may be missing; the source language stands in.", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Valid:
    """When the assessment may be used."""

    from_: date | None = key("First day.", None)
    until: date | None = key("Last day.", None)
    after: str | None = key("The outcome of kind `system` that is shown outside these days.", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """What is promised on the start page; the check fails where it is not true."""

    answers: AnswersKept = key("`not-stored` is the only promise there is.", AnswersKept.NOT_STORED)
    statistics: tuple[Statistic, ...] = key("What may be counted, never with answers.", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """How it looks."""

    name: str | None = key("Name shown at the top of each page instead of the publisher's.", None)
    colours: dict[str, str] | None = key("Colours (#rrggbb) by token: brand, link, button …", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterValue:
    """One value of a parameter, and from which day it counts."""

    from_: date | None = key("First day; without it the value counts from the beginning.", None)
    value: Any = key("The value.")
    source: str | None = key("Where this value comes from.", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A value that changes by date or from place to place."""

    type: ParameterType = key("Its type.")
    value: Any = key("Its one value, when it does not change by date.", None)
    values: tuple[ParameterValue, ...] = key("Its values by date, earliest first.", ())
    title: str | None = key("What it is, in words.", None)
    unit: str | None = key("Unit of a number, in words.", None)
    min: Decimal | None = key("Smallest number allowed.", None)
    max: Decimal | None = key("Largest number allowed.", None)
    source: str | None = key("Law, order or other source.", None)
    review: date | None = key("Day by which somebody must look at it again.", None)
    custom: Custom = key("`required`: each adopter sets its own.", Custom.OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The start page."""

    title: Text = key("Heading of the start page and name of the assessment.")
    body: Text | None = key("Text below the heading.", None)
    minutes: int | None = key("How long it takes.", None)
    on_behalf: bool = key("Whether one may answer for somebody else; then each text may have two forms.", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Pages that belong together."""

    id: str = key("Its id.")
    title: Text = key("Its title.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice of a question."""

    id: str = key("Its id; answers and rules name it.")
    label: Text = key("What people read.")
    hint: Text | None = key("A line below the label.", None)
    exclusive: bool = key("Of checkboxes: choosing it unchooses all others.", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked; which keys belong to which type: docs/reference/assessment-format.md."""

    id: str | None = key("Its id; the page's when it is the only question of the page.", None)
    type: QuestionType = key("What kind of answer.")
    title: Text = key("The question.")
    hint: Text | None = key("A line below the question.", None)
    body: Text | None = key("Text between the question and its fields.", None)
    purpose: Text | None = key("Why it is asked.", None)
    list: str | tuple[Text, ...] | None = key("Points below the question; of type list: the name of its list.", None)
    optional: bool = key("Whether it may be left empty.", default=False)
    unknown: bool = key("Whether “I don't know” is an answer.", default=False)
    personal: bool = key("Whether a person could be known by the answer.", default=False)
    options: tuple[Option, ...] = key("The choices of radios and checkboxes.", ())
    none: Text | None = key("Of checkboxes: the choice of none of them.", None)
    min: Any = key("Smallest number, or earliest day (a day, `today` or an expression).", None)
    max: Any = key("Largest number, or latest day (a day, `today` or an expression).", None)
    decimals: int | None = key("Digits after the point (number; 0 unless given, money: 2).", None)
    unit: Text | None = key("What the number counts, shown behind the field.", None)
    prefix: str | None = key("Sign in front of the field.", None)
    currency: str | None = key("Currency of money and salary, three letters.", None)
    approximate: bool = key("Of a date: month or year alone will do.", default=False)
    units: tuple[DurationUnit, ...] = key("Units of a duration.", ())
    periods: tuple[SalaryPeriod, ...] = key("Periods of a salary.", ())
    max_length: int | None = key("Most characters of a text.", None)
    country: str | None = key("Whose postal codes, two letters.", None)
    prefix_only: bool = key("Of a postal code: its first part alone.", default=False)
    pattern: str | None = key("Of an identifier: the name of its pattern.", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A page that is asked once for each of several things or people."""

    max: int = key("At most so many.")
    min: int = key("At least so many.", 1)
    again: Text = key("The question whether there is another one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where to go next; the first route that holds counts."""

    id: str | None = key("Its id.", None)
    when: str | None = key("Expression; the last route has none.", None)
    to: str = key("A page's id, `next`, `decision.ID` or `outcome.ID`.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One step."""

    id: str = key("Its id.")
    kind: PageKind | None = key("question, information or check; known from what it holds unless it is check.", None)
    section: str | None = key("The section it belongs to.", None)
    only_if: str | None = key("Expression; when it is false the page is passed over.", None)
    custom: Custom = key("What adopters may do with it.", Custom.OPEN)
    title: Text | None = key("Its heading; with one question the question is the heading.", None)
    body: Text | None = key("Its text.", None)
    question: Question | None = key("Its only question.", None)
    questions: tuple[Question, ...] = key("Its questions, when there are several.", ())
    repeat: Repeat | None = key("Asked once for each of several.", None)
    routes: tuple[Route, ...] = key("Where to go next; `next` unless given.", ())

    @property
    def asked(self) -> tuple[Question, ...]:
        """Its questions, one or several."""
        return self.questions if self.question is None else (self.question,)

    @property
    def is_check(self) -> bool:
        """Whether it lists the answers for a last look."""
        return self.kind is PageKind.CHECK


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A named value: an expression, or the score of a question's chosen options."""

    short_for: ClassVar[str] = "expression"
    expression: str | None = key("What it is.", None)
    of: str | None = key("Of a score: the question (checkboxes or radios).", None)
    weights: dict[str, Decimal] | None = key("Of a score: the weight of each option; others weigh nothing.", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a decision gives."""

    type: OutputType = key("Its type.", OutputType.OUTCOME)
    values: tuple[str, ...] = key("Of type option: the values there are.", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of a decision table."""

    id: str = key("Its id.")
    if_: tuple[Any, ...] = key("One test for each input, in their order.")
    then: Any = key("`outcome.ID`, the ids of entitlements, or the value of each output.")
    because: Text | None = key("The reason in one sentence, for the person.", None)
    source: str | None = key("Law, order or other source.", None)
    from_: date | None = key("First day on which it counts.", None)
    until: date | None = key("Last day on which it counts.", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision table."""

    title: str | None = key("What is decided, in words.", None)
    source: str | None = key("Law, order or other source.", None)
    custom: Custom = key("What adopters may do with it.", Custom.OPEN)
    hit: Hit = key("Which of the rules that hold counts.", Hit.UNIQUE)
    collect: Collect | None = key("With `hit: collect`: what is made of them.", None)
    inputs: tuple[str, ...] = key("Expressions: the columns of the table.")
    output: Output | None = key("What it gives; an outcome unless given.", None)
    outputs: dict[str, Output] | None = key("What it gives, when it is several values.", None)
    rules: tuple[Rule, ...] = key("The rows.")
    default: Any = key("What it gives when no rule holds.", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link with its text."""

    href: str = key("https:, http:, tel: or mailto: address.")
    text: Text = key("What people read.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """Something that a person may have a right to."""

    id: str = key("Its id.")
    title: Text = key("Its name.")
    body: Text | None = key("What it is.", None)
    group: str | None = key("The group it is listed in.", None)
    order: int = key("Its place in the group: smaller comes first.", 0)
    links: tuple[Link, ...] = key("Where to apply or read more.", ())
    source: str | None = key("Law, order or other source.", None)
    custom: Custom = key("What adopters may do with it.", Custom.OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Entitlements that are listed together."""

    id: str = key("Its id.")
    title: Text = key("Its heading.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A day to keep in mind."""

    date: str = key("Expression that gives a day.")
    title: Text = key("What the day is.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Where an assessment ends."""

    id: str = key("Its id.")
    kind: OutcomeKind = key("outcome, exit, emergency or system.", OutcomeKind.OUTCOME)
    severity: Severity = key("How serious it is.", Severity.NONE)
    title: Text = key("Its heading.")
    body: Text | None = key("Its text.", None)
    actions: tuple[Action, ...] = key("What a person can do with it.", ())
    collects: str | None = key("The decision (hit: collect, collect: list) whose entitlements are shown.", None)
    next_steps: tuple[Link, ...] = key("Links to what comes next.", ())
    calendar: Calendar | None = key("A day to keep in mind.", None)
    source: str | None = key("Law, order or other source.", None)
    custom: Custom = key("What adopters may do with it.", Custom.OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An example that must come out as it says."""

    name: str = key("What it shows.")
    today: date | None = key("The day on which it happens; else the first day of validity.", None)
    given: dict[str, Any] = key("The answers by question.")
    expect: str = key("The id of the outcome.")
    entitlements: tuple[str, ...] | None = key("The entitlements that are shown.", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A self-assessment, whole."""

    format: str = key("`assessment/1`: the version of the format.")
    id: str = key("Its id, the same in each version: small letters, digits, hyphens.")
    version: str = key("Version as text, 2.1.0.")
    jurisdiction: str = key("Where it applies: ISO 3166 code of a country or one of its parts (CA, CA-ON).")
    zone: str = key("Time zone that says which day it is.", "UTC")
    publisher: Publisher = key("Who answers for it.")
    languages: Languages = key("Its languages.")
    valid: Valid | None = key("When it may be used.", None)
    review: date | None = key("Day by which somebody must look at all of it again.", None)
    license: str | None = key("SPDX id of the licence of the texts and rules.", None)
    notice: Text | None = key("A line above each page.", None)
    privacy: Privacy = key("What is promised.", Privacy())
    theme: Theme | None = key("How it looks; or in theme.yaml.", None)
    parameters: dict[str, Parameter] | None = key("Values that change, by name.", None)
    start: Start = key("The start page.")
    sections: tuple[Section, ...] = key("Groups of pages.", ())
    pages: tuple[Page, ...] = key("The pages, in their order.")
    facts: dict[str, Fact] | None = key("Named values.", None)
    decisions: dict[str, Decision] | None = key("Decision tables, by id; or in tables/ID.yaml.", None)
    entitlements: tuple[Entitlement, ...] = key("What a collecting decision may find.", ())
    groups: tuple[Group, ...] = key("Groups of entitlements, in their order.", ())
    outcomes: tuple[Outcome, ...] = key("Where it may end.")
    tests: tuple[Case, ...] = key("Examples that must come out as they say.", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """More examples than one wants to see in the definition."""

    tests: tuple[Case, ...] = key("Examples that must come out as they say.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEntry:
    """One change of a version."""

    element: str | None = key("What changed: `page.ID`, `decision.ID.rule.ID`, `parameter.ID` …", None)
    severity: ChangeSeverity = key("safety, policy, content or cosmetic.")
    what: str = key("What changed, in a sentence.")


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionChanges:
    """What one version changed."""

    version: str = key("The version.")
    day: date = key("The day it came out.")
    entries: tuple[ChangeEntry, ...] = key("Its changes.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What changed from version to version, newest first."""

    changes: tuple[VersionChanges, ...] = key("The versions.")
