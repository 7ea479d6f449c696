"""`ridgeway catalogue`: Northmark publishes, Southmark adopts, changes, and takes the next release; all in files."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from ridgeway import services
from ridgeway.catalogue.commands import catalogue
from ridgeway.errors import ContainerError, RequestError
from ridgeway.services import installed

SAMPLES = Path(services.__file__ or "").parent / "assessments" / "packages"
PACKAGE = "energy-rebate-check"
TITLE = "Check if you can get the energy rebate"
OURS = "Find out if you get the energy rebate"
THEIRS = "Check your energy rebate"
pytestmark = pytest.mark.skipif("assessments" not in installed(), reason="the assessments service is not here")


def run(*arguments, exit_code=0):
    result = CliRunner().invoke(catalogue, [str(each) for each in arguments], catch_exceptions=False)
    assert result.exit_code == exit_code, result.output
    return result.output


def rewrite(file, *changes):
    text = file.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, "utf-8")


def retitle(folder, old, new):
    """Another title, in English and in French."""
    rewrite(folder / "service.yaml", (old, new))
    rewrite(folder / "locale/fr.po", (f'msgid "{old}"', f'msgid "{new}"'))


@pytest.fixture
def upstream(tmp_path):
    """The publisher's own folder."""
    return Path(shutil.copytree(SAMPLES / PACKAGE, tmp_path / "upstream"))


@pytest.fixture
def adopted(tmp_path, upstream):
    """The package, published and adopted."""
    run("publish", upstream, tmp_path / "1.zip")
    run("adopt", tmp_path / "1.zip", tmp_path / "ours")
    return tmp_path / "ours"


def test_a_published_package_is_the_same_bytes_each_time_and_holds_what_was_listed(tmp_path, upstream):
    run("publish", upstream, tmp_path / "1.zip")
    run("publish", upstream, tmp_path / "2.zip")
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()
    told = json.loads(run("verify", tmp_path / "1.zip", "--unsigned", "--json"))
    assert (told["package"], told["is_listed"], told["service"]) == (PACKAGE, True, "assessments")


def test_a_package_without_a_list_is_proven_by_nothing(upstream):
    assert "nothing proves it" in run("verify", upstream, exit_code=1)


def test_a_byte_that_was_altered_is_named(tmp_path, adopted, upstream):
    folder = tmp_path / "unpacked"
    shutil.unpack_archive(tmp_path / "1.zip", folder)
    rewrite(folder / "service.yaml", (TITLE, THEIRS))
    with pytest.raises(ContainerError, match=r"service\.yaml was altered"):
        run("verify", folder)


def test_what_has_an_error_is_not_published(tmp_path, upstream):
    rewrite(upstream / "service.yaml", ("max: 50000", "max: -1"))
    assert not (tmp_path / "1.zip").exists()
    result = CliRunner().invoke(catalogue, ["publish", str(upstream), str(tmp_path / "1.zip")])
    assert result.exit_code != 0
    assert not (tmp_path / "1.zip").exists()


def test_an_adopter_changes_a_text_and_takes_the_next_release(tmp_path, adopted, upstream):
    retitle(adopted / "package", TITLE, OURS)
    assert OURS in run("status", adopted)
    assert OURS in run("adapt", adopted, "--reason", "Plainer", "--author", "sol")
    rewrite(upstream / "service.yaml", ("version: 1.0.0", "version: 1.1.0"), ("value: 8000", "value: 8100"))
    run("update", adopted, upstream)
    said = (adopted / "package/service.yaml").read_text("utf-8")
    assert OURS in said
    assert "value: 8100" in said
    assert json.loads(run("status", adopted, "--json"))["upstream"]["version"] == "1.1.0"


def test_what_both_changed_waits_for_a_person(tmp_path, adopted, upstream):
    retitle(adopted / "package", TITLE, OURS)
    run("adapt", adopted, "--reason", "Plainer", "--author", "sol")
    rewrite(upstream / "service.yaml", ("version: 1.0.0", "version: 1.1.0"))
    retitle(upstream, TITLE, THEIRS)
    told = json.loads(run("update", adopted, upstream, "--json", exit_code=1))
    conflicts = {each["element"]: each for each in told["conflicts"]}
    assert sorted(conflicts) == ["locale/fr/start.title", "service/start/title"]
    conflict = conflicts["service/start/title"]
    assert (conflict["base"], conflict["theirs"], conflict["ours"]) == (TITLE, THEIRS, OURS)
    assert OURS in (adopted / "package/service.yaml").read_text("utf-8")
    decided = [f"{element}=theirs" for element in conflicts]
    run("update", adopted, upstream, "--settle", decided[0], "--settle", decided[1], "--author", "sol")
    assert THEIRS in (adopted / "package/service.yaml").read_text("utf-8")


def test_a_dry_run_writes_nothing(adopted, upstream):
    rewrite(upstream / "service.yaml", ("version: 1.0.0", "version: 1.1.0"))
    assert "would stand on energy-rebate-check 1.1.0" in run("update", adopted, upstream, "--dry-run")
    assert json.loads(run("status", adopted, "--json"))["upstream"]["version"] == "1.0.0"


def test_a_folder_that_holds_something_is_not_overwritten(tmp_path, adopted):
    with pytest.raises(RequestError, match="already_adopted"):
        run("adopt", tmp_path / "1.zip", adopted)
