import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ridgeway.centralserver.tests.cast import EXAMPLES, write_certificates
from ridgeway.errors import SettingsError
from ridgeway.office.documents.versions import find_newest
from ridgeway.protocol.exchange.values import AccessRight, ConnectionType, LocalService, ServiceType
from ridgeway.protocol.identifiers import GlobalGroupId, LocalGroupId, ServerId, SubsystemId
from ridgeway.securityserver.apply import read_proposal
from ridgeway.securityserver.models import Version
from ridgeway.securityserver.tests.cast import Place, cluster, place

__all__ = ["cluster", "place"]

PERSONS = SubsystemId("NORTHMARK", "GOV", "1001", "persons")
CASEWORK = SubsystemId("NORTHMARK", "GOV", "1002", "casework")


def faults_of(place: Place) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        read_proposal(place.document)
    assert refused.value.code == "malformed_document"
    return [row.removeprefix(str(place.document)) for row in refused.value.detail.splitlines()]


def test_the_example_document_becomes_the_snapshot_that_the_gateway_follows(place: Place):
    snapshot = place.apply()
    client = snapshot.clients[PERSONS]
    der = x509.load_pem_x509_certificate((place.document.parent / "persons-system.pem").read_bytes()).public_bytes(
        Encoding.DER
    )
    assert snapshot.server == ServerId("NORTHMARK", "GOV", "1001", "register-1")
    assert snapshot.timestamping_urls == ("http://tsa.northmark.example/",)
    assert (client.connection, client.tls_certificates) == (ConnectionType.MUTUAL_TLS, (der,))
    assert client.local_groups == {"ministries": {CASEWORK, SubsystemId("SOUTHMARK", "GOV", "77", "desk")}}
    assert client.rights == (
        AccessRight(CASEWORK, "persons"),
        AccessRight(GlobalGroupId("NORTHMARK", "everyone"), "persons", "GET", "/by-id/*"),
        AccessRight(LocalGroupId("ministries"), "persons", "GET", "/**"),
    )
    assert client.services == {
        "persons": LocalService(
            "persons",
            "https://persons.register.example/persons",
            type=ServiceType.OPENAPI,
            description_url="https://persons.register.example/openapi.json",
        ),
        "archive": LocalService(
            "archive", "https://archive.register.example/", disabled_notice="Moves to new machines until Monday."
        ),
    }


def test_the_version_grows_with_every_change_and_with_nothing_else(place: Place):
    assert place.apply().version == 1
    assert place.apply().version == 1
    place.change("timeout_seconds: 60", "timeout_seconds: 61")
    (change,) = read_proposal(place.document).changes
    assert change == "~ clients.[GOV/1001/persons].services.[persons].timeout_seconds: 60 → 61"
    assert place.apply().version == 2
    assert find_newest(Version)[0] == 2


def test_a_lost_snapshot_is_written_again_from_the_same_document(place: Place):
    first = place.apply()
    place.snapshot_file.unlink()
    assert place.apply() == first


def test_a_document_with_faults_changes_nothing_and_tells_them_all(place: Place):
    before = place.apply()
    place.change("GOV/1002/casework}", "GOV}")
    place.change("method: GET, path: /by-id/*", "method: FETCH, path: /by-id/*")
    place.change("local-group:ministries", "local-group:ministry")
    place.change("timeout_seconds: 60", "timeout_second: 60")
    assert [row.split(": ")[1] for row in faults_of(place)] == ["clients[0].services[0].timeout_second"]
    place.change("timeout_second: 60", "timeout_seconds: 0")
    assert [row.split(": ")[1] for row in faults_of(place)] == [
        "clients[0].services[0].timeout_seconds",
        "clients[0].services[0].access[0].subject",
        "clients[0].services[0].access[1].method",
        "clients[0].services[0].access[2].subject",
    ]
    assert find_newest(Version)[0] == 1
    place.document.write_text((EXAMPLES / "securityserver.yaml").read_text())
    assert place.apply() == before


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("    tls_certificates: [persons-system.pem]\n", "", "mutual-tls needs tls_certificates"),
        ("[persons-system.pem]", "[nowhere.pem]", "no certificate"),
        ("- code: archive", "- code: persons", "there twice"),
        ("- code: archive", "- code: listMethods", "reserved"),
        ("url: https://archive", "url: archive", "no address"),
        ("owner: GOV/1001", "owner: GOV/1001/persons", "owned by a member"),
        ("[http://tsa.northmark.example/]", "[]", "at least one"),
    ],
)
def test_what_cannot_be_is_refused_in_words(place: Place, old: str, new: str, why: str):
    place.change(old, new)
    assert any(why in row for row in faults_of(place))


def test_another_servers_document_is_refused(place: Place):
    place.apply()
    place.change("code: register-1", "code: register-2")
    with pytest.raises(SettingsError, match="wrong_server"):
        read_proposal(place.document)


def run_command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ridgeway.cli", "securityserver", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, input="", check=False)


def test_the_command_asks_before_it_changes_and_says_what_it_did(tmp_path: Path):
    write_certificates(tmp_path)
    file = str(EXAMPLES / "securityserver.yaml")
    refused = run_command(tmp_path, "apply", file)
    assert refused.returncode == 2
    assert "persons-system.pem" in refused.stderr
    copy = tmp_path / "server.yaml"
    copy.write_text(Path(file).read_text())
    assert run_command(tmp_path, "apply", str(copy)).returncode == 1
    assert run_command(tmp_path, "apply", str(copy), "--dry-run").returncode == 0
    assert not (tmp_path / "run" / "server-snapshot.json").exists()
    applied = run_command(tmp_path, "apply", str(copy), "--yes", "--json")
    assert (applied.returncode, json.loads(applied.stdout)["version"]) == (0, 1)
    assert (tmp_path / "run" / "server-snapshot.json").exists()
    assert "global-group:everyone may call GET /by-id/*" in run_command(tmp_path, "show").stdout
    shown = json.loads(run_command(tmp_path, "show", "--json").stdout)
    assert shown["document"]["server"] == {"owner": "GOV/1001", "code": "register-1"}
