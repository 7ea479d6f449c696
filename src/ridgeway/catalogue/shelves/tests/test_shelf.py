"""A shelf of packages: put there, found, taken, and never changed."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway import services
from ridgeway.catalogue.commands import catalogue
from ridgeway.catalogue.packages.reading import read_incoming
from ridgeway.catalogue.packages.versions import is_older, order_version
from ridgeway.catalogue.shelves.index import Shelved, find_packages, list_versions, open_index, put_versions
from ridgeway.catalogue.shelves.shelf import find_on_shelf, put_on_shelf
from ridgeway.errors import RequestError, WorldError
from ridgeway.services import installed

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SAMPLES = Path(services.__file__ or "").parent / "assessments" / "packages"
pytestmark = pytest.mark.skipif("assessments" not in installed(), reason="the assessments service is not here")


def run(*arguments, exit_code=0):
    result = CliRunner().invoke(catalogue, [str(each) for each in arguments], catch_exceptions=False)
    assert result.exit_code == exit_code, result.output
    return result.output


@pytest.fixture
def shelf(tmp_path):
    """A shelf with two packages, one of them in two versions."""
    put_on_shelf(tmp_path / "shelf", read_incoming(SAMPLES / "energy-rebate-check"), now=NOW)
    put_on_shelf(tmp_path / "shelf", read_incoming(SAMPLES / "spending-triage"), now=NOW)
    newer = Path(shutil.copytree(SAMPLES / "energy-rebate-check", tmp_path / "newer"))
    service = newer / "service.yaml"
    service.write_text(service.read_text("utf-8").replace("version: 1.0.0", "version: 1.10.0"), "utf-8")
    put_on_shelf(tmp_path / "shelf", read_incoming(newer), now=NOW)
    return tmp_path / "shelf"


def test_a_package_is_found_by_a_beginning_of_its_words_in_its_newest_version(shelf):
    (found,) = json.loads(run("search", shelf, "REBAT", "energy", "--json"))
    assert (found["package"], found["version"]) == ("energy-rebate-check", "1.10.0")
    assert len(json.loads(run("search", shelf, "--json"))) == 2
    assert "Nothing was found" in run("search", shelf, "parking")


def test_what_looks_like_a_command_to_the_index_is_a_word(shelf):
    assert "Nothing was found" in run("search", shelf, 'title:x" OR "energy', "NEAR(", "*")


def test_every_version_is_shown_the_newest_first(shelf):
    assert [each["version"] for each in json.loads(run("show", shelf, "energy-rebate-check", "--json"))] == [
        "1.10.0",
        "1.0.0",
    ]
    with pytest.raises(RequestError, match="unknown_package"):
        run("show", shelf, "parking")


def test_a_package_is_adopted_from_a_shelf_and_updated_from_where_it_came(shelf, tmp_path):
    run("adopt", f"{shelf}/energy-rebate-check@1.0.0", tmp_path / "ours")
    assert "would stand on energy-rebate-check 1.10.0" in run("update", tmp_path / "ours", "--dry-run")
    run("update", tmp_path / "ours")
    assert json.loads(run("status", tmp_path / "ours", "--json"))["upstream"]["version"] == "1.10.0"


def test_a_version_that_is_not_there_is_named_with_those_that_are(shelf):
    with pytest.raises(RequestError, match=r"there are 1\.10\.0, 1\.0\.0"):
        find_on_shelf(f"{shelf}/energy-rebate-check@3.0.0")
    assert find_on_shelf(f"{shelf}/../etc/passwd") is None


def test_what_was_published_stays(shelf, tmp_path):
    other = Path(shutil.copytree(SAMPLES / "energy-rebate-check", tmp_path / "other"))
    (other / "README.md").write_text("Something else.", "utf-8")
    with pytest.raises(RequestError, match="version_taken"):
        put_on_shelf(shelf, read_incoming(other), now=NOW)


def test_publishing_into_a_folder_puts_it_on_the_shelf(tmp_path):
    (tmp_path / "shelf").mkdir()
    run("publish", SAMPLES / "spending-triage", tmp_path / "shelf")
    assert "spending-triage 1.0.0" in run("search", tmp_path / "shelf", "spending")


def test_the_index_is_made_again_from_what_lies_there(shelf):
    before = json.loads(run("search", shelf, "--json"))
    (shelf / "index.sqlite3").write_bytes(b"broken" * 1000)
    with pytest.raises(WorldError, match="database_error"):
        run("search", shelf, "energy")
    run("index", shelf)
    after = json.loads(run("search", shelf, "--json"))
    assert [(each["package"], each["version"]) for each in after] == [
        (each["package"], each["version"]) for each in before
    ]


def test_searching_reads_rows_of_what_it_finds_alone(tmp_path):
    row = {"service": "x", "publisher": "p", "licence": "", "languages": "en", "digest": "0", "published_at": ""}
    with open_index(tmp_path) as index:
        put_versions(index, [Shelved(package=f"p{n}", version="1", title=f"word{n}", **row) for n in range(300)])
        assert [each.package for each in find_packages(index, "word299")] == ["p299"]
        plans = [
            "SELECT * FROM versions WHERE package = 'p1'",
            "SELECT * FROM versions WHERE is_newest = 1 ORDER BY package LIMIT 5",
        ]
        said = " ".join(str(step) for plan in plans for step in index.execute(f"EXPLAIN QUERY PLAN {plan}"))
        assert "SCAN" not in said
        assert [each.version for each in list_versions(index, "p1")] == ["1"]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("1.9", "1.10"),
        ("1.0-rc1", "1.0"),
        ("1.0-rc1", "1.0-rc2"),
        ("1.0", "1.0.1"),
        ("0.9", "1"),
        ("2.0-beta", "2.0-rc"),
    ],
)
def test_numbers_count_as_numbers(older, newer):
    assert is_older(older, newer)
    assert not is_older(newer, older)


def test_noughts_behind_and_marks_of_a_build_say_nothing():
    assert order_version("1.0.0") == order_version("1") == order_version("1.0+build5")
    assert order_version("10") != order_version("1")


@settings(deadline=None)
@given(st.text("0123456789.abc-+", max_size=12), st.text("0123456789.abc-+", max_size=12))
def test_any_two_versions_have_an_order(one, other):
    assert isinstance(order_version(one) <= order_version(other), bool)


def test_an_index_that_another_process_writes_is_waited_for(shelf):
    with closing(sqlite3.connect(shelf / "index.sqlite3")) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "spending-triage" in run("search", shelf, "spending")
