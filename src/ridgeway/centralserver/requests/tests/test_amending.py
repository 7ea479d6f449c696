"""What is registered by requests stays beside the operator's document, whatever he applies, and never twice."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.centralserver.documents import (
    Amendment,
    CentralServerDocument,
    MemberRow,
    ServerRow,
    SubsystemEntry,
)
from ridgeway.centralserver.requests.amending import (
    MisfitError,
    add_amendment,
    amend,
    carry_over,
    without_amendment,
)
from ridgeway.protocol.certificates.tests.cast import AUTH, ROOT
from ridgeway.protocol.management import RequestKind


def pem(der: bytes) -> str:
    import base64

    return f"-----BEGIN CERTIFICATE-----\n{base64.encodebytes(der).decode()}-----END CERTIFICATE-----\n"


ONE, TWO = pem(AUTH.der), pem(ROOT.der)
PERSONS = MemberRow("GOV", "1001", "Register", (SubsystemEntry("persons", "Persons"),))
DESK = MemberRow("GOV", "1002", "Parliament", (SubsystemEntry("desk"),))
FIRST = ServerRow("GOV/1001", "ss1", "ss1.example", (ONE,), ("GOV/1001/persons",))
DOCUMENT = CentralServerDocument("LAB", "central", {"GOV": "Government"}, (PERSONS, DESK), (FIRST,))
SS1 = "GOV/1001/ss1"
K = RequestKind


def one(kind: RequestKind, number: int = 1, *, server: str = SS1, **facts) -> Amendment:
    return Amendment(number, str(kind), server, **facts)


def after(*amendments: Amendment, document: CentralServerDocument = DOCUMENT) -> CentralServerDocument:
    for each in amendments:
        document = replace(document, amendments=add_amendment(document, each))
    return document


def published(document: CentralServerDocument) -> CentralServerDocument:
    return amend(document).document


def server(document: CentralServerDocument, number: int = 0) -> ServerRow:
    return published(document).security_servers[number]


def test_a_new_server_comes_with_its_certificate_its_address_and_a_member_named_by_its_code():
    document = after(
        one(K.CERTIFICATE_REGISTRATION, server="GOV/1003/new", certificate=TWO, address="new.example"),
        one(K.CLIENT_REGISTRATION, 2, server="GOV/1003/new", client="GOV/1003/records", name="Records"),
    )
    made = published(document)
    assert made.security_servers[1] == ServerRow("GOV/1003", "new", "new.example", (TWO,), ("GOV/1003/records",))
    assert made.members[2] == MemberRow("GOV", "1003", "1003", (SubsystemEntry("records", "Records"),))
    assert replace(document, amendments=()) == DOCUMENT


def test_a_second_certificate_stands_beside_the_first_and_moves_the_server():
    row = server(after(one(K.CERTIFICATE_REGISTRATION, certificate=TWO, address="moved.example")))
    assert (row.authentication_certificates, row.address) == ((ONE, TWO), "moved.example")


def test_a_client_is_disabled_enabled_and_deleted():
    disabled = after(one(K.CLIENT_DISABLING, client="GOV/1001/persons"))
    assert server(disabled).disabled_clients == ("GOV/1001/persons",)
    assert server(disabled).clients == ()
    enabled = after(one(K.CLIENT_ENABLING, 2, client="GOV/1001/persons"), document=disabled)
    assert published(enabled) == DOCUMENT
    assert enabled.amendments == ()
    assert server(after(one(K.CLIENT_DELETION, 2, client="GOV/1001/persons"), document=disabled)).disabled_clients == ()


def test_maintenance_comes_and_goes_without_a_trace():
    away = after(one(K.MAINTENANCE_START, message="Back at noon"))
    assert server(away).maintenance == "Back at noon"
    assert after(one(K.MAINTENANCE_END, 2), document=away) == DOCUMENT
    assert server(after(one(K.MAINTENANCE_START))).maintenance == ""


def test_a_subsystem_has_a_new_name_and_only_the_last_one_is_kept():
    named = after(
        one(K.CLIENT_RENAMING, client="GOV/1001/persons", name="People"),
        one(K.CLIENT_RENAMING, 2, client="GOV/1001/persons", name="Everybody"),
    )
    assert published(named).members[0].subsystems == (SubsystemEntry("persons", "Everybody"),)
    assert [each.id for each in named.amendments] == [2]


def test_a_new_owner_leaves_the_former_one_as_a_client():
    document = after(
        one(K.CLIENT_REGISTRATION, client="GOV/1002"),
        one(K.OWNER_CHANGE, 2, client="GOV/1002"),
    )
    row = server(document)
    assert (row.owner, row.code, set(row.clients)) == ("GOV/1002", "ss1", {"GOV/1001/persons", "GOV/1001"})
    moved = after(one(K.ADDRESS_CHANGE, 3, server="GOV/1002/ss1", address="there"), document=document)
    assert server(moved).address == "there"


@pytest.mark.parametrize(
    "amendment",
    [
        one(K.CLIENT_REGISTRATION, server="GOV/1001/none", client="GOV/1002/desk"),
        one(K.CLIENT_REGISTRATION, client="COM/1/x"),
        one(K.CERTIFICATE_REGISTRATION, server="GOV/1002/other", certificate=ONE, address="x"),
        one(K.CERTIFICATE_REGISTRATION, server="XXX/1002/other", certificate=TWO, address="x"),
        one(K.OWNER_CHANGE, client="GOV/9999"),
        one(K.CLIENT_RENAMING, client="GOV/1001/none", name="x"),
    ],
)
def test_what_does_not_fit_is_not_added(amendment):
    with pytest.raises(MisfitError):
        after(amendment)


def test_applying_the_document_again_undoes_no_registration():
    document = after(
        one(K.CLIENT_REGISTRATION, client="GOV/1002/desk"), one(K.CLIENT_DELETION, 2, client="GOV/1001/persons")
    )
    again = carry_over(DOCUMENT, document)
    assert (again.kept, again.lapsed) == (document.amendments, ())
    assert again.document.security_servers[0].clients == ("GOV/1002/desk",)


def test_what_the_document_says_by_itself_is_no_amendment_any_more():
    document = after(one(K.CLIENT_REGISTRATION, client="GOV/1002/desk"))
    adopted = replace(DOCUMENT, security_servers=(replace(FIRST, clients=("GOV/1001/persons", "GOV/1002/desk")),))
    again = carry_over(adopted, document)
    assert again.kept == ()
    assert carry_over(DOCUMENT, replace(adopted, amendments=again.kept)).document == DOCUMENT


def test_what_is_registered_at_a_server_lapses_with_it():
    document = after(one(K.CLIENT_REGISTRATION, client="GOV/1002/desk"))
    again = carry_over(replace(DOCUMENT, security_servers=()), document)
    assert again.kept == ()
    assert [(each.id, why) for each, why in again.lapsed] == [(1, "there is no security server GOV/1001/ss1")]


def test_what_the_operator_writes_later_in_the_same_place_counts():
    document = after(
        one(K.ADDRESS_CHANGE, address="by.request"), one(K.CLIENT_RENAMING, 2, client="GOV/1001/persons", name="By r.")
    )
    assert server(carry_over(DOCUMENT, document).document).address == "by.request"
    written = replace(DOCUMENT, security_servers=(replace(FIRST, address="by.hand"),))
    again = carry_over(written, document)
    assert server(again.document).address == "by.hand"
    assert [each.id for each in again.kept] == [2]
    assert [each.id for each, _ in again.lapsed] == [1]


def test_one_registration_is_taken_back_by_its_number():
    document = after(
        one(K.CLIENT_REGISTRATION, client="GOV/1002/desk"), one(K.CLIENT_REGISTRATION, 2, client="GOV/1002")
    )
    rest = amend(document, without_amendment(document, 1))
    assert rest.document.security_servers[0].clients == ("GOV/1001/persons", "GOV/1002")


servers = st.sampled_from([SS1, "GOV/1002/ss1", "GOV/1002/two"])
clients = st.sampled_from(["GOV/1001", "GOV/1002", "GOV/1001/persons", "GOV/1002/desk", "GOV/1003/x"])
amendments = st.builds(
    Amendment,
    id=st.integers(min_value=1, max_value=99),
    kind=st.sampled_from([str(each) for each in RequestKind]),
    server=servers,
    client=clients,
    certificate=st.sampled_from([ONE, TWO]),
    address=st.sampled_from(["a", "b"]),
    name=st.sampled_from(["", "x"]),
    message=st.sampled_from(["", "m"]),
)


@given(st.lists(amendments, max_size=12))
def test_any_sequence_of_requests_is_the_same_kept_short_or_whole(wanted):
    document, whole = DOCUMENT, []
    for each in wanted:
        try:
            document = replace(document, amendments=add_amendment(document, each))
        except MisfitError:
            continue
        whole.append(each)
        assert amend(document).register.mark == amend(DOCUMENT, whole).register.mark
    made = published(document)
    assert carry_over(DOCUMENT, document).register.mark == amend(document).register.mark
    names = [f"{row.owner}/{row.code}" for row in made.security_servers]
    held = [text for row in made.security_servers for text in row.authentication_certificates]
    assert len(set(names)) == len(names)
    assert len(set(held)) == len(held)
    for row in made.security_servers:
        everybody = [*row.clients, *row.disabled_clients]
        assert len(set(everybody)) == len(everybody)
        assert row.owner not in everybody
