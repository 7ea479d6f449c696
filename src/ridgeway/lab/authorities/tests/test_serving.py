"""Stories of the authorities at their ports, asked by us and by OpenSSL."""

import asyncio
import base64
import hashlib
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ridgeway.errors import NetworkError, RequestError, SettingsError
from ridgeway.http import Pool, fetch
from ridgeway.lab.authorities.forms import MAX_FIELDS, UploadedRequest, read_upload
from ridgeway.lab.authorities.keys import KeyKind
from ridgeway.lab.authorities.serve import (
    handle_certification,
    handle_timestamping,
    run_certification_authority,
    run_timestamping_authority,
)
from ridgeway.lab.authorities.tests.cast import make_csr, open_ca, openssl, serving
from ridgeway.lab.authorities.tsa import open_timestamping_authority
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.protocol.timestamps import (
    add_authority_certificate,
    read_timestamp_response,
    verify_timestamp,
    write_timestamp_request,
)
from ridgeway.settings import Mode

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
FORM = "multipart/form-data; boundary=certboundary"


def fill_form(request: bytes, kind: str | None, *, end: bytes = b"\r\n") -> bytes:
    """A form as browsers and X-Road's scripts (with `end` a line feed) send it."""
    lines = []
    if kind is not None:
        lines += [b"--certboundary", b'Content-Disposition: form-data; name="type"', b"", kind.encode()]
    lines += [b"--certboundary", b'Content-Disposition: form-data; name="certreq"; filename="auth.csr"', b"", request]
    return end.join([*lines, b"--certboundary--", b""])


def write(place: Path, data: bytes) -> Path:
    place.write_bytes(data)
    return place


@needs_openssl
@pytest.mark.parametrize("kind", list(KeyKind))
async def test_openssl_believes_the_chain_and_the_answers_by_post_and_by_get(tmp_path, kind):
    authority = open_ca(tmp_path, key_kind=kind)
    root = write(tmp_path / "root.pem", authority.certificate.public_bytes(Encoding.PEM))
    leaf = write(tmp_path / "leaf.pem", authority.issue(make_csr(), "authentication"))
    seal = write(tmp_path / "seal.pem", authority.issue(make_csr(), "signing"))
    responder = write(tmp_path / "responder.pem", authority.ocsp_certificate.public_bytes(Encoding.PEM))
    for purpose, certificate in (("sslclient", leaf), ("any", seal), ("ocsphelper", responder)):
        assert "OK" in openssl("verify", "-x509_strict", "-purpose", purpose, "-CAfile", root, certificate)
    question = tmp_path / "question"
    openssl("ocsp", "-issuer", root, "-sha1", "-cert", leaf, "-reqout", question)
    encoded = base64.b64encode(question.read_bytes()).decode()
    async with serving(handle_certification(authority)) as call:
        answers = [
            await call("POST", "/ocsp", question.read_bytes(), "application/ocsp-request"),
            await call("POST", "/", question.read_bytes(), "application/ocsp-request"),
            await call("GET", "/ocsp/" + quote(encoded, safe="")),
            await call("GET", "/ocsp/" + encoded),
        ]
    for answer in answers:
        assert (answer.status, answer.headers.get("content-type")) == (200, "application/ocsp-response")
        place = write(tmp_path / "answer", answer.body)
        said = openssl(
            "ocsp", "-issuer", root, "-cert", leaf, "-CAfile", root, "-reqin", question, "-respin", place, "-no_nonce"
        )
        assert "Response verify OK" in said
        assert f"{leaf}: good" in said


@needs_openssl
@pytest.mark.parametrize("kind", list(KeyKind))
@pytest.mark.parametrize("options", [("-sha512",), ("-sha256", "-cert"), ("-sha512", "-cert", "-no_nonce")])
async def test_openssl_believes_a_stamp(tmp_path, kind, options):
    authority = open_timestamping_authority(tmp_path, title="Test", key_kind=kind)
    stamped, query = write(tmp_path / "stamped", b"what happened"), tmp_path / "query"
    openssl("ts", "-query", "-data", stamped, *options, "-out", query)
    async with serving(handle_timestamping(authority)) as call:
        answer = await call("POST", "/tsa", query.read_bytes(), "application/timestamp-query")
        trusted = write(tmp_path / "trusted.pem", (await call("GET", "/tsa.pem")).body)
    assert answer.headers.get("content-type") == "application/timestamp-reply"
    reply = write(tmp_path / "reply", answer.body)
    said = openssl("ts", "-verify", "-queryfile", query, "-in", reply, "-CAfile", trusted, "-untrusted", trusted)
    assert "Verification: OK" in said


