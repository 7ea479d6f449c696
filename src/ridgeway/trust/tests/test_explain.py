import base64
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.protocol.certificates.snapshot import (
    Authority,
    CertificationService,
    InstanceTrust,
    TimestampingService,
    TrustSnapshot,
)
from ridgeway.protocol.globalconf import Anchor, AnchorSource, anchor_hash, hashes_of, write_anchor
from ridgeway.protocol.globalconf.tests.cast import (
    NOW,
    OWNER,
    PROFILE,
    SERVER,
    a_directory,
    an_instance,
    parts_of,
    private_parameters,
    signing_key,
)
from ridgeway.trust.explain import Knowledge, explain_bytes
from ridgeway.trust.explain_state import explain_state
from ridgeway.trust.findings import describe_span
from ridgeway.trust.own import OwnCertificate, no_certificates
from ridgeway.trust.tests.authorities import (
    AUTHENTICATION,
    DAY,
    Responder,
    make_authority,
    make_identity,
    make_member,
    make_token,
    name_of,
    usage_of,
)
from ridgeway.trust.tests.cast import a_central_server, a_fetcher, give_anchor, settings_in

CA = make_authority()
TSA = make_identity(name_of(CN="Test TSA"))
MEMBER = make_member(CA)
AUTH = make_identity(name_of(CN="ss1"), issuer=CA, extensions=(AUTHENTICATION,))


ORIGINALS = [MEMBER.der, AUTH.der, make_token(TSA), Responder(CA).make_answer(MEMBER)]


def trust_with(**changes: Any) -> InstanceTrust:
    base = an_instance()
    server = replace(base.servers[SERVER], auth_certificate_hashes=hashes_of(AUTH.der))
    values: dict[str, Any] = {
        "certification_services": (CertificationService("Test CA", PROFILE, Authority(CA.der)),),
        "timestamping_services": (TimestampingService("Test TSA", "http://tsa.example", TSA.der),),
        "servers": {SERVER: server},
        "expires_at": NOW + DAY,
    }
    return replace(base, **(values | changes))


def knowledge(*, answers: dict[str, bytes] | None = None, now=NOW, **changes: Any) -> Knowledge:
    return Knowledge(
        TrustSnapshot("LAB", {"LAB": trust_with(**changes)}), answers or {}, (signing_key().certificate,), now
    )


def faults(data: bytes, known: Knowledge) -> list[str]:
    return [finding.sentence for finding in explain_bytes(data, known) if not finding.usable]


def answers_for(*identities, **settings) -> dict[str, bytes]:
    responder = Responder(CA, **settings)
    return {identity.sha1: responder.make_answer(identity) for identity in identities}


@pytest.mark.parametrize("identity", [MEMBER, AUTH])
@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_a_good_certificate_is_usable_in_either_form(identity, encoding):
    found = explain_bytes(identity.certificate.public_bytes(encoding), knowledge(answers=answers_for(MEMBER, AUTH)))
    assert [finding.sentence for finding in found if not finding.usable] == []
    words = " ".join(finding.detail for finding in found)
    assert str(OWNER if identity is MEMBER else SERVER) in words


def test_every_cause_is_named_at_once_with_who_must_act():
    old = make_member(CA, subject=name_of(C="FI", CN="x", O="x", BC="GOV", SN="9"), begin=NOW - 9 * DAY, end=NOW - DAY)
    found = faults(old.der, knowledge())
    assert len(found) == 3
    assert "expired" in found[0]
    assert "no member of LAB" in found[1]
    assert "the authority that governs the instance" in found[1]
    assert "there is no answer on disk" in found[2]


@pytest.mark.parametrize(
    ("identity", "cause"),
    [
        (make_member(make_authority("Stranger")), "is not approved here; approved are Test CA"),
        (make_member(make_authority("Test CA")), "the key approved under that name did not sign it"),
        (make_member(CA, begin=NOW + DAY), "counts only from"),
        (make_member(CA, extensions=(usage_of(crl_sign=True),)), "allows neither signing"),
        (make_member(CA, extensions=(usage_of(content_commitment=True, digital_signature=True),)), "at once"),
        (
            make_identity(name_of(CN="other"), issuer=CA, extensions=(AUTHENTICATION,)),
            "no security server is registered",
        ),
        (make_member(CA, subject=name_of(CN="x")), "BAD"),
    ],
)
def test_each_cause_has_its_sentence(identity, cause):
    assert any(cause in sentence for sentence in faults(identity.der, knowledge(answers=answers_for(identity))))


def test_an_authority_for_authentication_may_not_issue_signing_certificates():
    service = CertificationService("Test CA", PROFILE, Authority(CA.der), authentication_only=True)
    found = faults(MEMBER.der, knowledge(answers=answers_for(MEMBER), certification_services=(service,)))
    assert any("authentication certificates only" in sentence for sentence in found)


