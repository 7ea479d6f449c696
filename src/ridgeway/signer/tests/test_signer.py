"""Stories of the signer at its socket: who may ask what, and what comes back."""

import asyncio
import hashlib
import resource
import stat
import struct
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ridgeway.errors import MessageError, NetworkError, RidgewayError, SettingsError, TokenError
from ridgeway.protocol.signatures import digests
from ridgeway.protocol.signatures.digests import digest_to_sign, verify_signature_value
from ridgeway.signer import KeyType, KeyUsage, SignerClient, TokenState
from ridgeway.signer.certificates import MAX_CERTIFICATES
from ridgeway.signer.csr import MAX_SUBJECT_FIELDS
from ridgeway.signer.server import LIMITS, build_server, list_handlers
from ridgeway.signer.service import MAX_LABEL_CHARACTERS, SignerService
from ridgeway.signer.tests.cast import (
    AUTHENTICATES,
    FI,
    FI_SUBJECT,
    NEW_PIN,
    PIN,
    SIGNS,
    certify,
    make_certified,
    make_token,
    running,
)
from ridgeway.signer.token import Token
from ridgeway.signer.values import (
    ActivateRequest,
    CsrRequest,
    GenerateRequest,
    ImportRequest,
    Mechanism,
    PinRequest,
    SignRequest,
    usual_mechanism,
)

RSA_WAYS = [name for name in digests.SIGNATURE_ALGORITHMS if "rsa" in name]
EC_WAYS = [name for name in digests.SIGNATURE_ALGORITHMS if "ecdsa" in name]
EVERY_WAY = [(KeyType.RSA_2048, way) for way in RSA_WAYS] + [(KeyType.EC_P256, way) for way in EC_WAYS]


async def refused(awaitable) -> TokenError:
    with pytest.raises(TokenError) as error:
        await awaitable
    return error.value


@pytest.mark.parametrize(("kind", "way"), EVERY_WAY, ids=[way.rpartition("#")[2] for _, way in EVERY_WAY])
async def test_a_signature_is_proven_by_the_public_key(tmp_path, kind, way):
    async with running(tmp_path) as client:
        mechanism = usual_mechanism(kind) if "MGF1" not in way else Mechanism.RSA_PSS
        info = await client.generate(GenerateRequest(KeyUsage.SIGNING, kind, mechanism=mechanism))
        value = await client.sign(info.id, way, digest_to_sign(way, b"said"))
    public_key = load_der_public_key(info.public_key)
    verify_signature_value(value, b"said", public_key=public_key, algorithm=way)
    if kind is KeyType.EC_P256:
        assert len(value) == 64


@pytest.mark.parametrize(("kind", "bits"), [(KeyType.RSA_2048, 2048), (KeyType.RSA_3072, 3072), (KeyType.EC_P256, 256)])
async def test_a_key_has_the_kind_that_was_asked_for(tmp_path, kind, bits):
    async with running(tmp_path) as client:
        info = await client.generate(GenerateRequest(KeyUsage.SIGNING, kind, "for the minister"))
        assert await client.list_keys() == (info,)
    key = load_der_public_key(info.public_key)
    assert isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
    assert (info.type, info.label, key.key_size) == (kind, "for the minister", bits)


@pytest.mark.parametrize(
    ("way", "digest", "code"),
    [
        (digests.RSA_SHA512, b"d" * 64, "signer.unsupported_sign_algorithm"),
        ("http://www.w3.org/2000/09/xmldsig#rsa-sha1", b"d" * 20, "signer.unsupported_sign_algorithm"),
        ("", b"d" * 64, "signer.unsupported_sign_algorithm"),
        (digests.ECDSA_SHA512, b"d" * 63, "signer.cannot_sign"),
        (digests.ECDSA_SHA512, b"", "signer.cannot_sign"),
        (digests.ECDSA_SHA256, b"a whole message", "signer.cannot_sign"),
    ],
)
async def test_what_the_key_cannot_do_is_refused(tmp_path, way, digest, code):
    async with running(tmp_path) as client:
        info = await client.generate(GenerateRequest(KeyUsage.SIGNING))
        assert (await refused(client.sign(info.id, way, digest))).code == code


async def test_a_key_that_is_not_there_is_named(tmp_path):
    async with running(tmp_path) as client:
        info = await client.generate(GenerateRequest(KeyUsage.SIGNING))
        for name in ("nobody", "../token", ""):
            error = await refused(client.sign(name, digests.ECDSA_SHA512, b"d" * 64))
            assert (error.code, info.id in error.detail) == ("signer.key_not_found", True)