@pytest.mark.parametrize("kind", list(KeyKind))
async def test_our_own_verifier_believes_a_stamp(tmp_path, kind):
    authority = open_timestamping_authority(tmp_path, title="Test", key_kind=kind)
    certificate = authority.certificate.public_bytes(Encoding.DER)
    question = write_timestamp_request(hashlib.sha512(b"what happened").digest())
    async with serving(handle_timestamping(authority)) as call:
        token = read_timestamp_response((await call("POST", "/tsa", question)).body)
    assert verify_timestamp(token, stamped=b"what happened", trust=[certificate]).certificate == certificate


def test_a_stamp_holds_a_certificate_only_when_it_is_wished_for(tmp_path):
    authority = open_timestamping_authority(tmp_path, title="Test")
    certificate = authority.certificate.public_bytes(Encoding.DER)
    imprint = {"hash_algorithm": {"algorithm": "sha512"}, "hashed_message": hashlib.sha512(b"x").digest()}
    wish = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "cert_req": True}).dump()
    bare = read_timestamp_response(authority.stamp(write_timestamp_request(hashlib.sha512(b"x").digest())))
    assert (certificate in bare, certificate in authority.stamp(wish)) == (False, True)
    completed = add_authority_certificate(bare, certificate)
    assert certificate in completed
    assert verify_timestamp(completed, stamped=b"x", trust=[certificate]).certificate == certificate


async def test_a_certificate_is_asked_for_and_revoked_over_http(tmp_path):
    authority = open_ca(tmp_path)
    async with serving(handle_certification(authority)) as call:
        made = x509.load_pem_x509_certificate((await call("POST", "/sign?type=sign", make_csr())).body)
        made.verify_directly_issued_by(x509.load_pem_x509_certificate((await call("GET", "/root.pem")).body))
        assert (await call("POST", f"/revoke?serial={made.serial_number}")).status == 200
        assert (await call("POST", f"/revoke?serial={made.serial_number}")).status == 404
        assert (await call("GET", "/healthz")).status == 200
    is_known, revoked_at = authority.find_status(made.serial_number)
    assert is_known
    assert revoked_at is not None


@pytest.mark.parametrize("end", [b"\r\n", b"\n"], ids=["CRLF", "LF"])
@pytest.mark.parametrize("encoding", [Encoding.DER, Encoding.PEM], ids=["DER", "PEM"])
@pytest.mark.parametrize(
    ("kind", "wished", "signs"),
    [("sign", None, True), ("auth", None, False), ("auto", True, True), ("auto", False, False), (None, True, True)],
)
async def test_scripts_for_x_roads_test_authority_work_here(tmp_path, end, encoding, kind, wished, signs):
    csr = make_csr(encoding=encoding, signs=wished)
    async with serving(handle_certification(open_ca(tmp_path))) as call:
        uploaded = await call("POST", "/testca/sign", fill_form(csr, kind, end=end), FORM)
        raw = await call("POST", f"/testca/sign?type={kind or ''}", csr)
    for answer in (uploaded, raw):
        certificate = read_certificate(answer.body)
        assert (certificate.is_signing, certificate.is_authentication) == (signs, not signs)


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "status"),
    [
        ("POST", "/sign", b"", "", 400),
        ("POST", "/sign?type=both", b"", "", 400),
        ("POST", "/sign?type=auth", b"nothing", "", 400),
        ("POST", "/sign?type=auth", b"x" * 70_000, "", 413),
        ("POST", "/sign?a=1&b=2&c=3&d=4&e=5", b"", "", 400),
        ("POST", "/ocsp", b"x" * 70_000, "", 413),
        ("POST", "/revoke", b"", "", 400),
        ("POST", "/revoke?serial=1", b"", "", 404),
        ("POST", "/revoke?serial=-1", b"", "", 400),
        ("POST", "/revoke?serial=%C2%B2", b"", "", 400),
        ("POST", "/revoke?serial=" + "1" * 60, b"", "", 400),
        ("GET", "/ocsp/%%%", b"", "", 400),
        ("GET", "/ocsp/*", b"", "", 400),
        ("GET", "/ocsp/%FF", b"", "", 400),
        ("GET", "/sign", b"", "", 404),
        ("GET", "/issued.sqlite3", b"", "", 404),
        ("GET", "/../root.key", b"", "", 404),
        ("POST", "/testca/sign", b"nothing", "", 400),
        ("POST", "/testca/sign", b"nothing", FORM, 400),
        ("POST", "/testca/sign", b"nothing", "multipart/form-data", 400),
    ],
)
async def test_whatever_else_is_asked_gets_a_status(tmp_path, method, path, body, kind, status):
    async with serving(handle_certification(open_ca(tmp_path))) as call:
        assert (await call(method, path, body, kind or "application/octet-stream")).status == status


