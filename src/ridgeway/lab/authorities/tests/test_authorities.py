"""Stories of the lab's authorities, each checked by a tool or a verifier that is not the one that made the thing."""

import base64
import hashlib
import shutil
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ridgeway.errors import MessageError, SettingsError
from ridgeway.http import Pool, PoolLimits, fetch, parse_url, serve
from ridgeway.lab.authorities import (
    CertificateUsage,
    KeyKind,
    answer_ocsp,
    create_certification_authority,
    create_timestamping_authority,
    open_certification_authority,
    run_certification_authority,
    run_timestamping_authority,
)
from ridgeway.lab.authorities.serve import handle_certification, handle_timestamping
from ridgeway.protocol.timestamps import read_timestamp_response, verify_timestamp, write_timestamp_request
from ridgeway.settings import Mode

OCSP_URL = "http://127.0.11.2:8402/ocsp"
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
garbage_of_a_file = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def make_ca(folder: Path, **options):
    return create_certification_authority(folder / "ca", name="Lab CA", ocsp_url=OCSP_URL, **options)


def make_csr(key=None, *, encoding=Encoding.DER, dns_name="ss.example"):
    subject = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "FI"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Population Register"),
        x509.NameAttribute(NameOID.SERIAL_NUMBER, "NORTHMARK/register-1/GOV"),
        x509.NameAttribute(NameOID.COMMON_NAME, "1001"),
    ]
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(subject))
    if dns_name:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(dns_name)]), critical=False)
    key = key or ec.generate_private_key(ec.SECP256R1())
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, algorithm).public_bytes(encoding)


def ask(certificate: bytes, issuer: bytes, *, nonce: bytes = b"", algorithm=None) -> bytes:
    builder = ocsp.OCSPRequestBuilder().add_certificate(
        x509.load_der_x509_certificate(certificate),
        x509.load_der_x509_certificate(issuer),
        algorithm or hashes.SHA1(),
    )
    if nonce:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def write_pem(place: Path, der: bytes) -> Path:
    place.write_bytes(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM))
    return place


def openssl(*arguments: object) -> str:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout + done.stderr


@asynccontextmanager
async def serving(handler):
    async with serve(handler, host="127.0.0.1", port=0) as server, Pool(PoolLimits()) as pool:

        async def call(method: str, path: str, body: bytes = b"", kind: str = "application/octet-stream"):
            url = f"http://127.0.0.1:{server.port}{path}"
            return await fetch(pool, method, parse_url(url), [("Content-Type", kind)], body, max_bytes=100_000)

        yield server, call


@needs_openssl
@pytest.mark.parametrize("kind", list(KeyKind))
@pytest.mark.parametrize("usage", list(CertificateUsage))
def test_openssl_builds_the_path_to_the_root(tmp_path, kind, usage):
    authority = make_ca(tmp_path, key_kind=kind)
    root = write_pem(tmp_path / "root.pem", authority.certificate)
    leaf = write_pem(tmp_path / "leaf.pem", authority.issue(make_csr(), usage))
    purpose = ("-purpose", "sslclient") if usage is CertificateUsage.AUTH else ()
    assert "OK" in openssl("verify", "-x509_strict", *purpose, "-CAfile", root, leaf)
    responder = write_pem(tmp_path / "ocsp.pem", authority.ocsp_certificate)
    assert "OK" in openssl("verify", "-x509_strict", "-purpose", "ocsphelper", "-CAfile", root, responder)


def test_a_certificate_has_the_subject_and_names_that_were_asked_for(tmp_path):
    authority = make_ca(tmp_path)
    csr = make_csr(encoding=Encoding.PEM)
    certificate = x509.load_der_x509_certificate(authority.issue(csr, CertificateUsage.AUTH))
    assert certificate.subject == x509.load_pem_x509_csr(csr).subject
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["ss.example"]
    location = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert [each.access_location.value for each in location] == [OCSP_URL]
    assert certificate.not_valid_before_utc < authority.clock() < certificate.not_valid_after_utc


