"""What takes effect, and when: applies that meet, files that cannot be written, documents that mean nothing."""

import contextlib
import io
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

import ridgeway.office.documents.tests.ready  # noqa: F401  before any table
from ridgeway.errors import SettingsError, WorldError
from ridgeway.office.documents import read_document
from ridgeway.office.documents.diff import render_diff
from ridgeway.office.documents.versions import find_newest
from ridgeway.protocol.exchange.snapshots import read_server_snapshot, write_server_snapshot
from ridgeway.securityserver.apply import apply_proposal, read_proposal
from ridgeway.securityserver.documents import SecurityServerDocument, build_snapshot
from ridgeway.securityserver.models import Version
from ridgeway.securityserver.tests.cast import NOW, Place, cluster, place
from ridgeway.securityserver.tests.test_apply import run_command

__all__ = ["cluster", "place"]

FAULTY = """\
instance: NM
server: {owner: "SM:GOV/1", code: a/b}
timestamping_services: [tsa]
clients:
  - id: SM:GOV/1/x
    connection: http
    tls_certificates: ["\\0", LONG, missing.pem]
    local_groups:
      - {code: g, members: [GOV/1/x]}
      - {code: g, members: [GOV]}
    services:
      - {code: s, url: "http://user:secret@h/", disabled: ""}
      - {code: s, url: http://h, access: [{subject: "global-group:"}]}
""".replace("LONG", "x" * 5000)
FAULTS = [
    "2: server.owner",
    "2: server.code",
    "3: timestamping_services[0]",
    "5: clients[0].id",
    "7: clients[0].tls_certificates[0]",
    "7: clients[0].tls_certificates[1]",
    "7: clients[0].tls_certificates[2]",
    "10: clients[0].local_groups[1].code",
    "10: clients[0].local_groups[1].members[0]",
    "12: clients[0].services[0].url",
    "12: clients[0].services[0].disabled",
    "13: clients[0].services[1].code",
    "13: clients[0].services[1].access[0].subject",
]
GOOD = ("GOV/1", "http://t/", "GOV/1/x", "g", "SM:GOV/1/x", "s", "http://h/", "local-group:g", "/a/**")
pieces = st.sampled_from(GOOD) | st.text("aG/:.*-@# \\%", max_size=6)
spoilt = st.dictionaries(st.integers(0, len(GOOD) - 1), pieces, max_size=2)


def test_every_fault_of_meaning_is_told_with_its_line(place: Place):
    place.document.write_text(FAULTY)
    with pytest.raises(SettingsError) as refused:
        read_proposal(place.document)
    rows = [row.removeprefix(f"{place.document}:") for row in refused.value.detail.splitlines()]
    assert sorted(": ".join(row.split(": ")[:2]) for row in rows) == sorted(FAULTS)
    assert not place.snapshot_file.exists()


@given(spoilt, st.sampled_from(["http", "https"]))
def test_any_words_mean_a_snapshot_that_survives_its_file_or_are_refused(changes, connection):
    owner, tsa, client, group, member, code, url, subject, path = (
        repr_yaml(changes.get(number, good)) for number, good in enumerate(GOOD)
    )
    text = f"""{{instance: NM, server: {{owner: {owner}, code: s}}, timestamping_services: [{tsa}], clients: [{{
        id: {client}, connection: {connection}, local_groups: [{{code: {group}, members: [{member}]}}],
        services: [{{code: {code}, url: {url}, access: [{{subject: {subject}, path: {path}}}]}}]}}]}}"""
    with contextlib.suppress(SettingsError):
        document = read_document(text.encode(), SecurityServerDocument, name="f")
        snapshot = build_snapshot(document, folder=Path("/nowhere"), version=1)
        assert read_server_snapshot(write_server_snapshot(snapshot)) == snapshot


