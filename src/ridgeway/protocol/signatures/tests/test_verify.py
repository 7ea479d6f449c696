"""Whole containers and whole signatures, from the trust of a small country."""

import datetime as dt
import io
import zipfile
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ridgeway.errors import CertificateError, RidgewayError, SignatureError, TimestampError
from ridgeway.protocol.hashchains import SHA512
from ridgeway.protocol.identifiers import MemberId, ServiceId, SubsystemId
from ridgeway.protocol.signatures import SigningMaterial, prepare_message_signature, receive_parts, verify_signature
from ridgeway.protocol.signatures.containers import read_container, verify_container, write_container
from ridgeway.protocol.signatures.containers.verify import KeptAttachment, MessageKind
from ridgeway.protocol.signatures.tests.cast import ALICE, DAY, NOW, make_country, sha512, sign
from ridgeway.protocol.signatures.tests.kept import BODY, LOGGED_AT, REQUEST, keep


def prove(kept, *, data=None, at=None):
    return verify_container(read_container(data or kept.data), kept.country.trust(), at=at)


@pytest.mark.parametrize("kind", ["rsa", "p256", "p384"])
@pytest.mark.parametrize("bodies", [(), (BODY,), (BODY, b"second")])
@pytest.mark.parametrize("stamp", ["single", "batch"])
@pytest.mark.parametrize("batch", [1, 3])
def test_a_container_says_who_said_what_to_whom_and_when(kind, bodies, stamp, batch):
    proven = prove(keep(kind=kind, bodies=bodies, stamp=stamp, batch=batch))
    assert proven.kind is MessageKind.REST_REQUEST
    assert proven.sender == SubsystemId("RW", "GOV", "1001", "portal")
    assert proven.service == ServiceId("RW", "GOV", "2002", "registry", "people")
    assert (proven.query_id, proven.at) == ("q-1", NOW)
    assert proven.signature.signer == ALICE
    assert proven.attachments == tuple(
        KeptAttachment(f"attachment{number}", sha512(body), SHA512, len(body)) for number, body in enumerate(bodies, 1)
    )
    assert proven.is_batch_timestamp == (stamp == "batch")
    assert proven.signature.is_batch == (batch > 1 or bool(bodies))


def test_an_intermediate_authority_is_carried_in_the_signature():
    assert prove(keep(intermediate=True)).signature.signer == ALICE


def test_a_body_that_was_not_kept_is_listed_with_its_digest():
    proven = prove(keep(bodies=(BODY,), kept=False))
    assert proven.attachments == (KeptAttachment("attachment1", sha512(BODY), SHA512, None),)


def refuse(kept, **changes):
    data = write_container(replace(kept.parts, **changes), at=LOGGED_AT)
    with pytest.raises(RidgewayError) as refused:
        prove(kept, data=data)
    return refused.value.code


def test_a_body_that_differs_is_not_proven():
    assert refuse(keep(bodies=(BODY,)), attachments=(b"x",)) == "malformed_signature.invalid_hash_chain_ref"


def test_a_body_that_nobody_signed_is_not_proven():
    assert refuse(keep(), attachments=(b"x",)) == "malformed_signature"
    assert refuse(keep(bodies=(BODY,)), attachments=(BODY, b"x")) == "malformed_signature.hashchain_unused_inputs"


@pytest.mark.parametrize("bodies", [(), (BODY,)])
def test_a_message_that_differs_is_not_proven(bodies):
    code = refuse(keep(bodies=bodies), message=REQUEST.replace(b"name=a", b"name=b"))
    assert code == ("malformed_signature.invalid_hash_chain_ref" if bodies else "invalid_signature_value")


def test_a_message_from_another_member_is_not_proven():
    kept = keep(member=MemberId("RW", "GOV", "6666"))
    with pytest.raises(SignatureError) as refused:
        prove(kept)
    assert refused.value.code == "incorrect_certificate"


def test_without_a_time_stamp_a_time_must_be_given():
    kept = keep(stamp="none")
    with pytest.raises(TimestampError):
        prove(kept)
    assert prove(kept, at=NOW).at == NOW


def test_an_answer_too_old_for_the_time_is_not_proven():
    with pytest.raises(CertificateError) as refused:
        prove(keep(stamp="none"), at=NOW + DAY / 2)
    assert refused.value.code == "invalid_cert_path.incorrect_validation_info"


