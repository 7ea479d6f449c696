"""What docs/start/write-an-assessment.md tells a newcomer to type works, and comes to a check of ten questions."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from ridgeway.services.assessments.commands import assessments
from ridgeway.services.assessments.operating.samples import begin_package
from ridgeway.services.assessments.tests.sampled import make_sample

PAGE = next(
    (
        parent / "docs/start/write-an-assessment.md"
        for parent in Path(__file__).parents
        if (parent / "docs/start").is_dir()
    ),
    Path("docs/start/write-an-assessment.md"),
)
pytestmark = pytest.mark.skipif(not PAGE.is_file(), reason="the folder docs/ is not here")
BLOCK = re.compile(r"```(yaml|sh)\n(.*?)```", re.DOTALL)
NAME = "street-party"
LANGUAGES = ("languages: {source: en}", "languages: {source: en, partial: [fr]}")
"""What somebody changes after step 7."""


def read_definition() -> str:
    """The definition as somebody has it who put each block below the one before."""
    return "\n".join(text for kind, text in BLOCK.findall(PAGE.read_text("utf-8")) if kind == "yaml")


def run(line: str) -> str:
    """What a command prints; it must end well."""
    words = shlex.split(line)
    assert words[:2] == ["ridgeway", "assessments"]
    done = CliRunner().invoke(assessments, words[2:])
    assert done.exit_code == 0, (line, done.output, done.exception)
    return done.output


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the newcomer works."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_package(desk: Path, text: str) -> Path:
    """The package with this definition."""
    (desk / NAME).mkdir(exist_ok=True)
    (desk / NAME / "service.yaml").write_text(text, "utf-8")
    return desk / NAME


def test_every_command_works_in_its_place(desk: Path) -> None:
    for kind, text in BLOCK.findall(PAGE.read_text("utf-8")):
        if kind == "sh":
            for line in text.splitlines():
                run(line)
                if line.split()[2] == "catalogue":
                    write_package(desk, read_definition().replace(*LANGUAGES))
        elif (translated := desk / NAME / "locale/fr.po").exists():
            translated.unlink()
            write_package(desk, read_definition())
    assert {each.name for each in desk.iterdir()} == {NAME, f"{NAME}-1.0.0.zip", f"{NAME}.html", f"{NAME}.svg"}


def test_it_comes_to_ten_questions_and_every_example_is_right(desk: Path) -> None:
    sample = make_sample(write_package(desk, read_definition()))
    definition = sample.package.definition
    assert sum(len(page.asked) for page in definition.pages) == 10
    for case in definition.tests:
        trail = sample.run_case(case)
        assert (trail.outcome, trail.dropped) == (case.expect, ())
    assert {case.expect for case in definition.tests} == {outcome.id for outcome in definition.outcomes}


def test_the_two_mistakes_that_it_suggests_are_told_with_their_lines(desk: Path) -> None:
    right = read_definition()
    mistyped = right.replace("then: outcome.tell_us", "then: ouctome.tell_us")
    line = mistyped[: mistyped.index("ouctome")].count("\n") + 1
    assert f"service.yaml:{line}:" in fail(desk, mistyped)
    before, _, after = right.partition("      - id: P4\n")
    assert "permit" in fail(desk, before + after[after.index("      - id: P5") :])


def fail(desk: Path, text: str) -> str:
    """What the check says of a definition that is wrong."""
    write_package(desk, text)
    done = CliRunner().invoke(assessments, ["check", NAME])
    assert done.exit_code == 1
    return done.output + str(getattr(done.exception, "detail", ""))


def test_the_starter_is_whole_and_its_examples_are_right(desk: Path) -> None:
    sample = make_sample(begin_package(desk / "home-safety", "home-safety", "questions"))
    definition = sample.package.definition
    assert (definition.id, definition.languages.complete) == ("home-safety", ("fr",))
    assert sum(len(page.asked) for page in definition.pages) == 5
    assert all(each.state == "done" for each in sample.package.translations("fr").values())
    for case in definition.tests:
        trail = sample.run_case(case)
        assert (trail.outcome, trail.dropped) == (case.expect, ())
    assert {case.expect for case in definition.tests} == {outcome.id for outcome in definition.outcomes}
