"""A request is proven whole or refused with X-Road's code, whoever lies and about what."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import ocsp
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.errors import CertificateError, MessageError, RidgewayError, SignatureError
from ridgeway.protocol.certificates.tests.cast import (
    AUTHENTICATION,
    DAY,
    RESPONDER,
    ROOT,
    Answered,
    Wanted,
    answer,
    issue,
    make_authority,
)
from ridgeway.protocol.identifiers import MemberId, ServerId
from ridgeway.protocol.management import (
    MAX_REQUEST_BYTES,
    RequestKind,
    SignaturePart,
    is_valid_address,
    render_algorithm,
    render_host,
    verify_management_request,
)
from ridgeway.protocol.management.tests.cast import (
    BOUNDARY,
    MANAGED,
    NEW_AUTHENTICATION,
    NOW,
    OTHER,
    OTHER_SIGNING,
    OWNER,
    OWNER_SIGNING,
    SERVER,
    encoded,
    example,
    make_parts,
    send,
    sign,
    sign_holder,
)
from ridgeway.protocol.signatures.digests import ECDSA_SHA256, RSA_PSS_SHA384, SIGNATURE_ALGORITHMS

CERTIFICATE = RequestKind.CERTIFICATE_REGISTRATION
CLIENT = RequestKind.CLIENT_REGISTRATION
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def verify(parts, *, trust=MANAGED):
    return verify_management_request(*send(parts), trust=trust, at=NOW)


def refusal(parts, **context):
    with pytest.raises(RidgewayError) as raised:
        verify(parts, **context)
    return type(raised.value), raised.value.code


@pytest.mark.parametrize("kind", RequestKind)
def test_a_right_request_of_each_kind_is_proven(kind):
    request = example(kind)
    verified = verify(make_parts(request))
    assert verified.request == request
    assert verified.message.client == OWNER


@pytest.mark.parametrize("algorithm", SIGNATURE_ALGORITHMS)
def test_every_algorithm_goes_by_javas_name(algorithm):
    key = RSA_KEY if "rsa" in algorithm else None
    signing = sign_holder(OTHER, key=key)
    parts = make_parts(example(CLIENT), signing=signing)
    assert verify(replace(parts, signatures=(sign(signing, parts.soap, algorithm),))).request == example(CLIENT)


def test_names_of_algorithms_are_javas():
    assert render_algorithm(RSA_PSS_SHA384) == "SHA384withRSAandMGF1"
    assert render_algorithm(ECDSA_SHA256) == "SHA256withECDSA"


@pytest.mark.parametrize("name", ["SHA1withRSA", "SHA1withECDSA", "MD5withRSA", "none"])
def test_weak_and_unknown_algorithms_are_refused(name):
    parts = make_parts(example(CLIENT))
    changed = replace(parts, signatures=(SignaturePart(name, parts.signatures[0].value),))
    assert refusal(changed) == (MessageError, "invalid_request")


def test_a_signature_over_other_bytes_proves_nothing():
    parts = make_parts(example(CLIENT))
    assert refusal(replace(parts, soap=parts.soap + b"\n")) == (SignatureError, "invalid_signature_value")
    assert refusal(replace(parts, signatures=(sign(OWNER_SIGNING, parts.soap),))) == (
        SignatureError,
        "invalid_signature_value",
    )


@pytest.mark.parametrize("value", [b"", b"\x30", b"x" * 64, b"x" * 4000])
def test_a_value_that_is_no_signature_is_refused(value):
    parts = make_parts(example(CLIENT))
    changed = replace(parts, signatures=(SignaturePart("SHA512withECDSA", value),))
    assert refusal(changed) == (SignatureError, "invalid_signature_value")


def test_the_new_key_must_be_proven_to_be_the_senders():
    parts = make_parts(example(CERTIFICATE))
    swapped = replace(parts, signatures=(parts.signatures[1], parts.signatures[1]))
    assert refusal(swapped) == (SignatureError, "invalid_signature_value")


def test_the_certificate_in_the_request_must_be_the_one_beside_it():
    other = issue(Wanted("ss2", usage=AUTHENTICATION), ROOT)
    parts = make_parts(example(CERTIFICATE, certificate=other.der))
    assert refusal(parts) == (CertificateError, "cert_validation")


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted("ss1"),
        Wanted("ss1", usage=(*AUTHENTICATION, "content_commitment")),
        Wanted("ss1", usage=AUTHENTICATION, valid_until=NOW - DAY),
    ],
)
def test_a_certificate_of_the_wrong_use_or_time_is_not_registered(wanted):
    new = issue(wanted, ROOT)
    parts = make_parts(example(CERTIFICATE, certificate=new.der))
    signatures = (sign(new, parts.soap), parts.signatures[1])
    changed = replace(parts, signatures=signatures, certificates=(new.der, parts.certificates[1]))
    assert refusal(changed) == (CertificateError, "cert_validation")


def test_a_certificate_of_a_strange_authority_is_not_registered():
    new = issue(Wanted("ss1", usage=AUTHENTICATION), make_authority("Strange"))
    parts = make_parts(example(CERTIFICATE, certificate=new.der))
    signatures = (sign(new, parts.soap), parts.signatures[1])
    changed = replace(parts, signatures=signatures, certificates=(new.der, parts.certificates[1]))
    assert refusal(changed) == (CertificateError, "cert_validation")


def test_a_signer_of_a_strange_authority_an_expired_one_and_an_authentication_key_are_refused():
    strange = issue(Wanted("x"), make_authority("Strange"))
    expired = sign_holder(OTHER, valid_until=NOW - DAY)
    wrong = sign_holder(OTHER, usage=AUTHENTICATION)
    for signing in (strange, expired, wrong):
        assert refusal(make_parts(example(CLIENT), signing=signing)) == (CertificateError, "cert_validation")


def test_a_revoked_signer_and_a_stale_answer_have_their_codes():
    parts = make_parts(example(CLIENT))
    about = (OTHER_SIGNING.certificate, ROOT.certificate, RESPONDER)
    revoked = answer(*about, Answered(status=ocsp.OCSPCertStatus.REVOKED))
    stale = answer(*about, Answered(this_update=NOW - DAY))
    assert refusal(replace(parts, ocsp=revoked)) == (CertificateError, "cert_validation")
    assert refusal(replace(parts, ocsp=stale)) == (CertificateError, "incorrect_validation_info")
    assert refusal(replace(parts, ocsp=b"garbage"))[0] is CertificateError


@pytest.mark.parametrize("kind", [kind for kind in RequestKind if example(kind).signing_member is not None])
def test_another_members_signature_does_not_count(kind):
    request = example(kind)
    wrong = OTHER_SIGNING if request.signing_member == OWNER else OWNER_SIGNING
    assert refusal(make_parts(request, signing=wrong)) == (MessageError, "invalid_request")


def test_who_is_not_the_owner_cannot_speak_for_a_server():
    request = example(RequestKind.CLIENT_DELETION)
    parts = make_parts(request)
    forged = parts.soap.replace(b"<id:memberCode>1001</id:memberCode>", b"<id:memberCode>6666</id:memberCode>", 1)
    assert refusal(replace(parts, soap=forged)) == (MessageError, "invalid_request")


def test_a_request_for_another_management_service_or_instance_is_refused():
    request = example(RequestKind.CLIENT_DELETION)
    assert refusal(make_parts(request, provider=OWNER)) == (MessageError, "invalid_request")
    elsewhere = replace(request, server=ServerId("EE", "GOV", "1001", "ss1"))
    assert refusal(make_parts(elsewhere)) == (MessageError, "invalid_request")
    stranger = replace(request, client=MemberId("EE", "GOV", "1001"))
    assert refusal(make_parts(stranger)) == (MessageError, "invalid_request")


@pytest.mark.parametrize("code", ["a:b", "a/b", "a%b", "a;b", "a\\b", "a\u200bb", "x" * 256])
def test_codes_that_would_confuse_an_identifier_are_refused(code):
    request = example(RequestKind.CLIENT_DELETION)
    changed = replace(request, server=replace(SERVER, server_code=code))
    assert refusal(make_parts(changed)) == (MessageError, "invalid_client_identifier")
    assert refusal(make_parts(replace(request, client=MemberId("LAB", "GOV", code)))) == (
        MessageError,
        "invalid_client_identifier",
    )


@pytest.mark.parametrize("changes", [{"name": " "}, {"client": OTHER}])
def test_only_a_subsystem_is_renamed_and_not_to_nothing(changes):
    assert refusal(make_parts(example(RequestKind.CLIENT_RENAMING, **changes))) == (MessageError, "invalid_request")


@pytest.mark.parametrize(
    "address", ["ss1.example", "10.0.0.1", "::1", "xn--4ca.example", "s\u00e4\u00e4.example", "a_b.c"]
)
def test_hosts_are_addresses(address):
    assert is_valid_address(address)
    assert is_valid_address(render_host(address).strip("[]"))
    assert render_host(address).isascii()


@pytest.mark.parametrize(
    "address",
    [
        "",
        " ",
        "http://x",
        "x:80",
        "a..b",
        ".",
        "-a.b",
        "a b",
        "x/y",
        "1.2.3",
        "fe80::1%eth0",
        "a" * 64,
        "a." * 130 + "b",
    ],
)
def test_what_is_no_host_is_refused(address):
    assert not is_valid_address(address)
    assert refusal(make_parts(example(RequestKind.ADDRESS_CHANGE, address=address))) == (
        MessageError,
        "invalid_request",
    )


@given(st.text(max_size=80))
def test_any_text_is_a_host_or_not(text):
    assert is_valid_address(text) in {True, False}


def test_parts_missing_or_too_many_are_named():
    kind, body = send(make_parts(example(CERTIFICATE)))
    pieces = body.split(f"--{BOUNDARY}".encode())
    for kept in ([*pieces[:-2], pieces[-1]], [*pieces[:-1], pieces[-2], pieces[-1]]):
        with pytest.raises(MessageError, match="invalid_request"):
            verify_management_request(kind, f"--{BOUNDARY}".encode().join(kept), trust=MANAGED, at=NOW)


def test_a_signed_kind_without_its_signatures_is_refused():
    parts = make_parts(example(CLIENT))
    with pytest.raises(MessageError, match="3 parts"):
        verify_management_request("text/xml", parts.soap, trust=MANAGED, at=NOW)


def test_a_look_whether_the_door_answers_is_an_invalid_request_as_x_roads_servers_expect():
    parts = make_parts(example(CERTIFICATE))
    soap = parts.soap.replace(encoded(NEW_AUTHENTICATION.der), b"").replace(
        b"<xroad:address>ss1.example</xroad:address>", b""
    )
    head = f"--{BOUNDARY}\r\nContent-Type: text/xml; charset=UTF-8\r\n\r\n".encode()
    kind = f"multipart/related; boundary={BOUNDARY}"
    with pytest.raises(MessageError, match="invalid_request"):
        verify_management_request(kind, head + soap + f"\r\n--{BOUNDARY}--".encode(), trust=MANAGED, at=NOW)


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/related", "multipart/mixed; boundary=x"])
def test_other_kinds_of_content_are_refused(kind):
    with pytest.raises(MessageError, match="invalid_content_type"):
        verify_management_request(kind, b"x", trust=MANAGED, at=NOW)


def test_a_request_longer_than_the_limit_is_not_looked_at():
    with pytest.raises(MessageError, match=str(MAX_REQUEST_BYTES)):
        verify_management_request("text/xml", b" " * (MAX_REQUEST_BYTES + 1), trust=MANAGED, at=NOW)


WHOLE = {kind: send(make_parts(example(kind))) for kind in (CERTIFICATE, CLIENT)}


@settings(max_examples=150)
@given(st.sampled_from(tuple(WHOLE)), st.data())
def test_no_changed_or_cut_request_raises_anything_unforeseen(kind, data):
    content_type, body = WHOLE[kind]
    at = data.draw(st.integers(min_value=0, max_value=len(body) - 3))
    with pytest.raises(RidgewayError):
        verify_management_request(content_type, body[:at], trust=MANAGED, at=NOW)
    changed = body[:at] + bytes([body[at] ^ data.draw(st.integers(min_value=1, max_value=255))]) + body[at + 1 :]
    try:
        verified = verify_management_request(content_type, changed, trust=MANAGED, at=NOW)
    except RidgewayError:
        return
    assert verified.request == example(kind)


def test_a_certificate_with_something_after_it_is_not_in_der():
    parts = make_parts(example(CLIENT))
    changed = replace(parts, certificates=(parts.certificates[0] + b"\x00",))
    assert refusal(changed) == (CertificateError, "cert_validation")
