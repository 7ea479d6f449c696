import asyncio
import socket
import stat
from pathlib import Path

import pytest

from ridgeway.errors import MessageError, MessageLogError, NetworkError, SettingsError
from ridgeway.http import run
from ridgeway.journal import JournalClient, JournalLimits, JournalServer
from ridgeway.journal.frames import Answer, write_frame
from ridgeway.journal.tests.stores import SqliteStore, disk_full

QUICK = JournalLimits(connect_timeout_seconds=0.2, answer_timeout_seconds=5)


def parts(folder: Path) -> tuple[SqliteStore, Path]:
    return SqliteStore(folder / "entries.sqlite3"), folder / "run" / "j.sock"


def lose_connections(server: JournalServer) -> None:
    for peer in server.peers:
        assert peer.transport is not None
        peer.transport.abort()


async def test_an_answer_comes_after_the_commit_and_what_queued_shares_one(tmp_path: Path):
    store, path = parts(tmp_path)
    async with JournalServer(store, path), JournalClient(path) as client:
        store.gate.clear()
        first = asyncio.create_task(client.append(b"first"))
        await asyncio.sleep(0.05)
        others = [asyncio.create_task(client.append(f"{n}".encode())) for n in range(50)]
        await asyncio.sleep(0.05)
        assert not first.done()
        store.gate.set()
        assert await first == b"1"
        assert await asyncio.gather(*others) == [str(n + 2).encode() for n in range(50)]
        assert store.groups == [1, 50]