@pytest.mark.parametrize(
    ("usage", "allowed"),
    [
        (CertificateUsage.SIGN, {"content_commitment"}),
        (CertificateUsage.AUTH, {"digital_signature", "key_encipherment", "data_encipherment"}),
    ],
)
def test_a_certificate_is_for_one_thing_only(tmp_path, usage, allowed):
    certificate = x509.load_der_x509_certificate(make_ca(tmp_path).issue(make_csr(), usage))
    extension = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    assert {name for name in names if getattr(extension.value, name)} == allowed
    assert extension.critical
    has_purposes = any(isinstance(each.value, x509.ExtendedKeyUsage) for each in certificate.extensions)
    assert has_purposes is (usage is CertificateUsage.AUTH)


def test_requests_that_must_not_be_certified_are_refused(tmp_path):
    authority = make_ca(tmp_path)
    good = make_csr()
    forged = good[:-1] + bytes([good[-1] ^ 1])
    weak = make_csr(rsa.generate_private_key(65537, 1024))
    other = make_csr(ed25519.Ed25519PrivateKey.generate())
    for request in (forged, weak, other, b"", b"x" * 20_000, b"-----BEGIN NOTHING-----"):
        with pytest.raises(MessageError) as refused:
            authority.issue(request, CertificateUsage.SIGN)
        assert refused.value.code == "invalid_request"


@garbage_of_a_file
@given(st.data())
def test_a_damaged_request_is_refused_or_certified_but_nothing_else_happens(tmp_path, data):
    authority = make_ca(tmp_path)
    request = bytearray(make_csr())
    for _ in range(data.draw(st.integers(1, 4))):
        request[data.draw(st.integers(0, len(request) - 1))] = data.draw(st.integers(0, 255))
    try:
        der = authority.issue(bytes(request), CertificateUsage.AUTH)
    except MessageError:
        return
    assert bytes(request) != b""
    assert authority.register.find(x509.load_der_x509_certificate(der).serial_number) is not None


def test_a_second_set_up_keeps_the_authority_and_a_moved_responder_is_refused(tmp_path):
    first = make_ca(tmp_path)
    assert make_ca(tmp_path).certificate == first.certificate
    assert open_certification_authority(tmp_path / "ca").ocsp_certificate == first.ocsp_certificate
    with pytest.raises(SettingsError, match="8402"):
        create_certification_authority(tmp_path / "ca", name="Lab CA", ocsp_url="http://elsewhere/ocsp")
    with pytest.raises(SettingsError):
        open_certification_authority(tmp_path / "nowhere")


def test_a_set_up_that_was_cut_short_begins_anew(tmp_path):
    before = make_ca(tmp_path)
    (tmp_path / "ca" / "ocsp.url").unlink()
    after = make_ca(tmp_path)
    assert after.certificate != before.certificate
    after.responder.certificate.verify_directly_issued_by(after.root.certificate)


def test_private_keys_are_the_owners_alone(tmp_path):
    make_ca(tmp_path)
    create_timestamping_authority(tmp_path / "tsa", name="Lab TSA")
    for key in tmp_path.glob("*/*.key"):
        assert key.stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in repr(open_certification_authority(tmp_path / "ca"))


@pytest.mark.parametrize("algorithm", [hashes.SHA1(), hashes.SHA256()])
def test_the_responder_says_good_then_revoked_and_unknown_of_a_stranger(tmp_path, algorithm):
    authority = make_ca(tmp_path)
    stranger = create_certification_authority(tmp_path / "other", name="Other CA", ocsp_url=OCSP_URL)
    der = authority.issue(make_csr(), CertificateUsage.SIGN)
    serial = x509.load_der_x509_certificate(der).serial_number

    def status(certificate=der, issuer=authority.certificate):
        return ocsp.load_der_ocsp_response(
            answer_ocsp(ask(certificate, issuer, algorithm=algorithm), authority)
        ).certificate_status

    assert status() is ocsp.OCSPCertStatus.GOOD
    assert status(issuer=stranger.certificate) is ocsp.OCSPCertStatus.UNKNOWN
    assert status(certificate=stranger.issue(make_csr(), CertificateUsage.SIGN)) is ocsp.OCSPCertStatus.UNKNOWN
    assert open_certification_authority(tmp_path / "ca").revoke(serial)  # as another process would
    assert status() is ocsp.OCSPCertStatus.REVOKED
    assert not authority.revoke(serial + 1)


