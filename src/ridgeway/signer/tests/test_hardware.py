"""Stories of hardware tokens, with a real SoftHSM 2 behind them."""

import contextlib
import os
import signal

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_der_public_key

from ridgeway.errors import SettingsError, TokenError
from ridgeway.protocol.signatures import digests
from ridgeway.protocol.signatures.digests import digest_to_sign, verify_signature_value
from ridgeway.signer import KeyType, KeyUsage, TokenState
from ridgeway.signer.devices import DeviceTable, read_devices
from ridgeway.signer.tests.cast import FI_SUBJECT, PIN, certify
from ridgeway.signer.tests.softhsm import HSM_PIN, MODULE, device_of, make_hsm, needs_softhsm, running_with
from ridgeway.signer.values import AdoptRequest, CsrRequest, GenerateRequest, ImportRequest, Mechanism

WAYS = [
    (KeyType.RSA_2048, Mechanism.RSA_PKCS, digests.RSA_SHA256),
    (KeyType.RSA_2048, Mechanism.RSA_PKCS, digests.RSA_SHA512),
    (KeyType.RSA_2048, Mechanism.RSA_PSS, digests.RSA_PSS_SHA256),
    (KeyType.RSA_2048, Mechanism.RSA_PSS, digests.RSA_PSS_SHA512),
    (KeyType.EC_P256, Mechanism.ECDSA, digests.ECDSA_SHA256),
    (KeyType.EC_P256, Mechanism.ECDSA, digests.ECDSA_SHA512),
]


async def code_of(awaitable) -> str:
    with pytest.raises(TokenError) as error:
        await awaitable
    return error.value.code


@needs_softhsm
@pytest.mark.parametrize(("kind", "mechanism", "way"), WAYS, ids=[way.rpartition("#")[2] for *_, way in WAYS])
async def test_a_key_in_hardware_signs_what_its_public_key_proves(tmp_path, monkeypatch, kind, mechanism, way):
    make_hsm(tmp_path, monkeypatch)
    async with running_with(tmp_path, device_of()) as client:
        assert await client.login(HSM_PIN, "ridgeway") is TokenState.UNLOCKED
        info = await client.generate(GenerateRequest(KeyUsage.SIGNING, kind, "seal", "ridgeway", mechanism))
        assert (info.token, info.mechanism, info.label) == ("ridgeway", mechanism, "seal")
        value = await client.sign(info.id, way, digest_to_sign(way, b"said"))
        verify_signature_value(value, b"said", public_key=load_der_public_key(info.public_key), algorithm=way)
        csr = x509.load_der_x509_csr(await client.make_csr(CsrRequest(info.id, FI_SUBJECT)))
        assert csr.is_signature_valid
        taken = await client.import_certificate(ImportRequest(certify(info)))
        assert taken.active_certificate is not None
    assert [file.name for file in (tmp_path / "keys").glob("*.key")] == []


@needs_softhsm
async def test_two_tokens_at_once_each_have_their_own_pin_and_state(tmp_path, monkeypatch):
    make_hsm(tmp_path, monkeypatch, label="first")
    make_hsm(tmp_path, monkeypatch, label="second")
    async with running_with(tmp_path, device_of("first"), device_of("second"), device_of("absent")) as client:
        await client.login(HSM_PIN, "first")
        assert await code_of(client.login("87654321", "second")) == "signer.pin_incorrect"
        states = {each.id: each.state for each in await client.list_tokens()}
        assert states == {
            "0": TokenState.UNLOCKED,
            "first": TokenState.UNLOCKED,
            "second": TokenState.LOCKED,
            "absent": TokenState.NOT_AVAILABLE,
        }
        assert await code_of(client.generate(GenerateRequest(KeyUsage.SIGNING, token="second"))) == (
            "signer.token_not_active"
        )
        assert await code_of(client.generate(GenerateRequest(KeyUsage.SIGNING, token="third"))) == (
            "signer.token_not_found"
        )
        assert await client.logout("first") is TokenState.LOCKED
        assert await client.get_state() is TokenState.UNLOCKED


@needs_softhsm
async def test_a_module_that_is_killed_takes_nothing_with_it_and_comes_back(tmp_path, monkeypatch):
    make_hsm(tmp_path, monkeypatch)
    device, way = device_of(), digests.ECDSA_SHA512
    async with running_with(tmp_path, device) as client:
        await client.login(HSM_PIN, "ridgeway")
        info = await client.generate(GenerateRequest(KeyUsage.SIGNING, token="ridgeway"))
        soft = await client.generate(GenerateRequest(KeyUsage.SIGNING))
        assert device.child is not None
        os.kill(device.child.pid, signal.SIGKILL)
        assert await client.sign(soft.id, way, b"d" * 64)
        with contextlib.suppress(TokenError):  # the one that meets the dead child, when its end was not seen yet
            await client.sign(info.id, way, b"d" * 64)
        value = await client.sign(info.id, way, digest_to_sign(way, b"said"))
        verify_signature_value(value, b"said", public_key=load_der_public_key(info.public_key), algorithm=way)


@needs_softhsm
async def test_a_module_that_hangs_is_ended_and_the_token_says_so(tmp_path, monkeypatch):
    make_hsm(tmp_path, monkeypatch)
    device, way = device_of(timeout_seconds=1.0), digests.ECDSA_SHA512
    async with running_with(tmp_path, device) as client:
        await client.login(HSM_PIN, "ridgeway")
        info = await client.generate(GenerateRequest(KeyUsage.SIGNING, token="ridgeway"))
        assert device.child is not None
        os.kill(device.child.pid, signal.SIGSTOP)
        assert await code_of(client.sign(info.id, way, b"d" * 64)) == "signer.hsm_non_operational"
        assert device.fault is not None
        assert await client.sign(info.id, way, b"d" * 64)


