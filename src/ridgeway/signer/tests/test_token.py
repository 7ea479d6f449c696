"""Stories of the token on disk: what a PIN opens, what a thief sees, what a crash leaves."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ridgeway.errors import TokenError
from ridgeway.signer import KeyInfo, KeyType, KeyUsage, TokenState
from ridgeway.signer.keys import make_private_key, read_private_key, write_private_key, write_public_key
from ridgeway.signer.service import SignerService
from ridgeway.signer.tests.cast import NEW_PIN, PIN, make_token
from ridgeway.signer.token import INDEX_FILE, MAX_FILE_BYTES, TOKEN_FILE, Token
from ridgeway.signer.values import GenerateRequest

A = KeyInfo("a", "", KeyUsage.SIGNING, KeyType.EC_P256, b"")
B = KeyInfo("b", "", KeyUsage.SIGNING, KeyType.EC_P256, b"")


def code_of(act) -> str:
    with pytest.raises(TokenError) as refused:
        act()
    return refused.value.code


def test_a_token_is_absent_then_unlocked_then_locked_then_unlocked(tmp_path):
    token = Token(tmp_path / "keys")
    states = [token.state]
    token.create(PIN)
    states.append(token.state)
    again = Token(tmp_path / "keys")
    states.append(again.state)
    again.unlock(PIN)
    states.append(again.state)
    again.lock()
    states.append(again.state)
    absent, locked, unlocked = TokenState.ABSENT, TokenState.LOCKED, TokenState.UNLOCKED
    assert states == [absent, unlocked, locked, unlocked, locked]


def test_a_key_comes_back_after_the_token_was_opened_anew(tmp_path):
    key = write_private_key(make_private_key(KeyType.EC_P256))
    make_token(tmp_path).write_key(A, key)
    again = Token(tmp_path / "keys")
    again.unlock(PIN)
    assert again.read_key(A) == key


def test_a_locked_token_gives_no_key_and_takes_none(tmp_path):
    token = make_token(tmp_path)
    token.write_key(A, b"secret")
    token.lock()
    assert code_of(lambda: token.read_key(A)) == "signer.token_not_active"
    assert code_of(lambda: token.write_key(B, b"secret")) == "signer.token_not_active"


def test_a_wrong_pin_opens_nothing_and_is_not_repeated_in_the_error(tmp_path):
    make_token(tmp_path)
    token = Token(tmp_path / "keys")
    with pytest.raises(TokenError) as refused:
        token.unlock("some other secret")
    assert refused.value.code == "signer.pin_incorrect"
    assert "some other secret" not in refused.value.explain()
    assert token.state is TokenState.LOCKED


@pytest.mark.parametrize("pin", ["", "1234567", "x" * 257])
def test_a_weak_pin_is_refused_for_a_new_token_and_for_a_change(tmp_path, pin):
    assert code_of(lambda: Token(tmp_path / "new").create(pin)) == "signer.token_pin_policy_failure"
    token = make_token(tmp_path)
    assert code_of(lambda: token.change_pin(PIN, pin)) == "signer.token_pin_policy_failure"
    token.unlock(PIN)


def test_after_a_change_only_the_new_pin_opens_and_every_key_is_still_there(tmp_path):
    token = make_token(tmp_path)
    token.write_key(A, b"secret")
    before = (tmp_path / "keys" / "a.key").read_bytes()
    token.change_pin(PIN, NEW_PIN)
    again = Token(tmp_path / "keys")
    assert code_of(lambda: again.unlock(PIN)) == "signer.pin_incorrect"
    again.unlock(NEW_PIN)
    assert again.read_key(A) == b"secret"
    assert (tmp_path / "keys" / "a.key").read_bytes() == before


def test_the_change_needs_the_pin_and_not_only_an_open_token(tmp_path):
    token = make_token(tmp_path)
    assert code_of(lambda: token.change_pin("some other secret", NEW_PIN)) == "signer.pin_incorrect"
    token.unlock(PIN)


def test_no_second_token_is_made_over_the_first(tmp_path):
    token = make_token(tmp_path)
    assert code_of(lambda: token.create(PIN)) == "signer.token_exists"


def test_keys_whose_token_file_is_lost_are_not_written_over(tmp_path):
    service = SignerService(make_token(tmp_path))
    info = asyncio.run(service.generate(GenerateRequest(KeyUsage.SIGNING)))
    (tmp_path / "keys" / TOKEN_FILE).rename(tmp_path / "kept")
    again = Token(tmp_path / "keys")
    assert code_of(lambda: again.create(PIN)) == "signer.token_exists"
    (tmp_path / "kept").rename(tmp_path / "keys" / TOKEN_FILE)
    assert again.read_index() == (info,)


def test_nothing_secret_lies_open_on_disk(tmp_path):
    token = make_token(tmp_path)
    private = make_private_key(KeyType.EC_P256)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    token.write_key(A, write_private_key(private))
    number = private.private_numbers().private_value.to_bytes(32, "big")
    for file in (tmp_path / "keys").iterdir():
        data = file.read_bytes()
        assert number not in data
        assert PIN.encode() not in data
        assert token.get_master() not in data
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_a_key_file_is_bound_to_its_name(tmp_path):
    token = make_token(tmp_path)
    token.write_key(A, b"first")
    token.write_key(B, b"second")
    (tmp_path / "keys" / "a.key").write_bytes((tmp_path / "keys" / "b.key").read_bytes())
    assert code_of(lambda: token.read_key(A)) == "signer.key_not_found"


def test_an_index_that_could_not_be_read_again_is_not_written(tmp_path):
    token = make_token(tmp_path)
    info = KeyInfo("a", "x" * MAX_FILE_BYTES, KeyUsage.SIGNING, KeyType.EC_P256, b"")
    assert code_of(lambda: token.write_index((info,))) == "signer.token_not_available"
    assert token.read_index() == ()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), name=st.sampled_from([TOKEN_FILE, INDEX_FILE, "a.key"]))
def test_a_damaged_file_is_refused_and_never_taken_for_something_else(tmp_path, data, name):
    folder = tmp_path / "keys"
    token = make_token(tmp_path) if not folder.exists() else Token(folder)
    if token.state is TokenState.LOCKED:
        token.unlock(PIN)
    token.write_key(A, b"secret")
    whole = bytearray((folder / name).read_bytes())
    damaged = whole[: data.draw(st.integers(0, len(whole) - 1))]
    if data.draw(st.booleans()):
        damaged = whole.copy()
        damaged[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    (folder / name).write_bytes(damaged)
    again, code, found = Token(folder), "", None
    try:
        again.unlock(PIN)
        found = (again.read_index(), again.read_key(A))
    except TokenError as error:
        code = error.code
    finally:
        (folder / name).write_bytes(whole)
    if found is None:
        assert code in {"signer.pin_incorrect", "signer.token_not_available", "signer.key_not_found"}
    else:
        assert found == ((), b"secret")


def test_a_disk_that_refuses_leaves_the_old_state(tmp_path):
    token = make_token(tmp_path)
    (tmp_path / "keys" / f".{TOKEN_FILE}.new").mkdir()
    assert code_of(lambda: token.change_pin(PIN, NEW_PIN)) == "signer.token_not_available"
    Token(tmp_path / "keys").unlock(PIN)


LOOP_OF_KEYS = """
import asyncio
import sys
from pathlib import Path
from ridgeway.signer.service import SignerService
from ridgeway.signer.token import Token
from ridgeway.signer.values import GenerateRequest, KeyUsage
token = Token(Path(sys.argv[1]))
token.unlock(sys.argv[2])
service = SignerService(token)
while True:
    print(asyncio.run(service.generate(GenerateRequest(KeyUsage.SIGNING))).id, flush=True)