def test_an_answer_echoes_the_identifier_byte_for_byte_and_the_nonce(tmp_path):
    authority = make_ca(tmp_path)
    question = ask(authority.issue(make_csr(), CertificateUsage.SIGN), authority.certificate, nonce=b"n" * 32)
    answer = answer_ocsp(question, authority)
    request = ocsp.load_der_ocsp_request(question)
    sha1_with_null = bytes.fromhex("300906052b0e03021a0500")
    start = question.index(sha1_with_null) - 2
    identifier = question[start : start + 2 + question[start + 1]]
    assert identifier in answer
    read = ocsp.load_der_ocsp_response(answer)
    assert read.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"n" * 32
    assert (read.issuer_key_hash, read.serial_number) == (request.issuer_key_hash, request.serial_number)
    assert read.next_update_utc > read.this_update_utc


@needs_openssl
@pytest.mark.parametrize("kind", list(KeyKind))
async def test_openssl_asks_the_responder_over_http(tmp_path, kind):
    authority = make_ca(tmp_path, key_kind=kind)
    der = authority.issue(make_csr(), CertificateUsage.AUTH)
    root, leaf = write_pem(tmp_path / "root.pem", authority.certificate), write_pem(tmp_path / "leaf.pem", der)
    async with serving(handle_certification(authority)) as (_, call):
        openssl("ocsp", "-issuer", root, "-cert", leaf, "-reqout", tmp_path / "question", "-sha1")
        question = (tmp_path / "question").read_bytes()
        posted = await call("POST", "/ocsp", question, "application/ocsp-request")
        got = await call("GET", "/ocsp/" + quote(base64.b64encode(question).decode(), safe=""))
        raw = await call("GET", "/ocsp/" + base64.b64encode(question).decode())
        assert [each.status for each in (posted, got, raw)] == [200, 200, 200]
        assert posted.headers.get("content-type") == "application/ocsp-response"
        for number, answer in enumerate((posted, got, raw)):
            place = tmp_path / f"answer{number}"
            place.write_bytes(answer.body)
            said = openssl(
                "ocsp",
                "-issuer",
                root,
                "-cert",
                leaf,
                "-CAfile",
                root,
                "-respin",
                place,
                "-reqin",
                tmp_path / "question",
            )
            assert "Response verify OK" in said
            assert "good" in said


@garbage_of_a_file
@given(st.binary(max_size=300), st.data())
def test_any_question_gets_an_answer(tmp_path, garbage, data):
    authority = make_ca(tmp_path)
    good = bytearray(ask(authority.ocsp_certificate, authority.certificate, nonce=b"1234567890"))
    for _ in range(data.draw(st.integers(0, 3))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(good)))
    for question in (garbage, bytes(good), bytes(good[:cut])):
        read = ocsp.load_der_ocsp_response(answer_ocsp(question, authority))
        assert read.response_status in {
            ocsp.OCSPResponseStatus.SUCCESSFUL,
            ocsp.OCSPResponseStatus.MALFORMED_REQUEST,
        }


