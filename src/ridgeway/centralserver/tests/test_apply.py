import json
from pathlib import Path

import pytest

import ridgeway.office.documents.tests.ready  # noqa: F401  before any table
from ridgeway.centralserver.apply import apply_proposal, read_proposal
from ridgeway.centralserver.models import Version
from ridgeway.centralserver.publishing import build_kept
from ridgeway.centralserver.tests.cast import NOW, Place, cluster, place
from ridgeway.errors import SettingsError
from ridgeway.office.documents.versions import find_newest
from ridgeway.protocol.identifiers import GlobalGroupId, MemberId, ServerId, SubsystemId

__all__ = ["cluster", "place"]

CASEWORK = SubsystemId("NORTHMARK", "GOV", "1002", "casework")
PERSONS = SubsystemId("NORTHMARK", "GOV", "1001", "persons")


def faults_of(place: Place) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        read_proposal(place.document)
    assert refused.value.code == "malformed_document"
    return [row.removeprefix(str(place.document)) for row in refused.value.detail.splitlines()]


def test_the_example_document_says_who_is_in_the_instance(place: Place):
    governed = read_proposal(place.document).governed
    server = governed.trust.servers[ServerId("NORTHMARK", "GOV", "1002", "parliament-1")]
    assert server.clients == {CASEWORK}
    assert sorted(len(each) for each in server.auth_certificate_hashes) == [20, 32]
    assert governed.trust.members[MemberId("NORTHMARK", "GOV", "1001")].subsystems == {"persons": "Register of persons"}
    assert governed.trust.groups == {
        GlobalGroupId("NORTHMARK", "security-server-owners"): {each.owner for each in governed.trust.servers},
        GlobalGroupId("NORTHMARK", "everyone"): {CASEWORK, PERSONS},
    }
    assert governed.private.management.provider == MemberId("NORTHMARK", "GOV", "1001")
    assert governed.private.management.registration_url == "https://central.northmark.example:4001/managementservice/"


def test_a_document_is_kept_whole_and_the_same_one_adds_no_version(place: Place):
    assert (place.apply(), place.apply()) == (1, 1)
    proposal = read_proposal(place.document)
    assert proposal.changes == ()
    for name in ("ca", "tsa"):
        (place.document.parent / f"{name}.pem").unlink()
    number, content = find_newest(Version)
    assert number == 1
    assert build_kept(content) == proposal.governed


def test_a_change_is_shown_by_what_it_is_about(place: Place):
    place.apply()
    place.change("name: Parliament", "name: The Parliament")
    place.change("clients: [GOV/1002/casework]", "clients: []")
    changes = read_proposal(place.document).changes
    assert "~ members.[GOV 1002].name: Parliament → The Parliament" in changes
    assert any(each.startswith("- security_servers") and "GOV/1002/casework" in each for each in changes)
    assert not any("BEGIN" in each for each in changes)
    assert place.apply() == 2


def test_every_fault_of_a_document_is_told_at_once_with_its_line(place: Place):
    place.change("subsystems: [casework]", "subsystems: [casework, casework]")
    place.change("clients: [GOV/1001/persons]", "clients: [GOV/1001/person]")
    place.change("certificate: ca.pem", "certificate: nowhere.pem")
    place.change("url: http://tsa.northmark.example/", "url: tsa.northmark.example")
    place.change("impl.FiVRKCertificate", "impl.FiVRKCertificat")
    place.change("timestamping_interval_seconds: 60", "timestamping_interval_seconds: 59")
    place.change("address: central.northmark.example", "address: http://central.northmark.example")
    found = {row.split(": ", 2)[1]: row.split(": ", 2)[2] for row in faults_of(place)}
    assert list(found) == [
        "address",
        "members[1].subsystems[1]",
        "security_servers[0].clients[0]",
        "certification_services[0].profile",
        "certification_services[0].certificate",
        "timestamping_services[0].url",
        "timestamping_interval_seconds",
    ]
    assert "did you mean 'GOV/1001/persons'?" in found["security_servers[0].clients[0]"]
    assert "'nowhere.pem'" in found["certification_services[0].certificate"]
    assert "did you mean" in found["certification_services[0].profile"]
    lines = [int(row.split(":")[1]) for row in faults_of(place)]
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("[parliament-1.pem]", "[register-1.pem]", "each server has its own"),
        ("code: parliament-1", "code: 'a/b'", "is no code"),
        ("owner: GOV/1002", "owner: GOV/1002/casework", "owned by a member"),
        ("class: GOV\n    code: 1002", "class: GOVE\n    code: 1002", "did you mean 'GOV'?"),
        ("code: 1002\n", "code: 1001\n", "is there twice"),
        ("members: [GOV/1001/persons, GOV/1002/casework]", "members: [SOUTH:GOV/1/x]", "another instance"),
        ("code: everyone", "code: security-server-owners", "kept by itself"),
        ("expiry_seconds: 600", "expiry_seconds: 5", "expected 30 to"),
        ("# trusted_anchors: [southmark-external-anchor.xml]", "trusted_anchors: [none.xml]", "no anchor"),
        ("address: gateway.parliament.example", "address: gateway.parliament.example:5500", "alone"),
    ],
)
def test_what_cannot_be_is_refused_in_words(place: Place, old: str, new: str, why: str):
    place.change(old, new)
    assert any(why in row for row in faults_of(place))


def test_a_proposal_that_another_overtook_is_refused(place: Place):
    stale = read_proposal(place.document)
    place.change("name: Parliament", "name: The Parliament")
    assert place.apply() == 1
    with pytest.raises(SettingsError, match="changed_meanwhile"):
        apply_proposal(stale, now=NOW)
    assert find_newest(Version)[1]["members"][1]["name"] == "The Parliament"


def test_another_instances_document_is_refused(place: Place):
    place.apply()
    place.change("instance: NORTHMARK", "instance: SOUTHMARK")
    with pytest.raises(SettingsError, match="governs NORTHMARK"):
        read_proposal(place.document)


def test_a_file_that_is_no_certificate_is_refused_without_showing_it(place: Place):
    Path(place.document.parent / "secret").write_text("top\nsecret\n")
    place.change("certificate: ca.pem", "certificate: secret")
    rows = faults_of(place)
    assert len(rows) == 1
    assert "top" not in json.dumps(rows)
