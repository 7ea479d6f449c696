"""How long it takes to walk every path of an assessment by classes, and how long trying every answer would take.

    python benchmarks/assessments_paths.py [FILE]

Each sample package is walked on one day, and checked as a whole. What trying every answer would take is reckoned from
the time of one replay. Times are of the processor, so that others on the machine do not count. The figures go to FILE,
else to standard output.
"""

import platform
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from ridgeway.services.assessments import definition, engine
from ridgeway.services.assessments.checks import check_package, count_paths

TODAY = date(2026, 11, 20)
PACKAGES = Path(definition.__file__).parents[1] / "packages"
REPEATS = 3
SECONDS_OF_A_YEAR = 365 * 86_400


def measure(work: Callable[[], Any]) -> float:
    """Seconds of the processor, the best of some runs."""
    times = []
    for _ in range(REPEATS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def measure_replay(compiled: dict[str, Any], answers: dict[str, Any]) -> float:
    """Seconds of one replay of these answers."""
    assessment, number = engine.load(compiled), 500
    return measure(lambda: [engine.replay(assessment, answers, today=TODAY) for _ in range(number)]) / number


def say_seconds(seconds: float) -> str:
    """A time that may be long."""
    if seconds < 60:
        return f"{seconds:.2f} s"
    if seconds < 86_400:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / SECONDS_OF_A_YEAR:.2g} years"


def list_lines() -> Iterator[str]:
    """The table."""
    yield f"{platform.python_implementation()} {platform.python_version()}, {TODAY}, seconds of one processor"
    columns = f"{'class paths':>11} {'walked':>8} {'pages asked':>11} {'check':>8}"
    yield f"{'package':<24} {columns}  ways to answer, each tried"
    for folder in sorted(each.parent for each in PACKAGES.glob("*/service.yaml")):
        package = definition.read_package(folder)
        compiled = definition.compile_package(package)
        tally = count_paths(compiled, today=TODAY)
        walked = measure(lambda compiled=compiled: count_paths(compiled, today=TODAY))
        checked = measure(lambda: check_package(package, compiled, today=TODAY))  # noqa: B023 — called at once
        longest = max((each.example for each in tally.outcomes), key=len)
        tried = say_seconds(measure_replay(compiled, longest) * tally.raw)
        more = "" if tally.is_complete else " of those walked"
        yield (
            f"{folder.name:<24} {tally.paths:>11,} {walked:>6.2f} s {tally.steps:>11,} {checked:>6.2f} s  "
            f"{tally.raw:.3g}{more}, {tried}"
        )


def main() -> None:
    """Measure, and write it down."""
    text = "\n".join(list_lines()) + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, "utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
