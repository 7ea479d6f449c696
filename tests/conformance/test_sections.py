"""The table of sections names only tests, kinds of vectors and divergences that exist, and each section has some."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from tests.conformance.runner import HERE, find_adapters

ROOT = HERE.parents[1]
STATEMENTS = tomllib.loads((HERE / "sections.toml").read_text("utf-8"))["statement"]
KEYS = {"section", "statement", "source", "tests"}
HEADING = re.compile(r"^#{2,6} (.+)$", re.MULTILINE)


@cache
def functions_of(path: Path) -> frozenset[str]:
    """The names of the test functions of a module."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@cache
def anchors_of(path: Path) -> frozenset[str]:
    """What a link into a page can name: its headings in lower case, without marks, hyphens for spaces."""
    headings = HEADING.findall(path.read_text("utf-8"))
    return frozenset(re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings)


def exists(name: str) -> bool:
    kind = name.removeprefix("vectors:")
    if kind != name:
        return kind in find_adapters()
    path, _, test = name.partition("::")
    return test.startswith("test_") and (ROOT / path).is_file() and test in functions_of(ROOT / path)


@pytest.mark.parametrize("entry", STATEMENTS, ids=lambda entry: entry["statement"][:60])
def test_a_statement_has_a_source_and_tests_that_exist(entry: dict[str, object]) -> None:
    assert set(entry) >= KEYS
    assert set(entry) <= {*KEYS, "differs"}
    assert entry["tests"]
    assert [name for name in entry["tests"] if not exists(name)] == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("entry", [each for each in STATEMENTS if "differs" in each], ids=lambda each: each["differs"])
def test_a_difference_is_one_that_the_page_of_differences_has(entry: dict[str, str]) -> None:
    page, _, anchor = entry["differs"].partition("#")
    assert anchor in anchors_of(ROOT / page)


def test_nothing_is_said_twice_and_sections_stand_in_order() -> None:
    said = [each["statement"] for each in STATEMENTS]
    assert len(said) == len(set(said))
    numbers = [int(each["section"].partition(" ")[0]) for each in STATEMENTS]
    assert numbers == sorted(numbers)


def test_a_name_that_is_none_is_noticed() -> None:
    assert not exists("vectors:no-such-kind")
    assert not exists("tests/conformance/test_sections.py::test_no_such_test")
    assert not exists("tests/conformance/no_such_file.py::test_a")
    assert exists("tests/conformance/test_sections.py::test_a_name_that_is_none_is_noticed")
