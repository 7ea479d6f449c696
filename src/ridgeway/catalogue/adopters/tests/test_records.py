"""Who runs what: Southmark says so itself, and Northmark sees how far behind it is and what it did about a notice."""

import json

import pytest
from click.testing import CliRunner

from ridgeway.catalogue.commands import catalogue
from ridgeway.catalogue.packages.statement import render_canonical
from ridgeway.errors import RequestError
from ridgeway.services import installed

if "assessments" not in installed():
    pytest.skip("the assessments service is not here", allow_module_level=True)

from ridgeway.services.assessments.tests.versions import write_package

SOUTH = "SM/GOV/2001"


def run(*arguments, exit_code=0):
    result = CliRunner().invoke(catalogue, [str(each) for each in arguments], catch_exceptions=False)
    assert result.exit_code == exit_code, result.output
    return result.output


@pytest.fixture
def shelf(tmp_path):
    """Northmark's shelf."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    publish(folder, "1.0.0")
    return folder


def publish(shelf, version):
    source = shelf.parent / version
    source.mkdir()
    (source / "service.yaml").write_bytes(write_package(version))
    run("publish", source, shelf)


@pytest.fixture
def ours(tmp_path, shelf):
    """Southmark's adopted package, with one change."""
    run("adopt", f"{shelf}/home-check", tmp_path / "ours")
    file = tmp_path / "ours/package/service.yaml"
    file.write_text(file.read_text().replace("Do you feel ill today?", "Are you ill?"))
    run("adapt", tmp_path / "ours", "--reason", "Plainer")
    return tmp_path / "ours"


def see(shelf):
    return json.loads(run("adopters", shelf, "--json"))


def test_the_publisher_sees_who_runs_what_and_who_has_acted(tmp_path, shelf, ours):
    run("record", ours, "--by", SOUTH, "--to", shelf)
    (found,) = see(shelf)
    assert (found["by"], found["version"], found["changes"], found["newer"]) == (SOUTH, "1.0.0", 1, [])
    assert found["is_known"]
    assert found["warned"] == []
    publish(shelf, "1.1.0")
    run("recall", shelf, "home-check", "1.0.0", "--reason", "Wrong advice", "--instead", "1.1.0")
    (found,) = see(shelf)
    assert found["newer"] == ["1.1.0"]
    assert [each["deed"] for each in found["warned"]] == ["not heard of since"]
    run("record", ours, "--by", SOUTH, "--to", tmp_path / "record.json")
    (shelf / "adopters" / "by-mail.json").write_bytes((tmp_path / "record.json").read_bytes())
    assert [each["deed"] for each in see(shelf)[0]["warned"]] == ["knows, runs it still"]
    run("update", ours)
    run("record", ours, "--by", SOUTH, "--to", shelf)
    (found,) = see(shelf)
    assert (found["version"], [each["deed"] for each in found["warned"]]) == ("1.1.0", ["acted"])
    assert "acted" in run("adopters", shelf)


def test_who_adopted_sees_what_it_is_behind_and_what_was_recalled(shelf, ours):
    publish(shelf, "1.1.0")
    run("recall", shelf, "home-check", "1.0.0", "--reason", "Wrong advice", "--instead", "1.1.0")
    said = run("status", ours)
    assert "1 versions behind: 1.1.0" in said
    assert "RECALLED home-check 1.0.0: Wrong advice Use 1.1.0." in said
    told = json.loads(run("status", ours, "--json"))
    assert (told["newer"], [each["kind"] for each in told["notices"]]) == (["1.1.0"], ["recall"])
    assert told["outcomes"][0].startswith("Nobody gets another result")


def test_a_recalled_version_is_taken_by_nobody_unless_a_person_says_so(tmp_path, shelf, ours):
    publish(shelf, "1.1.0")
    run("recall", shelf, "home-check", "1.1.0", "--reason", "Wrong advice", "--instead", "1.0.0")
    for source in (f"{shelf}/home-check", shelf / "packages/home-check/1.1.0.zip"):
        with pytest.raises(RequestError, match=r"recalled_version.*Wrong advice"):
            run("adopt", source, tmp_path / "theirs")
        with pytest.raises(RequestError, match="recalled_version"):
            run("update", ours, source)
    assert not (tmp_path / "theirs").exists()
    assert json.loads(run("status", ours, "--json"))["upstream"]["version"] == "1.0.0"
    run("adopt", f"{shelf}/home-check", tmp_path / "theirs", "--recalled")
    run("update", ours, "--recalled")
    assert json.loads(run("status", ours, "--json"))["upstream"]["version"] == "1.1.0"


def test_a_recall_that_came_by_mail_counts_in_the_folder_it_was_put_in(tmp_path, shelf, ours):
    publish(shelf, "1.1.0")
    run("recall", shelf, "home-check", "1.1.0", "--reason", "Wrong advice")
    (ours / "notices").mkdir()
    for file in (shelf / "notices").iterdir():
        file.rename(ours / "notices" / file.name)
    with pytest.raises(RequestError, match="recalled_version"):
        run("update", ours)


def test_hostile_records_hide_no_other(shelf, ours):
    run("record", ours, "--by", SOUTH, "--to", shelf)
    (file,) = (shelf / "adopters").iterdir()
    good = json.loads(file.read_bytes())
    for number, change in enumerate(
        ({"changes": -1}, {"changes": True}, {"changes": "1"}, {"heard": "x"}, {"heard": [1]}, {"since": "a\nb"})
    ):
        (shelf / "adopters" / f"{number}.json").write_bytes(render_canonical(good | {"by": f"X{number}"} | change))
    assert [each["by"] for each in see(shelf)] == [SOUTH]
    assert run("adopters", shelf).count("cannot be read as a record") == 6
