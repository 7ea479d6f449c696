"""Every question's answers in classes: answers of one class go the same ways, whatever else is answered.

Law: the number of answers in a class is exact (texts count as one answer each). Where that cannot be promised — two
answers compared with one another, more sets of options than can be tried — `is_exact` is false and the class stands
for those that were tried.
"""

import bisect
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Final

from ridgeway.services.assessments.checks.candidates import (
    MAX_SETS,
    PERIODS,
    UNIT_DAYS,
    Candidate,
    bound_days,
    count_sets,
    cut_amounts,
    cut_days,
    cut_months,
    cut_numbers,
    cut_sets,
    cut_years,
    merge,
)
from ridgeway.services.assessments.checks.columns import list_named
from ridgeway.services.assessments.checks.exemplars import find_exemplar, find_of_form
from ridgeway.services.assessments.checks.features import MAX_FEATURES, Feature, find_features
from ridgeway.services.assessments.checks.probing import Prober
from ridgeway.services.assessments.checks.program import Program, list_nodes, list_test_expressions
from ridgeway.services.assessments.engine.questions import REFUSED
from ridgeway.services.assessments.expressions import UNKNOWN, Span, read_value
from ridgeway.services.assessments.expressions.values import MILLION

MAX_CONSTANTS: Final = 400
MAX_NUMBER: Final = 10**12 * MILLION
MAX_TRIED_LENGTH: Final = 2_000
MAX_DAYS: Final = 365 * 150
"""The longest duration that is tried."""
CHOSEN_TYPES: Final = frozenset({"yes_no", "radios", "checkboxes", "list"})


@dataclass(frozen=True, slots=True)
class AnswerClass:
    """One class: an answer of it as it is kept (`raw`), others at its borders, and how many answers it holds.

    `choices` is the same count where answers are chosen, and 1 where they are typed.
    """

    question: str
    number: int
    raw: Any
    count: int
    borders: tuple[Any, ...] = ()
    choices: int = 1


@dataclass(frozen=True, slots=True)
class Split:
    """All classes of a question."""

    classes: tuple[AnswerClass, ...]
    is_exact: bool


