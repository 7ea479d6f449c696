"""The containers in `vectors/`, proven by tools that are not ours: xmlsec and OpenSSL."""

import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from ridgeway.protocol.globalconf import read_shared_parameters
from ridgeway.protocol.signatures.document import read_signature
from ridgeway.protocol.signatures.tests.othertools import verify_with_xmlsec

FOLDER = next(
    (parent / "vectors" for parent in Path(__file__).resolve().parents if (parent / "vectors/SOURCES.md").is_file()),
    Path("vectors"),
)
STAMPED_AT = "1772366400"
"""2026-03-01T12:00:00Z, the time of every stamp."""

LISTED = json.loads((FOLDER / "vectors.json").read_bytes()) if FOLDER.is_dir() else []
RIGHT = [FOLDER / each["files"][0] for each in LISTED if each["expect"]["result"] == "valid"]
needs_files = pytest.mark.skipif(not RIGHT, reason="the folder vectors/ is not here")
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here")


def entries_of(path):
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pem(der):
    return x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM)


def openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def trust():
    return read_shared_parameters((FOLDER / "globalconf/rw/RW/shared-params.xml").read_bytes(), 6)


@needs_files
@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_xmlsec_finds_value_and_references_valid(path):
    entries = entries_of(path)
    certificate = x509.load_der_x509_certificate(read_signature(entries["META-INF/signatures.xml"]).certificate)
    key = certificate.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    files = {"/" + name: data for name, data in entries.items()}
    verify_with_xmlsec(entries["META-INF/signatures.xml"], key, files)
    changed = {name: data + b" " for name, data in files.items()}
    with pytest.raises(xmlsec.Error):
        verify_with_xmlsec(entries["META-INF/signatures.xml"], key, changed)


@needs_files
@needs_openssl
@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_openssl_finds_the_time_stamp_valid(path, trust, tmp_path):
    entries = entries_of(path)
    document = read_signature(entries["META-INF/signatures.xml"])
    token = entries.get("META-INF/timestamp.tst", document.timestamp)
    stamped = entries.get("ts-hashchainresult.xml", document.value)
    (tmp_path / "token").write_bytes(token)
    (tmp_path / "data").write_bytes(stamped)
    (tmp_path / "ca.pem").write_bytes(pem(trust.certification_services[0].top.certificate))
    verify = ["ts", "-verify", "-token_in", "-in", tmp_path / "token", "-CAfile", tmp_path / "ca.pem"]
    verify += ["-attime", STAMPED_AT, "-data", tmp_path / "data"]
    code, output = openssl(*verify)
    assert code == 0, output
    (tmp_path / "data").write_bytes(stamped + b" ")
    assert openssl(*verify)[0] != 0


@needs_files
@needs_openssl
@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_openssl_finds_the_revocation_answer_good(path, trust, tmp_path):
    document = read_signature(entries_of(path)["META-INF/signatures.xml"])
    authority = trust.certification_services[0].top
    (tmp_path / "answer").write_bytes(document.ocsp_responses[0])
    (tmp_path / "signer.pem").write_bytes(pem(document.certificate))
    (tmp_path / "issuer.pem").write_bytes(pem(authority.certificate))
    (tmp_path / "responder.pem").write_bytes(pem(authority.responders[0].certificate))
    code, output = openssl(
        "ocsp",
        "-respin",
        tmp_path / "answer",
        "-issuer",
        tmp_path / "issuer.pem",
        "-cert",
        tmp_path / "signer.pem",
        "-VAfile",
        tmp_path / "responder.pem",
        "-no_nonce",
    )
    assert code == 0
    assert "Response verify OK" in output
    assert "\ngood\n" in output
