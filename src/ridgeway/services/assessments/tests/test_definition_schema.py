"""What editors and readers are told of the format is what the code reads. Run this file to write both anew."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from ridgeway.office.documents import parse_yaml
from ridgeway.services.assessments.definition import limits, render_schema, schema
from ridgeway.services.assessments.definition.kinds import QuestionType
from ridgeway.services.assessments.definition.patterns import IDENTIFIERS, POSTAL_CODES, POSTAL_PREFIXES
from ridgeway.services.assessments.definition.reference import render_keys
from ridgeway.services.assessments.tests.written import SMALL, list_problems

SCHEMA = Path(schema.__file__).with_name("schema.json")
PAGE = Path(__file__).parents[5] / "docs/reference/assessment-format.md"
EXAMPLES = Path(__file__).parent / "examples"
PARTS = re.compile(r"(<!-- keys -->\n).*?(<!-- end of keys -->)", re.DOTALL)
ANEW = f"run .venv/bin/python {Path(__file__).relative_to(Path(__file__).parents[5])}"


def render_schema_file() -> str:
    """`schema.json`, as `ridgeway assessments schema` prints it."""
    return json.dumps(render_schema(), indent=2) + "\n"


def render_page() -> str:
    """The reference with its tables of keys."""
    return PARTS.sub(lambda match: f"{match[1]}\n{render_keys()}\n{match[2]}", PAGE.read_text("utf-8"))


def test_the_kept_schema_is_as_the_code_makes_it():
    assert SCHEMA.read_text("utf-8") == render_schema_file(), ANEW


def test_the_tables_of_the_reference_are_as_the_code_makes_them():
    assert PAGE.read_text("utf-8") == render_page(), ANEW


def test_the_reference_names_every_type_pattern_and_country():
    text = PAGE.read_text("utf-8")
    for name in (*QuestionType, *IDENTIFIERS, *POSTAL_CODES, *POSTAL_PREFIXES):
        assert re.search(rf"\b{name}\b", text), name
    for name, value in vars(limits).items():
        if name in {"MAX_PAGES", "MAX_RULES", "MAX_OPTIONS", "MAX_REPEATS", "MAX_FACTS", "MAX_OUTCOMES"}:
            assert f"{value:,}" in text, name


def test_the_small_one_in_the_reference_has_no_fault():
    fence = re.compile(r"^```yaml\n(format: assessment/1\n.*?)^```", re.MULTILINE | re.DOTALL)
    (text,) = fence.findall(PAGE.read_text("utf-8"))
    assert list_problems(text) == []


def to_plain(node):
    """A parsed document as plain data."""
    if isinstance(node.value, dict):
        return {key: to_plain(each) for key, each in node.value.items()}
    return [to_plain(each) for each in node.value] if isinstance(node.value, tuple) else node.value


@pytest.mark.parametrize(
    ("root", "file"),
    [
        ("service", "everything/service.yaml"),
        ("service", "winter-illness-check.yaml"),
        ("table", "everything/tables/advice.yaml"),
        ("cases", "everything/cases.yaml"),
        ("theme", "everything/theme.yaml"),
        ("changes", "everything/CHANGES.yaml"),
    ],
)
def test_the_examples_fit_the_schema(root, file):
    validator = jsonschema.Draft202012Validator(render_schema(root))
    validator.check_schema(render_schema(root))
    assert list(validator.iter_errors(to_plain(parse_yaml((EXAMPLES / file).read_bytes(), name=file)))) == []


@pytest.mark.parametrize(
    "text",
    [
        SMALL.replace("publisher:", "publischer:"),
        SMALL.replace("type: yes_no", "type: yesno"),
        SMALL.replace("max: 120}", "max: 120, colour: red}"),
        SMALL.replace('start: {title: "Should you stay home?"}', ""),
    ],
)
def test_what_does_not_fit_is_marked(text):
    validator = jsonschema.Draft202012Validator(render_schema())
    assert list(validator.iter_errors(to_plain(parse_yaml(text.encode(), name="x"))))


if __name__ == "__main__":
    SCHEMA.write_text(render_schema_file(), "utf-8")
    PAGE.write_text(render_page(), "utf-8")
