"""What one vector asks, what came out, and whether that is right.

Law: adapters see the inputs of a vector and never its expectations, so none of them can answer by heart; the
comparison happens here alone. Right means: the result is the same, for an error the code equals the one of 7.8
(where one is given), and every key of the expected values equals.
Read next: `runner.py`, which finds the adapters (`kinds_*.py`) and runs a folder.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CASES_INSIDE = "see file"
"""The expected result of a vector whose cases and expectations stand together in its file."""


@dataclass(frozen=True, slots=True)
class Vector:
    """The inputs of one vector: `files` are relative to the folder, `context` is what the case needs beside them."""

    id: str
    kind: str
    files: tuple[str, ...]
    context: Mapping[str, Any] = field(default_factory=dict)

    def read(self, root: Path, index: int = 0) -> bytes:
        """The bytes of one of its files."""
        return (root / self.files[index]).read_bytes()

    def read_json(self, root: Path, index: int = 0) -> Any:
        """One of its files as JSON."""
        return json.loads(self.read(root, index))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an adapter found.

    `values` are compared key by key with `expect.values`, `extras` with the other keys of `expect` (`mime`, …) where
    both have them. A value may be a function that is given the expected value and says whether it fits, for what the
    inputs alone do not fix. `skipped` and `wrong` are reasons; `wrong` is for cases that stand inside a file.
    """

    result: str
    code: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    extras: Mapping[str, Any] = field(default_factory=dict)
    skipped: str = ""
    wrong: str = ""


def valid(values: Mapping[str, Any] | None = None, *, result: str = "valid", **extras: Any) -> Outcome:
    """Everything was as it should be; these are the values that were read."""
    return Outcome(result, values=values or {}, extras=extras)


def failed(code: str, *, result: str = "error") -> Outcome:
    """The material was refused with X-Road's code (7.8 spelling). Raising a RidgewayError says the same."""
    return Outcome(result, code=code)


def skip(reason: str) -> Outcome:
    """This vector needs something that a runner cannot act upon."""
    return Outcome("skipped", skipped=reason)


def judge_cases(differences: Sequence[str], *, result: str = CASES_INSIDE) -> Outcome:
    """The outcome of a file of cases: right when no case differs from what the file itself expects."""
    return Outcome(result, wrong="; ".join(differences))


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one vector: `right`, or `wrong` or `skipped` with a reason."""

    vector: Vector
    verdict: str
    reason: str = ""


def compare(vector: Vector, expect: Mapping[str, Any], outcome: Outcome) -> Judgement:
    """Say whether the outcome is what the folder expects."""
    if outcome.skipped:
        return Judgement(vector, "skipped", outcome.skipped)
    differences = list_differences(expect, outcome)
    if outcome.wrong:
        differences.insert(0, outcome.wrong)
    return Judgement(vector, "wrong" if differences else "right", "; ".join(differences))


def list_differences(expect: Mapping[str, Any], outcome: Outcome) -> list[str]:
    """Each difference as a phrase."""
    wanted = expect.get("result", "")
    if outcome.result != wanted:
        code = f" ({outcome.code})" if outcome.code else ""
        return [f"result is {outcome.result}{code}, expected {wanted}{expected_code_phrase(expect)}"]
    wanted_code = find_expected_code(expect)
    if wanted_code and outcome.code != wanted_code:
        return [f"code is {outcome.code or 'absent'}, expected {wanted_code}"]
    differences = []
    for key, value in (expect.get("values") or {}).items():
        if key not in outcome.values:
            differences.append(f"value {key} was not found, expected {shorten(value)}")
        elif not fits(outcome.values[key], value):
            differences.append(f"value {key} is {shorten(outcome.values[key])}, expected {shorten(value)}")
    differences += [
        f"{key} is {shorten(found)}, expected {shorten(expect[key])}"
        for key, found in outcome.extras.items()
        if key in expect and not fits(found, expect[key])
    ]
    return differences


def find_expected_code(expect: Mapping[str, Any]) -> str | None:
    """The code of 7.8 that an error or fault must carry, where the folder gives one."""
    if expect.get("result") == "fault":
        return (expect.get("fault_code") or {}).get("7.8")
    if expect.get("result") == "error":
        return (expect.get("codes") or {}).get("7.8")
    return None


def expected_code_phrase(expect: Mapping[str, Any]) -> str:
    """The expected code in brackets, where there is one."""
    code = find_expected_code(expect)
    return f" ({code})" if code else ""


def fits(found: Any, expected: Any) -> bool:
    """Whether a found value equals the expected one, JSON's shapes taken for Python's."""
    if callable(found):
        return bool(found(expected))
    return bool(simplify(found) == expected)


def simplify(value: Any) -> Any:
    """The value in the shapes of JSON: tuples are lists, mappings are objects."""
    if isinstance(value, Mapping):
        return {key: simplify(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [simplify(item) for item in value]
    return value


def shorten(value: Any) -> str:
    """A value in at most 120 characters."""
    text = getattr(value, "__name__", "") if callable(value) else repr(value)
    return text if len(text) <= 120 else text[:117] + "…"


Adapter = Callable[[Vector, Path], Outcome]