"""
LOOP_OF_PINS = """
import sys
from pathlib import Path
from ridgeway.signer.token import Token
token, pins = Token(Path(sys.argv[1])), sys.argv[2:4]
while True:
    token.change_pin(*pins)
    pins.reverse()
    print("changed", flush=True)
"""


def kill_while_it_works(program: str, *arguments: str, after: int) -> list[str]:
    """What the program said before it was killed, `after` lines and a moment into its work."""
    with subprocess.Popen([sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline().strip() for _ in range(after)]
        time.sleep(0.0007 * after)
        os.kill(process.pid, signal.SIGKILL)
        rest, _ = process.communicate(timeout=30)
    return said + rest.split()


@pytest.mark.parametrize("after", range(1, 9))
def test_a_kill_while_keys_are_made_leaves_every_key_that_was_promised(tmp_path: Path, after: int):
    make_token(tmp_path)
    promised = kill_while_it_works(LOOP_OF_KEYS, str(tmp_path / "keys"), PIN, after=after)
    token = Token(tmp_path / "keys")
    token.unlock(PIN)
    index = {info.id: info for info in token.read_index()}
    assert set(promised) <= set(index)
    for info in index.values():
        assert write_public_key(read_private_key(token.read_key(info))) == info.public_key
    assert asyncio.run(SignerService(token).generate(GenerateRequest(KeyUsage.SIGNING))).id not in index


@pytest.mark.parametrize("after", range(1, 6))
def test_a_kill_while_the_pin_changes_leaves_one_pin_that_opens_every_key(tmp_path: Path, after: int):
    make_token(tmp_path).write_key(A, b"secret")
    kill_while_it_works(LOOP_OF_PINS, str(tmp_path / "keys"), PIN, NEW_PIN, after=after)
    opened = []
    for pin in (PIN, NEW_PIN):
        token = Token(tmp_path / "keys")
        try:
            token.unlock(pin)
        except TokenError:
            continue
        opened.append(token.read_key(A))
    assert opened == [b"secret"]
