"""An assessment on paper: nothing that decides is left out."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from ridgeway.services.assessments.checks import render_paper
from ridgeway.services.assessments.commands import assessments
from ridgeway.services.assessments.definition import compile_package, read_package

PACKAGES = Path(__file__).parents[1] / "packages"
EXAMPLES = Path(__file__).parent / "examples"
FOLDERS = [*sorted(each for each in PACKAGES.iterdir() if each.is_dir()), EXAMPLES / "everything"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda each: each.name)
def test_every_page_rule_result_and_parameter_is_on_paper_in_every_language(folder):
    compiled = compile_package(read_package(folder))
    for language in (each["code"] for each in compiled["languages"]):
        paper = render_paper(compiled, language)
        rules = [rule["id"] for each in compiled["decisions"].values() for rule in each["rules"]]
        assert [each for each in rules if f"[{each}]" not in paper] == []
        sources = [
            rule["source"] for each in compiled["decisions"].values() for rule in each["rules"] if rule["source"]
        ]
        assert [each for each in sources if each not in paper] == []
        assert [each for each in compiled["parameters"] if f"(`{each}`)" not in paper] == []
        assert compiled["digest"] in paper
        assert "None" not in paper.replace("None of", "")


def test_a_page_says_what_it_asks_and_where_each_answer_leads():
    paper = CliRunner().invoke(
        assessments, ["draw", str(PACKAGES / "respiratory-check-2020"), "--as", "paper"], catch_exceptions=False
    )
    assert "- [ ] fever\n" in paper.output
    assert "- Yes → Call … now (" in paper.output