async def test_the_socket_and_its_folder_are_the_owners_alone(tmp_path: Path):
    store, path = parts(tmp_path)
    async with JournalServer(store, path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert not path.exists()


async def test_a_folder_that_others_may_write_is_refused(tmp_path: Path):
    store, path = parts(tmp_path)
    path.parent.mkdir()
    path.parent.chmod(0o777)
    with pytest.raises(SettingsError, match="mode 777"):
        await JournalServer(store, path).__aenter__()
    store.close()


def test_a_path_longer_than_the_system_keeps_is_refused_with_its_length(tmp_path: Path):
    path = tmp_path / ("x" * 108)
    with pytest.raises(SettingsError, match="at most 107"):
        JournalClient(path)


async def test_a_second_writer_of_the_same_socket_is_refused(tmp_path: Path):
    store, path = parts(tmp_path)
    async with JournalServer(store, path):
        with pytest.raises(SettingsError, match="Another process"):
            await JournalServer(store, path).__aenter__()


async def test_one_bad_entry_spoils_no_other_of_its_group(tmp_path: Path):
    store, path = parts(tmp_path)
    async with JournalServer(store, path), JournalClient(path) as client:
        store.gate.clear()
        tasks = [asyncio.create_task(client.append(body)) for body in (b"a", b"b", b"bad", b"c")]
        await asyncio.sleep(0.05)
        store.gate.set()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [r for r in results if isinstance(r, bytes)] == [b"1", b"2", b"3"]
        assert isinstance(results[2], MessageError)
        assert (results[2].code, results[2].action) == ("invalid_request", "Send a good one.")


async def test_when_the_store_fails_each_of_the_group_is_told_and_the_next_group_is_tried(tmp_path: Path):
    store, path = parts(tmp_path)
    async with JournalServer(store, path), JournalClient(path) as client:
        store.fails = disk_full()
        results = await asyncio.gather(*(client.append(b"x") for _ in range(3)), return_exceptions=True)
        assert [type(r) for r in results] == [MessageLogError] * 3
        store.fails = None
        assert await client.append(b"y") == b"1"


async def test_an_unknown_failure_stops_the_writer_and_acknowledges_nothing(tmp_path: Path):
    store, path = parts(tmp_path)
    async with JournalServer(store, path) as server, JournalClient(path, limits=QUICK) as client:
        store.fails = ZeroDivisionError()
        waiting = asyncio.create_task(client.append(b"x", timeout_seconds=0.3))
        with pytest.raises(ZeroDivisionError):
            await server.wait()
        with pytest.raises(NetworkError, match=r"0\.3 seconds"):
            await waiting


async def test_a_full_queue_stops_reading_and_nothing_is_lost(tmp_path: Path):
    store, path = parts(tmp_path)
    limits = JournalLimits(max_queued_records=10, max_batch_records=4)
    async with JournalServer(store, path, limits=limits) as server, JournalClient(path) as client:
        store.gate.clear()
        body = b"z" * 100_000
        tasks = [asyncio.create_task(client.append(body)) for _ in range(100)]
        await asyncio.sleep(0.2)
        assert server.is_full()
        assert len(server.queue) < 20
        store.gate.set()
        assert len(set(await asyncio.gather(*tasks))) == 100
        assert max(store.groups) == 4


async def test_a_body_of_ten_mebibytes_passes_and_a_longer_frame_is_refused(tmp_path: Path):
    store, path = parts(tmp_path)
    async with JournalServer(store, path), JournalClient(path, limits=JournalLimits(max_frame_bytes=1 << 40)) as client:
        body = bytes(10 * 1024 * 1024)
        await client.append(body)
        assert store.bodies() == [body]
        with pytest.raises(NetworkError, match="was lost"):
            await client.append(bytes(40 * 1024 * 1024))
        with pytest.raises(NetworkError, match="too long"):
            await JournalClient(path).append(bytes(40 * 1024 * 1024))


async def test_a_request_whose_answer_was_lost_is_told_and_not_repeated(tmp_path: Path):
    store, path = parts(tmp_path)
    async with JournalServer(store, path) as server, JournalClient(path) as client:
        store.gate.clear()
        waiting = asyncio.create_task(client.append(b"once"))
        await asyncio.sleep(0.05)
        lose_connections(server)
        with pytest.raises(NetworkError, match="before an answer"):
            await waiting
        store.gate.set()
        await client.append(b"next")
        assert store.bodies() == [b"once", b"next"]


async def test_a_request_with_a_key_is_repeated_and_stands_once(tmp_path: Path):
    store, path = parts(tmp_path)
    async with JournalServer(store, path) as server, JournalClient(path) as client:
        store.gate.clear()
        waiting = asyncio.create_task(client.append(b"once", key="k1"))
        await asyncio.sleep(0.05)
        lose_connections(server)
        await asyncio.sleep(0.1)
        store.gate.set()
        assert await waiting == b"1"
        assert store.bodies() == [b"once"]


async def test_a_client_reaches_a_writer_that_was_started_again(tmp_path: Path):
    store, path = parts(tmp_path)
    async with JournalClient(path) as client:
        async with JournalServer(store, path):
            await client.append(b"a")
        later = asyncio.create_task(client.append(b"b"))
        await asyncio.sleep(0.1)
        async with JournalServer(SqliteStore(tmp_path / "entries.sqlite3"), path):
            assert await later == b"2"


async def test_without_a_writer_the_client_says_where_it_looked(tmp_path: Path):
    with pytest.raises(NetworkError, match=r"Nobody answers at .*none\.sock"):
        await JournalClient(tmp_path / "none.sock", limits=QUICK).append(b"x")


async def test_what_was_taken_before_a_stop_is_committed_and_answered(tmp_path: Path):
    store, path = parts(tmp_path)
    server = JournalServer(store, path)
    await server.__aenter__()
    # Who comes after the stop looks for the writer in vain, one after the other: let that be short.
    client = JournalClient(path, limits=QUICK)
    tasks = [asyncio.create_task(client.append(b"x")) for _ in range(2000)]
    await asyncio.sleep(0.01)
    while not server.queue and not store.groups:
        await asyncio.sleep(0.001)
    await server.__aexit__()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    answered = [r for r in results if isinstance(r, bytes)]
    assert answered
    again = SqliteStore(tmp_path / "entries.sqlite3")
    assert len(again.bodies()) >= len(answered)
    again.close()


async def test_handlers_answer_other_verbs_and_an_unknown_verb_is_refused(tmp_path: Path):
    store, path = parts(tmp_path)

    async def echo(body: bytes) -> bytes:
        return body[::-1]

    async with JournalServer(store, path, handlers={"echo": echo}), JournalClient(path) as client:
        assert await client.ask("echo", b"abc") == b"cba"
        with pytest.raises(MessageError, match="known: echo"):
            await client.ask("shout", b"abc")


async def test_appends_are_refused_with_what_the_door_says(tmp_path: Path):
    store, path = parts(tmp_path)

    def refuse() -> None:
        raise MessageLogError("logging_failed.timestamping_failed", "Stamping has failed for too long.")

    async with JournalServer(store, path, admit=refuse), JournalClient(path) as client:
        with pytest.raises(MessageLogError, match="too long"):
            await client.append(b"x")
        assert store.bodies() == []


@pytest.mark.parametrize(
    "garbage", [b"GET / HTTP/1.1\r\n\r\n", b"\x00\x00\x00\x01\xc1", b"\xff" * 20, write_frame(Answer(1))]
)
async def test_garbage_ends_that_connection_alone(tmp_path: Path, garbage: bytes):
    store, path = parts(tmp_path)
    async with JournalServer(store, path), JournalClient(path) as client:
        await client.append(b"a")
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_UNIX) as raw:
            raw.setblocking(False)
            await loop.sock_connect(raw, str(path))
            await loop.sock_sendall(raw, garbage)
            received = b""
            while data := await asyncio.wait_for(loop.sock_recv(raw, 4096), 5):
                received += data
            assert b"io_error" in received
        assert await client.append(b"b") == b"2"


def test_both_ends_work_on_either_loop(tmp_path: Path):
    async def append_much() -> int:
        store, path = parts(tmp_path)
        async with JournalServer(store, path), JournalClient(path) as client:
            await asyncio.gather(*(client.append(bytes(100_000)) for _ in range(100)))
            return len(store.bodies())

    assert run(append_much(), use_uvloop=True) == 100
    assert run(append_much(), use_uvloop=False) == 200