def test_a_stamp_over_another_signature_is_not_proven():
    kept = keep(stamp="batch")
    assert refuse(kept, timestamp=kept.country.stamp(b"another")) == "malformed_signature"
    assert refuse(kept, signature=keep(stamp="none", kind="rsa").parts.signature) == "malformed_signature"


def test_a_stamp_by_a_stranger_is_not_proven():
    kept = keep()
    stranger = replace(kept.country.trust().own, timestamping_services=())
    trust = replace(kept.country.trust(), instances={"RW": stranger})
    with pytest.raises(RidgewayError) as refused:
        verify_container(read_container(kept.data), trust)
    assert "mlog" in refused.value.code


def test_an_authority_that_is_not_approved_gives_no_path():
    kept = keep()
    stranger = replace(kept.country.trust().own, certification_services=())
    trust = replace(kept.country.trust(), instances={"RW": stranger})
    with pytest.raises(RidgewayError) as refused:
        verify_container(read_container(kept.data), trust)
    assert refused.value.code == "cannot_create_cert_path"


PARTS = (("/message.xml", sha512(REQUEST)), ("/attachment1", sha512(BODY)))


def make_live(usage="sign", *, material=None):
    country = make_country()
    signer = country.member(ALICE, "p256", usage=usage)
    material = material or country.material(signer)
    unsigned = prepare_message_signature(PARTS, material=material, signing_time=NOW)
    xml = unsigned.complete(sign(signer.key, unsigned.to_be_signed, unsigned.algorithm))
    received = receive_parts(PARTS, hash_chain_result=unsigned.hash_chain_result, hash_chain=unsigned.hash_chains[0])
    return country, xml, received


def test_a_signature_on_the_wire_is_proven():
    country, xml, received = make_live()
    proven = verify_signature(xml, received, signer=ALICE, trust=country.trust(), at=NOW)
    assert [each.uri for each in proven.covered] == ["/message.xml", "/attachment1"]


def test_an_authentication_certificate_signs_nothing():
    country, xml, received = make_live("auth")
    with pytest.raises(SignatureError) as refused:
        verify_signature(xml, received, signer=ALICE, trust=country.trust(), at=NOW)
    assert refused.value.code == "malformed_signature"


def test_an_answer_about_another_certificate_is_none():
    country = make_country()
    signer, other = country.member(ALICE, "p256"), country.member(ALICE, "rsa")
    unsigned = prepare_message_signature(
        PARTS, material=SigningMaterial(signer.der, (country.answer(other),)), signing_time=NOW
    )
    xml = unsigned.complete(sign(signer.key, unsigned.to_be_signed, unsigned.algorithm))
    received = receive_parts(PARTS, hash_chain_result=unsigned.hash_chain_result, hash_chain=unsigned.hash_chains[0])
    with pytest.raises(CertificateError) as refused:
        verify_signature(xml, received, signer=ALICE, trust=country.trust(), at=NOW)
    assert refused.value.code == "invalid_cert_path.cert_validation"


def test_an_expired_certificate_gives_no_path():
    country, xml, received = make_live()
    with pytest.raises(CertificateError):
        verify_signature(xml, received, signer=ALICE, trust=country.trust(), at=NOW + dt.timedelta(days=400))


KEPT = keep(bodies=(BODY,), stamp="batch")
TRUST = KEPT.country.trust()


def facts_of(proven):
    return (proven.message.bytes, proven.at, proven.signature.signer, proven.attachments)


FACTS = facts_of(verify_container(read_container(KEPT.data), TRUST))


def entries_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewrite(entries):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return file.getvalue()


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_entry_proves_the_same_or_nothing(data):
    entries = entries_of(KEPT.data)
    name = data.draw(st.sampled_from(sorted(entries)))
    position = data.draw(st.integers(0, len(entries[name]) - 1))
    patch = data.draw(st.binary(min_size=1, max_size=3))
    entries[name] = entries[name][:position] + patch + entries[name][position + len(patch) :]
    try:
        proven = verify_container(read_container(rewrite(entries)), TRUST)
    except RidgewayError:
        return
    assert facts_of(proven) == FACTS


@pytest.mark.parametrize("name", ["message.xml", "attachment1", "sig-hashchainresult.xml", "ts-hashchainresult.xml"])
def test_no_byte_of_what_is_signed_can_change(name):
    whole = entries_of(KEPT.data)
    for position in range(len(whole[name])):
        changed = bytearray(whole[name])
        changed[position] ^= 0x01
        with pytest.raises(RidgewayError):
            verify_container(read_container(rewrite(whole | {name: bytes(changed)})), TRUST)
