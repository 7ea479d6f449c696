from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import MessageLogError, SettingsError
from ridgeway.messagelog.databases import open_database
from ridgeway.messagelog.encryption import PLAIN, KeyRing, open_key_ring, read_keys, write_new_key
from ridgeway.messagelog.tests.cast import Place, a_record, a_running_log, a_time_authority, cluster, place
from ridgeway.messagelog.tests.test_archiving import names_of, prove_archives
from ridgeway.messagelog.tests.test_log import prove
from ridgeway.settings import MessageLogSettings, Settings

__all__ = ["cluster", "place"]
RING = KeyRing("k1", {"k1": b"1" * 32, "k0": b"0" * 32})


def read_stored(place: Place) -> list[bytes]:
    database = open_database(place.settings.database_url(place.settings.messagelog.database), is_writer=False)
    rows = database.read("SELECT message FROM messagelog_record") + database.read("SELECT content FROM messagelog_body")
    database.close()
    return [bytes(value) for (value,) in rows]


async def test_messages_and_bodies_lie_encrypted_and_their_containers_prove(place: Place):
    write_new_key(place.settings.path(place.settings.messagelog.encryption_keys), "k1")
    sealed = place.with_(encrypt_messages=True)
    async with a_time_authority() as authority, a_running_log(sealed, urls=(authority.url,)) as log:
        await log.append(a_record("q1", body=b"a secret body"))
        await log.stamp()
        proven = prove(await log.fetch_container(1))
        assert [each.size for each in proven.attachments] == [13]
        await log.archive()
    assert names_of(prove_archives(place)) == [["q1"]]
    message, body = read_stored(place)
    assert b"X-Road" not in message
    assert b"secret" not in body


async def test_a_new_key_encrypts_from_the_next_start_and_old_ones_still_decrypt(place: Place):
    file = place.settings.path(place.settings.messagelog.encryption_keys)
    sealed = place.with_(encrypt_messages=True)
    async with a_time_authority() as authority:
        async with a_running_log(place, urls=(authority.url,)) as log:
            await log.append(a_record("q0", body=b"plain"))
        for name in ("k1", "k2"):
            write_new_key(file, name)
            async with a_running_log(sealed, urls=(authority.url,)) as log:
                await log.append(a_record(name, body=b"body"))
        async with a_running_log(place, urls=(authority.url,)) as log:
            await log.stamp()
            for number in (1, 2, 3):
                prove(await log.fetch_container(number))
    database = open_database(place.settings.database_url(place.settings.messagelog.database), is_writer=False)
    assert database.read("SELECT key_id FROM messagelog_record ORDER BY id") == [("",), ("k1",), ("k2",)]
    database.close()
    write_new_key(file, "k3")
    file.write_text(file.read_text().partition("\n")[0] + "\n")
    async with a_running_log(sealed) as log:
        with pytest.raises(MessageLogError, match="under the key 'k1', which is not in"):
            await log.fetch_container(2)


@given(st.binary(max_size=200))
def test_what_is_sealed_opens_in_its_place_alone_and_unchanged(data: bytes):
    sealed = RING.seal(data, "here")
    assert RING.open(sealed, "here", key_id="k1") == data
    assert RING.seal(data, "here") != sealed
    for place_, key, changed in (
        ("there", "k1", sealed),
        ("here", "k0", sealed),
        ("here", "k1", sealed[:-1]),
        ("here", "k1", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        ("here", "k1", b""),
    ):
        with pytest.raises(MessageLogError, match="was changed"):
            RING.open(changed, place_, key_id=key)
    assert PLAIN.open(PLAIN.seal(data, "here"), "here", key_id="") == data


def test_a_key_file_is_its_owner_s_alone_and_a_repr_tells_no_key(tmp_path: Path):
    file = tmp_path / "keys"
    write_new_key(file, "k1")
    write_new_key(file, "k2")
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(read_keys(file)) == ["k2", "k1"]
    ring = open_key_ring(
        Settings(state_dir=tmp_path, messagelog=MessageLogSettings(encrypt_messages=True, encryption_keys=Path("keys")))
    )
    assert ring.current == "k2"
    assert repr(ring) == "KeyRing(current='k2')"


@pytest.mark.parametrize("text", ["", "k1", "k1 AAAA", "k1 !!", "k1 " + "A" * 43 + "=\nk1 " + "A" * 43 + "=", "é x"])
def test_a_key_file_that_holds_no_keys_is_refused(tmp_path: Path, text: str):
    file = tmp_path / "messagelog.keys"
    file.write_text(text)
    with pytest.raises(SettingsError, match="encryption_keys"):
        read_keys(file)
    with pytest.raises(SettingsError):
        open_key_ring(Settings(state_dir=tmp_path))


@pytest.mark.parametrize("key_id", ["", "a b", "ü", "x" * 65, "a\n"])
def test_an_id_that_cannot_stand_in_a_line_is_refused(tmp_path: Path, key_id: str):
    with pytest.raises(SettingsError, match="no key id"):
        write_new_key(tmp_path / "keys", key_id)


def test_without_a_key_file_an_encrypted_log_does_not_start(tmp_path: Path):
    with pytest.raises(SettingsError, match="cannot be used"):
        open_key_ring(Settings(state_dir=tmp_path, messagelog=MessageLogSettings(encrypt_messages=True)))
    assert open_key_ring(Settings(state_dir=tmp_path)) == PLAIN