@pytest.mark.parametrize(
    ("settings", "cause"),
    [
        ({"status": ocsp.OCSPCertStatus.REVOKED}, "revoked"),
        ({"this_update": NOW - timedelta(hours=2)}, "old"),
        ({"signer": make_identity(name_of(CN="nobody"))}, "BAD"),
    ],
)
def test_a_bad_revocation_answer_is_named_for_its_certificate_and_as_a_file(settings, cause):
    answers = answers_for(MEMBER, **settings)
    assert faults(MEMBER.der, knowledge(answers=answers))
    assert any(cause in sentence for sentence in faults(answers[MEMBER.sha1], knowledge()))


def test_a_good_revocation_answer_is_usable():
    assert faults(answers_for(MEMBER)[MEMBER.sha1], knowledge()) == []


def test_a_revocation_answer_of_a_stranger_is_named():
    stranger = make_authority("Stranger")
    answer = Responder(stranger).make_answer(make_member(stranger))
    assert any("no approved authority" in sentence for sentence in faults(answer, knowledge()))


def test_a_time_stamp_of_an_approved_service_is_usable():
    assert faults(make_token(TSA), knowledge()) == []


@pytest.mark.parametrize(
    ("token", "cause"),
    [
        (make_token(make_identity(name_of(CN="Other TSA"))), "no approved time-stamping service made it"),
        (make_token(TSA, signer=CA), "whose key did not sign it"),
        (make_token(TSA, at=NOW + DAY), "lies in the future"),
    ],
)
def test_a_bad_time_stamp_is_named(token, cause):
    assert any(cause in sentence for sentence in faults(token, knowledge()))


def test_pieces_of_the_configuration_are_recognised():
    parts = parts_of(an_instance(), private_parameters())
    for data in (a_directory(parts), *(part.content for part in parts)):
        assert faults(data, knowledge()) == []
    assert "global_conf_outdated" in [
        f.code for f in explain_bytes(a_directory(parts, expires_at=NOW - DAY), knowledge())
    ]


@pytest.mark.parametrize(
    "data", [b"", b"\x30\x03\x02\x01\x05", b"<a/>", b"Content-Type: multipart/x\r\n\r\n", b"words", b"<!DOCTYPE a><a/>"]
)
def test_what_is_nothing_is_said_to_be_nothing(data):
    assert faults(data, knowledge())


def test_a_private_key_is_never_read():
    pem = b"-----BEGIN PRIVATE KEY-----\n" + base64.b64encode(b"secret") + b"\n-----END PRIVATE KEY-----\n"
    (sentence,) = faults(pem, knowledge())
    assert "delete the file" in sentence


@settings(max_examples=60)
@given(st.data())
def test_a_file_with_bytes_changed_is_explained_without_failing(data):
    original = data.draw(st.sampled_from(ORIGINALS))
    changed = bytearray(original)
    for position in data.draw(st.lists(st.integers(0, len(original) - 1), min_size=1, max_size=3)):
        changed[position] = data.draw(st.integers(0, 255))
    assert explain_bytes(bytes(changed), knowledge())


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (61, "1 min 1 s"), (3600 * 26 + 60, "1 d 2 h"), (-90, "1 min 30 s")]
)
def test_spans_are_told_in_two_units(seconds, words):
    assert describe_span(timedelta(seconds=seconds)) == words


async def test_a_server_without_anything_is_told_where_to_begin(tmp_path: Path):
    state = await explain_state(settings_in(tmp_path), own_certificates=no_certificates, now=NOW)
    sentences = [finding.sentence for finding in state.findings]
    assert not state.usable
    assert "Get it from the authority" in sentences[0]
    assert "ridgeway trust fetch" in sentences[-1]


async def test_the_state_of_a_server_is_told_from_its_anchor_to_its_certificates(tmp_path: Path):
    async def own():
        return (OwnCertificate(MEMBER.der),)

    settings = settings_in(tmp_path)
    async with a_central_server() as central, a_fetcher(settings) as fetcher:
        central.publish()
        give_anchor(settings, central.anchor())
        await fetcher.fetch(NOW)

        state = await explain_state(settings, own_certificates=own, now=NOW)
        later = await explain_state(settings, own_certificates=own, now=NOW + DAY)

    words = "\n".join(finding.sentence for finding in state.findings)
    assert "ok  anchor" in words
    assert "serves version 6" in words
    assert "ok  configuration of LAB: version 6, until 2026-02-06 12:10:00 UTC (in 10 min)" in words
    assert "is not approved here" in words
    assert "BAD time-stamping service Test TSA: its certificate is none" in words
    assert any("no message is exchanged" in finding.detail for finding in later.findings)


def test_an_anchor_is_shown_with_the_hash_to_compare():

    data = write_anchor(Anchor("LAB", (AnchorSource("http://cs/internalconf", (b"x",)),)))
    (finding,) = explain_bytes(data, knowledge())
    assert anchor_hash(data) in finding.detail
