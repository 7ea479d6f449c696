"""Does it cost more to search a catalogue of ten thousand packages than one of a hundred?

Rows of invented packages, three versions each, are put into the index of a shelf; then the newest version of a package
is asked for (what every update check does), and words are searched: a rare one, one that a tenth of all titles have,
and two at once. Beside them stands one row fetched by its key. Only the ratios say something on another machine.
Run: python benchmarks/catalogue_search.py [--packages N] [--out FILE]
"""

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ridgeway.catalogue.shelves.index import Shelved, find_packages, list_versions, open_index, put_versions

FEW = 100
ROUNDS = 300
TOPICS = ("energy", "parking", "school", "tax", "housing", "health", "waste", "roads", "trees", "libraries")
VERSIONS = ("1.0.0", "1.1.0", "2.0.0")


def make_rows(count: int) -> list[Shelved]:
    """Invented packages; every tenth is of one topic, each has a word of its own."""
    draw = random.Random(1)
    rows = []
    for number in range(count):
        topic, other = TOPICS[number % len(TOPICS)], draw.choice(TOPICS)
        title = f"Check what {topic} and {other} mean to you, case w{number}x"
        for version in VERSIONS:
            name = f"{topic}-{number}"
            rows.append(Shelved(name, version, "assessments", title, f"City {number % 50}", "", "en fr", "0" * 64, ""))
    return rows


def measure(ask: Callable[[], object]) -> float:
    """The median of one question, in microseconds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e6


def measure_shelf(folder: Path, count: int) -> dict[str, float]:
    """Every question on a shelf of `count` packages."""
    began = time.perf_counter()
    with open_index(folder) as index:
        put_versions(index, make_rows(count))
    filled = time.perf_counter() - began
    with open_index(folder) as index:
        return {
            "one row by its key": measure(lambda: fetch(index, "energy-0")),
            "newest version of a package": measure(lambda: list_versions(index, "energy-0")),
            "search, a rare word": measure(lambda: find_packages(index, "w50x")),
            "search, a word of a tenth": measure(lambda: find_packages(index, "energy")),
            "search, two words": measure(lambda: find_packages(index, "energy school")),
            "list, the first 50": measure(lambda: find_packages(index, "")),
            "filled, microseconds a version": filled / count / len(VERSIONS) * 1e6,
        }


def fetch(index: sqlite3.Connection, package: str) -> object:
    """One row by its key."""
    return index.execute("SELECT * FROM versions WHERE package = ? AND version = '2.0.0'", (package,)).fetchone()


def main() -> None:
    """Measure both shelves, and print what they cost beside one another."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=int, default=10_000)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as few, tempfile.TemporaryDirectory() as many:
        small, large = measure_shelf(Path(few), FEW), measure_shelf(Path(many), given.packages)
    lines = [f"{'':<32}{FEW:>10}{given.packages:>10}   ratio   to one row"]
    for name, cost in large.items():
        beside = cost / large["one row by its key"]
        lines.append(f"{name:<32}{small[name]:>8.0f}µs{cost:>8.0f}µs{cost / small[name]:>8.2f}{beside:>12.1f}")
    text = "\n".join(lines)
    print(text)
    if given.out:
        given.out.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