@needs_softhsm
async def test_the_pin_of_a_token_changes_and_a_read_only_token_changes_nothing(tmp_path, monkeypatch):
    make_hsm(tmp_path, monkeypatch)
    async with running_with(tmp_path, device_of()) as client:
        assert await code_of(client.change_pin("wrong-one", "another-pin", "ridgeway")) == "signer.pin_incorrect"
        assert await client.change_pin(HSM_PIN, "another-pin", "ridgeway") is TokenState.UNLOCKED
        info = await client.generate(GenerateRequest(KeyUsage.SIGNING, token="ridgeway"))
    async with running_with(tmp_path, device_of(read_only=True)) as client:
        assert await code_of(client.login(HSM_PIN, "ridgeway")) == "signer.pin_incorrect"
        await client.login("another-pin", "ridgeway")
        assert await client.sign(info.id, digests.ECDSA_SHA512, b"d" * 64)
        for refused in (
            client.generate(GenerateRequest(KeyUsage.SIGNING, token="ridgeway")),
            client.delete(info.id),
            client.change_pin("another-pin", HSM_PIN, "ridgeway"),
        ):
            assert await code_of(refused) == "signer.token_read_only"


@needs_softhsm
async def test_a_key_that_the_token_held_before_is_adopted_and_a_deleted_one_is_gone_there(tmp_path, monkeypatch):
    make_hsm(tmp_path, monkeypatch)
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    async with running_with(first, device_of()) as client:
        await client.login(HSM_PIN, "ridgeway")
        info = await client.generate(GenerateRequest(KeyUsage.SIGNING, token="ridgeway", label="from before"))
    device = device_of()
    async with running_with(second, device) as client:
        await client.login(HSM_PIN, "ridgeway")
        wanted = AdoptRequest(KeyUsage.SIGNING, token="ridgeway", key_id=info.id)
        taken = await client.adopt(wanted)
        assert (taken.public_key, taken.label) == (info.public_key, "from before")
        assert await code_of(client.adopt(wanted)) == "signer.key_exists"
        assert await client.sign(taken.id, digests.ECDSA_SHA512, b"d" * 64)
        await client.delete(taken.id)
        assert await device.list_held() == ()


@needs_softhsm
async def test_a_module_finds_what_it_reads_in_the_environment_of_its_own(tmp_path, monkeypatch):
    make_hsm(tmp_path, monkeypatch)
    configuration = os.environ["SOFTHSM2_CONF"]
    monkeypatch.delenv("SOFTHSM2_CONF")
    async with running_with(tmp_path, device_of(environment={"SOFTHSM2_CONF": configuration})) as client:
        assert await client.login(HSM_PIN, "ridgeway") is TokenState.UNLOCKED
    assert "SOFTHSM2_CONF" not in os.environ


@needs_softhsm
async def test_an_authentication_key_does_not_go_into_hardware_and_a_locked_index_stops_hardware_too(
    tmp_path, monkeypatch
):
    make_hsm(tmp_path, monkeypatch)
    async with running_with(tmp_path, device_of()) as client:
        await client.login(HSM_PIN, "ridgeway")
        wanted = GenerateRequest(KeyUsage.AUTHENTICATION, token="ridgeway")
        assert await code_of(client.generate(wanted)) == "signer.failed_to_generate_private_key"
        info = await client.generate(GenerateRequest(KeyUsage.SIGNING, token="ridgeway"))
        await client.logout()
        assert await code_of(client.sign(info.id, digests.ECDSA_SHA512, b"d" * 64)) == "signer.token_not_active"
        await client.login(PIN)
        assert await client.sign(info.id, digests.ECDSA_SHA512, b"d" * 64)


@needs_softhsm
async def test_a_mechanism_that_the_operator_left_out_is_not_used(tmp_path, monkeypatch):
    make_hsm(tmp_path, monkeypatch)
    async with running_with(tmp_path, device_of(mechanisms=(Mechanism.RSA_PKCS,))) as client:
        await client.login(HSM_PIN, "ridgeway")
        wanted = GenerateRequest(KeyUsage.SIGNING, KeyType.EC_P256, token="ridgeway")
        assert await code_of(client.generate(wanted)) == "signer.unsupported_sign_algorithm"


async def test_a_module_that_is_none_makes_the_token_unavailable_and_the_signer_works(tmp_path):
    device = device_of()
    broken = type(device)(type(device.settings)("broken", DeviceTable("/nowhere/module.so")))
    async with running_with(tmp_path, broken) as client:
        assert [each.state for each in await client.list_tokens()] == [
            TokenState.UNLOCKED,
            TokenState.NON_OPERATIONAL,
        ]
        assert await client.generate(GenerateRequest(KeyUsage.SIGNING))


def test_the_file_of_devices_is_read_strictly(tmp_path):
    file = tmp_path / "devices.toml"
    assert read_devices(file) == ()
    file.write_text(f'[hsm]\nmodule = "{MODULE}"\nlabel = "ridgeway"\npin_file = "hsm.pin"\nread_only = true\n')
    (read,) = read_devices(file)
    (tmp_path / "hsm.pin").write_text(HSM_PIN + "\n")
    assert (read.id, read.table.label, read.table.read_only, read.read_pin()) == ("hsm", "ridgeway", True, HSM_PIN)
    assert HSM_PIN not in repr(device_of()) + repr(read)
    for wrong in ('[hsm]\nmodule = "x"\npin = "1"\n', "[hsm]\n", "hsm = 1\n", '[0]\nmodule = "x"\n', "[", 'a = "'):
        file.write_text(wrong)
        with pytest.raises(SettingsError):
            read_devices(file)
