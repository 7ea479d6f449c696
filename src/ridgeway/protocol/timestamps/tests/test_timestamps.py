"""Time-stamps: what is proven, what is refused, and what OpenSSL says of ours and we of its."""

import hashlib
import shutil
import subprocess
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.errors import RidgewayError, SignatureError, TimestampError
from ridgeway.protocol.timestamps import (
    add_authority_certificate,
    read_timestamp_request,
    read_timestamp_response,
    read_token,
    verify_timestamp,
    write_timestamp_request,
    write_timestamp_response,
)
from ridgeway.protocol.timestamps.tests.authority import NOW, Authority, make_authority

DATA = b"what was signed"
DIGEST = hashlib.sha512(DATA).digest()
AUTHORITY = make_authority()
TOKEN = AUTHORITY.stamp(DIGEST)
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@pytest.mark.parametrize("with_rsa", [False, True], ids=["ec", "rsa"])
def test_a_stamp_proves_when_these_octets_existed(with_rsa):
    authority = make_authority(with_rsa=with_rsa)
    proven = verify_timestamp(authority.stamp(DIGEST), stamped=DATA, trust=[authority.certificate])
    assert (proven.at, proven.serial, proven.policy, proven.imprint_algorithm) == (NOW, 7, "1.2.3.4.1", "sha512")
    assert proven.certificate == authority.certificate


def test_a_stamp_says_nothing_about_other_octets():
    with pytest.raises(SignatureError) as refused:
        verify_timestamp(TOKEN, stamped=DATA + b"!", trust=[AUTHORITY.certificate])
    assert refused.value.code == "malformed_signature"


def test_a_stamp_of_an_authority_that_is_not_listed_is_refused():
    with pytest.raises(TimestampError) as refused:
        verify_timestamp(TOKEN, stamped=DATA, trust=[make_authority().certificate])
    assert refused.value.code == "mlog.tsp_certificate_not_found"


def test_without_any_authority_the_error_says_who_must_act():
    with pytest.raises(TimestampError) as refused:
        verify_timestamp(TOKEN, stamped=DATA, trust=[])
    assert refused.value.code == "mlog.no_timestamping_provider_found"
    assert "approve" in refused.value.explain()


def test_a_stamp_signed_by_another_key_is_refused():
    impostor = Authority(make_authority().key, AUTHORITY.certificate)
    with pytest.raises(TimestampError) as refused:
        verify_timestamp(impostor.stamp(DIGEST), stamped=DATA, trust=[AUTHORITY.certificate])
    assert refused.value.code == "mlog.timestamp_signer_verification_failed"


def test_a_stamp_signed_after_its_certificate_expired_is_refused():
    late = AUTHORITY.stamp(DIGEST, at=NOW + timedelta(days=400))
    with pytest.raises(TimestampError) as refused:
        verify_timestamp(late, stamped=DATA, trust=[AUTHORITY.certificate])
    assert refused.value.code == "mlog.timestamp_signer_verification_failed"


def test_the_authority_certificate_can_be_added_and_the_proof_stays():
    other = make_authority(name="Another")
    completed = add_authority_certificate(TOKEN, other.certificate)
    assert read_token(completed).certificates == 2
    assert add_authority_certificate(TOKEN, AUTHORITY.certificate) == TOKEN
    assert verify_timestamp(completed, stamped=DATA, trust=[AUTHORITY.certificate]).at == NOW


def test_a_request_holds_the_digest_and_nothing_else():
    request = read_timestamp_request(write_timestamp_request(DIGEST))
    assert (request.algorithm, request.digest, request.nonce, request.wants_certificates) == (
        "sha512",
        DIGEST,
        None,
        False,
    )


def test_a_granted_answer_gives_the_token_and_a_refusal_its_reason():
    assert read_timestamp_response(write_timestamp_response(TOKEN)) == TOKEN
    with pytest.raises(TimestampError, match="out of paper"):
        read_timestamp_response(write_timestamp_response(None, reason="out of paper"))


@given(st.binary(max_size=300))
def test_garbage_is_refused_with_an_error_of_ours(data):
    for read in (read_token, read_timestamp_request, read_timestamp_response):
        with pytest.raises(TimestampError):
            read(data)


@settings(max_examples=400)
@given(st.integers(0, len(TOKEN) - 1), st.integers(1, 255))
def test_no_changed_byte_proves_another_time(position, change):
    changed = bytearray(TOKEN)
    changed[position] ^= change
    try:
        proven = verify_timestamp(bytes(changed), stamped=DATA, trust=[AUTHORITY.certificate])
    except RidgewayError:
        return
    assert (proven.at, proven.serial, proven.policy) == (NOW, 7, "1.2.3.4.1")


@given(st.integers(0, len(TOKEN) - 1))
def test_a_token_cut_short_is_refused(length):
    with pytest.raises(RidgewayError):
        verify_timestamp(TOKEN[:length], stamped=DATA, trust=[AUTHORITY.certificate])


@needs_openssl
def test_openssl_accepts_our_token(tmp_path):
    pem = x509.load_der_x509_certificate(AUTHORITY.certificate).public_bytes(serialization.Encoding.PEM)
    (tmp_path / "tsa.pem").write_bytes(pem)
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "reply").write_bytes(write_timestamp_response(TOKEN))
    command = ["openssl", "ts", "-verify", "-data", "data", "-in", "reply", "-CAfile", "tsa.pem"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)
    assert "Verification: OK" in done.stdout + done.stderr


@needs_openssl
def test_we_accept_a_token_of_openssl(tmp_path):
    pem = x509.load_der_x509_certificate(AUTHORITY.certificate).public_bytes(serialization.Encoding.PEM)
    (tmp_path / "tsa.pem").write_bytes(pem)
    (tmp_path / "tsa.key").write_bytes(
        AUTHORITY.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    (tmp_path / "serial").write_text("0A\n")
    (tmp_path / "ts.cnf").write_text(
        "[tsa]\ndefault_tsa=t\n[t]\nserial=serial\nsigner_cert=tsa.pem\nsigner_key=tsa.key\nsigner_digest=sha256\n"
        "default_policy=1.2.3.4.1\ndigests=sha512\ness_cert_id_alg=sha256\n"
    )
    (tmp_path / "query").write_bytes(write_timestamp_request(DIGEST))
    command = ["openssl", "ts", "-reply", "-config", "ts.cnf", "-queryfile", "query", "-out", "reply"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=30, check=True)
    token = read_timestamp_response((tmp_path / "reply").read_bytes())
    assert read_token(token).certificates == 0
    proven = verify_timestamp(token, stamped=DATA, trust=[AUTHORITY.certificate])
    assert proven.serial == 11
