"""Stories of whoever can write the token's folder and does not know its PIN; and of folders of the first release."""

import base64
import json
import os
import secrets

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ridgeway.errors import TokenError
from ridgeway.signer import KeyType, KeyUsage, TokenState
from ridgeway.signer.keys import make_private_key, write_private_key, write_public_key
from ridgeway.signer.service import SignerService
from ridgeway.signer.tests.cast import NEW_PIN, PIN, certify, make_token
from ridgeway.signer.token import (
    INDEX_FILE,
    MASTER_BYTES,
    NONCE_BYTES,
    PURPOSES,
    SCRYPT_N,
    SCRYPT_P,
    SCRYPT_R,
    TOKEN_FILE,
    Envelope,
    Token,
    derive_key,
)
from ridgeway.signer.values import CertificateInfo, GenerateRequest, ImportRequest, KeyInfo, PinRequest, SignRequest

WAY = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512"


def code_of(act) -> str:
    with pytest.raises(TokenError) as refused:
        act()
    return refused.value.code


async def make_folder(tmp_path) -> KeyInfo:
    service = SignerService(make_token(tmp_path))
    info = await service.generate(GenerateRequest(KeyUsage.SIGNING, label="seal"))
    return service.import_certificate(ImportRequest(certify(info)))


def rewrite(tmp_path, **changes) -> None:
    file = tmp_path / "keys" / INDEX_FILE
    index = json.loads(file.read_bytes())
    index["keys"][0] |= changes
    file.write_text(json.dumps(index))


@pytest.mark.parametrize("changes", [{"usage": "authentication"}, {"label": "other"}, {"certificates": []}])
async def test_an_index_that_somebody_changed_is_told_while_locked_and_used_for_nothing(tmp_path, changes):
    info = await make_folder(tmp_path)
    rewrite(tmp_path, **changes)
    token = Token(tmp_path / "keys")
    service = SignerService(token)
    assert len(service.list_keys()) == 1
    token.unlock(PIN)
    for act in (service.list_keys, service.get_authentication_key, lambda: service.get_key(info.id)):
        assert code_of(act) == "signer.token_not_available"
    with pytest.raises(TokenError):
        await service.sign(SignRequest(info.id, WAY, b"d" * 64))


async def test_an_index_of_the_first_release_is_not_believed_any_more(tmp_path):
    await make_folder(tmp_path)
    file = tmp_path / "keys" / INDEX_FILE
    listed = json.loads(file.read_bytes())["keys"]
    file.write_text(json.dumps([listed[0] | {"usage": "authentication"}]))
    token = Token(tmp_path / "keys")
    token.unlock(PIN)
    assert code_of(token.read_index) == "signer.token_not_available"


async def test_a_private_key_opens_only_under_what_it_was_made_for(tmp_path):
    info = await make_folder(tmp_path)
    token = Token(tmp_path / "keys")
    token.unlock(PIN)
    assert token.read_key(info)
    for wrong in (
        {"usage": KeyUsage.AUTHENTICATION},
        {"label": "other"},
        {"type": KeyType.RSA_2048},
        {"public_key": b"another"},
    ):
        assert code_of(lambda wrong=wrong: token.read_key(msgspec.structs.replace(info, **wrong))) == (
            "signer.key_not_found"
        )


def write_first_release(folder, *, usage=KeyUsage.SIGNING, certified_for=KeyUsage.SIGNING) -> KeyInfo:
    """A folder as the first release wrote it: an index without a code, keys bound to their id alone."""
    folder.mkdir(mode=0o700)
    master, private = secrets.token_bytes(MASTER_BYTES), make_private_key(KeyType.EC_P256)
    info = KeyInfo("a1", "seal", certified_for, KeyType.EC_P256, write_public_key(private))
    certificates = (CertificateInfo(certify(info)),)
    nonce = secrets.token_bytes(NONCE_BYTES)
    (folder / "a1.key").write_bytes(nonce + AESGCM(master).encrypt(nonce, write_private_key(private), b"a1"))
    listed = {"id": "a1", "label": "seal", "usage": str(usage), "type": "ec-p256"}
    listed["public_key"] = base64.b64encode(info.public_key).decode()
    shown = [{"der": base64.b64encode(certificates[0].der).decode(), "is_active": True, "member": ""}]
    (folder / INDEX_FILE).write_text(json.dumps([listed | {"certificates": shown}]))
    envelope = Envelope(1, SCRYPT_N, SCRYPT_R, SCRYPT_P, base64.b64encode(os.urandom(16)), b"")
    sealed = nonce + AESGCM(derive_key(PIN, envelope)).encrypt(nonce, master, PURPOSES[1])
    (folder / TOKEN_FILE).write_bytes(
        msgspec.json.encode(msgspec.structs.replace(envelope, sealed=base64.b64encode(sealed)))
    )
    return msgspec.structs.replace(info, usage=usage, certificates=certificates)


@pytest.mark.parametrize("by_change", [False, True])
async def test_a_folder_of_the_first_release_is_brought_forward_when_it_is_opened(tmp_path, caplog, by_change):
    info = write_first_release(tmp_path / "keys")
    token = Token(tmp_path / "keys")
    assert token.read_index() == (info,)
    if by_change:
        await SignerService(token).change_pin(PinRequest(PIN, NEW_PIN))
        token = Token(tmp_path / "keys")
    token.unlock(NEW_PIN if by_change else PIN)
    assert "a1 'seal' for signing" in caplog.text
    assert json.loads((tmp_path / "keys" / INDEX_FILE).read_bytes())["version"] == 2
    again = Token(tmp_path / "keys")
    again.unlock(NEW_PIN if by_change else PIN)
    assert again.read_index() == (info,)
    assert await SignerService(again).sign(SignRequest("a1", WAY, b"d" * 64))


def test_a_key_of_the_first_release_whose_usage_is_a_lie_is_not_brought_forward(tmp_path):
    write_first_release(tmp_path / "keys", usage=KeyUsage.AUTHENTICATION, certified_for=KeyUsage.SIGNING)
    token = Token(tmp_path / "keys")
    assert code_of(lambda: token.unlock(PIN)) == "signer.token_not_available"
    assert token.state is TokenState.LOCKED


def test_a_migration_that_was_cut_off_begins_anew(tmp_path):
    info = write_first_release(tmp_path / "keys")
    kept = (tmp_path / "keys" / TOKEN_FILE).read_bytes()
    Token(tmp_path / "keys").unlock(PIN)
    (tmp_path / "keys" / TOKEN_FILE).write_bytes(kept)
    token = Token(tmp_path / "keys")
    token.unlock(PIN)
    assert (token.read_index(), len(token.read_key(info)) > 0) == ((info,), True)


@pytest.mark.parametrize("pin", ["Abcdefgh1", "abcdefghij", "abcdefghi1", "Abcdefghi1ä", "Abcdefghi1\n"])
def test_the_policy_refuses_what_is_weak(tmp_path, pin):
    assert code_of(lambda: Token(tmp_path / "keys", has_pin_policy=True).create(pin)) == (
        "signer.token_pin_policy_failure"
    )


def test_the_policy_takes_ten_characters_of_three_classes(tmp_path):
    Token(tmp_path / "keys", has_pin_policy=True).create("Abcdefghi1")
    Token(tmp_path / "keys", has_pin_policy=True).unlock("Abcdefghi1")