async def test_the_signing_key_never_leaves_and_the_authentication_key_never_signs(tmp_path):
    async with running(tmp_path) as client:
        signing = await make_certified(client, KeyUsage.SIGNING)
        assert (await refused(client.get_authentication_key())).code == "signer.key_not_found"
        authentication = await make_certified(client, KeyUsage.AUTHENTICATION)
        handed = await client.get_authentication_key()
        error = await refused(client.sign(authentication.id, digests.ECDSA_SHA512, b"d" * 64))
    assert (handed.key_id, handed.certificate) == (authentication.id, authentication.active_certificate)
    assert handed.key_id != signing.id
    private = load_der_private_key(handed.private_key, None)
    assert private.public_key() == load_der_public_key(authentication.public_key)
    assert repr(handed) == f"AuthenticationKey({authentication.id})"
    assert error.code == "signer.cannot_sign"


async def test_an_authentication_key_proves_that_it_is_held_and_a_signing_key_does_not(tmp_path):
    digest = digest_to_sign(digests.ECDSA_SHA512, b"register me")
    async with running(tmp_path) as client:
        authentication = await client.generate(GenerateRequest(KeyUsage.AUTHENTICATION))
        value = await client.prove_possession(authentication.id, digests.ECDSA_SHA512, digest)
        signing = await client.generate(GenerateRequest(KeyUsage.SIGNING))
        error = await refused(client.prove_possession(signing.id, digests.ECDSA_SHA512, digest))
    public_key = load_der_public_key(authentication.public_key)
    verify_signature_value(value, b"register me", public_key=public_key, algorithm=digests.ECDSA_SHA512)
    assert error.code == "signer.cannot_sign"


async def test_many_ask_at_once_and_each_gets_his_own(tmp_path):
    async with running(tmp_path) as client, SignerClient(client.link.path) as other:
        info = await client.generate(GenerateRequest(KeyUsage.SIGNING))
        words = [f"word {number}".encode() for number in range(100)]
        way = digests.ECDSA_SHA512
        askers = [(client, other)[number % 2] for number in range(100)]
        values = await asyncio.gather(
            *(asker.sign(info.id, way, digest_to_sign(way, word)) for asker, word in zip(askers, words, strict=True))
        )
    public_key = load_der_public_key(info.public_key)
    for word, value in zip(words, values, strict=True):
        verify_signature_value(value, word, public_key=public_key, algorithm=way)


async def test_a_locked_token_lists_its_keys_and_signs_after_login(tmp_path):
    async with running(tmp_path) as client:
        info = await make_certified(client, KeyUsage.SIGNING)
        await make_certified(client, KeyUsage.AUTHENTICATION)
        await client.sign(info.id, digests.ECDSA_SHA512, b"d" * 64)
        assert await client.logout() is TokenState.LOCKED
        for asked in (
            client.sign(info.id, digests.ECDSA_SHA512, b"d" * 64),
            client.get_authentication_key(),
            client.generate(GenerateRequest(KeyUsage.SIGNING)),
            client.delete(info.id),
            client.make_csr(CsrRequest(info.id, FI_SUBJECT)),
            client.import_certificate(ImportRequest(certify(info))),
        ):
            assert (await refused(asked)).code == "signer.token_not_active"
        assert len(await client.list_keys()) == 2
        assert await client.login(PIN) is TokenState.UNLOCKED
        assert await client.sign(info.id, digests.ECDSA_SHA512, b"d" * 64)


async def test_a_signer_without_a_pin_waits_for_a_person(tmp_path):
    async with running(tmp_path, pin="") as client:
        assert await client.get_state() is TokenState.LOCKED
        assert await client.login(PIN) is TokenState.UNLOCKED


async def test_each_wrong_pin_makes_the_next_answer_wait_longer_until_a_right_one(tmp_path, monkeypatch):
    waited = []

    async def note(seconds):
        waited.append(seconds)

    service = SignerService(make_token(tmp_path))
    await service.logout()
    monkeypatch.setattr("ridgeway.signer.pins.asyncio.sleep", note)
    for _ in range(9):
        assert (await refused(service.login(PinRequest("some other secret")))).code == "signer.pin_incorrect"
    assert await service.login(PinRequest(PIN)) is TokenState.UNLOCKED
    await service.login(PinRequest(PIN))
    assert waited == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


