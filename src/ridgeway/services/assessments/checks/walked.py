"""Findings about what nobody ever meets, and about answers after which nothing follows: from walks on several days.

Law: what a walk met is certain. What it did not meet is an error when every path was walked exactly, a warning when
answers had to stand for others, and not told at all when not all paths were walked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from ridgeway.services.assessments.checks.findings import Finding, Subject
from ridgeway.services.assessments.checks.machine import ready_machine
from ridgeway.services.assessments.checks.program import Program
from ridgeway.services.assessments.checks.walking import Walk, Walker, gather_answers, walk_paths

MAX_DAYS_WALKED: Final = 6
"""Days for which paths are walked: today, and days on which rules or parameters change."""
MAX_CHECK_STEPS: Final = 4_000
"""Pages that the walk of one day asks, so that a check takes a few seconds."""
MAX_SHOWN: Final = 6


@dataclass(frozen=True, slots=True)
class Walked:
    """Walks of one assessment by day."""

    walks: dict[date, Walk]

    @property
    def is_complete(self) -> bool:
        """Whether every path of every day was walked."""
        return all(each.is_complete for each in self.walks.values())

    @property
    def is_exact(self) -> bool:
        """Whether no answer stood for others that might go another way."""
        return all(each.is_exact for each in self.walks.values())

    def gather(self, name: str) -> set[Any]:
        """What was met on any day: `pages`, `routes`, `rules`, `outcomes`, `entitlements`."""
        return set().union(*(getattr(each.coverage[0], name) for each in self.walks.values()))

    def gather_conditions(self) -> dict[tuple[str, int], set[bool]]:
        """For each condition whether it was ever true and ever not, on any day."""
        found: dict[tuple[str, int], set[bool]] = {}
        for walk in self.walks.values():
            for key, seen in walk.coverage[0].conditions.items():
                found.setdefault(key, set()).update(seen)
        return found

    def list_matches(self) -> Iterator[tuple[date, str, tuple[str, ...], dict[str, Any]]]:
        """For each day and table the rules that held together, with the first answers with which they did."""
        for day, walk in self.walks.items():
            for (table, rules), answers in walk.coverage[0].matches.items():
                yield day, table, rules, answers


def walk_days(program: Program, today: date) -> Walked:
    """The walks of every day on which something changes; after one that was too long the others are short."""
    walks: dict[date, Walk] = {}
    is_small = True
    for day in list_days(program.compiled, today):
        machine = ready_machine(program, day)
        walk = walk_paths(machine, max_steps=MAX_CHECK_STEPS) if is_small else Walker((machine,)).walk_here_and_there()
        walks[day] = walk
        is_small = walk.is_complete
    return Walked(walks)


def list_days(compiled: dict[str, Any], today: date) -> list[date]:
    """Today within the days of the assessment, and the days in it on which rules or parameters change."""
    first, last = read_validity(compiled)
    start = min(max(today, first), last)
    turning = {start}
    for parameter in compiled["parameters"].values():
        turning.update(date.fromisoformat(begins) for begins, _ in parameter["values"] if begins)
    for decision in compiled["decisions"].values():
        for rule in decision["rules"]:
            if rule["from"]:
                turning.add(date.fromisoformat(rule["from"]))
            if rule["until"]:
                turning.add(date.fromisoformat(rule["until"]) + timedelta(days=1))
    inside = [day for day in sorted(turning) if first <= day <= last]
    later = [day for day in inside if day > start]
    earlier = [day for day in inside if day < start]
    chosen = [start, *later[: MAX_DAYS_WALKED - 1]]
    return sorted({*chosen, *(earlier[len(earlier) - (MAX_DAYS_WALKED - len(chosen)) :] if earlier else ())})


def read_validity(compiled: dict[str, Any]) -> tuple[date, date]:
    """The first and the last day of an assessment."""
    valid = compiled.get("valid") or {}
    first = date.fromisoformat(valid["from"]) if valid.get("from") else date.min
    last = date.fromisoformat(valid["until"]) if valid.get("until") else date.max - timedelta(days=400)
    return first, max(first, last)


def check_walks(subject: Subject, walked: Walked) -> Iterator[Finding]:
    """Every finding of this group."""
    yield from check_ends(subject, walked)
    if not walked.is_complete:
        yield subject.find("walk-cut-short", "start", "Not every path was walked: there are too many.")
        return
    is_mild = not walked.is_exact
    pages, outcomes = walked.gather("pages"), walked.gather("outcomes")
    for name in subject.program.order:
        if name not in pages:
            message = f"No answers lead to page {name}."
            yield subject.find("unreachable-page", f"page.{name}", message, is_mild=is_mild)
    after = (subject.compiled.get("valid") or {}).get("after")
    for name, outcome in subject.compiled["outcomes"].items():
        if name not in outcomes and outcome["kind"] != "system" and name != after:
            message = f"No answers lead to outcome {name}."
            yield subject.find("unreachable-outcome", f"outcome.{name}", message, is_mild=is_mild)
    yield from check_conditions(subject, walked, is_mild=is_mild)


def check_conditions(subject: Subject, walked: Walked, *, is_mild: bool) -> Iterator[Finding]:
    """Conditions that hold for everybody, or for nobody."""
    for (page, number), seen in sorted(walked.gather_conditions().items()):
        if len(seen) > 1:
            continue
        element = f"page.{page}" if number < 0 else f"page.{page}.route.{number}"
        what = f"The condition `only_if` of page {page}" if number < 0 else f"Route {number + 1} of page {page}"
        code, how = ("condition-always-true", "everybody") if True in seen else ("condition-always-false", "nobody")
        yield subject.find(code, element, f"{what} holds for {how} who comes there.", is_mild=is_mild)


def check_ends(subject: Subject, walked: Walked) -> Iterator[Finding]:
    """Answers after which nothing is said, on all days or on some."""
    met: dict[tuple[str, str], dict[date, str]] = {}
    for day, walk in walked.walks.items():
        for (ending, *_), tally in walk.endings.items():
            if ending.outcome is None and not ending.is_refused:
                place = ("decision", ending.decision) if ending.decision else ("page", str(ending.at))
                met.setdefault(place, {}).setdefault(day, show_answers(gather_answers(tally.example)))
    for (kind, name), by_day in met.items():
        day, shown = next(iter(by_day.items()))
        if kind == "page":
            yield subject.find("dead-end", f"page.{name}", f"Behind page {name} there is nothing for {shown}.")
        else:
            code = "table-gap" if len(by_day) == len(walked.walks) else "validity-hole"
            yield subject.find(code, f"decision.{name}", f"Table {name} gives nothing on {day} for {shown}.")


def show_answers(answers: dict[str, Any], most: int | None = MAX_SHOWN) -> str:
    """Answers on one line, the last ones when they are many."""
    rows = [f"{name}={show_answer(value)}" for name, value in answers.items()]
    is_cut = most is not None and len(rows) > most
    return ("… " if is_cut else "") + " ".join(rows[-most:] if is_cut and most else rows)


def show_answer(value: Any) -> str:
    """One answer in short."""
    match value:
        case True:
            return "yes"
        case False:
            return "no"
        case None:
            return "unknown"
        case "" | []:
            return "none"
        case [str(), *_]:
            return "+".join(value)
        case [dict(), *_]:
            return f"{len(value)} items"
    return str(value)
