"""The internal TLS identity is made once, stays, and is never half there."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from ridgeway.cli.internaltls import internal_tls
from ridgeway.errors import SettingsError
from ridgeway.gateway.internaltls import (
    FILE,
    import_certificate,
    open_internal_identity,
    replace_identity,
    write_request,
)
from ridgeway.http import ServerTls
from ridgeway.settings import Settings

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_the_identity_is_the_same_after_a_restart_and_serves_tls(tmp_path):
    made = open_internal_identity(tmp_path / "tls", now=NOW)
    assert open_internal_identity(tmp_path / "tls", now=NOW) == made
    assert (tmp_path / "tls" / FILE).stat().st_mode & 0o777 == 0o600
    assert ServerTls((made.certificate,), made.private_key).context is not None


def test_workers_that_start_together_end_up_with_one(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: open_internal_identity(tmp_path, now=NOW).certificate, range(8)))
    assert len(set(made)) == 1
    assert [each.name for each in tmp_path.iterdir()] == [FILE]


def test_a_damaged_file_is_named_with_the_way_out(tmp_path):
    (tmp_path / FILE).write_text("garbage")
    with pytest.raises(SettingsError, match="delete it") as refused:
        raise_explained(tmp_path)
    assert refused.value.code == "internal_tls"


def raise_explained(folder):
    try:
        open_internal_identity(folder, now=NOW)
    except SettingsError as error:
        raise SettingsError(error.code, error.explain()) from error


def sign(csr_pem, *, key=None):
    """A certificate for a request, as an authority of the organisation signs it."""
    request = x509.load_pem_x509_csr(csr_pem)
    issuer = key or ec.generate_private_key(ec.SECP256R1())
    return (
        x509.CertificateBuilder()
        .subject_name(request.subject)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Internal CA")]))
        .public_key(request.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=10))
        .sign(issuer, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )


def test_a_certificate_for_the_key_takes_the_place_of_the_self_signed_one(tmp_path):
    made = open_internal_identity(tmp_path, now=NOW)
    certificate = sign(write_request(made, common_name="ss1", dns_names=("ss1.example",)))
    imported = import_certificate(tmp_path, certificate, now=NOW)
    assert imported.private_key == made.private_key
    assert imported.certificate != made.certificate
    assert open_internal_identity(tmp_path, now=NOW) == imported
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    with pytest.raises(SettingsError) as refused:
        import_certificate(tmp_path, certificate, now=NOW)
    assert refused.value.code == "certificate_already_exists"


def test_a_certificate_for_another_key_and_garbage_change_nothing(tmp_path):
    made = open_internal_identity(tmp_path, now=NOW)
    other = open_internal_identity(tmp_path / "other", now=NOW)
    stranger = sign(write_request(other, common_name="x"))
    for data, code in ((stranger, "certificate_wrong_key"), (b"garbage", "internal_tls")):
        with pytest.raises(SettingsError) as refused:
            import_certificate(tmp_path, data, now=NOW)
        assert refused.value.code == code
    assert open_internal_identity(tmp_path, now=NOW) == made


@pytest.mark.parametrize(("name", "dns"), [("", ()), ("x" * 65, ()), ("ss1", ("übel.example",))])
def test_a_name_that_no_certificate_can_have_is_refused(tmp_path, name, dns):
    with pytest.raises(SettingsError, match="malformed_name"):
        write_request(open_internal_identity(tmp_path, now=NOW), common_name=name, dns_names=dns)


def test_a_new_key_takes_the_place_of_the_old_one(tmp_path):
    made = open_internal_identity(tmp_path, now=NOW)
    assert replace_identity(tmp_path, now=NOW).private_key != made.private_key


def test_the_commands_show_ask_for_import_and_export_and_never_the_key(tmp_path):
    settings = Settings(state_dir=tmp_path)

    def run(*arguments, code=0):
        done = CliRunner().invoke(internal_tls, list(arguments), obj=settings)
        assert done.exit_code == code, done.output
        assert "PRIVATE" not in done.output
        return done.output

    before = json.loads(run("show", "--json"))
    request, certificate, exported = (tmp_path / name for name in ("a.csr", "a.pem", "b.der"))
    run("csr", "--common-name", "ss1", "-o", str(request))
    certificate.write_bytes(sign(request.read_bytes()))
    after = json.loads(run("import", str(certificate), "--json"))
    assert after["sha256"] != before["sha256"]
    run("export", "-o", str(exported), "--der")
    assert hashlib.sha256(exported.read_bytes()).hexdigest() == after["sha256"]
    run("generate", code=1)
    assert json.loads(run("show", "--json")) == after
    assert json.loads(run("generate", "--yes", "--json"))["sha256"] != after["sha256"]
