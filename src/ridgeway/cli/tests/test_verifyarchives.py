"""`ridgeway verify --archive` as a person calls it, on archives of the containers of `vectors/`."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ridgeway.cli.tests.test_verify import CONTAINERS, TRUST, run
from ridgeway.protocol.signatures.archives import FIRST, ArchiveWriter, Link

pytestmark = pytest.mark.skipif(not CONTAINERS.is_dir(), reason="the folder vectors/ is not here")
AT = datetime(2026, 3, 1, tzinfo=UTC)


def make_archive(place: Path, *names: str, previous: Link = FIRST) -> Link:
    with place.open("wb") as file:
        writer = ArchiveWriter(file, previous=previous)
        for name in names:
            writer.add(name, (CONTAINERS / name).read_bytes(), at=AT)
        writer.finish()
    return Link(writer.last_digest, place.name)


@pytest.fixture
def archives(tmp_path: Path) -> tuple[Path, Path]:
    first, second = tmp_path / "mlog-1.zip", tmp_path / "mlog-2.zip"
    link = make_archive(first, "body-ec.asice", "simple-rsa.asice")
    make_archive(second, "batch-ec.asice", previous=link)
    return first, second


def test_archives_are_proven_one_after_the_other_with_each_container(archives):
    first, second = archives
    done = run("--archive", second, first, "--globalconf", TRUST)
    assert done.exit_code == 0
    assert done.output.index("mlog-1.zip") < done.output.index("mlog-2.zip")
    assert "2 linked, 2 proven, 0 not" in done.output
    told = json.loads(run("--archive", first, second, "--globalconf", TRUST, "--json").output)
    assert told["proven"] is True
    assert [[each["sender"] for each in archive["containers"]] for archive in told["archives"]][1] == [
        "SUBSYSTEM:RW/GOV/1001/portal"
    ]
    assert told["archives"][1]["previous_digest"] == told["archives"][0]["last_digest"]


def test_an_archive_alone_is_proven_after_the_link_that_is_named(archives):
    first, second = archives
    told = json.loads(run("--archive", first, "--chain-only", "--json").output)
    last = told["archives"][0]["last_digest"]
    assert told["archives"][0]["containers"][0]["proven"] is None
    assert run("--archive", second, "--chain-only").exit_code == 1
    assert run("--archive", second, "--chain-only", "--previous", last).exit_code == 0
    assert run("--archive", second, "--chain-only", "--previous", f"SHA-512:{last}").exit_code == 0
    assert run("--archive", second, "--chain-only", "--previous", "abc").exit_code == 1
    assert run("--archive", second, "--chain-only", "--previous", "ab" * 64).exit_code == 1


def test_a_container_that_proves_nothing_is_named_with_its_code(tmp_path):
    place = tmp_path / "mlog.zip"
    make_archive(place, "body-ec.asice", "body-differs.asice")
    done = run("--archive", place, "--globalconf", TRUST)
    assert done.exit_code == 1
    assert "NOT PROVEN" in done.output
    assert "2 linked, 1 proven, 1 not" in done.output
    assert "body-differs.asice: malformed_signature.invalid_hash_chain_ref" in done.output
    assert run("--archive", place, "--chain-only").exit_code == 0


def test_a_broken_chain_names_who_must_act(archives):
    first, _ = archives
    first.write_bytes(first.read_bytes()[:-30])
    told = json.loads(run("--archive", first, "--chain-only", "--json").output)
    assert (told["proven"], told["code"]) == (False, "invalid_log_archive")


def test_without_archive_there_is_one_file_and_no_chain(archives):
    first, second = archives
    assert run(first, second, "--globalconf", TRUST).exit_code == 2
    assert run(CONTAINERS / "simple-rsa.asice", "--globalconf", TRUST, "--previous", "ab").exit_code == 2
    assert run("--archive", first).exit_code == 2
