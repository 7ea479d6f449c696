"""The reference page of findings says what the code says."""

from pathlib import Path

from ridgeway.office import design
from ridgeway.office.design.contrast import parse_schemes
from ridgeway.services.assessments.checks import CODES
from ridgeway.services.assessments.checks.program import MAX_CONDITIONS
from ridgeway.services.assessments.checks.reading import FORMULAS, LIX, MAX_SENTENCE_WORDS, MIN_WORDS
from ridgeway.services.assessments.checks.theme import LIGHT
from ridgeway.services.assessments.checks.walked import MAX_CHECK_STEPS, MAX_DAYS_WALKED

PAGE = Path(__file__).parents[5] / "docs/reference/assessment-checks.md"
TOKENS = Path(design.__file__).parent / "static/design/tokens.css"


def test_the_page_lists_every_finding_as_the_code_has_it():
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `") and line.count("|") == 5]

    assert rows == [
        f"| `{code}` | {'error' if each.is_error else 'warning'} | {each.means} | {each.action} |"
        for code, each in CODES.items()
    ]


def test_the_page_has_the_figures_of_the_code():
    text = PAGE.read_text("utf-8")

    assert f"more than {MAX_SENTENCE_WORDS}" in text
    assert f"| least words for a reading level | {MIN_WORDS} |" in text
    for formula in (*FORMULAS.values(), LIX):
        least = "at most" if formula.is_rising else "at least"
        assert any(
            line.startswith(f"| {formula.name}") and f"{least} {formula.budget:g} " in line
            for line in text.splitlines()
        )
    assert f"| pages asked in a walk of one day | {MAX_CHECK_STEPS:,} |" in text
    assert f"of which paths are walked | {MAX_CONDITIONS:,};" in text
    assert f"| days walked | {MAX_DAYS_WALKED}:" in text


def test_the_colours_that_a_theme_stands_on_are_those_of_the_design():
    tokens = parse_schemes(TOKENS.read_text("utf-8"))["light"]

    assert {name: tokens[name] for name in LIGHT} == LIGHT
