"""Run a folder of test vectors: `python -m tests.conformance.runner DIR [--kinds asic,xades]`.

Law: expectations come from the folder's `vectors.json` alone, and no vector is known here by its name. A kind is
checked by a function `check_<kind>` (hyphens become underscores) in one of the modules `kinds_*.py` beside this file;
a kind without one is skipped and named so.
Prints a line for each vector that is wrong or skipped, then `KIND: RIGHT/ALL (SKIPPED n)` for each kind and in all.
Exit: 0 none is wrong · 1 some are · 2 misused.
"""

import argparse
import importlib
import json
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conformance.outcome import Adapter, Judgement, Outcome, Vector, compare, failed, skip

from ridgeway.errors import RidgewayError

HERE = Path(__file__).resolve().parent
NO_ADAPTER = "no adapter for this kind"


@dataclass(frozen=True, slots=True)
class Case:
    """A vector with what its folder expects."""

    vector: Vector
    expect: Mapping[str, Any]


class FolderError(Exception):
    """The folder is not one of vectors, or has none of the kinds that were asked for."""


def read_cases(root: Path, *, kinds: Collection[str] = ()) -> list[Case]:
    """Every vector of the folder, or those of `kinds`."""
    try:
        entries = json.loads((root / "vectors.json").read_bytes())
    except (OSError, ValueError) as error:
        raise FolderError(f"{root} is not a folder of vectors: {error}") from error
    cases = [read_case(entry) for entry in entries]
    chosen = [case for case in cases if not kinds or case.vector.kind in kinds]
    if not chosen:
        known = sorted({case.vector.kind for case in cases})
        raise FolderError(f"no vector of kind {', '.join(kinds) or 'any'} in {root}; it has {', '.join(known)}")
    return chosen


def read_case(entry: Mapping[str, Any]) -> Case:
    """One entry of `vectors.json`."""
    vector = Vector(
        id=entry["id"],
        kind=entry["kind"],
        files=tuple(entry.get("files") or ()),
        context=entry.get("context") or {},
    )
    return Case(vector, entry["expect"])


def find_adapters() -> dict[str, Adapter]:
    """The adapters by kind, from the modules `kinds_*.py`."""
    adapters: dict[str, Adapter] = {}
    for path in sorted(HERE.glob("kinds_*.py")):
        module = importlib.import_module(f"tests.conformance.{path.stem}")
        for name, function in vars(module).items():
            if name.startswith("check_") and callable(function):
                adapters[name.removeprefix("check_").replace("_", "-")] = function
    return adapters


def judge(cases: Iterable[Case], *, root: Path, adapters: Mapping[str, Adapter]) -> Iterator[Judgement]:
    """Run each vector and compare what came out with what its folder expects."""
    for case in cases:
        adapter = adapters.get(case.vector.kind)
        outcome = run_adapter(adapter, case.vector, root=root) if adapter else skip(NO_ADAPTER)
        yield compare(case.vector, case.expect, outcome)


def run_adapter(adapter: Adapter, vector: Vector, *, root: Path) -> Outcome:
    """What the adapter found; a refusal of ours is an error with its code, any other exception is a fault of ours."""
    try:
        return adapter(vector, root)
    except RidgewayError as error:
        return failed(error.code)
    except Exception as error:  # noqa: BLE001  one broken adapter must not hide the other vectors
        return Outcome("crash", wrong=f"{type(error).__name__}: {error}")


def summarise(judgements: Collection[Judgement]) -> str:
    """`RIGHT/ALL (SKIPPED n)`."""
    right = sum(judgement.verdict == "right" for judgement in judgements)
    skipped = sum(judgement.verdict == "skipped" for judgement in judgements)
    return f"{right}/{len(judgements)} (SKIPPED {skipped})"


def print_report(judgements: Collection[Judgement], *, kinds: Collection[str]) -> None:
    """A line for each that is wrong or skipped, then the sums of each kind, `kinds` among them, and of all."""
    for judgement in judgements:
        if judgement.verdict != "right":
            print(f"{judgement.verdict.upper()} {judgement.vector.kind} {judgement.vector.id}: {judgement.reason}")
    for kind in sorted({*kinds, *(judgement.vector.kind for judgement in judgements)}):
        print(f"{kind}: {summarise([each for each in judgements if each.vector.kind == kind])}")
    print(f"all: {summarise(judgements)}")


def main(arguments: list[str] | None = None) -> int:
    """Run the folder that the command line names."""
    parser = argparse.ArgumentParser(prog="scripts/vectors", description="Run a folder of test vectors.")
    parser.add_argument("folder", metavar="DIR", type=Path, help="a folder with vectors.json")
    parser.add_argument("--kinds", default="", help="only these kinds, separated by commas")
    options = parser.parse_args(arguments)
    kinds = [kind.strip() for kind in options.kinds.split(",") if kind.strip()]
    try:
        cases = read_cases(options.folder, kinds=kinds)
    except FolderError as error:
        print(error, file=sys.stderr)
        return 2
    judgements = list(judge(cases, root=options.folder, adapters=find_adapters()))
    print_report(judgements, kinds=kinds)
    return 1 if any(judgement.verdict == "wrong" for judgement in judgements) else 0


if __name__ == "__main__":
    raise SystemExit(main())
