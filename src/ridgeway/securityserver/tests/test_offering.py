"""Single things of the document in force are changed by a verb each, as new versions."""

import json

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from ridgeway.centralserver.tests.cast import write_certificates
from ridgeway.errors import SettingsError
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.protocol.exchange.values import AccessRight, ConnectionType
from ridgeway.protocol.identifiers import SubsystemId
from ridgeway.securityserver.admitting import access, tls_certificates
from ridgeway.securityserver.editing import read_in_force
from ridgeway.securityserver.grouping import local_groups
from ridgeway.securityserver.offering import clients, services
from ridgeway.securityserver.tests.cast import Place, cluster, place
from ridgeway.securityserver.tests.test_describing import first_client, run, services_in_force

__all__ = ["cluster", "place"]


def test_a_service_is_disabled_with_a_notice_and_enabled_again(place):
    place.apply()
    service = read_in_force()[1]["clients"][0]["services"][0]["code"]
    run(place, services, "disable", first_client(), service, "--notice", "Back on Monday", "--yes")
    assert services_in_force(place)[service].disabled_notice == "Back on Monday"
    assert "Back on Monday" in run(place, services, "list", first_client()).output
    run(place, services, "enable", first_client(), service, "--yes")
    assert services_in_force(place)[service].disabled_notice is None


def test_a_service_is_offered_changed_granted_and_taken_away(place: Place):
    place.apply()
    client = first_client()
    run(place, services, "add", client, "new", "http://in.example/api", "--yes")
    run(place, services, "change", client, "new", "--timeout-seconds", "5", "--no-verify-tls", "--yes")
    found = services_in_force(place)["new"]
    assert (found.url, found.timeout_seconds, found.verify_tls) == ("http://in.example/api", 5, False)
    right = ("GOV/1002/casework", "--method", "get", "--path", "/a/*")
    assert run(place, access, "list", client, "new").output == "Nobody may call it.\n"
    run(place, access, "grant", client, "new", *right, "--yes")
    told = json.loads(run(place, access, "grant", client, "new", *right, "--yes", "--json").stdout)
    assert told["changes"] == []
    assert run(place, access, "list", client, "new").output == "GOV/1002/casework may call GET /a/*\n"
    assert "may call GET /a/*" in run(place, services, "show", client, "new").output
    with pytest.raises(SettingsError, match="unknown_right"):
        run(place, access, "revoke", client, "new", "GOV/1002/casework", "--yes")
    run(place, access, "revoke", client, "new", *right, "--yes")
    assert json.loads(run(place, access, "list", client, "new", "--json").stdout) == []
    run(place, services, "remove", client, "new", "--yes")
    assert "new" not in services_in_force(place)


def test_a_right_to_what_no_description_names_is_given_with_a_warning(place: Place):
    place.apply()
    run(place, access, "grant", first_client(), "persons", "GOV/1002/casework", "--method", "PUT", "--yes")
    assert AccessRight(SubsystemId("NORTHMARK", "GOV", "1002", "casework"), "persons", "PUT") in rights_in_force(place)
    for refused in (("local-group:none",), ("GOV",), ("GOV/1002/casework", "--method", "FETCH")):
        with pytest.raises(SettingsError, match="malformed_document"):
            run(place, access, "grant", first_client(), "persons", *refused, "--yes")


def rights_in_force(place: Place):
    return place.read().clients[SubsystemId("NORTHMARK", *first_client().split("/"))].rights


def test_clients_are_listed_and_shown(place):
    place.apply()
    rows = json.loads(run(place, clients, "list", "--json").stdout)
    assert rows[0]["id"] == first_client()
    assert first_client() in run(place, clients, "show", first_client()).output


def test_a_client_is_added_changed_and_removed(place: Place, tmp_path):
    place.apply()
    file = str(tmp_path / "persons-system.pem")
    run(place, clients, "add", "GOV/1001/new", "--name", "New", "--certificate", file, "--yes")
    added = SubsystemId("NORTHMARK", "GOV", "1001", "new")
    assert place.read().clients[added].connection is ConnectionType.MUTUAL_TLS
    run(place, clients, "change", "GOV/1001/new", "--connection", "https", "--yes")
    changed = place.read().clients[added]
    assert (changed.name, changed.connection, len(changed.tls_certificates)) == ("New", ConnectionType.HTTPS, 1)
    with pytest.raises(SettingsError, match="there twice"):
        run(place, clients, "add", "GOV/1001/new", "--connection", "http", "--yes")
    run(place, clients, "remove", "GOV/1001/new", "--yes")
    assert added not in place.read().clients


def test_certificates_of_a_client_are_listed_added_and_removed(place: Place, tmp_path):
    place.apply()
    (kept,) = json.loads(run(place, tls_certificates, "list", first_client(), "--json").stdout)
    (tmp_path / "other").mkdir()
    write_certificates(tmp_path / "other")
    other = read_certificate((tmp_path / "other" / "persons-system.pem").read_bytes())
    (tmp_path / "other.der").write_bytes(other.der)
    for _ in range(2):
        run(place, tls_certificates, "add", first_client(), str(tmp_path / "other.der"), "--yes")
    rows = json.loads(run(place, tls_certificates, "list", first_client(), "--json").stdout)
    assert [each["sha256"] for each in rows] == [kept["sha256"], other.sha256.hex()]
    assert (
        other.loaded.public_bytes(Encoding.DER)
        in place.read().clients[SubsystemId("NORTHMARK", *first_client().split("/"))].tls_certificates
    )
    for prefix in ("", "zz"):
        with pytest.raises(SettingsError, match="unknown_certificate"):
            run(place, tls_certificates, "remove", first_client(), prefix, "--yes")
    run(place, tls_certificates, "remove", first_client(), other.sha256.hex()[:12].upper(), "--yes")
    assert json.loads(run(place, tls_certificates, "list", first_client(), "--json").stdout) == [kept]


def test_a_local_group_is_made_filled_emptied_and_taken_away(place: Place):
    place.apply()
    client = first_client()
    provider = SubsystemId("NORTHMARK", *client.split("/"))
    run(place, local_groups, "add", client, "friends", "--description", "By letter", "--yes")
    for member in ("GOV/1002/casework", "SOUTHMARK:GOV/77/desk", "GOV/1002/casework"):
        run(place, local_groups, "join", client, "friends", member, "--yes")
    assert place.read().clients[provider].local_groups["friends"] == {
        SubsystemId("NORTHMARK", "GOV", "1002", "casework"),
        SubsystemId("SOUTHMARK", "GOV", "77", "desk"),
    }
    run(place, access, "grant", client, "persons", "local-group:friends", "--yes")
    with pytest.raises(SettingsError, match="there is no local group 'friends'"):
        run(place, local_groups, "remove", client, "friends", "--yes")
    run(place, local_groups, "leave", client, "friends", "GOV/1002/casework", "--yes")
    assert "friends  By letter  SOUTHMARK:GOV/77/desk" in run(place, local_groups, "list", client).output
    for code, member, why in (("friends", "GOV/9", "unknown_member"), ("none", "GOV/9", "unknown_group")):
        with pytest.raises(SettingsError, match=why):
            run(place, local_groups, "leave", client, code, member, "--yes")
    run(place, access, "revoke", client, "persons", "local-group:friends", "--yes")
    run(place, local_groups, "remove", client, "friends", "--yes")
    assert "friends" not in place.read().clients[provider].local_groups
