"""Revocation answers: what is proven, and the code of the first thing that is wrong."""

import hashlib
import shutil
import subprocess
from datetime import timedelta

import pytest
from asn1crypto import ocsp as asn1_ocsp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates import find_ocsp_answer, read_ocsp_answer, verify_ocsp, write_ocsp_request
from ridgeway.protocol.certificates.ocsp import hash_authority
from ridgeway.protocol.certificates.tests.cast import (
    AUTHENTICATION,
    DAY,
    NOW,
    RESPONDER,
    ROOT,
    SIGNER,
    TRUST,
    Answered,
    Wanted,
    answer,
    issue,
    make_authority,
    service_of,
    trust_of,
)

OCSP_SIGNING = [ExtendedKeyUsageOID.OCSP_SIGNING]
GOOD = answer(SIGNER.certificate, ROOT.certificate, RESPONDER)
HOUR = timedelta(hours=1)


def verify(data, *, trust=TRUST, at=NOW, subject=SIGNER, issuer=ROOT):
    return verify_ocsp(data, subject=subject.certificate, issuer=issuer.certificate, trust=trust, at=at)


def says(says, responder=RESPONDER):
    return answer(SIGNER.certificate, ROOT.certificate, responder, says)


def code_of(data, **context):
    with pytest.raises(CertificateError) as refused:
        verify(data, **context)
    return refused.value.code


def test_a_good_answer_says_until_when_it_may_be_used():
    proven = verify(GOOD)
    this_update = NOW - timedelta(minutes=5)
    assert (proven.this_update, proven.next_update, proven.good_until) == (this_update, None, this_update + HOUR)
    assert proven.responder == RESPONDER.certificate


@pytest.mark.parametrize("by_key", [False, True], ids=["by-name", "by-key"])
@pytest.mark.parametrize("responder", [RESPONDER, ROOT], ids=["configured", "authority"])
def test_the_responder_is_found_by_name_or_key(responder, by_key):
    assert verify(says(Answered(by_key=by_key), responder)).responder == responder.certificate


def test_a_responder_that_the_authority_made_so_is_taken_from_the_answer_while_it_is_valid():
    trust = trust_of(service_of(ROOT, responder=None))
    assert verify(says(Answered(brought=(RESPONDER.certificate,))), trust=trust).responder == RESPONDER.certificate
    assert code_of(GOOD, trust=trust) == "incorrect_validation_info"
    brief = issue(Wanted("Brief", AUTHENTICATION, OCSP_SIGNING, valid_until=NOW + timedelta(minutes=1)), ROOT)
    data = says(Answered(brought=(brief.certificate,)), brief)
    assert verify(data, trust=trust).good_until == brief.certificate.not_after
    assert code_of(data, trust=trust, at=NOW + timedelta(minutes=2)) == "incorrect_validation_info"


@pytest.mark.parametrize(
    "stranger",
    [
        issue(Wanted("Stranger", AUTHENTICATION, OCSP_SIGNING)),
        issue(Wanted("Leaf", AUTHENTICATION), ROOT),
        issue(Wanted("Other's", AUTHENTICATION, OCSP_SIGNING), make_authority("Other")),
        issue(Wanted("Root's namesake's", AUTHENTICATION, OCSP_SIGNING), make_authority("Root")),
    ],
    ids=["self-made", "without-usage", "of-another", "of-a-namesake"],
)
def test_nobody_else_may_answer(stranger):
    assert code_of(says(Answered(brought=(stranger.certificate,)), stranger)) == "incorrect_validation_info"


def test_a_responder_of_one_authority_may_not_answer_for_another():
    other = make_authority("Other")
    leaf = issue(Wanted("Leaf"), other)
    trust = trust_of(service_of(ROOT), service_of(other, responder=None))
    data = answer(leaf.certificate, other.certificate, RESPONDER)
    assert code_of(data, trust=trust, subject=leaf, issuer=other) == "incorrect_validation_info"


def test_two_responders_of_one_name_are_told_apart_by_their_keys():
    renewed = issue(Wanted("Responder", AUTHENTICATION, OCSP_SIGNING), ROOT)
    assert verify(says(Answered(brought=(renewed.certificate,)), renewed)).responder == renewed.certificate


def test_revoked_and_unknown_certificates_are_not_valid():
    for status in (ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.UNKNOWN):
        assert code_of(says(Answered(status))) == "cert_validation"


def test_what_is_wrong_with_the_answer_counts_before_what_it_says():
    stale = Answered(ocsp.OCSPCertStatus.REVOKED, this_update=NOW - DAY)
    assert code_of(says(stale)) == "incorrect_validation_info"


def test_an_answer_is_too_old_one_second_after_its_freshness_and_not_before():
    this_update = NOW - timedelta(minutes=5)
    assert verify(GOOD, at=this_update + HOUR).this_update == this_update
    assert code_of(GOOD, at=this_update + HOUR + timedelta(seconds=1)) == "incorrect_validation_info"


def test_an_answer_from_the_future_is_accepted_as_x_road_does():
    assert verify(GOOD, at=NOW - DAY).this_update > NOW - DAY


def test_an_answer_past_its_next_update_is_refused_unless_the_instance_says_otherwise():
    data = says(Answered(next_update=NOW - timedelta(seconds=1)))
    assert code_of(data) == "incorrect_validation_info"
    assert verify(data, trust=trust_of(verify_next_update=False)).next_update == NOW - timedelta(seconds=1)
    exact = says(Answered(next_update=NOW))
    assert verify(exact).good_until == NOW