async def test_an_authority_asked_for_something_else_says_so(tmp_path):
    async with serving(handle_timestamping(open_timestamping_authority(tmp_path, title="Test"))) as call:
        assert (await call("GET", "/tsa.key")).status == 404
        assert (await call("GET", "/healthz")).status == 200
        assert (await call("POST", "/tsa", b"x" * 70_000)).status == 413


@pytest.mark.parametrize("run", [run_certification_authority, run_timestamping_authority])
async def test_the_authorities_refuse_production_and_make_nothing_there(tmp_path, run):
    with pytest.raises(SettingsError, match="lab"):
        await run(tmp_path / "state", host="127.0.0.1", port=0, mode=Mode.PRODUCTION)
    assert not (tmp_path / "state").exists()


RUN = """
import asyncio, sys
from pathlib import Path
from ridgeway.lab.authorities import serve
from ridgeway.lab.authorities.keys import KeyKind
from ridgeway.settings import Mode
run = getattr(serve, sys.argv[1])
asyncio.run(run(Path(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[3]), mode=Mode.LAB, key_kind=KeyKind.RSA_2048))
"""


@pytest.mark.parametrize(
    ("run", "path", "file"),
    [
        (run_certification_authority, "/root.pem", "root.pem"),
        (run_timestamping_authority, "/tsa.pem", "tsa.pem"),
    ],
)
async def test_an_authority_runs_until_it_is_told_to_stop(tmp_path, run, path, file):
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port = tried.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", RUN, run.__name__, str(tmp_path), str(port)])
    try:
        answer = await fetch_when_up(f"http://127.0.0.1:{port}{path}")
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert answer == (tmp_path / file).read_bytes()
    assert isinstance(x509.load_pem_x509_certificate(answer).public_key(), rsa.RSAPublicKey)


async def fetch_when_up(url: str) -> bytes:
    """What is at the address, once somebody answers there."""
    async with Pool() as pool, asyncio.timeout(60):
        while True:
            try:
                return (await fetch(pool, "GET", url, max_bytes=10_000)).body
            except NetworkError:
                await asyncio.sleep(0.1)


def test_a_form_with_too_many_fields_is_refused():
    field = b'--certboundary\r\nContent-Disposition: form-data; name="certreq"\r\n\r\nx\r\n'
    with pytest.raises(RequestError, match=str(MAX_FIELDS)):
        read_upload(FORM, field * (MAX_FIELDS + 2))


@given(request=st.binary(max_size=100), kind=st.sampled_from(["sign", "auth"]), end=st.sampled_from([b"\r\n", b"\n"]))
@example(request=b"0\r", kind="sign", end=b"\n")
@example(request=b"0\r\n", kind="sign", end=b"\r\n")
def test_a_form_gives_back_what_was_uploaded(request, kind, end):
    if b"--certboundary" in request:
        return
    assert read_upload(FORM, fill_form(request, kind, end=end)) == UploadedRequest(request, kind)


@settings(max_examples=300)
@given(content_type=st.text(max_size=60) | st.just(FORM), body=st.binary(max_size=200), cut=st.integers(0, 250))
def test_any_upload_is_read_or_refused(content_type, body, cut):
    for each in (body, fill_form(body, "sign")[:cut]):
        for kind in (content_type, f"multipart/form-data; {content_type}"):
            read: UploadedRequest | RequestError
            try:
                read = read_upload(kind, each)
            except RequestError as error:
                read = error
            assert isinstance(read, RequestError) or read.request in each
