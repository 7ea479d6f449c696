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
    parse_identifier_xml,
)
from ridgeway.protocol.identifiers.xml import MAX_IDENTIFIER_XML_BYTES

MEMBER = "<i:xRoadInstance>EE</i:xRoadInstance><i:memberClass>GOV</i:memberClass><i:memberCode>1</i:memberCode>"


def write(kind: str, inside: str) -> bytes:
    return f'<x i:objectType="{kind}" xmlns:i="http://x-road.eu/xsd/identifiers" xmlns:o="urn:o">{inside}</x>'.encode()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (write("MEMBER", MEMBER), MemberId("EE", "GOV", "1")),
        (write("SUBSYSTEM", f"{MEMBER}<i:subsystemCode>s</i:subsystemCode>"), SubsystemId("EE", "GOV", "1", "s")),
        (write("SERVER", f"<i:serverCode>ss</i:serverCode>{MEMBER}"), ServerId("EE", "GOV", "1", "ss")),
        (write("SERVICE", f"{MEMBER}<i:serviceCode>v</i:serviceCode>"), ServiceId("EE", "GOV", "1", None, "v")),
        (
            write(
                "SERVICE",
                f"{MEMBER}<i:subsystemCode>s</i:subsystemCode><i:serviceCode>v</i:serviceCode>"
                "<i:serviceVersion>v1</i:serviceVersion>",
            ),
            ServiceId("EE", "GOV", "1", "s", "v", "v1"),
        ),
        (
            write("GLOBALGROUP", "<i:xRoadInstance>EE</i:xRoadInstance><i:groupCode>g</i:groupCode>"),
            GlobalGroupId("EE", "g"),
        ),
        (write("LOCALGROUP", "<i:groupCode>g</i:groupCode>"), LocalGroupId("g")),
    ],
)
def test_each_type_is_read(data: bytes, expected: XRoadId) -> None:
    assert parse_identifier_xml(data) == expected
    assert parse_identifier_xml(data, expected_type=expected.object_type) == expected


def test_order_and_unknown_children_do_not_matter_and_text_is_not_trimmed() -> None:
    inside = (
        "<i:memberCode> 1\n</i:memberCode><o:memberCode>9</o:memberCode><i:other/><!-- --><?pi?>"
        "<i:memberClass>GOV</i:memberClass><i:xRoadInstance>EE</i:xRoadInstance>"
    )
    assert parse_identifier_xml(write("MEMBER", inside)) == MemberId("EE", "GOV", " 1\n")


def test_a_comment_inside_a_code_does_not_shorten_it() -> None:
    inside = MEMBER.replace(">1<", ">1<!-- no -->2<?pi?>3<![CDATA[4]]><")
    assert parse_identifier_xml(write("MEMBER", inside)) == MemberId("EE", "GOV", "1234")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "invalid_xml"),
        (b"<x", "invalid_xml"),
        (b"<x/>", "invalid_xml"),
        (b'<x objectType="MEMBER"/>', "invalid_xml"),
        (write("PERSON", MEMBER), "invalid_xml"),
        (write("member", MEMBER), "invalid_xml"),
        (write("SUBSYSTEM", MEMBER), "invalid_client_identifier"),
        (write("MEMBER", MEMBER.replace(">EE<", "><")), "invalid_client_identifier"),
        (write("MEMBER", MEMBER.replace(">EE<", "> \n<")), "invalid_client_identifier"),
        (write("MEMBER", MEMBER + "<i:subsystemCode>s</i:subsystemCode>"), "invalid_client_identifier"),
        (write("MEMBER", MEMBER + "<i:memberCode>1</i:memberCode>"), "duplicate_header_field"),
        (b"<!DOCTYPE x>" + write("MEMBER", MEMBER), "invalid_xml"),
        (b'<!DOCTYPE x [<!ENTITY e "EE">]>' + write("MEMBER", MEMBER.replace("EE", "&e;")), "invalid_xml"),
        (write("MEMBER", " " * MAX_IDENTIFIER_XML_BYTES), "invalid_xml"),
    ],
)
def test_what_is_no_identifier_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(MessageError) as caught:
        parse_identifier_xml(data)
    assert caught.value.code == code


def test_another_type_than_expected_is_refused() -> None:
    with pytest.raises(MessageError, match="invalid_xml"):
        parse_identifier_xml(write("MEMBER", MEMBER), expected_type="SERVICE")


PIECES = st.sampled_from(
    [MEMBER, "<i:subsystemCode>s</i:subsystemCode>", "<i:memberCode/>", "&#1;", "<!--", "-->", "x"]
)


@given(
    st.binary(max_size=60)
    | st.tuples(st.sampled_from(["MEMBER", "SUBSYSTEM", "SERVICE", "SERVER"]), st.lists(PIECES, max_size=5)).map(
        lambda parts: write(parts[0], "".join(parts[1]))
    )
)
def test_garbage_is_an_identifier_or_a_message_error(data: bytes) -> None:
    try:
        identifier = parse_identifier_xml(data)
    except MessageError:
        return
    assert all(identifier.codes)
