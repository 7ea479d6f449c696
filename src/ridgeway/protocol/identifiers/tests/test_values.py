import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import MessageError
from ridgeway.protocol.identifiers import (
    GlobalGroupId,
    LocalGroupId,
    MemberId,
    ServerId,
    ServiceId,
    SubsystemId,
    XRoadId,
    member_of,
    parse_encoded_client,
    parse_identifier,
    render_encoded_id,
)

MEMBER = MemberId("EE", "GOV", "1")
PRINTED: list[tuple[XRoadId, str]] = [
    (MEMBER, "MEMBER:EE/GOV/1"),
    (SubsystemId("EE", "GOV", "1", "sub"), "SUBSYSTEM:EE/GOV/1/sub"),
    (ServerId("EE", "GOV", "1", "ss1"), "SERVER:EE/GOV/1/ss1"),
    (ServiceId("EE", "GOV", "1", "sub", "svc"), "SERVICE:EE/GOV/1/sub/svc"),
    (ServiceId("EE", "GOV", "1", None, "svc"), "SERVICE:EE/GOV/1/svc"),
    (ServiceId("EE", "GOV", "1", "sub", "svc", "v1"), "SERVICE:EE/GOV/1/sub/svc/v1"),
    (GlobalGroupId("EE", "doctors"), "GLOBALGROUP:EE/doctors"),
    (LocalGroupId("mine"), "LOCALGROUP:mine"),
]


@pytest.mark.parametrize(("identifier", "text"), PRINTED)
def test_an_identifier_is_printed_and_read_back(identifier: XRoadId, text: str) -> None:
    assert str(identifier) == text
    assert parse_identifier(text) == identifier


def test_identifiers_are_equal_only_when_type_and_every_code_are() -> None:
    assert len({SubsystemId("EE", "GOV", "1", "s"), ServerId("EE", "GOV", "1", "s")}) == 2
    assert MemberId("EE", "GOV", "a") != MemberId("EE", "GOV", "A")
    assert MemberId("EE", "GOV", "1") == MEMBER
    assert len({MEMBER, MemberId("EE", "GOV", "1"), SubsystemId("EE", "GOV", "1", "s")}) == 2


def test_the_member_and_the_provider_behind_an_identifier_are_found() -> None:
    service = ServiceId("EE", "GOV", "1", "sub", "svc")
    assert service.provider == SubsystemId("EE", "GOV", "1", "sub")
    assert ServiceId("EE", "GOV", "1", None, "svc").provider == MEMBER
    assert member_of(service) == member_of(service.provider) == ServerId("EE", "GOV", "1", "ss1").owner == MEMBER


@pytest.mark.parametrize(
    "text", ["", "EE/GOV/1", "MEMBER:EE/GOV", "MEMBER:EE//1", "SUBSYSTEM:EE/GOV/1", "OTHER:a", "LOCALGROUP:"]
)
def test_what_is_no_identifier_is_refused(text: str) -> None:
    with pytest.raises(MessageError, match="invalid_client_identifier"):
        parse_identifier(text)


def test_the_form_of_the_administration_interfaces_joins_by_colons() -> None:
    client = SubsystemId("instance", "memberclass", "membercode", "subsystemcode")
    assert render_encoded_id(client) == "instance:memberclass:membercode:subsystemcode"
    assert render_encoded_id(MEMBER, has_type=True) == "MEMBER:EE:GOV:1"
    assert parse_encoded_client(render_encoded_id(client)) == client
    assert parse_encoded_client("EE:GOV:1") == MEMBER


@pytest.mark.parametrize("text", ["", "EE:GOV", "EE::1", "EE:GOV: ", "a:b:c:d:e"])
def test_what_is_no_encoded_client_is_refused(text: str) -> None:
    with pytest.raises(MessageError, match="invalid_encoded_id"):
        parse_encoded_client(text)


@given(
    st.text(max_size=30)
    | st.sampled_from(["MEMBER", "SERVICE", "SERVER"]).flatmap(
        lambda kind: st.text("a/:", max_size=12).map(lambda rest: f"{kind}:{rest}")
    )
)
def test_any_text_is_an_identifier_or_a_message_error(text: str) -> None:
    for parse in (parse_identifier, parse_encoded_client):
        try:
            identifier = parse(text)
        except MessageError:
            continue
        assert all(identifier.codes)