async def test_a_weak_new_pin_is_not_counted_as_a_wrong_one(tmp_path):
    service = SignerService(make_token(tmp_path))
    assert (await refused(service.change_pin(PinRequest(PIN, "short")))).code == "signer.token_pin_policy_failure"
    assert service.gates["0"].wrong == 0


async def test_who_guesses_keeps_nobody_from_signing(tmp_path):
    async with running(tmp_path) as client, SignerClient(client.link.path) as guesser:
        info = await client.generate(GenerateRequest(KeyUsage.SIGNING))
        guesses = [asyncio.ensure_future(guesser.login("some other secret")) for _ in range(8)]
        await asyncio.wait(guesses, return_when=asyncio.FIRST_COMPLETED)
        async with asyncio.timeout(10):
            assert await client.sign(info.id, digests.ECDSA_SHA512, b"d" * 64)
        assert any(not guess.done() for guess in guesses)
        for guess in guesses:
            guess.cancel()
        await asyncio.gather(*guesses, return_exceptions=True)


async def test_the_pin_is_changed_and_the_next_start_needs_the_new_one(tmp_path):
    async with running(tmp_path) as client:
        info = await client.generate(GenerateRequest(KeyUsage.SIGNING))
        assert await client.change_pin(PIN, NEW_PIN) is TokenState.UNLOCKED
        assert await client.sign(info.id, digests.ECDSA_SHA512, b"d" * 64)
    with pytest.raises(TokenError, match="PIN is wrong"):
        build_server(tmp_path / "keys", tmp_path / "run" / "s.sock", pin=PIN)
    async with running(tmp_path, pin=NEW_PIN) as client:
        assert await client.sign(info.id, digests.ECDSA_SHA512, b"d" * 64)


async def test_a_deleted_key_is_gone_from_memory_and_from_disk(tmp_path):
    async with running(tmp_path) as client:
        info = await client.generate(GenerateRequest(KeyUsage.SIGNING))
        kept = await client.generate(GenerateRequest(KeyUsage.SIGNING))
        await client.sign(info.id, digests.ECDSA_SHA512, b"d" * 64)
        assert await client.delete(info.id) == info
        assert (await refused(client.sign(info.id, digests.ECDSA_SHA512, b"d" * 64))).code == "signer.key_not_found"
        assert await client.list_keys() == (kept,)
    assert [file.name for file in (tmp_path / "keys").glob("*.key")] == [f"{kept.id}.key"]


@pytest.mark.parametrize(
    ("usage", "wished"),
    [(KeyUsage.SIGNING, SIGNS | {"key_cert_sign"}), (KeyUsage.AUTHENTICATION, AUTHENTICATES)],
)
@pytest.mark.parametrize("kind", [KeyType.EC_P256, KeyType.RSA_2048])
async def test_a_request_wishes_for_what_x_road_wishes_for(tmp_path, usage, wished, kind):
    async with running(tmp_path) as client:
        info = await client.generate(GenerateRequest(usage, kind))
        csr = x509.load_der_x509_csr(await client.make_csr(CsrRequest(info.id, FI_SUBJECT, "ss1.example.org")))
    assert csr.is_signature_valid
    assert csr.public_key() == load_der_public_key(info.public_key)
    assert csr.subject.rfc4514_string() == "CN=1001,2.5.4.5=NM/register-1/GOV,O=Register,C=FI"
    assert isinstance(csr.signature_hash_algorithm, hashes.SHA256)
    extension = csr.extensions.get_extension_for_class(x509.KeyUsage)
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign")  # fmt: skip
    assert {name for name in names if getattr(extension.value, name)} == wished
    assert not extension.critical
    alternative = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert alternative.get_values_for_type(x509.DNSName) == ["ss1.example.org"]


@pytest.mark.parametrize(
    ("subject", "dns_name"),
    [
        ((), ""),
        ((("CN", ""),), ""),
        ((("CN", "x" * 256),), ""),
        ((("C", "x" * 256),), ""),
        ((("colour", "red"),), ""),
        ((("9.9.9", "red"),), ""),
        ((("CN", "1001"),) * (MAX_SUBJECT_FIELDS + 1), ""),
        ((("CN", "1001"),), "ää.example"),
        ((("CN", "1001"),), "a..b"),
        ((("CN", "1001"),), "-a.example"),
        ((("CN", "1001"),), "a" * 64),
    ],
)
async def test_a_subject_that_cannot_be_is_refused(tmp_path, subject, dns_name):
    async with running(tmp_path) as client:
        info = await client.generate(GenerateRequest(KeyUsage.SIGNING))
        error = await refused(client.make_csr(CsrRequest(info.id, subject, dns_name)))
        assert error.code == "signer.failed_to_generate_certificate_request"