def test_an_answer_about_another_certificate_or_with_another_digest_is_refused():
    other = answer(RESPONDER.certificate, ROOT.certificate, RESPONDER)
    assert code_of(other) == "incorrect_validation_info"
    assert code_of(says(Answered(digest=hashes.SHA256()))) == "incorrect_validation_info"
    assert code_of(GOOD, issuer=SIGNER) == "incorrect_validation_info"


def answer_by_hash(name_of, key_of):
    """An answer about the number of SIGNER, under an authority with the name of one and the key of another."""
    builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
        hash_authority(name_of.certificate).name,
        hash_authority(key_of.certificate).key,
        SIGNER.certificate.serial,
        hashes.SHA1(),
        ocsp.OCSPCertStatus.GOOD,
        NOW,
        None,
        None,
        None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, RESPONDER.certificate.loaded)
    return builder.sign(RESPONDER.key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_an_answer_about_the_same_number_of_another_authority_is_refused():
    other = make_authority("Other")
    assert verify(answer_by_hash(ROOT, ROOT)).this_update == NOW
    assert code_of(answer_by_hash(other, ROOT)) == "incorrect_validation_info"
    assert code_of(answer_by_hash(ROOT, other)) == "incorrect_validation_info"


def test_sha1_with_rsa_is_tolerated_in_answers():
    old = issue(Wanted("Old", AUTHENTICATION, key=rsa.generate_private_key(65537, 2048)), ROOT)
    trust = trust_of(service_of(ROOT, responder=old))
    data = sign_again(says(Answered(), old), old, "sha1")
    assert verify(data, trust=trust).responder == old.certificate


def test_md5_is_not_tolerated_in_answers():
    old = issue(Wanted("Old", AUTHENTICATION, key=rsa.generate_private_key(65537, 2048)), ROOT)
    trust = trust_of(service_of(ROOT, responder=old))
    assert code_of(sign_again(says(Answered(), old), old, "md5"), trust=trust) == "incorrect_validation_info"


def sign_again(data, responder, digest):
    """The same answer, signed with RSA and another digest."""
    response = asn1_ocsp.OCSPResponse.load(data)
    basic = response["response_bytes"]["response"].parsed
    value = responder.key.sign(basic["tbs_response_data"].dump(), padding.PKCS1v15(), getattr(hashes, digest.upper())())
    basic["signature_algorithm"] = {"algorithm": f"{digest}_rsa"}
    basic["signature"] = value
    response["response_bytes"]["response"] = basic
    return response.dump(force=True)


def test_a_refusal_of_the_responder_is_no_answer():
    refusal = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    with pytest.raises(CertificateError, match="try_later"):
        read_ocsp_answer(refusal.public_bytes(Encoding.DER))


def test_the_first_answer_about_the_certificate_is_found_among_others_and_garbage():
    other = answer(RESPONDER.certificate, ROOT.certificate, RESPONDER)
    revoked = says(Answered(ocsp.OCSPCertStatus.REVOKED))
    found = find_ocsp_answer(
        [b"", b"\x30\x03\x0a\x01\x00", other, GOOD, revoked], subject=SIGNER.certificate, issuer=ROOT.certificate
    )
    assert found is not None
    assert found.data == GOOD
    assert find_ocsp_answer([other], subject=SIGNER.certificate, issuer=ROOT.certificate) is None


def test_a_request_names_one_certificate_by_sha1_with_null_parameters_and_asks_nothing_else():
    request = asn1_ocsp.OCSPRequest.load(write_ocsp_request(SIGNER.certificate, ROOT.certificate), strict=True)
    bits = ROOT.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    assert request.native["tbs_request"]["request_list"] == [
        {
            "req_cert": {
                "hash_algorithm": {"algorithm": "sha1", "parameters": None},
                "issuer_name_hash": hashlib.sha1(ROOT.certificate.loaded.subject.public_bytes()).digest(),
                "issuer_key_hash": hashlib.sha1(bits).digest(),
                "serial_number": SIGNER.certificate.serial,
            },
            "single_request_extensions": None,
        }
    ]
    assert bytes.fromhex("06052b0e03021a0500") in request.dump()
    assert (request["optional_signature"].native, request["tbs_request"]["request_extensions"].native) == (None, None)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_asks_the_same_question(tmp_path):
    for name, holder in (("subject", SIGNER), ("issuer", ROOT)):
        (tmp_path / name).write_bytes(holder.certificate.loaded.public_bytes(Encoding.PEM))
    command = ["openssl", "ocsp", "-issuer", "issuer", "-cert", "subject", "-no_nonce", "-reqout", "request"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=30, check=True)
    assert (tmp_path / "request").read_bytes() == write_ocsp_request(SIGNER.certificate, ROOT.certificate)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_garbage_is_no_answer(data):
    assert code_of(data) == "incorrect_validation_info"


@settings(max_examples=500, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_no_changed_byte_proves_anything_else(position, change):
    changed = bytearray(GOOD)
    changed[position] ^= change
    try:
        proven = verify(bytes(changed))
    except CertificateError:
        return
    assert (proven.this_update, proven.responder) == (NOW - timedelta(minutes=5), RESPONDER.certificate)


@settings(deadline=None)
@given(st.integers(0, len(GOOD) - 1))
def test_an_answer_cut_short_is_refused(length):
    assert code_of(GOOD[:length]) == "incorrect_validation_info"