@dataclass(slots=True)
class Splitter:
    """Splits the questions of one assessment on one day; `also` are other versions whose rules count, too.

    Of answers that are compared with other answers, `tried` values are tried, and both ends.
    """

    prober: Prober
    also: tuple[Prober, ...] = ()
    tried: int = 12
    done: dict[str, Split] = field(default_factory=dict)
    numbers: list[int] = field(init=False)
    days: list[int] = field(init=False)

    def __post_init__(self) -> None:
        """Gather the constants of the rules once."""
        found = [each for prober in (self.prober, *self.also) for each in list_constants(prober)]
        self.numbers = sorted({each for each in found if isinstance(each, int)})[:MAX_CONSTANTS]
        written = {end + more for each in found if isinstance(each, Span) for end in each for more in (-1, 0, 1)}
        today = self.prober.today.lo
        spans = {n // MILLION for n in self.numbers if 0 <= n // MILLION <= 50_000} | {0}
        counted = {today + sign * (each + more) for each in spans for sign in (1, -1) for more in (-1, 0, 1)}
        years = {round(today - each * 365.2425) + more for each in spans if each <= 130 for more in (-1, 0, 1)}
        self.days = sorted(written | counted | years)

    def split(self, name: str) -> Split:
        """The classes of a question that one of the versions asks."""
        if name not in self.done:
            versions = [
                (prober, prober.program.questions[name])
                for prober in (self.prober, *self.also)
                if name in prober.program.questions
            ]
            self.done[name] = QuestionSplit(self, unite([each for _, each in versions]), versions).split()
        return self.done[name]


@dataclass(slots=True)
class QuestionSplit:
    """The splitting of one question."""

    splitter: Splitter
    question: dict[str, Any]
    versions: list[tuple[Prober, dict[str, Any]]]
    is_exact: bool = True
    features: list[tuple[Prober, tuple[Feature, ...]]] = field(init=False)
    joint: list[Any] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Find what is asked about the answer, in each version."""
        probers = (self.splitter.prober, *self.splitter.also)
        name = self.question["id"]
        self.features = [(each, find_features(each.program, name)) for each in probers]
        if any(len(features) >= MAX_FEATURES for _, features in self.features):
            self.is_exact = False

    def split(self) -> Split:
        """The classes."""
        merged = merge(self.list_candidates(), self.sign)
        classes = []
        for number, members in enumerate(merged.values()):
            ends = [each for member in members for each in (member.raw, member.last) if each is not None]
            borders = tuple(ends[:1] + ends[-1:] if len(ends) > 1 else ())
            count = sum(member.count for member in members)
            choices = count if self.question["type"] in CHOSEN_TYPES else 1
            classes.append(AnswerClass(self.question["id"], number, members[0].raw, count, borders, choices))
        return Split(tuple(classes), self.is_exact)

    def sign(self, value: Any) -> Hashable:
        """What the rules say of an answer; of one that is compared with others: between which tried ones it lies."""
        name = self.question["id"]
        taken = tuple(takes(prober, each, value) for prober, each in self.versions) if len(self.versions) > 1 else ()
        if self.joint is not None and value is not UNKNOWN:
            return (taken, self.find_place(value), *self.sign_plain(name, value))
        return (taken, *(prober.sign(name, value, features) for prober, features in self.features))

    def sign_plain(self, name: str, value: Any) -> Iterator[Hashable]:
        """What the conditions say that read this answer alone."""
        for prober, features in self.features:
            yield prober.sign(name, value, tuple(each for each in features if not each.is_itself))

    def find_place(self, value: Any) -> Hashable:
        """Where an answer lies among those that are tried."""
        tried = self.joint or []
        if isinstance(value, Span) and value.lo != value.hi:
            return ("span", bisect.bisect_left(tried, value.lo), bisect.bisect_left(tried, value.hi))
        at = value.lo if isinstance(value, Span) else value
        place = bisect.bisect_left(tried, at)
        return (place, place < len(tried) and tried[place] == at)

    def join(self, low: int, high: int, tried: list[int], step: int = 1) -> None:
        """Fix the values that are tried when the answer is compared with other answers."""
        if not any(each.is_itself for _, features in self.features for each in features):
            return
        if (high - low) // step <= self.splitter.tried:
            self.joint = list(range(low, high + 1, step))
            return
        self.is_exact = False
        inside = [each for each in tried if low < each < high]
        self.joint = sorted({low, high, *inside[:: len(inside) // self.splitter.tried + 1]})

    def list_candidates(self) -> Iterator[Candidate]:
        """Every answer that can be given, as candidates."""
        yield from self.list_known()
        if self.question["unknown"]:
            yield Candidate(None, UNKNOWN, 1)
        if self.question["optional"]:
            yield Candidate("", UNKNOWN, 1)

    def list_known(self) -> Iterator[Candidate]:
        """The answers that say something."""
        match self.question["type"]:
            case "yes_no":
                yield from (Candidate(each, each, 1) for each in (True, False))
            case "radios":
                yield from (Candidate(each["id"], each["id"], 1) for each in self.question["options"])
            case "checkboxes":
                yield from self.list_sets()
            case "number" | "money" | "year":
                yield from self.list_numbers()
            case "duration" | "salary":
                yield from self.list_amounts()
            case "date" | "month":
                yield from self.list_days()
            case "list":
                ids = self.splitter.prober.program.compiled["lists"][self.question["list"]]["ids"]
                yield from (Candidate(each, each, 1) for each in ids)
            case _:
                yield from self.list_words()

    def list_sets(self) -> Iterator[Candidate]:
        """Sets of ticked options; an exclusive one stands alone."""
        plain = [each["id"] for each in self.question["options"] if not each["exclusive"]]
        groups = self.group_options(plain)
        if count_sets(plain, groups) > MAX_SETS:
            self.is_exact = False
        yield from cut_sets(plain, groups, has_none="none" in self.question["has"])
        for each in self.question["options"]:
            if each["exclusive"]:
                yield Candidate([each["id"]], (each["id"],), 1)

    def group_options(self, options: list[str]) -> dict[str, Hashable]:
        """For each option what sets it apart: itself when a rule names it, else its weights."""
        named: set[str] = set()
        scores: list[dict[str, Any]] = []
        for prober, _ in self.features:
            for node in list_everything(prober.program):
                match node:
                    case ["score", name, weights] if name == self.question["id"]:
                        scores.append(weights)
                    case ["lit", [_, str(owner)], str(value)] if owner == self.question["id"]:
                        named.add(value)
                    case ["lit", [_, str(owner)], list(values)] if owner == self.question["id"]:
                        named.update(each for each in values if isinstance(each, str))
            named.update(list_named_in_tests(prober.program, self.question["id"]))
        weigh = {option: tuple(weights.get(option) for weights in scores) for option in options}
        return {option: option if option in named else weigh[option] for option in options}

    def list_numbers(self) -> Iterator[Candidate]:
        """Whole steps between the limits."""
        digits = self.question.get("decimals") or 0
        step = MILLION // 10**digits
        is_year = self.question["type"] == "year"
        low, high = (self.read_limit(key) for key in ("min", "max"))
        least, most = (MILLION, 9_999 * MILLION) if is_year else (-MAX_NUMBER, MAX_NUMBER)
        first = least if low is None else max(low, least)
        last = most if high is None else min(high, most)
        self.join(first, last, [each + more for each in self.splitter.numbers for more in (-step, 0, step)], step)
        constants = self.joint or self.splitter.numbers
        yield from cut_numbers(self.sign, low=first, high=last, step=step, constants=constants)

    def list_amounts(self) -> Iterator[Candidate]:
        """Amounts in each unit or period."""
        is_pay = self.question["type"] == "salary"
        periods = self.question["periods"] if is_pay else self.question["units"]
        factors = {each: (PERIODS if is_pay else UNIT_DAYS)[each] for each in periods}
        step = MILLION // 100 if is_pay else MILLION
        low, high = (self.read_limit(key) for key in ("min", "max"))
        first = max(0, low or 0)
        last = high if high is not None else (10**9 if is_pay else MAX_DAYS) * MILLION
        self.join(first, last, self.splitter.numbers)
        near = self.joint or self.splitter.numbers
        yield from cut_amounts(self.sign, factors, step=step, constants=near, low=first, high=last)

    def list_days(self) -> Iterator[Candidate]:
        """Days between the limits, and whole months and years where these may be given."""
        low, high = (self.read_limit(key) for key in ("min", "max"))
        first, last = bound_days(low, high, self.splitter.prober.today.lo)
        self.join(first, last, self.splitter.days)
        if self.question["type"] == "month":
            yield from cut_months(self.sign, first, last)
            return
        yield from cut_days(self.sign, first, last, self.joint or self.splitter.days)
        if self.question.get("approximate"):
            yield from cut_months(self.sign, first, last)
            yield from cut_years(self.sign, first, last)

    def list_words(self) -> Iterator[Candidate]:
        """A text of the right form, and those that a rule names or looks at the form of, where they can be given."""
        tried = {find_exemplar(self.question)}
        if any(features for _, features in self.features):
            nodes = [node for prober, _ in self.features for node in list_everything(prober.program)]
            tried.update(node[2] for node in nodes if node[:2] == ["lit", "text"] and isinstance(node[2], str))
            forms = [node[2][-1][2] for node in nodes if node[:2] == ["call", "matches_pattern"]]
            tried.update(find_of_form(form) for form in forms)
            if any(looks_inside(node) for node in nodes):
                self.is_exact = False
                near = {each // MILLION + more for each in self.splitter.numbers for more in (-1, 0, 1)}
                most = self.question.get("max_length") or MAX_TRIED_LENGTH
                tried.update(
                    "x" * each for each in {*range(1, 10), *near, most} if 0 < each <= min(most, MAX_TRIED_LENGTH)
                )
        for each in sorted(tried):
            if each and any(can_give(prober, question["id"], each) for prober, question in self.versions):
                yield Candidate(each, each, 1)

    def read_limit(self, key: str) -> Any:
        """The smallest or largest answer that any version allows, when it does not hang on other answers."""
        limits = [read_limit(prober, each, key) for prober, each in self.versions]
        if any(prober.program.read_questions(each.get(key)) for prober, each in self.versions):
            self.is_exact = False
        if any(each is None for each in limits):
            return None
        return min(limits) if key == "min" else max(limits)


def looks_inside(node: Any) -> bool:
    """Whether a node asks of a text how long it is, or of which form."""
    return bool(node[:2] in (["call", "size"], ["call", "matches_pattern"]))


def can_give(prober: Prober, name: str, raw: Any) -> bool:
    """Whether a question takes an answer."""
    page = prober.program.assessment.pages[prober.program.page_of[name]]
    return page.by_id[name].accept(raw, prober.make_scope({})) is not REFUSED


def read_limit(prober: Prober, question: dict[str, Any], key: str) -> Any:
    """A limit of a question; None when there is none that is known beforehand."""
    limit = question.get(key)
    if limit is None:
        return None
    value = read_value("number", limit) if isinstance(limit, str) else prober.evaluate(limit, {})
    return None if value is UNKNOWN else value


def takes(prober: Prober, question: dict[str, Any], value: Any) -> bool:
    """Whether one version of a question takes an answer; limits and options are looked at."""
    if value is UNKNOWN:
        return bool(question["unknown"] or question["optional"])
    options = {each["id"] for each in question.get("options") or ()}
    if isinstance(value, tuple) and not isinstance(value, Span):
        return set(value) <= options
    if isinstance(value, str):
        return not options or value in options
    low, high = (read_limit(prober, question, key) for key in ("min", "max"))
    if isinstance(value, Span):
        return not (low and value.hi < low.lo) and not (high and value.lo > high.hi)
    return (low is None or value >= low) and (high is None or value <= high)


def unite(versions: list[dict[str, Any]]) -> dict[str, Any]:
    """One question that can be answered with whatever any version of it takes; the first one says what kind it is."""
    first = versions[0]
    alike = [each for each in versions if each["type"] == first["type"]]
    options = {option["id"]: option for each in alike for option in each.get("options") or ()}
    return {
        **first,
        "options": list(options.values()),
        "unknown": any(each["unknown"] for each in alike),
        "optional": any(each["optional"] for each in alike),
        "has": sorted({name for each in alike for name in each["has"]}),
    }


def list_everything(program: Program) -> Iterator[Any]:
    """Every node of every expression that says where people go."""
    yield from list_all_nodes(program)


def list_all_nodes(program: Program) -> Iterator[Any]:
    """The nodes of conditions, facts, inputs and tests."""
    for page in program.pages.values():
        for expression in (page["only_if"], *(route["when"] for route in page["routes"])):
            yield from list_nodes(expression)
    for expression in program.facts.values():
        yield from list_nodes(expression)
    for decision in program.decisions.values():
        for expression in (*decision["inputs"], *list_test_expressions(decision)):
            yield from list_nodes(expression)


def list_named_in_tests(program: Program, question: str) -> Iterator[str]:
    """The options of a question that `has` and `has_any` of tables name."""
    for decision in program.decisions.values():
        for number, expression in enumerate(decision["inputs"]):
            if question in program.read_questions(expression):
                for rule in decision["rules"]:
                    yield from list_named(rule["tests"][number])


def list_constants(prober: Prober) -> Iterator[Any]:
    """The numbers (in millionths) and dates that rules and parameters name."""
    for node in list_all_nodes(prober.program):
        match node:
            case ["lit", "number" | "date" as kind, value] if value is not None:
                yield read_value(kind, value)
            case ["call", "hits", *_] | ["lit", *_]:
                pass
    for each in prober.program.compiled["parameters"].values():
        if each["type"] in {"number", "date"}:
            yield from (read_value(each["type"], value) for _, value in each["values"])


def make_splitter(program: Program, today: date, also: tuple[Program, ...], tried: int) -> Splitter:
    """A splitter for one assessment, or for several versions of it together."""
    return Splitter(Prober(program, today), tuple(map(partial(Prober, day=today), also)), tried)
