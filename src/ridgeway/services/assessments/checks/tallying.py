"""The paths of an assessment in figures: by outcome, with one example each, and what of the definition they cover."""

import itertools
from dataclasses import dataclass
from datetime import date
from typing import Any

from ridgeway.services.assessments.checks.machine import Machine, make_machine
from ridgeway.services.assessments.checks.walking import (
    MAX_PATHS,
    MAX_WALK_STEPS,
    Path,
    Walk,
    Walker,
    gather_answers,
    walk_paths,
)


@dataclass(frozen=True, slots=True)
class OutcomePaths:
    """The paths to one outcome; `outcome` is None where the questions end and nothing is said."""

    outcome: str | None
    paths: int
    raw: int
    example: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cover:
    """How many of some elements were met, and which were not."""

    met: int
    of: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PathTally:
    """All paths on one day; counts are of what was walked where `is_complete` is false.

    `raw` are all ways to answer (texts count once), `choices` those where all that is typed counts once.
    """

    today: date
    paths: int
    raw: int
    choices: int
    shortest: int
    longest: int
    steps: int
    is_complete: bool
    is_exact: bool
    outcomes: tuple[OutcomePaths, ...]
    pages: Cover
    routes: Cover
    rules: Cover


def count_paths(compiled: dict[str, Any], *, today: date, max_steps: int = MAX_WALK_STEPS) -> PathTally:
    """The paths of a compiled document on a day."""
    machine = make_machine(compiled, today)
    return tally(machine, walk_paths(machine, max_steps=max_steps))


def list_class_paths(compiled: dict[str, Any], *, today: date, limit: int = MAX_PATHS) -> list[Path]:
    """The first class paths of a compiled document on a day, one by one."""
    return list(itertools.islice(Walker((make_machine(compiled, today),)).list_paths(), limit))


def tally(machine: Machine, walk: Walk) -> PathTally:
    """A walk in figures."""
    by_outcome: dict[str | None, OutcomePaths] = {}
    for (ending, *_), found in walk.endings.items():
        before = by_outcome.get(ending.outcome)
        by_outcome[ending.outcome] = OutcomePaths(
            ending.outcome,
            found.paths + (before.paths if before else 0),
            found.raw + (before.raw if before else 0),
            before.example if before else gather_answers(found.example),
        )
    coverage, program = walk.coverage[0], machine.program
    asked = {name for name, _ in coverage.rules}
    return PathTally(
        today=machine.today,
        paths=walk.paths,
        raw=walk.raw,
        choices=walk.choices,
        shortest=walk.shortest,
        longest=walk.longest,
        steps=walk.steps,
        is_complete=walk.is_complete,
        is_exact=walk.is_exact,
        outcomes=tuple(sorted(by_outcome.values(), key=lambda each: -each.paths)),
        pages=cover({name: name in coverage.pages for name in program.order}),
        routes=cover(
            {
                f"{name}.{number + 1}": (name, number) in coverage.routes
                for name, page in program.pages.items()
                for number in range(len(page["routes"]))
            }
        ),
        rules=cover(
            {
                f"{name}.{rule['id']}": (name, rule["id"]) in coverage.rules
                for name in sorted(asked)
                for rule in program.decisions[name]["rules"]
                if machine.prober.is_current(rule)
            }
        ),
    )


def cover(met: dict[str, bool]) -> Cover:
    """The figures of what was met."""
    return Cover(sum(met.values()), len(met), tuple(name for name, is_met in met.items() if not is_met))