@needs_openssl
@pytest.mark.parametrize("kind", list(KeyKind))
@pytest.mark.parametrize("options", [(), ("-cert",)], ids=["bare", "with certificates"])
async def test_openssl_accepts_a_stamp(tmp_path, kind, options):
    authority = create_timestamping_authority(tmp_path / "tsa", name="Lab TSA", key_kind=kind)
    stamped = tmp_path / "stamped"
    stamped.write_bytes(b"what happened")
    trusted = write_pem(tmp_path / "tsa.pem", authority.certificate)
    openssl("ts", "-query", "-data", stamped, "-sha512", *options, "-out", tmp_path / "query")
    async with serving(handle_timestamping(authority)) as (_, call):
        answer = await call("POST", "/", (tmp_path / "query").read_bytes(), "application/timestamp-query")
    assert answer.headers.get("content-type") == "application/timestamp-reply"
    (tmp_path / "reply").write_bytes(answer.body)
    assert "Verification: OK" in openssl(
        "ts", "-verify", "-queryfile", tmp_path / "query", "-in", tmp_path / "reply", "-CAfile", trusted,
        "-untrusted", trusted,
    )  # fmt: skip


async def test_a_stamp_is_proven_by_the_configured_certificate_alone(tmp_path):
    authority = create_timestamping_authority(tmp_path / "tsa", name="Lab TSA")
    question = write_timestamp_request(hashlib.sha512(b"what happened").digest())
    async with serving(handle_timestamping(authority)) as (_, call):
        token = read_timestamp_response((await call("POST", "/tsa", question)).body)
    verified = verify_timestamp(token, stamped=b"what happened", trust=[authority.certificate])
    assert verified.certificate == authority.certificate
    assert authority.certificate not in token


@given(st.binary(max_size=200))
@garbage_of_a_file
def test_what_cannot_be_stamped_is_refused_in_an_answer(tmp_path, garbage):
    authority = create_timestamping_authority(tmp_path / "tsa", name="Lab TSA")
    good = write_timestamp_request(b"d" * 64)
    for question in (garbage, good[: len(garbage) % len(good)]):
        assert b"no time-stamp request" in authority.answer(question) or b"does not fit" in authority.answer(question)


async def test_a_certificate_is_asked_for_and_revoked_over_http(tmp_path):
    authority = make_ca(tmp_path)
    async with serving(handle_certification(authority)) as (_, call):
        made = await call("POST", "/sign?type=sign", make_csr(encoding=Encoding.PEM))
        certificate = x509.load_pem_x509_certificate(made.body)
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate((await call("GET", "/ca.pem")).body))
        assert (await call("GET", "/ocsp.pem")).body == authority.responder.pem
        assert (await call("POST", f"/revoke?serial={certificate.serial_number:x}")).status == 200
        found = authority.register.find(certificate.serial_number)
        assert found is not None
        assert found.revoked_at is not None
        assert (await call("GET", "/healthz")).status == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/sign", b"", 400),
        ("POST", "/sign?type=both", b"", 400),
        ("POST", "/sign?type=auth", b"nothing", 400),
        ("POST", "/sign?type=auth", b"x" * 50_000, 413),
        ("POST", "/ocsp", b"x" * 50_000, 413),
        ("POST", "/revoke?serial=1", b"", 404),
        ("POST", "/revoke?serial=zz", b"", 400),
        ("POST", "/revoke?serial=" + "1" * 60, b"", 400),
        ("GET", "/ocsp/%%%", b"", 400),
        ("GET", "/ocsp/*", b"", 400),
        ("GET", "/sign", b"", 404),
        ("GET", "/certificates.sqlite3", b"", 404),
        ("GET", "/../ca.key", b"", 404),
    ],
)
async def test_whatever_else_is_asked_gets_a_status(tmp_path, method, path, body, status):
    async with serving(handle_certification(make_ca(tmp_path))) as (_, call):
        assert (await call(method, path, body)).status == status


async def test_the_authorities_refuse_production(tmp_path):
    for run in (run_certification_authority, run_timestamping_authority):
        with pytest.raises(SettingsError, match="lab"):
            await run(tmp_path, host="127.0.0.1", port=0, mode=Mode.PRODUCTION)
