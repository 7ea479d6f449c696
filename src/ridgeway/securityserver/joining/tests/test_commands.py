"""An operator registers what he has, changes it, and sees where everything stands."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

import ridgeway.office.documents.tests.ready  # noqa: F401  before any table
from ridgeway.errors import NetworkError, PeerError, RelayedFault, SettingsError, TokenError, TrustError
from ridgeway.office.audit.who import read_user
from ridgeway.protocol.exchange.registration import RegistrationState
from ridgeway.protocol.identifiers import MemberId
from ridgeway.protocol.management import RequestKind
from ridgeway.securityserver.commands import securityserver
from ridgeway.securityserver.joining import asking
from ridgeway.securityserver.joining.tests.cast import (
    CATALOGUE,
    OWNER,
    SERVER,
    Joining,
    cluster,  # noqa: F401  a fixture
    free_port,
    joining,  # noqa: F401  a fixture
)

K = RequestKind


def run(place: Joining, *arguments: str, settings=None) -> str:
    result = CliRunner().invoke(securityserver, arguments, obj=settings or place.settings)
    if result.exception is not None:
        raise result.exception
    return result.stdout


def states(place: Joining) -> dict[str, str]:
    found: dict[str, str] = json.loads(run(place, "requests", "list", "--json"))["states"]
    return found


def hashes_of_certificates(place: Joining) -> list[bytes]:
    return [bytes.fromhex(each.split()[1]) for each in states(place) if each.startswith("certificate")]


def test_the_certificate_goes_straight_to_the_central_server_and_stands_until_the_configuration_has_it(joining):  # noqa: F811
    sent = json.loads(run(joining, "register", "auth-certificate", "--address", "127.0.11.14", "--json"))
    (request,) = joining.central.taken
    assert (request.kind, request.server, request.address) == (K.CERTIFICATE_REGISTRATION, SERVER, "127.0.11.14")
    assert joining.central.ways == ["straight"]
    assert (sent["id"], sent["by"], sent["fault"], sent["in_force"]) == (101, read_user(), "", False)
    (certificate,) = hashes_of_certificates(joining)
    assert states(joining)[f"certificate {certificate.hex()}"] == "registration in progress"
    joining.publish(auth_certificate_hashes=frozenset({certificate}), address="127.0.11.14")
    assert states(joining)[f"certificate {certificate.hex()}"] == "registered"
    assert states(joining)["client GOV/1004"] == "registered"
    assert states(joining)["client GOV/1004/catalogue"] == "saved"
    run(joining, "register", "auth-certificate", "--dry-run")
    assert joining.central.taken[-1].is_dry_run
    assert joining.central.taken[-1].address == "127.0.11.14"


def test_a_client_goes_through_the_door_and_may_exchange_only_when_it_is_registered(joining):  # noqa: F811
    assert set(joining.snapshot.clients) == {CATALOGUE, OWNER}
    run(joining, "register", "client", "GOV/1004/catalogue", "--name", "The catalogue")
    (request,) = joining.central.taken
    assert (request.kind, request.client, request.name) == (K.CLIENT_REGISTRATION, CATALOGUE, "The catalogue")
    assert joining.central.ways == ["through the door"]
    assert joining.snapshot.clients[CATALOGUE].state is RegistrationState.REGISTERING
    joining.publish(clients=frozenset({CATALOGUE}))
    assert states(joining)["client GOV/1004/catalogue"] == "registered"
    run(joining, "client", "disable", "GOV/1004/catalogue")
    assert joining.snapshot.clients[CATALOGUE].state is RegistrationState.DISABLING
    joining.publish(clients=frozenset())
    assert states(joining)["client GOV/1004/catalogue"] == "disabled"
    run(joining, "client", "enable", "GOV/1004/catalogue")
    joining.publish(clients=frozenset({CATALOGUE}))
    assert states(joining)["client GOV/1004/catalogue"] == "registered"
    run(joining, "unregister", "client", "GOV/1004/catalogue")
    assert states(joining)["client GOV/1004/catalogue"] == "deletion in progress"
    joining.publish(clients=frozenset())
    assert states(joining)["client GOV/1004/catalogue"] == "saved"
    assert joining.snapshot.clients[CATALOGUE].state is RegistrationState.SAVED


def test_what_was_registered_and_is_gone_is_an_error_and_not_still_coming(joining):  # noqa: F811
    run(joining, "register", "client", "GOV/1004/catalogue")
    joining.publish(clients=frozenset({CATALOGUE}))
    assert states(joining)["client GOV/1004/catalogue"] == "registered"
    joining.publish(clients=frozenset())
    assert states(joining)["client GOV/1004/catalogue"] == "global error"
    joining.apply()
    assert joining.snapshot.clients[CATALOGUE].state is RegistrationState.GLOBAL_ERROR
    assert run(joining, "requests", "wait") == "Everything that was asked for is in force.\n"


def test_every_other_verb_sends_its_request(joining):  # noqa: F811
    for arguments in (
        ("client", "rename", "GOV/1004/catalogue", "Books"),
        ("change", "address", "new.library.example"),
        ("maintenance", "enable", "--message", "Until noon"),
        ("maintenance", "disable"),
        ("unregister", "auth-certificate"),
    ):
        run(joining, *arguments)
    kinds = [K.CLIENT_RENAMING, K.ADDRESS_CHANGE, K.MAINTENANCE_START, K.MAINTENANCE_END, K.CERTIFICATE_DELETION]
    assert [each.kind for each in joining.central.taken] == kinds
    rename, address, away, *_ = joining.central.taken
    assert (rename.name, address.address, away.message) == ("Books", "new.library.example", "Until noon")
    listed = json.loads(run(joining, "requests", "list", "--json"))["requests"]
    assert [each["id"] for each in listed] == [101, 102, 103, 104, 105]
    assert "maintenanceModeEnable" in run(joining, "requests", "list")


def test_a_new_owner_must_sign_himself_and_the_document_may_follow_him(joining):  # noqa: F811
    with pytest.raises(TokenError, match="no signing key"):
        run(joining, "change", "owner", "GOV/1005")
    joining.document.write_text(joining.document.read_text().replace("owner: GOV/1004", "owner: GOV/1005"))
    with pytest.raises(SettingsError, match="wrong_server"):
        joining.apply()
    from ridgeway.securityserver.models import SentRequest

    SentRequest.objects.filter(kind=K.OWNER_CHANGE).update(fault="")
    joining.apply()
    assert joining.snapshot.server.owner == MemberId("LAB", "GOV", "1005")


def test_what_is_waited_for_comes_or_is_told(joining, monkeypatch):  # noqa: F811
    monkeypatch.setattr(asking, "LOOK_SECONDS", 0.01)
    joining.publish(clients=frozenset({CATALOGUE}), address="here.example")
    told = run(joining, "register", "client", "GOV/1004/catalogue", "--wait")
    assert told.endswith("It is in force.\n")
    monkeypatch.setattr(asking.wait_until_done, "__kwdefaults__", {"seconds": 0.05})
    with pytest.raises(NetworkError, match="not_in_force"):
        run(joining, "change", "address", "there.example", "--wait")
    joining.publish(address="there.example")
    assert "in force" in run(joining, "change", "address", "there.example", "--wait")


def test_patience_lasts_while_the_way_is_not_ready_and_not_for_a_refusal(joining, monkeypatch):  # noqa: F811
    monkeypatch.setattr(asking, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(asking, "LOOK_SECONDS", 0.01)
    joining.publish(clients=frozenset({CATALOGUE}))
    refusals = iter([("server.serverproxy.ssl_authentication_failed", "Not yet."), ("server.x.y", "Not yet."), None])
    joining.central.handler_before = lambda: setattr(joining.central, "refusal", next(refusals))
    assert "in force" in run(joining, "register", "client", "GOV/1004/catalogue", "--wait")
    assert len(joining.central.taken) == 1
    assert run(joining, "requests", "wait") == "Everything that was asked for is in force.\n"
    joining.central.handler_before = lambda: None
    joining.central.refusal = ("management_request_exists", "No.")
    with pytest.raises(RelayedFault):
        run(joining, "register", "client", "GOV/1004/catalogue", "--wait")


def test_a_refusal_is_told_kept_and_changes_no_state(joining):  # noqa: F811
    joining.central.refusal = ("management_request_exists", "Request 5 asks for the same.")
    with pytest.raises(RelayedFault, match="management_request_exists"):
        run(joining, "register", "client", "GOV/1004/catalogue")
    listed = json.loads(run(joining, "requests", "list", "--json"))
    assert listed["states"]["client GOV/1004/catalogue"] == "saved"
    (request,) = listed["requests"]
    assert (request["id"], request["fault"]) == (None, "management_request_exists: Request 5 asks for the same.")


def test_who_asks_too_often_or_reaches_no_soap_is_told(joining):  # noqa: F811
    joining.central.status = 429
    with pytest.raises(NetworkError, match="7 seconds"):
        run(joining, "register", "auth-certificate", "--address", "x.example")
    joining.central.status = 404
    with pytest.raises(PeerError, match="404"):
        run(joining, "register", "client", "GOV/1004/catalogue")


def test_a_central_server_that_is_not_the_pinned_one_gets_nothing(joining):  # noqa: F811
    management = replace(joining.central.trust.management, registration_certificate=joining.central.world.root.der)
    joining.central.trust = replace(joining.central.trust, management=management)
    joining.publish(address="x.example")
    with pytest.raises(NetworkError):
        run(joining, "register", "auth-certificate")
    assert joining.central.taken == []


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (("register", "client", "GOV/1004/other"), SettingsError, "unknown_client"),
        (("register", "client", "GOV"), SettingsError, "malformed_client"),
        (("register", "auth-certificate"), SettingsError, "missing_address"),
        (("register", "auth-certificate", "--certificate", "00ff", "--address", "x"), TokenError, "cert_not_found"),
        (("change", "address", "not a host"), RelayedFault, "invalid_request"),
    ],
)
def test_what_cannot_be_asked_is_named(joining, arguments, error, said):  # noqa: F811
    with pytest.raises(error, match=said):
        run(joining, *arguments)


def test_a_closed_door_and_an_absent_configuration_are_named(joining):  # noqa: F811
    closed = replace(joining.settings.gateway, consumer_port=0)
    with pytest.raises(SettingsError, match="no_consumer_door"):
        run(joining, "register", "client", "GOV/1004/catalogue", settings=replace(joining.settings, gateway=closed))
    tls = replace(closed, consumer_tls_port=free_port())
    with pytest.raises(SettingsError, match="internal_tls"):
        run(joining, "register", "client", "GOV/1004/catalogue", settings=replace(joining.settings, gateway=tls))
    nowhere = replace(joining.settings.trust, globalconf_dir=joining.document.parent / "nowhere")
    with pytest.raises(TrustError):
        run(joining, "maintenance", "disable", settings=replace(joining.settings, trust=nowhere))
