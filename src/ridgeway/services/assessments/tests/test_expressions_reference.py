"""The reference page of the language says what the code says."""

import re
from pathlib import Path

from ridgeway.services.assessments.expressions import FUNCTIONS, limits, parse_expression
from ridgeway.services.assessments.expressions.types import PLAIN, Environment

PAGE = (Path(__file__).parents[5] / "docs/reference/expressions.md").read_text("utf-8")


def read_table(heading):
    """The rows of the first table below a heading."""
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return [line for line in section.splitlines() if line.startswith("|")][2:]


def test_the_functions_of_the_page_are_those_of_the_code():
    rows = [
        f"| `{row.call.replace('), ', ')` `')}` | {PLAIN.get(row.gives, row.gives)} | {row.says} |"
        for _, row in sorted(FUNCTIONS.items())
    ]
    assert read_table("Functions") == rows


def test_the_limits_of_the_page_are_those_of_the_code():
    found = [row.split("|")[2].strip().replace(",", "") for row in read_table("Limits")]
    assert found == [
        str(each) for each in (limits.MAX_TEXT, limits.MAX_NODES, limits.MAX_DEPTH, limits.MAX_LITERAL_TEXT)
    ]


def test_the_examples_of_the_page_are_expressions():
    environment = Environment(
        answers={
            "symptoms": ["options", "symptoms"], "needs": ["options", "needs"], "contact": ["option", "contact"],
            "contact_date": "date", "age": "number", "household": ["list", "household"],
        },
        parameters={"isolation_days": "number"},
        items={"household": {"age": "number"}},
    )  # fmt: skip
    examples = re.search(r"```\n(.+?)```", PAGE, re.DOTALL)[1].splitlines()
    kinds = [parse_expression(text, environment)[1] for text in examples]
    assert kinds == ["bool", "bool", "bool", "bool", "number"]