@pytest.mark.parametrize("usage", list(KeyUsage))
@pytest.mark.parametrize(
    ("usages", "for_clients", "fits"),
    [
        (SIGNS, False, KeyUsage.SIGNING),
        (SIGNS | {"key_cert_sign"}, False, KeyUsage.SIGNING),
        (AUTHENTICATES, True, KeyUsage.AUTHENTICATION),
        ({"digital_signature"}, False, KeyUsage.AUTHENTICATION),
        ({"key_encipherment"}, False, KeyUsage.AUTHENTICATION),
        ({"data_encipherment"}, False, KeyUsage.AUTHENTICATION),
        (set(), True, KeyUsage.AUTHENTICATION),
        (SIGNS | {"digital_signature"}, False, None),
        (SIGNS, True, None),
        (SIGNS | AUTHENTICATES, False, None),
        (set(), False, None),
        ({"key_agreement"}, False, None),
    ],
)
async def test_a_certificate_is_taken_only_when_it_is_for_the_keys_usage_alone(
    tmp_path, usage, usages, for_clients, fits
):
    async with running(tmp_path) as client:
        info = await client.generate(GenerateRequest(usage))
        request = ImportRequest(certify(info, usages=usages, for_clients=for_clients))
        if fits is usage:
            assert (await client.import_certificate(request)).active_certificate == request.certificate
        else:
            assert (await refused(client.import_certificate(request))).code == "signer.wrong_cert_usage"
            assert (await client.list_keys())[0].certificates == ()


async def test_a_certificate_of_another_key_and_one_that_is_none_are_refused(tmp_path):
    async with running(tmp_path) as client:
        stranger = await client.generate(GenerateRequest(KeyUsage.SIGNING))
        certificate = certify(stranger)
        await client.delete(stranger.id)
        assert (await refused(client.import_certificate(ImportRequest(certificate)))).code == "signer.key_not_found"
        for data in (b"", b"nothing", certificate[:-1], b"-----BEGIN CERTIFICATE-----", b"0" * 100_000):
            error = await refused(client.import_certificate(ImportRequest(data)))
            assert error.code == "signer.incorrect_certificate"


async def test_a_certificate_names_its_member_by_the_profile(tmp_path):
    async with running(tmp_path) as client:
        info = await client.generate(GenerateRequest(KeyUsage.SIGNING))
        certificate = certify(info)
        other = certify(info, subject=(("CN", "1001"),))
        for wrong in (
            ImportRequest(certificate, profile=FI, instance="ELSEWHERE"),
            ImportRequest(certificate, profile="NoSuchProfile", instance="NM"),
            ImportRequest(other, profile=FI, instance="NM"),
        ):
            error = await refused(client.import_certificate(wrong))
            assert error.code == "signer.cannot_get_member_id_from_certificate"
        taken = await client.import_certificate(ImportRequest(certificate, profile=FI, instance="NM"))
        assert [each.member for each in taken.certificates] == ["MEMBER:NM/GOV/1001"]


async def test_the_first_certificate_is_active_and_another_replaces_it_by_choice(tmp_path):
    async with running(tmp_path) as client:
        info = await client.generate(GenerateRequest(KeyUsage.SIGNING))
        first, second = certify(info), certify(info)
        await client.import_certificate(ImportRequest(first))
        await client.import_certificate(ImportRequest(first))
        both = await client.import_certificate(ImportRequest(second))
        assert [(each.der, each.is_active) for each in both.certificates] == [(first, True), (second, False)]
        name = hashlib.sha256(second).hexdigest()
        assert (await client.activate(ActivateRequest(name.upper(), True))).active_certificate == second
        assert (await client.activate(ActivateRequest(name, False))).active_certificate is None
        assert (await refused(client.activate(ActivateRequest("00", True)))).code == "signer.cert_not_found"


async def test_a_key_takes_only_so_many_certificates(tmp_path):
    service = SignerService(make_token(tmp_path))
    info = await service.generate(GenerateRequest(KeyUsage.SIGNING))
    for _ in range(MAX_CERTIFICATES):
        service.import_certificate(ImportRequest(certify(info)))
    with pytest.raises(TokenError) as error:
        service.import_certificate(ImportRequest(certify(info)))
    assert error.value.code == "signer.cert_import_failed"
    with pytest.raises(TokenError) as error:
        await service.generate(GenerateRequest(KeyUsage.SIGNING, label="x" * (MAX_LABEL_CHARACTERS + 1)))
    assert error.value.code == "signer.failed_to_generate_private_key"


