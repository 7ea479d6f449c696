"""The table of the README: what a self-assessment must do has a test here, or it says that it is left."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[5]
README = Path(__file__).parents[1] / "README.md"
COLUMNS = (r"(?P<number>\d+)", "(?P<level>essential|expected|beyond)", "(?P<feature>[^|]+)", "(?P<tests>[^|]+)")
ROW = re.compile(r"\| " + r" \| ".join(COLUMNS) + r" \|")
ROWS = 86


def read_rows() -> list[re.Match[str]]:
    return [found for line in README.read_text("utf-8").splitlines() if (found := ROW.fullmatch(line))]


@cache
def list_tests() -> frozenset[str]:
    files = [*ROOT.glob("src/ridgeway/**/tests/**/test_*.py"), *(ROOT / "tests").rglob("test_*.py")]
    trees = [ast.parse(file.read_text("utf-8")) for file in files]
    functions = [
        node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


def test_every_row_stands_in_the_table_once_and_in_order():
    assert [int(row["number"]) for row in read_rows()] == list(range(1, ROWS + 1))


def test_nothing_essential_is_left():
    assert [row["number"] for row in read_rows() if row["level"] == "essential" and "left" in row["tests"]] == []


@pytest.mark.parametrize("row", read_rows(), ids=lambda row: row["number"])
def test_the_tests_that_a_row_names_are_there(row: re.Match[str]):
    named = re.findall(r"`(test_\w+)`", row["tests"])
    assert named or row["tests"].startswith(("left: ", "measured: "))
    assert sorted(set(named) - list_tests()) == []
