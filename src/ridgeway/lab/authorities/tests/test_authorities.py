"""The lab's authorities, held to what OpenSSL and our own verifiers say."""

import hashlib
import shutil
import subprocess
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from ridgeway.errors import CertificateError, RequestError, SettingsError
from ridgeway.lab.authorities.ca import open_certification_authority
from ridgeway.lab.authorities.ocsp import write_ocsp_response
from ridgeway.lab.authorities.serve import require_lab
from ridgeway.lab.authorities.tsa import open_timestamping_authority
from ridgeway.protocol.certificates.ocsp import verify_ocsp, write_ocsp_request
from ridgeway.protocol.certificates.snapshot import Authority, CertificationService, InstanceTrust, TrustSnapshot
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.protocol.timestamps import read_timestamp_response, verify_timestamp, write_timestamp_request
from ridgeway.settings import Mode

OCSP_URL = "http://127.0.0.1:1/ocsp"
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def make_request() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "1001")])
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(subject)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


@pytest.fixture
def authority(tmp_path):
    return open_certification_authority(tmp_path / "ca", title="Test", ocsp_url=OCSP_URL)


def trust_in(authority) -> TrustSnapshot:
    service = CertificationService("CA", "", Authority(authority.certificate.public_bytes(Encoding.DER)))
    return TrustSnapshot("NM", {"NM": InstanceTrust("NM", 6, None, certification_services=(service,))})


@pytest.mark.parametrize(
    ("usage", "is_signing", "is_authentication"), [("signing", True, False), ("authentication", False, True)]
)
def test_a_certificate_is_for_one_usage(authority, usage, is_signing, is_authentication):
    certificate = read_certificate(authority.issue(make_request(), usage))
    assert (certificate.is_signing, certificate.is_authentication, certificate.is_authority) == (
        is_signing,
        is_authentication,
        False,
    )


def test_the_responder_says_good_until_the_certificate_is_revoked(authority):
    subject, issuer = (
        read_certificate(authority.issue(make_request(), "signing")),
        read_certificate(authority.certificate.public_bytes(Encoding.DER)),
    )
    question = write_ocsp_request(subject, issuer)
    trust = trust_in(authority)
    now = datetime.now(UTC)
    assert (
        verify_ocsp(
            write_ocsp_response(authority, question), subject=subject, issuer=issuer, trust=trust, at=now
        ).responder.subject
        == "CN=Test OCSP,O=Ridgeway lab"
    )
    assert authority.revoke(subject.serial)
    assert not authority.revoke(subject.serial)
    with pytest.raises(CertificateError, match="revoked") as refused:
        verify_ocsp(write_ocsp_response(authority, question), subject=subject, issuer=issuer, trust=trust, at=now)
    assert refused.value.code == "cert_validation"


def test_a_stranger_is_unknown_and_garbage_is_malformed(authority):
    other = open_certification_authority(authority.folder.parent / "other", title="Other", ocsp_url=OCSP_URL)
    subject, issuer = (
        read_certificate(other.issue(make_request(), "signing")),
        read_certificate(authority.certificate.public_bytes(Encoding.DER)),
    )
    with pytest.raises(CertificateError):
        verify_ocsp(
            write_ocsp_response(authority, write_ocsp_request(subject, issuer)),
            subject=subject,
            issuer=issuer,
            trust=trust_in(authority),
            at=datetime.now(UTC),
        )
    assert write_ocsp_response(authority, b"garbage")


def test_a_request_that_cannot_be_read_is_refused(authority):
    with pytest.raises(RequestError):
        authority.issue(b"garbage", "signing")


def test_the_authority_is_the_same_after_a_restart(authority):
    again = open_certification_authority(authority.folder, title="Test", ocsp_url=OCSP_URL)
    assert again.certificate == authority.certificate
    assert again.ocsp_certificate == authority.ocsp_certificate


def test_a_stamp_of_the_lab_proves_its_time(tmp_path):
    authority = open_timestamping_authority(tmp_path, title="Test")
    answer = authority.stamp(write_timestamp_request(hashlib.sha512(b"x").digest()))
    proven = verify_timestamp(
        read_timestamp_response(answer), stamped=b"x", trust=[authority.certificate.public_bytes(Encoding.DER)]
    )
    assert abs((proven.at - datetime.now(UTC)).total_seconds()) < 60


def test_production_has_no_lab_authorities():
    require_lab(Mode.LAB)
    with pytest.raises(SettingsError, match="production"):
        require_lab(Mode.PRODUCTION)


@needs_openssl
def test_openssl_accepts_the_chain_and_the_revocation_answer(authority, tmp_path):
    (tmp_path / "leaf.pem").write_bytes(authority.issue(make_request(), "signing"))
    root = authority.folder / "root.pem"
    make = ["openssl", "ocsp", "-issuer", str(root), "-cert", "leaf.pem", "-reqout", "q.der", "-no_nonce"]
    subprocess.run(make, cwd=tmp_path, check=True, timeout=30, capture_output=True)
    (tmp_path / "r.der").write_bytes(write_ocsp_response(authority, (tmp_path / "q.der").read_bytes()))
    look = ["openssl", "ocsp", "-issuer", str(root), "-cert", "leaf.pem", "-respin", "r.der", "-CAfile", str(root)]
    done = subprocess.run(look, cwd=tmp_path, check=False, timeout=30, capture_output=True, text=True)
    assert "Response verify OK" in done.stderr
    assert "leaf.pem: good" in done.stdout
