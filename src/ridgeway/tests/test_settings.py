"""Settings: where a value comes from, and how well a wrong one is told."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import RelayedFault, SettingsError, SignatureError
from ridgeway.settings import Mode, PeerTls, load_settings, read_settings
from ridgeway.settingsfile import list_origins


def write(folder: Path, text: str) -> Path:
    file = folder / "ridgeway.toml"
    file.write_text(text)
    return file


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path):
    file = write(tmp_path, 'mode = "lab"\n[gateway]\nworkers = 2\npeer_port = 1\n')
    settings = load_settings(file, {"RIDGEWAY_GATEWAY__WORKERS": "3"})
    assert (settings.mode, settings.gateway.workers, settings.gateway.peer_port) == (Mode.LAB, 3, 1)
    assert settings.gateway.ocsp_port == 5577


def test_production_is_the_default_and_paths_lie_below_the_state_folder(tmp_path):
    settings = load_settings(write(tmp_path, 'state_dir = "here"\n'), {})
    assert settings.mode is Mode.PRODUCTION
    assert settings.path(settings.signer.token_dir) == tmp_path / "here" / "keys"
    assert settings.database_url("sqlite:a.db") == f"sqlite:{tmp_path / 'here' / 'a.db'}"
    assert settings.database_url("postgresql://h/d") == "postgresql://h/d"


def test_every_fault_is_told_at_once_with_the_nearest_name(tmp_path):
    file = write(tmp_path, '[gatway]\nx = 1\n[gateway]\nworker = 2\nworkers = "many"\n')
    with pytest.raises(SettingsError) as refused:
        load_settings(file, {"RIDGEWAY_MODE": "holiday", "RIDGEWAY_NOWHERE__X": "1"})
    told = refused.value.detail
    assert "unknown key 'gatway'; did you mean 'gateway'?" in told
    assert "unknown key 'gateway.worker'; did you mean 'workers'?" in told
    assert "gateway.workers is 'many'; expected a whole number, as in 1" in told
    assert "mode is 'holiday'; expected one of production, lab" in told
    assert "RIDGEWAY_NOWHERE__X" in told


def test_a_secret_may_come_from_a_file_and_is_never_shown(tmp_path):
    (tmp_path / "pin").write_text("topsecret\n")
    settings, reading = read_settings(write(tmp_path, ""), {"RIDGEWAY_SIGNER__PIN_FILE": str(tmp_path / "pin")})
    assert settings.signer.pin == "topsecret"
    rows = {row.key: row for row in list_origins(settings, reading)}
    assert rows["signer.pin"].value == "(set)"
    assert rows["signer.pin"].source == "RIDGEWAY_SIGNER__PIN_FILE"
    assert "topsecret" not in str(rows)


def test_only_secrets_come_from_files(tmp_path):
    with pytest.raises(SettingsError, match="socket_file"):
        load_settings(write(tmp_path, ""), {"RIDGEWAY_SIGNER__SOCKET_FILE": "/x"})


def test_a_service_s_table_is_left_to_the_service(tmp_path):
    assert load_settings(write(tmp_path, "[services.petitions]\nanything = 1\n"), {}).mode is Mode.PRODUCTION


@given(st.text(max_size=80))
def test_garbage_is_a_fault_of_the_file_and_nothing_else(tmp_path_factory, text):
    file = tmp_path_factory.mktemp("s") / "ridgeway.toml"
    file.write_bytes(text.encode("utf-8", "replace"))
    _, reading = read_settings(file, {})
    assert all(str(file) in fault for fault in reading.faults)


def test_a_prefix_is_put_once_and_never_on_the_other_side_s_fault():
    error = SignatureError("invalid_hash_chain", "wrong")
    assert error.prefixed("malformed_signature").code == "malformed_signature.invalid_hash_chain"
    assert error.prefixed("malformed_signature").prefixed("malformed_signature").code.count("malformed") == 1
    relayed = RelayedFault("server.serverproxy.access_denied", "no", fault_id="m")
    assert relayed.prefixed("server.clientproxy") is relayed


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [("MIN_PEER_VERSION", "7.6", "as in 7.6.0"), ("PEER_TLS", "1.1", "one of 1.2, 1.3, as in 1.3")],
)
def test_a_text_of_another_form_is_refused_with_an_example(variable, value, expected):
    with pytest.raises(SettingsError, match=re.escape(expected)):
        load_settings(environment={f"RIDGEWAY_GATEWAY__{variable}": value})


def test_a_release_and_a_version_of_tls_are_taken():
    names = {"RIDGEWAY_GATEWAY__MIN_PEER_VERSION": "7.6.0", "RIDGEWAY_GATEWAY__PEER_TLS": "1.2"}
    gateway = load_settings(environment=names).gateway
    assert (gateway.min_peer_version, gateway.peer_tls) == ("7.6.0", PeerTls.TLS_1_2)
