"""`check`, `paths`, `diff`, `draw`, `explain` as people type them."""

import json

import pytest
from click.testing import CliRunner

from ridgeway.errors import RequestError
from ridgeway.services.assessments.tests.sampled import PACKAGES
from ridgeway.services.assessments.tests.sound import SOUND, write_french
from ridgeway.services.assessments.tests.written import change
from ridgeway.services.assessments.verbs.checking import check, paths, say_count
from ridgeway.services.assessments.verbs.comparing import diff, draw, explain

DAY = ["--today", "2026-11-20"]
ANSWERS = {"urgent": False, "signs": ["cough"], "age": 70}


@pytest.fixture
def package(tmp_path):
    """The sound package in a folder."""
    return write(tmp_path / "sound", SOUND)


def write(folder, text):
    """A package in a folder."""
    (folder / "locale").mkdir(parents=True)
    (folder / "service.yaml").write_text(text, "utf-8")
    (folder / "locale/fr.po").write_text(write_french(), "utf-8")
    return str(folder)


def run(command, *arguments):
    """The exit code and what was printed."""
    found = CliRunner().invoke(command, [*arguments], catch_exceptions=False)
    return found.exit_code, found.output


def test_a_sound_package_is_fine(package):
    code, said = run(check, package, *DAY)

    assert code == 0
    assert said.splitlines() == [
        "sound-check 1.0.0: 0 errors, 0 warnings.",
        "On 2026-11-20: 6 paths by class stand for 365 ways to answer; all walked.",
        "3 of 3 examples come out as they say.",
        f"Next: ridgeway assessments serve {package}",
    ]


def test_an_error_is_told_with_its_line_and_what_to_do_and_refuses(tmp_path):
    text = change('["< 1", "< 65"]', '["< 1", "< 60"]', SOUND)
    broken = write(tmp_path / "broken", text)

    code, said = run(check, broken, *DAY)

    assert code == 1
    line = text.splitlines().index("  advice:") + 2
    first, second, *_ = said.splitlines()
    assert first.startswith(f"{broken}/service.yaml:{line}: error: Table advice gives nothing on 2026-11-20 for ")
    assert first.endswith("age=60. [table-gap]")
    assert second == "    Add a rule for them, or a `default`."
    assert "1 error, 0 warnings" in said


def test_strict_refuses_warnings_too(tmp_path):
    warned = write(tmp_path / "warned", change('    source: "Order 1"\n', "", SOUND))

    assert run(check, warned, *DAY)[0] == 0
    assert run(check, warned, "--strict", *DAY)[0] == 1


def test_the_report_is_there_as_json(package):
    code, said = run(check, package, "--json", *DAY)

    told = json.loads(said)
    assert code == 0
    assert (told["errors"], told["findings"], told["examples"]) == (0, [], {"right": 3, "of": 3})
    assert told["paths"]["2026-11-20"]["raw"] == 365


def test_what_cannot_be_read_is_refused_with_all_its_faults(tmp_path):
    broken = write(
        tmp_path / "broken",
        change("type: yes_no", "type: yes_now", SOUND),
    )

    code, said = run(check, broken)

    assert code == 1
    assert "service.yaml:17" in said
    assert json.loads(run(check, broken, "--json")[1])["errors"] >= 1


def test_a_package_that_is_not_there_is_misuse(tmp_path):
    assert run(check, str(tmp_path / "nothing"))[0] == 2
    assert run(paths, str(tmp_path / "nothing"))[0] == 2


def test_paths_are_counted_by_outcome(package):
    code, said = run(paths, package, "--list", "10", *DAY)

    assert code == 0
    assert said.startswith("sound-check 1.0.0 on 2026-11-20: 6 paths by class stand for 365 ways to answer.")
    assert "rules   3 of 3" in said
    assert said.count("· ") == 12
    told = json.loads(run(paths, package, "--json", "--list", "2", *DAY)[1])
    assert (told["paths"], len(told["listed"])) == (6, 2)


def test_a_difference_is_told_and_can_refuse(package, tmp_path):
    text = change('["< 1", "< 65"]', '["< 1", "< 70"]', change('["< 1", ">= 65"]', '["< 1", ">= 70"]', SOUND))
    new = write(tmp_path / "new", text)

    code, said = run(diff, package, new, *DAY)

    assert code == 0
    assert said.splitlines()[0] == "1 of 8 paths by class get another result on 2026-11-20."
    assert "stay → go: 1 path by class, 5 ways to answer" in said
    assert run(diff, package, new, "--refuse", *DAY)[0] == 1
    assert run(diff, package, package, "--refuse", *DAY)[0] == 0
    assert json.loads(run(diff, package, new, "--json", *DAY)[1])["changes"][0]["after"]["outcome"] == "go"


@pytest.mark.parametrize(
    ("form", "begins"),
    [("svg", "<svg"), ("text", "Stay home?"), ("mermaid", "flowchart"), ("dot", "digraph"), ("html", "<ol")],
)
def test_every_form_is_drawn(package, form, begins):
    assert run(draw, package, "--as", form)[1].startswith(begins)


def test_a_drawing_is_written_and_an_unknown_language_refused(package, tmp_path):
    file = tmp_path / "flow.svg"

    assert run(draw, package, "-o", str(file), "--language", "fr", "--answers", json.dumps(ANSWERS), *DAY)[0] == 0
    assert "Est-ce urgent ?" in file.read_text("utf-8")
    assert run(draw, package, "--language", "xx")[0] == 2


def test_a_result_is_explained_at_three_depths_and_by_what_would_change_it(package):
    code, said = run(explain, package, "--answers", json.dumps(ANSWERS), *DAY)

    assert code == 0
    assert "Stay home for 5 days (stay)" in said
    assert "Because: You are old." in said
    assert "3. How old are you? 70" in said
    assert "Rule A2 of table advice" in said
    assert "If “How old are you?” were answered “64” instead of “70”, the result would be: Go out (go)." in said


def test_answers_come_from_a_file_too_and_must_be_some(package, tmp_path):
    file = tmp_path / "answers.json"
    file.write_text(json.dumps(ANSWERS), "utf-8")

    told = json.loads(run(explain, package, "--answers", str(file), "--json", *DAY)[1])

    assert (told["outcome"], told["nearest"]["outcome"]) == ("stay", "go")
    assert run(explain, package, "--answers", "[1]")[0] == 2
    assert run(explain, package, "--answers", "{")[0] == 2
    with pytest.raises(RequestError, match="stop at page signs"):
        run(explain, package, "--answers", '{"urgent": false}', *DAY)


def test_the_whole_of_2020_is_explained(package):
    answers = {
        "emergency": False,
        "symptoms": ["throat", "runny"],
        "onset": "2026-11-20",
        "course": "same",
        "health_worker": True,
        "household": True,
    }

    said = run(explain, str(PACKAGES / "respiratory-check-2020"), "--answers", json.dumps(answers), *DAY)[1]

    assert "would be: Stay home until you are well (stay_until_well)" in said


def test_numbers_that_nobody_can_read_are_told_by_their_size():
    assert say_count(981_914_575_015) == "981,914,575,015"
    assert say_count(2_090_630_285_022_925_535_406) == "about 2 × 10^21"
    assert say_count(10**15) == "about 1 × 10^15"
