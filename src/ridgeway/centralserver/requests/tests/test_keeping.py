"""Requests wait, are approved by a person or by a setting, change the document, and are never forgotten."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

import ridgeway.office.documents.tests.ready  # noqa: F401  before any table
from ridgeway.centralserver.models import Version
from ridgeway.centralserver.publishing import read_in_force
from ridgeway.centralserver.requests.keeping import (
    State,
    approve_request,
    decline_request,
    get_request,
    list_requests,
    read_register,
    revoke_request,
)
from ridgeway.centralserver.requests.tests.cast import (
    LIBRARY,
    ME,
    NOW,
    PARLIAMENT,
    REGISTER,
    K,
    Place,
    client,
    cluster,  # noqa: F401  a fixture
    keep,
    new_server,
    place,  # noqa: F401  a fixture
)
from ridgeway.errors import AccessError, SettingsError
from ridgeway.protocol.certificates.tests.cast import AUTH, ROOT
from ridgeway.protocol.globalconf import hashes_of
from ridgeway.protocol.identifiers import GlobalGroupId

DESK = client("GOV", "1002", "desk")
CASEWORK = client("GOV", "1002", "casework")


@pytest.fixture(autouse=True)
def applied(place: Place) -> Place:  # noqa: F811
    place.apply()
    return place


def published():
    """The shared parameters as they would be published now."""
    from ridgeway.centralserver.meaning import build_governed
    from ridgeway.office.documents import Document

    return build_governed(Document("", read_register().document, {})).trust


def refusal(kind, *args, **facts) -> str:
    with pytest.raises(AccessError) as raised:
        keep(kind, *args, **facts)
    return raised.value.code


def test_a_new_server_waits_and_is_there_when_a_person_approved_it():
    number = keep(K.CERTIFICATE_REGISTRATION, LIBRARY, **new_server())
    assert get_request(number).state is State.WAITING
    assert LIBRARY not in published().servers
    assert approve_request(number, ME) == 2
    entry = published().servers[LIBRARY]
    assert entry.address == "library.example"
    assert entry.auth_certificate_hashes == hashes_of(AUTH.der)
    assert LIBRARY.owner in published().groups[GlobalGroupId("NORTHMARK", "security-server-owners")]
    (event,) = get_request(number).events
    assert (event.by, event.at, event.state, event.note, event.version) == (ME.by, NOW, State.APPROVED, ME.note, 2)


def test_what_was_approved_outlives_the_operators_next_document(applied):
    approve_request(keep(K.CERTIFICATE_REGISTRATION, LIBRARY, **new_server()), ME)
    approve_request(keep(K.CLIENT_REGISTRATION, LIBRARY, client=client("GOV", "1004", "catalogue")), ME)
    applied.change("name: Parliament", "name: House of Parliament")
    assert applied.apply() == 4
    trust = published()
    assert trust.members[PARLIAMENT.owner].name == "House of Parliament"
    assert trust.servers[LIBRARY].clients == {client("GOV", "1004", "catalogue")}


def test_a_document_that_takes_a_server_out_says_which_requests_count_no_more(applied):
    from ridgeway.centralserver.apply import read_proposal

    approve_request(keep(K.CLIENT_REGISTRATION, client=DESK), ME)
    text = applied.document.read_text()
    start, end = text.index("  - owner: GOV/1002"), text.index("certification_services")
    applied.document.write_text(text[:start] + text[end:])
    changes = read_proposal(applied.document).changes
    assert any("request 1 (clientReg of GOV/1002/parliament-1) counts no more" in each for each in changes)
    applied.apply()
    assert PARLIAMENT not in published().servers


def test_nobody_writes_amendments_into_a_document(applied):
    applied.document.write_text(
        applied.document.read_text() + "\namendments: [{id: 1, kind: clientReg, server: GOV/1002/parliament-1}]\n"
    )
    with pytest.raises(SettingsError, match="amendments: requests that were approved"):
        applied.apply()


def test_a_setting_approves_for_members_that_exist_and_for_nobody_else():
    auto = (K.CERTIFICATE_REGISTRATION, K.CLIENT_REGISTRATION)
    known = keep(K.CLIENT_REGISTRATION, client=DESK, auto=auto)
    stranger = keep(K.CERTIFICATE_REGISTRATION, LIBRARY, auto=auto, **new_server())
    assert [each.state for each in list_requests()] == [State.APPROVED, State.WAITING]
    assert get_request(known).events[0].by == "setting"
    assert get_request(stranger).events == ()
    assert published().members[PARLIAMENT.owner].subsystems == {"casework": "", "desk": ""}


def test_a_declined_request_changes_nothing_and_is_decided_once():
    number = keep(K.CLIENT_REGISTRATION, client=DESK)
    decline_request(number, ME)
    assert DESK not in published().servers[PARLIAMENT].clients
    for decide in (approve_request, decline_request, revoke_request):
        with pytest.raises(SettingsError, match="request_is_decided"):
            decide(number, ME)
    with pytest.raises(SettingsError, match="request_not_found"):
        approve_request(99, ME)


def test_what_an_approved_request_registered_can_be_taken_back():
    number = keep(K.CLIENT_REGISTRATION, client=DESK)
    approve_request(number, ME)
    assert DESK in published().servers[PARLIAMENT].clients
    assert revoke_request(number, ME) == 3
    assert DESK not in published().servers[PARLIAMENT].clients
    assert [each.state for each in get_request(number).events] == [State.APPROVED, State.REVOKED]


def test_a_deletion_revokes_the_registration_that_waits():
    waiting = keep(K.CLIENT_REGISTRATION, client=DESK)
    keep(K.CLIENT_DELETION, client=DESK)
    assert get_request(waiting).state is State.REVOKED
    certificate = keep(K.CERTIFICATE_REGISTRATION, LIBRARY, **new_server())
    assert refusal(K.CERTIFICATE_DELETION, PARLIAMENT, certificate=AUTH.der).endswith("invalid_auth_certificate")
    keep(K.CERTIFICATE_DELETION, LIBRARY, certificate=AUTH.der)
    assert get_request(certificate).state is State.REVOKED
    assert get_request(certificate).events[0].by == "server"
    assert Version.objects.count() == 1


def test_deletions_need_no_approval():
    keep(K.CLIENT_DELETION, client=CASEWORK)
    assert published().servers[PARLIAMENT].clients == frozenset()
    approve_request(keep(K.CERTIFICATE_REGISTRATION, PARLIAMENT, **new_server()), ME)
    keep(K.CERTIFICATE_DELETION, PARLIAMENT, certificate=AUTH.der)
    assert not published().servers[PARLIAMENT].auth_certificate_hashes & hashes_of(AUTH.der)


def test_a_client_is_disabled_enabled_and_renamed_by_its_server():
    keep(K.CLIENT_DISABLING, client=CASEWORK)
    assert CASEWORK not in published().servers[PARLIAMENT].clients
    keep(K.CLIENT_ENABLING, client=CASEWORK)
    keep(K.CLIENT_RENAMING, client=CASEWORK, name="Casework of the House")
    assert published().members[PARLIAMENT.owner].subsystems["casework"] == "Casework of the House"
    assert CASEWORK in published().servers[PARLIAMENT].clients


def test_a_server_moves_and_has_its_hours():
    keep(K.ADDRESS_CHANGE, address="new.parliament.example")
    keep(K.MAINTENANCE_START, message="Until noon")
    entry = published().servers[PARLIAMENT]
    assert (entry.address, entry.maintenance) == ("new.parliament.example", "Until noon")
    assert refusal(K.MAINTENANCE_START) == "management_request_server_already_in_maintenance_mode"
    keep(K.MAINTENANCE_END)
    assert refusal(K.MAINTENANCE_END) == "management_request_server_not_in_maintenance_mode"


def test_a_server_gets_a_new_owner_that_is_its_client():
    owner = client("GOV", "1001")
    assert refusal(K.OWNER_CHANGE, client=owner) == "management_request_owner_must_be_client"
    approve_request(keep(K.CLIENT_REGISTRATION, client=owner), ME)
    number = keep(K.OWNER_CHANGE, client=owner)
    assert refusal(K.OWNER_CHANGE, client=owner) == "management_request_exists"
    approve_request(number, ME)
    trust = published()
    assert PARLIAMENT not in trust.servers
    assert client("GOV", "1002") in trust.servers[type(PARLIAMENT)("NORTHMARK", "GOV", "1001", "parliament-1")].clients
    owners = trust.groups[GlobalGroupId("NORTHMARK", "security-server-owners")]
    assert owners == {REGISTER.owner}


def test_two_servers_of_one_owner_never_have_one_code():
    approve_request(
        keep(K.CERTIFICATE_REGISTRATION, type(LIBRARY)("NORTHMARK", "GOV", "1002", "register-1"), **new_server()), ME
    )
    approve_request(keep(K.CLIENT_REGISTRATION, REGISTER, client=client("GOV", "1002")), ME)
    assert refusal(K.OWNER_CHANGE, REGISTER, client=client("GOV", "1002")) == "management_request_server_code_exists"


@pytest.mark.parametrize(
    ("kind", "server", "facts", "code"),
    [
        (K.CLIENT_REGISTRATION, PARLIAMENT, {"client": CASEWORK}, "client_already_registered"),
        (K.CLIENT_REGISTRATION, PARLIAMENT, {"client": PARLIAMENT.owner}, "cannot_register_owner"),
        (K.CLIENT_REGISTRATION, LIBRARY, {"client": DESK}, "server_not_found"),
        (K.CLIENT_REGISTRATION, PARLIAMENT, {"client": client("XXX", "1", "x")}, "member_not_found"),
        (K.CLIENT_DELETION, PARLIAMENT, {"client": DESK}, "client_registration_not_found"),
        (K.CLIENT_DISABLING, PARLIAMENT, {"client": DESK}, "server_client_not_found"),
        (K.CLIENT_RENAMING, PARLIAMENT, {"client": DESK, "name": "x"}, "server_client_not_found"),
        (K.ADDRESS_CHANGE, LIBRARY, {"address": "x"}, "server_not_found"),
        (K.OWNER_CHANGE, PARLIAMENT, {"client": DESK}, "owner_must_be_member"),
        (K.OWNER_CHANGE, PARLIAMENT, {"client": PARLIAMENT.owner}, "client_already_owner"),
        (K.CERTIFICATE_DELETION, PARLIAMENT, {"certificate": ROOT.der}, "invalid_auth_certificate"),
    ],
)
def test_what_is_not_possible_is_refused_with_x_roads_code(kind, server, facts, code):
    assert refusal(kind, server, **facts) == f"management_request_{code}"
    assert list_requests() == ()


@pytest.mark.parametrize(
    ("address", "kept"), [("2001:db8::1", "[2001:db8::1]"), ("s\u00e4\u00e4.example", "xn--s-0faa.example")]
)
def test_a_host_is_kept_as_the_document_writes_it(address, kept):
    keep(K.ADDRESS_CHANGE, address=address)
    assert published().servers[PARLIAMENT].address == kept


def test_what_could_never_be_published_is_refused_when_it_comes():
    for facts in ({"address": "a_b.example"}, {"server": type(LIBRARY)("NORTHMARK", "GOV", "1004", "the 'best'")}):
        server = facts.pop("server", LIBRARY)
        code = refusal(K.CERTIFICATE_REGISTRATION, server, **new_server(**facts))
        assert code == "management_request_invalid_state_for_approval"
    assert list_requests() == ()


def test_the_same_is_not_asked_twice_and_a_certificate_belongs_to_one_server():
    keep(K.CLIENT_REGISTRATION, client=DESK)
    assert refusal(K.CLIENT_REGISTRATION, client=DESK) == "management_request_exists"
    number = keep(K.CERTIFICATE_REGISTRATION, LIBRARY, **new_server())
    assert refusal(K.CERTIFICATE_REGISTRATION, PARLIAMENT, **new_server()) == "management_request_exists"
    approve_request(number, ME)
    assert (
        refusal(K.CERTIFICATE_REGISTRATION, PARLIAMENT, **new_server()) == "management_request_security_server_exists"
    )
    assert refusal(K.CERTIFICATE_DELETION, PARLIAMENT, certificate=AUTH.der) == "management_request_server_not_found"


def test_the_management_services_are_not_cut_off_by_a_request():
    assert refusal(K.MAINTENANCE_START, REGISTER).startswith("mr_forbidden")


def test_requests_that_come_at_once_are_all_kept_and_none_is_lost():
    clients = [client("GOV", "1002", f"desk-{number}") for number in range(8)]

    def ask(each):
        try:
            return keep(K.CLIENT_REGISTRATION, client=each, auto=(K.CLIENT_REGISTRATION,))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        numbers = list(pool.map(ask, clients))
    assert len(set(numbers)) == 8
    assert set(clients) <= published().servers[PARLIAMENT].clients
    assert Version.objects.count() == 9


def test_what_is_in_force_can_be_published():
    from ridgeway.centralserver.signing import ConfigurationKey, Kind, append_key

    for kind in Kind:
        append_key(ConfigurationKey(kind, kind, AUTH.der, False, NOW))
    approve_request(keep(K.CERTIFICATE_REGISTRATION, LIBRARY, **new_server()), ME)
    assert LIBRARY in read_in_force().governed.trust.servers
