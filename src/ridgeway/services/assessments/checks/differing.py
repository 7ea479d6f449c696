"""Who gets another result by a new version, and what else it changes in words.

Law: both versions are walked together, a class of answers at a time; a class is one of which neither version tells two
answers apart. Where the walk was too long, what is told is certain and may not be all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from ridgeway.services.assessments.checks.machine import Ending, make_machine
from ridgeway.services.assessments.checks.plain import say_plainly
from ridgeway.services.assessments.checks.program import Program
from ridgeway.services.assessments.checks.walked import list_days
from ridgeway.services.assessments.checks.walking import MAX_WALK_STEPS, Walk, gather_answers, walk_paths
from ridgeway.services.assessments.engine import replay
from ridgeway.services.assessments.engine.speaking import Speaker
from ridgeway.services.assessments.engine.summing import list_answers

MAX_DAYS: Final = 4


@dataclass(frozen=True, slots=True)
class Result:
    """What somebody gets: an outcome with the entitlements shown; `outcome` None where nothing is said."""

    outcome: str | None
    entitlements: tuple[str, ...] = ()
    is_refused: bool = False

    def __str__(self) -> str:
        if self.is_refused:
            return "an answer that is not possible"
        shown = self.outcome or "nothing"
        return f"{shown} ({', '.join(self.entitlements)})" if self.entitlements else shown


@dataclass(frozen=True, slots=True)
class OutcomeChange:
    """People who get another result: how many class paths and ways to answer, and one of them."""

    before: Result
    after: Result
    day: date
    paths: int
    raw: int
    answers: dict[str, Any]
    in_words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class WordChange:
    """A text, parameter or element that is new, gone or otherwise than before."""

    element: str
    language: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that a new version changes; counts of paths are of the first day."""

    changes: tuple[OutcomeChange, ...]
    words: tuple[WordChange, ...]
    paths: int
    changed_paths: int
    days: tuple[date, ...]
    is_complete: bool
    is_exact: bool

    def sentences(self) -> list[str]:
        """The whole in sentences."""
        walked = "" if self.is_complete else " Not every path was walked: there are too many."
        if not self.changes:
            return [f"Nobody gets another result: {self.paths:,} paths by class were compared.{walked}"]
        head = f"{self.changed_paths:,} of {self.paths:,} paths by class get another result on {self.days[0]}.{walked}"
        return [head, *(f"{each.before} → {each.after}: {each.paths:,} paths by class" for each in self.changes)]


def compare(old: dict[str, Any], new: dict[str, Any], *, today: date, max_steps: int = MAX_WALK_STEPS) -> Comparison:
    """What a new version changes for whom, today and on the next days on which something changes."""
    days = sorted({*list_days(old, today), *list_days(new, today)})
    days = ([day for day in days if day >= today] or days)[:MAX_DAYS]
    walks = {day: walk_paths(make_machine(old, day), make_machine(new, day), max_steps=max_steps) for day in days}
    first = next(iter(walks.values()))
    return Comparison(
        changes=tuple(list_outcome_changes(new, walks)),
        words=tuple(list_word_changes(old, new)),
        paths=first.paths,
        changed_paths=sum(found.paths for endings, found in first.endings.items() if is_other(*endings)),
        days=tuple(days),
        is_complete=all(each.is_complete for each in walks.values()),
        is_exact=all(each.is_exact for each in walks.values()),
    )


def is_other(before: Ending, after: Ending) -> bool:
    """Whether two endings are other results."""
    return make_result(before) != make_result(after)


def make_result(ending: Ending) -> Result:
    """What an ending means for people; by which rule is no matter."""
    return Result(ending.outcome, tuple(sorted(ending.entitlements)), ending.is_refused)


def list_outcome_changes(new: dict[str, Any], walks: dict[date, Walk]) -> Iterator[OutcomeChange]:
    """Each pair of results that differ, with the first day on which they do, most paths first."""
    found: dict[tuple[Result, Result], OutcomeChange] = {}
    for day, walk in walks.items():
        for (before, after), tally in walk.endings.items():
            pair = (make_result(before), make_result(after))
            known = found.get(pair)
            if pair[0] == pair[1] or (known is not None and known.day != day):
                continue
            answers = known.answers if known else gather_answers(tally.example)
            words = known.in_words if known else say_answers(new, answers, day)
            paths, raw = tally.paths + (known.paths if known else 0), tally.raw + (known.raw if known else 0)
            found[pair] = OutcomeChange(*pair, day, paths, raw, answers, words)
    return iter(sorted(found.values(), key=lambda each: (each.day, -each.paths)))


def say_answers(compiled: dict[str, Any], answers: dict[str, Any], day: date) -> tuple[tuple[str, str], ...]:
    """Answers in the words of the source language: question and answer."""
    return tuple((each["question"], each["answer"]) for each in list_said(compiled, answers, day))


def list_said(compiled: dict[str, Any], answers: dict[str, Any], day: date) -> list[dict[str, Any]]:
    """Answers in the words of the source language, with the id and the item of each."""
    assessment = Program(compiled).assessment
    trail = replay(assessment, answers, today=day)
    speaker = Speaker(assessment, compiled["languages"][0]["code"], trail.scope)
    return list_answers(speaker, trail, before=len(trail.steps) + (1 if trail.is_over else 0))


def list_word_changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[WordChange]:
    """Texts in each language, then parameters."""
    for language in dict.fromkeys((*old["texts"], *new["texts"])):
        before, after = old["texts"].get(language, {}), new["texts"].get(language, {})
        for key in dict.fromkeys((*before, *after)):
            if before.get(key) != after.get(key):
                yield WordChange(key, language, say_plainly(before.get(key, ())), say_plainly(after.get(key, ())))
    for name in dict.fromkeys((*old["parameters"], *new["parameters"])):
        one, other = (each["parameters"].get(name, {}).get("values", []) for each in (old, new))
        if one != other:
            yield WordChange(f"parameter.{name}", "", show_values(one), show_values(other))


def show_values(values: list[list[Any]]) -> str:
    """The values of a parameter with the days from which they count."""
    return ", ".join(show_value(value) + (f" from {begins}" if begins else "") for begins, value in values)


def show_value(value: Any) -> str:
    """One value; numbers are kept in millionths."""
    if isinstance(value, str) and value.lstrip("-").isdigit() and len(value) > 6 and value.endswith("0"):
        return f"{int(value) / 1_000_000:g}"
    return str(value)
