"""A statement is proven, or it says why not; whoever changes a byte, signs for another or passes it on is found out."""

import base64
import datetime as dt
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.catalogue.packages.manifest import list_files
from ridgeway.catalogue.packages.statement import (
    MAX_ENVELOPE_BYTES,
    MAX_PAYLOAD_BYTES,
    encode_signed,
    read_envelope,
    read_payload,
    render_canonical,
    render_envelope,
)
from ridgeway.catalogue.proving.proof import verify_envelope, verify_release, verify_transfer
from ridgeway.catalogue.proving.tests.notary import (
    FILES,
    MANIFEST,
    contain,
    render_answer,
    render_message,
    seal,
    state,
    trust,
)
from ridgeway.errors import ContainerError, RequestError, RidgewayError
from ridgeway.protocol.identifiers import MemberId
from ridgeway.protocol.signatures.tests.cast import ALICE, NOW

BOB = MemberId("RW", "GOV", "2002")
SEALED = seal(state())


def test_a_statement_is_proven_to_be_of_whom_it_says_and_of_these_files():
    proven = verify_release(SEALED, MANIFEST, trust())
    assert (proven.member, proven.at, proven.statement.kind) == (ALICE, NOW, "release")


def test_what_is_signed_names_its_type_and_its_length():
    assert encode_signed(b"{}") == b"DSSEv1 39 application/vnd.ridgeway.statement+json 2 {}"


def test_the_body_need_not_be_in_the_container():
    assert verify_envelope(seal(state(), keeps=False), trust()).member == ALICE


def refusal(envelope, manifest=MANIFEST):
    with pytest.raises(RidgewayError) as caught:
        verify_release(envelope, manifest, trust())
    return caught.value.code


@pytest.mark.parametrize(
    ("envelope", "code"),
    [
        (seal(state(by="RW/GOV/2002")), "foreign_statement"),
        (seal(state(), message=render_message(client="RW/GOV/2002/portal"), member=BOB), "no_statement"),
        (seal(state(), body=encode_signed(state(kind="recall"))), "other_body"),
        (seal(state(), body=state()), "other_body"),
        (seal(state(), message=render_message(target="/r1/RW/GOV/1001/portal/catalogue/uploads")), "no_statement"),
        (seal(state(), message=render_message(target="/r1/RW/GOV/2002/desk/catalogue/statements")), "no_statement"),
        (seal(state(), message=render_message(verb="PUT")), "no_statement"),
        (seal(state(), is_stamped=False), "asic_timestamp_not_found"),
        (seal(state(at=NOW + dt.timedelta(hours=1))), "misdated_statement"),
        (seal(state(at=NOW - dt.timedelta(days=3))), "misdated_statement"),
        (seal(state(kind="recall")), "other_statement"),
        (render_envelope(replace(read_envelope(SEALED), key_id="0" * 64)), "foreign_key"),
        (render_envelope(replace(read_envelope(SEALED), container=b"PK")), "asic_mime_type_not_found"),
        (SEALED[:-100], "malformed_envelope"),
        (b"", "malformed_envelope"),
        (b" " * (MAX_ENVELOPE_BYTES + 1), "malformed_envelope"),
        (b"[" * 100_000, "malformed_envelope"),
        (json.dumps(json.loads(SEALED), indent=1).encode(), "malformed_envelope"),
    ],
)
def test_what_proves_nothing_is_refused_with_its_reason(envelope, code):
    assert refusal(envelope) == code


def test_a_foreign_signer_is_nobody_here():
    """Bob signs what says that it is Alice's message."""
    with pytest.raises(RidgewayError):
        verify_envelope(seal(state(), member=BOB), trust())


def test_the_statement_of_another_package_or_version_proves_nothing():
    others = ({"package": "other"}, {"version": "1.0.1"})
    for other in others:
        named = {"package": "rebate", "version": "1.0.0", "service": "assessments"} | other
        assert refusal(SEALED, list_files(FILES, **named)) == "other_statement"
    altered = list_files(FILES | {"locale/fr.po": b"x"}, package="rebate", version="1.0.0", service="assessments")
    assert refusal(SEALED, altered) == "other_statement"


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_no_byte_of_an_envelope_can_be_changed_into_another_proof(place, change):
    altered = bytearray(SEALED)
    altered[place] ^= change
    try:
        proven = verify_release(bytes(altered), MANIFEST, trust())
    except RidgewayError:
        return
    assert proven == verify_release(SEALED, MANIFEST, trust())


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_byte_of_the_container_can_be_changed_into_another_proof(data):
    envelope = read_envelope(SEALED)
    altered = bytearray(envelope.container)
    altered[data.draw(st.integers(0, len(altered) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        proven = verify_release(render_envelope(replace(envelope, container=bytes(altered))), MANIFEST, trust())
    except RidgewayError:
        return
    assert proven == verify_release(SEALED, MANIFEST, trust())


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(state()) - 1), st.integers(1, 255))
def test_every_byte_of_what_is_stated_counts(place, change):
    envelope = read_envelope(SEALED)
    altered = bytearray(envelope.payload)
    altered[place] ^= change
    with pytest.raises(RidgewayError):
        verify_envelope(render_envelope(replace(envelope, payload=bytes(altered))), trust())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"\xff",
        b"{" * 50_000,
        b" " * (MAX_PAYLOAD_BYTES + 1),
        state() + b" ",
        state().replace(b'"kind":"release"', b'"kind":"gift"'),
        state().replace(b'"at":"2026', '"at":"２026'.encode()),
        state().replace(b'"by":"RW/GOV/1001"', b'"by":7'),
        state().replace(b'"by":"RW/GOV/1001"', b'"by":"RW\\n"'),
        state().replace(b'{"at"', b'{"at":1,"at"'),
        state(note=1).replace(b'"note":1', b'"note":NaN'),
    ],
)
def test_a_payload_that_nobody_would_have_written_is_refused(data):
    with pytest.raises(ContainerError, match="malformed_statement"):
        read_payload(data)


def test_what_a_kind_says_besides_comes_back_and_cannot_take_the_place_of_what_every_one_says():
    assert read_payload(state(kind="notice", reason="Ärger")).more == {"reason": "Ärger"}
    with pytest.raises(RequestError, match="invalid_statement"):
        state(format="statement/2")
    with pytest.raises(RequestError, match="invalid_statement"):
        state(note="x" * MAX_PAYLOAD_BYTES)


def test_base64_has_one_spelling():
    content = json.loads(SEALED)
    content["payload"] = base64.b64encode(base64.b64decode(content["payload"])).decode() + "\n"
    assert refusal(render_canonical(content) + b"\n") == "malformed_envelope"


def test_a_transfer_is_proven_for_these_bytes_alone():
    container = contain(render_answer(), b"the zip")
    proven = verify_transfer(container, b"the zip", trust())
    assert (str(proven.giver), str(proven.taker)) == (
        "SERVICE:RW/GOV/1001/portal/catalogue",
        "SUBSYSTEM:RW/GOV/2002/desk",
    )
    with pytest.raises(ContainerError, match="other_body"):
        verify_transfer(container, b"another zip", trust())
    with pytest.raises(ContainerError, match="no_transfer"):
        verify_transfer(contain(render_message(), b"the zip"), b"the zip", trust())
