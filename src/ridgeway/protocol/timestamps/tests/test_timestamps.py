"""Time-stamps: what is proven, what is refused, and what OpenSSL says of ours and we of its."""

import hashlib
import os
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import cms
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
from ridgeway.protocol.timestamps.ber import normalise_ber
from ridgeway.protocol.timestamps.tests.authority import NOW, Authority, make_authority
from ridgeway.protocol.timestamps.tests.loosen import loosen

DATA = b"what was signed"
DIGEST = hashlib.sha512(DATA).digest()
AUTHORITY = make_authority()
TOKEN = AUTHORITY.stamp(DIGEST)
TRUSTED = [AUTHORITY.certificate]
REPLY_HEAD = write_timestamp_response(TOKEN).removesuffix(TOKEN)
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def find_tokens():
    """The tokens of X-Road's own tests, or one None where they are not."""
    folder = Path(os.environ.get("VECTORS_DIR") or Path(__file__).parents[6] / "shared" / "vectors") / "timestamp"
    return sorted(folder.glob("*.tst")) or [None]


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


def test_a_stamp_of_the_next_half_century_is_proven():
    at = NOW.replace(year=2051)
    authority = make_authority(until=at + timedelta(days=1))
    assert verify_timestamp(authority.stamp(DIGEST, at=at), stamped=DATA, trust=[authority.certificate]).at == at


def change(edit):
    """TOKEN with its parsed form edited, not signed again."""
    content = cms.ContentInfo.load(TOKEN)
    edit(content["content"])
    return content.dump(force=True)


def drop_attribute(name):
    def edit(signed):
        signer = signed["signer_infos"][0]
        kept = [each for each in signer["signed_attrs"] if each["type"].native != name]
        signer["signed_attrs"] = cms.CMSAttributes(kept)

    return edit


def set_signers(*factors):
    def edit(signed):
        signed["signer_infos"] = cms.SignerInfos([signed["signer_infos"][0]] * len(factors))

    return edit


def name_signer_by_key(signed):
    identifier = cms.SignerIdentifier("subject_key_identifier", b"x" * 20)
    signed["signer_infos"][0]["sid"] = identifier


def use_md5(signed):
    signed["signer_infos"][0]["digest_algorithm"] = {"algorithm": "md5"}


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (drop_attribute("signing_certificate_v2"), "mlog.timestamp_signer_verification_failed"),
        (drop_attribute("message_digest"), "mlog.timestamp_signer_verification_failed"),
        (drop_attribute("content_type"), "mlog.timestamp_signer_verification_failed"),
        (drop_attribute("signing_time"), "mlog.timestamp_signer_verification_failed"),
        (use_md5, "mlog.timestamp_signer_verification_failed"),
        (set_signers(), "mlog.timestamp_token_signer_info_not_found"),
        (set_signers(1, 1), "mlog.timestamp_token_signer_info_not_found"),
        (name_signer_by_key, "mlog.timestamp_token_signer_info_not_found"),
    ],
    ids=["no-ess", "no-digest", "no-type", "no-time", "md5", "no-signer", "two-signers", "by-key"],
)
def test_a_token_that_lacks_what_it_must_have_says_so_by_its_code(edit, code):
    with pytest.raises(TimestampError) as refused:
        verify_timestamp(change(edit), stamped=DATA, trust=[AUTHORITY.certificate])
    assert refused.value.code == code


def test_a_time_without_a_zone_is_no_time():
    zoned = re.search(rb"\x18\x0f(\d{12})\d\dZ", TOKEN)
    assert zoned is not None
    with pytest.raises(TimestampError, match="has no zone"):
        read_token(TOKEN.replace(zoned[0], b"\x18\x0f" + zoned[1] + b".50"))


def test_a_token_in_ber_proves_the_same_and_is_kept_in_der():
    loose = loosen(TOKEN)
    assert loose != TOKEN
    assert verify_timestamp(loose, stamped=DATA, trust=[AUTHORITY.certificate]).at == NOW
    assert add_authority_certificate(loose, AUTHORITY.certificate) == TOKEN
    assert read_timestamp_response(loosen(write_timestamp_response(TOKEN))) == TOKEN


@pytest.mark.parametrize("path", find_tokens(), ids=lambda path: path.name if path else "vectors")
def test_real_tokens_mean_the_same_in_ber_and_in_der(path):
    if path is None:
        pytest.skip("VECTORS_DIR has no folder timestamp")
    data = path.read_bytes()
    tight = normalise_ber(data)
    assert tight == normalise_ber(loosen(tight))
    one, two = read_token(data), read_token(loosen(tight))
    assert (one.at, one.serial, one.imprint, one.content) == (two.at, two.serial, two.imprint, two.content)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_garbage_is_refused_with_an_error_of_ours(data):
    for read in (read_token, read_timestamp_request, read_timestamp_response):
        with pytest.raises(TimestampError):
            read(data)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(TOKEN) - 1), st.integers(1, 255))
def test_no_changed_byte_proves_another_time(position, change):
    changed = bytearray(TOKEN)
    changed[position] ^= change
    try:
        proven = verify_timestamp(bytes(changed), stamped=DATA, trust=[AUTHORITY.certificate])
    except RidgewayError:
        return
    assert (proven.at, proven.serial, proven.policy) == (NOW, 7, "1.2.3.4.1")


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(TOKEN)), st.integers(0, 40), st.binary(max_size=40))
def test_no_spliced_token_proves_another_time(position, removed, inserted):
    spliced = TOKEN[:position] + inserted + TOKEN[position + removed :]
    for use in (
        lambda: verify_timestamp(spliced, stamped=DATA, trust=[AUTHORITY.certificate]).at,
        lambda: (
            verify_timestamp(add_authority_certificate(spliced, AUTHORITY.certificate), stamped=DATA, trust=TRUSTED).at
        ),
        lambda: verify_timestamp(read_timestamp_response(REPLY_HEAD + spliced), stamped=DATA, trust=TRUSTED).at,
    ):
        try:
            at = use()
        except RidgewayError:
            continue
        assert at == NOW


@settings(deadline=None)
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
