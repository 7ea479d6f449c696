"""RSA-PSS from the key to the message, for software and hardware keys, judged by tools that are not ours."""

import subprocess

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from ridgeway.errors import TokenError
from ridgeway.protocol.signatures import SigningMaterial, prepare_message_signature
from ridgeway.protocol.signatures.digests import RSA_PSS_SHA512, RSA_SHA512, digest_to_sign, verify_signature_value
from ridgeway.protocol.signatures.tests.cast import sha512
from ridgeway.protocol.signatures.tests.othertools import verify_with_xmlsec
from ridgeway.signer import KeyType, KeyUsage
from ridgeway.signer.hardware import HardwareDevice
from ridgeway.signer.tests.cast import NOW, certify
from ridgeway.signer.tests.softhsm import HSM_PIN, device_of, make_hsm, needs_softhsm, running_with
from ridgeway.signer.values import SOFTWARE_TOKEN, GenerateRequest, ImportRequest, Mechanism

PLACES = [SOFTWARE_TOKEN, pytest.param("ridgeway", marks=needs_softhsm)]


@pytest.mark.parametrize("token", PLACES)
async def test_a_pss_key_signs_messages_that_xmlsec_and_openssl_prove(tmp_path, monkeypatch, token):
    devices: tuple[HardwareDevice, ...] = ()
    if token != SOFTWARE_TOKEN:
        make_hsm(tmp_path, monkeypatch)
        devices = (device_of(),)
    async with running_with(tmp_path, *devices) as client:
        if devices:
            await client.login(HSM_PIN, token)
        wanted = GenerateRequest(KeyUsage.SIGNING, KeyType.RSA_2048, "", token, Mechanism.RSA_PSS)
        made = await client.generate(wanted)
        info = await client.import_certificate(ImportRequest(certify(made)))
        assert info.sign_algorithm == RSA_PSS_SHA512
        assert info.active_certificate is not None
        material = SigningMaterial(info.active_certificate, (b"an answer",), algorithm=info.sign_algorithm)
        unsigned = prepare_message_signature(
            (("/message.xml", sha512(b"message")),), material=material, signing_time=NOW
        )
        made_value = await client.sign(info.id, unsigned.algorithm, unsigned.digest)
        public_key = load_der_public_key(info.public_key)
        verify_signature_value(made_value, unsigned.to_be_signed, public_key=public_key, algorithm=RSA_PSS_SHA512)
        xml = unsigned.complete(made_value)
        value = await client.sign(info.id, RSA_PSS_SHA512, digest_to_sign(RSA_PSS_SHA512, b"message"))
        with pytest.raises(TokenError) as refused:
            await client.sign(info.id, RSA_SHA512, b"d" * 64)
        assert refused.value.code == "signer.unsupported_sign_algorithm"
    pem = load_der_public_key(info.public_key).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    verify_with_xmlsec(xml, pem, {"/message.xml": b"message"})
    for name, data in (("key.pem", pem), ("value", value), ("message", b"message")):
        (tmp_path / name).write_bytes(data)
    proven = subprocess.run(
        ["openssl", "dgst", "-sha512", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest",
         "-verify", "key.pem", "-signature", "value", "message"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (proven.returncode, proven.stdout.strip()) == (0, "Verified OK")


async def test_a_key_signs_in_one_way_alone_and_its_type_must_be_able_to(tmp_path):
    async with running_with(tmp_path) as client:
        plain = await client.generate(GenerateRequest(KeyUsage.SIGNING, KeyType.RSA_2048))
        assert (plain.mechanism, plain.sign_algorithm) == (Mechanism.RSA_PKCS, "")
        with pytest.raises(TokenError, match="does not go with it"):
            await client.sign(plain.id, RSA_PSS_SHA512, b"d" * 64)
        for kind, mechanism in ((KeyType.EC_P256, Mechanism.RSA_PSS), (KeyType.RSA_2048, Mechanism.ECDSA)):
            with pytest.raises(TokenError, match="cannot do"):
                await client.generate(GenerateRequest(KeyUsage.SIGNING, kind, mechanism=mechanism))