async def test_keys_and_certificates_are_there_after_a_restart(tmp_path):
    async with running(tmp_path) as client:
        info = await make_certified(client, KeyUsage.SIGNING)
    async with running(tmp_path) as client:
        assert await client.list_keys() == (info,)
        assert await client.sign(info.id, digests.ECDSA_SHA512, b"d" * 64)


async def test_a_client_outlives_its_signer(tmp_path):
    async with SignerClient(tmp_path / "run" / "s.sock", timeout_seconds=20) as outlives:
        async with running(tmp_path):
            assert await outlives.get_state() is TokenState.UNLOCKED
        async with running(tmp_path, pin=""):
            assert await outlives.get_state() is TokenState.LOCKED


async def test_a_signer_that_is_not_there_is_an_error_of_the_token(tmp_path):
    client = SignerClient(tmp_path / "s.sock", timeout_seconds=0.2)
    error = await refused(client.sign("a", digests.ECDSA_SHA512, b"d" * 64))
    assert (error.code, error.action) == ("signer.network_error", "See whether `ridgeway signer run` is running.")


async def test_the_socket_is_the_owners_alone_and_no_core_is_dumped(tmp_path):
    async with running(tmp_path) as client:
        assert stat.S_IMODE(client.link.path.stat().st_mode) == 0o600
        assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)


def test_a_socket_path_that_is_too_long_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="107"):
        SignerClient(tmp_path / ("s" * 108))


async def test_an_unknown_verb_and_an_append_are_refused(tmp_path):
    async with running(tmp_path) as client:
        for ask in (client.link.ask("export", b""), client.link.append(b"x")):
            with pytest.raises(MessageError):
                await ask


async def test_a_frame_that_is_too_long_ends_the_connection_and_only_that_one(tmp_path: Path):
    async with running(tmp_path) as client:
        reader, writer = await asyncio.open_unix_connection(str(client.link.path))
        writer.write(struct.pack(">I", LIMITS.max_frame_bytes + 1))
        async with asyncio.timeout(10):
            await reader.read()
        writer.close()
        assert await client.get_state() is TokenState.UNLOCKED


quick = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=20) | st.binary(max_size=70),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
usual = st.sampled_from(
    [
        SignRequest("a", digests.ECDSA_SHA512, b"d" * 64),
        PinRequest(PIN, "short"),
        CsrRequest("a", FI_SUBJECT),
        ImportRequest(b"certificate", profile=FI, instance="NM"),
        ActivateRequest("00", True),
        "a",
    ]
).map(msgspec.msgpack.encode)


@quick
@given(data=st.data(), body=st.binary(max_size=200) | anything.map(msgspec.msgpack.encode) | usual)
async def test_whatever_is_asked_is_answered_or_refused_by_name(tmp_path, data, body):
    folder = tmp_path / "keys"
    handlers = list_handlers(SignerService(Token(folder) if folder.exists() else make_token(tmp_path)))
    verb = data.draw(st.sampled_from(sorted(set(handlers) - {"login", "pin"})))
    cut = data.draw(st.integers(0, len(body)))
    raised: RidgewayError | None = None
    try:
        await handlers[verb](body[:cut])
    except RidgewayError as error:
        raised = error
    assert raised is None or isinstance(raised, TokenError | MessageError)


@quick
@given(garbage=st.lists(st.binary(min_size=1, max_size=80), min_size=1, max_size=3))
async def test_garbage_at_the_socket_harms_nobody_else(tmp_path, garbage):
    async with running(tmp_path, pin="") as client:
        reader, writer = await asyncio.open_unix_connection(str(client.link.path))
        for piece in garbage:
            writer.write(struct.pack(">I", len(piece)) + piece)
        writer.write_eof()
        async with asyncio.timeout(10):
            await reader.read()
        writer.close()
        assert await client.get_state() is TokenState.LOCKED


def test_no_pin_is_in_a_repr():
    assert PIN not in repr(PinRequest(PIN, NEW_PIN))
    assert NEW_PIN not in repr(PinRequest(PIN, NEW_PIN))


async def test_an_answer_that_cannot_be_read_is_no_guess(tmp_path):
    async with running(tmp_path) as client:
        error = await refused(client.ask("state", None, bytes))
    assert error.code == "signer.internal_error"
    assert not isinstance(error, NetworkError)
