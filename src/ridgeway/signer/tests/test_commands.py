"""Stories of `ridgeway signer`, as an operator types it, with a signer that runs as its own process."""

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ridgeway.errors import SettingsError, TokenError
from ridgeway.protocol.certificates.subjects import SubjectNames
from ridgeway.protocol.identifiers import MemberId, ServerId
from ridgeway.settings import Settings, load_settings
from ridgeway.signer import KeyInfo, KeyType, KeyUsage
from ridgeway.signer.commands import signer
from ridgeway.signer.subjects import RequestedSubject, subject_for
from ridgeway.signer.tests.cast import FI, NEW_PIN, PIN, certify

SPKI = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
NAMES = SubjectNames(MemberId("NM", "GOV", "1001"), ServerId("NM", "GOV", "1001", "register-1"), "Register")


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    file = tmp_path / "ridgeway.toml"
    file.write_text(f'state_dir = "{tmp_path}"\n')
    return file


def settings_of(file: Path, *, pin: str = "") -> Settings:
    environment = {}
    if pin:
        (file.parent / "pin").write_text(pin + "\n")
        environment["RIDGEWAY_SIGNER__PIN_FILE"] = str(file.parent / "pin")
    return load_settings(file, environment)


def call(settings: Settings, *arguments: str, typed: str = "") -> str:
    done = CliRunner().invoke(signer, arguments, obj=settings, input=typed, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@contextlib.contextmanager
def running_process(file: Path, *, pin: str = "") -> Iterator[subprocess.Popen[str]]:
    """A signer as its own process, which answers."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RIDGEWAY_")}
    if pin:
        (file.parent / "pin").write_text(pin)
        environment["RIDGEWAY_SIGNER__PIN_FILE"] = str(file.parent / "pin")
    command = [sys.executable, "-m", "ridgeway.cli", "--settings", str(file), "signer", "run"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        try:
            assert "answering" in process.stdout.readline()
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0


def test_an_operator_makes_a_token_a_key_a_request_and_imports_the_certificate(settings_file, tmp_path):
    locked, csr = settings_of(settings_file), tmp_path / "request.der"
    assert json.loads(call(locked, "init", "--json", typed=f"{PIN}\n{PIN}\n")) == {"token_dir": str(tmp_path / "keys")}
    with running_process(settings_file):
        assert json.loads(call(locked, "status", "--json")) == {"token": "locked"}
        assert json.loads(call(locked, "login", "--json", typed=f"{PIN}\n")) == {"token": "unlocked"}
        assert "no keys" in call(locked, "keys", "list")
        (made,) = json.loads(call(locked, "keys", "generate", "--usage", "signing", "--label", "seal", "--json"))
        assert (made["usage"], made["type"], made["label"]) == ("signing", "ec-p256", "seal")
        profile = ("--profile", FI, "--server", "NM/GOV/1001/register-1", "--subject", "O=Register")
        asked = json.loads(call(locked, "csr", made["id"], *profile, "-o", str(csr), "--json"))
        request = x509.load_der_x509_csr(csr.read_bytes())
        assert request.subject.rfc4514_string() == "CN=1001,2.5.4.5=NM/register-1/GOV,O=Register,C=FI"
        assert [name for name, _ in asked["subject"]] == ["C", "O", "serialNumber", "CN"]
        call(locked, "csr", made["id"], "--subject", "OU=a", "--subject", "OU=b", "--pem", "-o", str(csr))
        assert x509.load_pem_x509_csr(csr.read_bytes()).subject.rfc4514_string() == "OU=b,OU=a"
        public_key = request.public_key().public_bytes(*SPKI)
        certificate = tmp_path / "certificate.der"
        anyway = ("--without-ocsp", "a test", "--json")
        certificate.write_bytes(certify(KeyInfo(made["id"], "", KeyUsage.SIGNING, KeyType.EC_P256, public_key)))
        (taken,) = json.loads(call(locked, "import", str(certificate), "--profile", FI, "--instance", "NM", *anyway))
        name = hashlib.sha256(certificate.read_bytes()).hexdigest()
        (described,) = taken["certificates"]
        wanted = {"sha256": name, "active": True, "member": "MEMBER:NM/GOV/1001", "status": "registered"}
        assert wanted.items() <= described.items()
        assert (described["unproven"], described["days_left"]) == ("a test", 29)
        off = json.loads(call(locked, "activate", name, "--off", "--json"))
        assert off["certificates"][0]["active"] is False
        assert name in call(locked, "keys", "list")
        assert json.loads(call(locked, "keys", "delete", made["id"], "--yes", "--json")) == {"deleted": made["id"]}
        assert json.loads(call(locked, "logout", "--json")) == {"token": "locked"}


def test_a_signer_with_a_secret_starts_unlocked_and_its_pin_changes(settings_file, tmp_path):
    secret = settings_of(settings_file, pin=PIN)
    call(secret, "init")
    new = tmp_path / "new-pin"
    new.write_text(NEW_PIN + "\n")
    with running_process(settings_file, pin=PIN):
        assert json.loads(call(secret, "status", "--json")) == {"token": "unlocked"}
        changed = json.loads(call(secret, "pin", "change", "--new-pin-file", str(new), "--json"))
        assert changed == {"token": "unlocked", "pin_changed": True}
    with running_process(settings_file, pin=NEW_PIN):
        assert "unlocked" in call(secret, "status")


def test_a_wrong_secret_at_start_is_told_in_a_line_and_the_secret_is_not(settings_file):
    call(settings_of(settings_file, pin=PIN), "init")
    (settings_file.parent / "pin").write_text("some other secret")
    done = subprocess.run(
        [sys.executable, "-m", "ridgeway.cli", "--settings", str(settings_file), "signer", "run"],
        capture_output=True, text=True, timeout=60, check=False,
        env=os.environ | {"RIDGEWAY_SIGNER__PIN_FILE": str(settings_file.parent / "pin")},
    )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert "PIN is wrong" in done.stderr
    assert "some other secret" not in done.stderr + done.stdout


def test_a_pin_is_no_argument_of_any_command():
    for command in (signer, *signer.commands.values()):
        for each in getattr(command, "commands", {"": command}).values():
            names = {option for parameter in each.params for option in parameter.opts}
            assert not {"--pin", "--new-pin"} & names


def test_a_signer_that_is_not_running_is_told(settings_file):
    with pytest.raises(TokenError, match=r"signer\.network_error"):
        call(settings_of(settings_file), "status")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "O and CN must be given"),
        ({"O": "Register", "CN": "ss1.example.org", "C": "SE"}, "C=SE cannot be given"),
        ({"O": "Register", "CN": "ss1.example.org", "OU": "x"}, "OU=x cannot be given"),
    ],
)
def test_a_subject_that_the_profile_does_not_allow_is_refused(given, named):
    with pytest.raises(SettingsError, match=named):
        subject_for(FI, usage=KeyUsage.AUTHENTICATION, names=NAMES, given=given)


@pytest.mark.parametrize(
    ("profile", "usage", "given", "expected"),
    [
        (
            FI,
            KeyUsage.AUTHENTICATION,
            {"O": "Register", "CN": "ss1.example.org", "subjectAltName": "ss1.example.org", "C": "FI"},
            RequestedSubject(
                (("C", "FI"), ("O", "Register"), ("serialNumber", "NM/register-1/GOV"), ("CN", "ss1.example.org")),
                "ss1.example.org",
            ),
        ),
        (
            "EjbcaCertificateProfileInfoProvider",
            KeyUsage.SIGNING,
            {},
            RequestedSubject((("C", "NM"), ("O", "GOV"), ("CN", "1001"))),
        ),
        (
            "BasicCertificateProfileInfoProvider",
            KeyUsage.SIGNING,
            {"C": "FI"},
            RequestedSubject(
                (("CN", "Register"), ("O", "Register"), ("businessCategory", "GOV"), ("C", "FI"),
                 ("serialNumber", "1001"))
            ),
        ),
    ],
    ids=["Finland, authentication", "EJBCA, signing", "Basic, signing"],
)  # fmt: skip
def test_the_profile_makes_the_subject(profile, usage, given, expected):
    assert subject_for(profile, usage=usage, names=NAMES, given=given) == expected


@pytest.mark.parametrize("server", ["", "NM/GOV/1001", "NM//1001/x"])
def test_a_server_that_is_none_is_refused_by_the_name_of_its_option(settings_file, tmp_path, server):
    settings = settings_of(settings_file, pin=PIN)
    call(settings, "init")
    with running_process(settings_file, pin=PIN):
        (made,) = json.loads(call(settings, "keys", "generate", "--usage", "authentication", "--json"))
        with pytest.raises(SettingsError, match="--server"):
            call(settings, "csr", made["id"], "--profile", FI, "--server", server, "-o", str(tmp_path / "r"))
    assert not (tmp_path / "r").exists()