def repr_yaml(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def test_a_proposal_that_another_overtook_is_refused(place: Place):
    stale = read_proposal(place.document)
    place.change("timeout_seconds: 60", "timeout_seconds: 61")
    newest = place.apply()
    with pytest.raises(SettingsError, match="changed_meanwhile"):
        apply_proposal(stale, place.settings, now=NOW)
    assert find_newest(Version)[0] == 1
    assert read_server_snapshot(place.snapshot_file.read_bytes()) == newest


def test_a_file_that_says_it_already_is_left_alone_and_a_damaged_one_is_not(place: Place):
    before = place.apply()
    seen = place.snapshot_file.stat().st_ino
    assert place.apply() == before
    assert place.snapshot_file.stat().st_ino == seen
    place.snapshot_file.write_bytes(b"{")
    assert place.apply() == before
    assert {each.name for each in place.snapshot_file.parent.iterdir()} == {
        place.snapshot_file.name,
        f".{place.snapshot_file.name}.lock",
    }


def test_a_disk_that_refuses_is_said_and_the_next_apply_mends_it(place: Place):
    place.snapshot_file.mkdir(parents=True)
    with pytest.raises(WorldError, match="cannot be written"):
        place.apply()
    place.snapshot_file.rmdir()
    assert place.apply().version == 1


def test_the_migrations_make_the_tables_of_the_models(place: Place):
    call_command("makemigrations", "securityserver", check=True, dry_run=True, stdout=io.StringIO())


def test_a_changed_certificate_is_shown_by_its_hash(place: Place):
    place.apply()
    pem = (place.document.parent / "ca.pem").read_text()
    (place.document.parent / "persons-system.pem").write_text(pem)
    changes = read_proposal(place.document).changes
    assert [each[0] for each in changes] == ["-", "+"]
    assert all("certificate with SHA-256 " in each and "BEGIN" not in each for each in changes)


def test_a_new_name_or_address_is_one_line_and_not_a_new_thing(place: Place):
    place.apply()
    place.change("name: Register of persons", "name: Register of people")
    place.change("url: https://archive.register", "url: https://archive2.register")
    place.change("          - {subject: GOV/1002/casework}\n", "          - {subject: GOV/1003/x}\n")
    assert read_proposal(place.document).changes == (
        "~ clients.[GOV/1001/persons].name: Register of persons → Register of people",
        (
            "- clients.[GOV/1001/persons].services.[persons].access.[GOV/1002/casework]: "
            "method: *, path: **, subject: GOV/1002/casework"
        ),
        "+ clients.[GOV/1001/persons].services.[persons].access.[GOV/1003/x]: subject: GOV/1003/x, method: *, path: **",
        (
            "~ clients.[GOV/1001/persons].services.[archive].url: "
            "https://archive.register.example/ → https://archive2.register.example/"
        ),
    )


def test_a_document_cannot_steer_the_terminal():
    (change,) = render_diff({"name": "a"}, {"name": "b\x1b[2J"})
    assert change == r"~ name: a → b\u001b[2J"


def test_json_on_standard_output_is_never_mixed_with_the_question(tmp_path: Path):
    document = "{instance: NM, server: {owner: GOV/1, code: s}, timestamping_services: ['http://t/']}\n"
    (tmp_path / "server.yaml").write_text(document)
    asked = run_command(tmp_path, "apply", "server.yaml", "--json")
    assert (asked.returncode, asked.stdout) == (1, "")
    assert "Put this in force?" in asked.stderr
    assert "GOV/1" in asked.stderr


def test_the_first_document_shows_every_right_and_every_lowered_guard(place: Place):
    place.change("timeout_seconds: 60", "timeout_seconds: 60\n        verify_tls: false")
    place.change("members: [", f"members: [{', '.join(f'GOV/{number}' for number in range(50))}, ")
    changes = read_proposal(place.document).changes
    assert any("members: [GOV/0, " in row and "SOUTHMARK:GOV/77/desk]" in row for row in changes)
    assert not any("BEGIN" in row for row in changes)
    for subject in ("GOV/1002/casework", "global-group:everyone", "local-group:ministries"):
        assert any(row.startswith("+ clients.") and f"subject: {subject}, method: " in row for row in changes)
    assert any("verify_tls: False" in row for row in changes)
