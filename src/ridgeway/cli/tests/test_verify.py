"""`ridgeway verify` as a person calls it, on the containers of `vectors/`."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from ridgeway.cli.proofs import make_printable
from ridgeway.cli.verify import verify
from ridgeway.settings import Settings

FOLDER = next(
    (parent / "vectors" for parent in Path(__file__).resolve().parents if (parent / "vectors/SOURCES.md").is_file()),
    Path("vectors"),
)
TRUST = FOLDER / "globalconf/rw"
CONTAINERS = FOLDER / "containers"
pytestmark = pytest.mark.skipif(not CONTAINERS.is_dir(), reason="the folder vectors/ is not here")


def run(*arguments, state_dir=Path("/nonexistent")):
    return CliRunner().invoke(verify, [str(each) for each in arguments], obj=Settings(state_dir=state_dir))


def test_a_proven_container_is_told_in_plain_words():
    done = run(CONTAINERS / "body-ec.asice", "--globalconf", TRUST)
    assert done.exit_code == 0
    for words in ("PROVEN", "SUBSYSTEM:RW/GOV/1001/portal asked", "2026-03-01T12:00:00Z", "attachment1, 17 bytes"):
        assert words in done.output


def test_a_body_that_was_not_kept_is_told_with_its_digest():
    done = run(CONTAINERS / "body-not-kept-ec.asice", "--globalconf", TRUST)
    assert done.exit_code == 0
    assert "attachment1, not in the container" in done.output


def test_what_is_proven_can_be_had_as_json():
    told = json.loads(run(CONTAINERS / "batch-ec.asice", "--globalconf", TRUST, "--json").output)
    assert (told["proven"], told["signer"], told["query_id"]) == (True, "MEMBER:RW/GOV/1001", "q-1")


def test_a_container_that_is_not_proven_names_the_code_and_who_must_act():
    done = run(CONTAINERS / "body-differs.asice", "--globalconf", TRUST)
    assert done.exit_code == 1
    assert "NOT PROVEN" in done.output
    assert "malformed_signature.invalid_hash_chain_ref" in done.output
    assert "Who must act" in done.output
    told = json.loads(run(CONTAINERS / "body-differs.asice", "--globalconf", TRUST, "--json").output)
    assert (told["proven"], told["code"]) == (False, "malformed_signature.invalid_hash_chain_ref")


def test_the_configuration_may_be_the_archive_that_a_server_gives_out(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted(each for each in TRUST.rglob("*") if each.is_file()):
            archive.write(path, f"verificationconf/{path.relative_to(TRUST)}")
    (tmp_path / "verificationconf.zip").write_bytes(file.getvalue())
    assert run(CONTAINERS / "simple-rsa.asice", "--globalconf", tmp_path / "verificationconf.zip").exit_code == 0


def test_the_configuration_kept_here_is_used_when_none_is_named(tmp_path):
    (tmp_path / "globalconf").symlink_to(TRUST)
    assert run(CONTAINERS / "simple-rsa.asice", state_dir=tmp_path).exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        [CONTAINERS / "simple-rsa.asice"],
        [CONTAINERS / "absent.asice", "--globalconf", TRUST],
        [CONTAINERS / "simple-rsa.asice", "--globalconf", CONTAINERS],
        [CONTAINERS / "simple-rsa.asice", "--globalconf", FOLDER / "SOURCES.md"],
        [CONTAINERS / "simple-rsa.asice", "--globalconf", TRUST, "--at", "yesterday"],
    ],
)
def test_without_file_trust_or_sense_the_command_is_misused(arguments):
    assert run(*arguments).exit_code == 2


def test_a_file_that_is_no_container_is_not_proven():
    assert run(FOLDER / "SOURCES.md", "--globalconf", TRUST).exit_code == 1


def test_a_name_cannot_draw_on_the_terminal():
    assert make_printable("CN=a\x1b[2J\nPROVEN") == "CN=a\\x1b[2J\\nPROVEN"
