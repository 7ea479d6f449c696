import asyncio
import os
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest

from ridgeway.errors import MessageError, MessageLogError, NetworkError
from ridgeway.journal import JournalLimits, JournalServer, SyncJournalClient
from ridgeway.journal.frames import Answer, write_frame
from ridgeway.journal.tests.stores import SqliteStore, disk_full

T = TypeVar("T")
QUICK = JournalLimits(connect_timeout_seconds=0.2, answer_timeout_seconds=5)


def parts(folder: Path) -> tuple[SqliteStore, Path]:
    return SqliteStore(folder / "entries.sqlite3"), folder / "run" / "j.sock"


async def in_thread(work: Callable[[], T]) -> T:
    return await asyncio.to_thread(work)


def lose_connections(server: JournalServer) -> None:
    for peer in server.peers:
        assert peer.transport is not None
        peer.transport.abort()


async def test_threads_that_wait_together_share_a_commit_and_each_gets_its_own_answer(tmp_path: Path):
    store, path = parts(tmp_path)
    async with JournalServer(store, path):
        with SyncJournalClient(path) as client, ThreadPoolExecutor(21) as pool:
            loop = asyncio.get_running_loop()
            store.gate.clear()
            first = loop.run_in_executor(pool, client.append, b"first")
            await asyncio.sleep(0.1)
            others = [loop.run_in_executor(pool, client.append, f"{n}".encode()) for n in range(20)]
            await asyncio.sleep(0.2)
            assert not first.done()
            store.gate.set()
            assert await first == b"1"
            numbers = [int(answer) for answer in await asyncio.gather(*others)]
            assert store.groups == [1, 20]
    again = SqliteStore(tmp_path / "entries.sqlite3")
    assert [again.bodies()[number - 1] for number in numbers] == [f"{n}".encode() for n in range(20)]
    again.close()


async def test_one_thread_asks_again_and_again_over_one_connection(tmp_path: Path):
    store, path = parts(tmp_path)
    async with JournalServer(store, path) as server:
        with SyncJournalClient(path) as client:
            answers = await in_thread(lambda: [client.append(b"x") for _ in range(20)])
            assert answers == [str(n + 1).encode() for n in range(20)]
            assert (len(client.idle), len(server.peers)) == (1, 1)


async def test_what_the_store_refuses_is_raised_as_it_was_there(tmp_path: Path):
    store, path = parts(tmp_path)
    async with JournalServer(store, path):
        with SyncJournalClient(path) as client:
            with pytest.raises(MessageError, match="bad") as refused:
                await in_thread(lambda: client.append(b"bad"))
            assert refused.value.action == "Send a good one."
            store.fails = disk_full()
            with pytest.raises(MessageLogError):
                await in_thread(lambda: client.append(b"x"))
            store.fails = None
            assert await in_thread(lambda: client.append(b"y")) == b"1"


async def test_a_request_whose_answer_was_lost_is_told_and_not_repeated(tmp_path: Path):
    store, path = parts(tmp_path)
    async with JournalServer(store, path) as server:
        with SyncJournalClient(path) as client:
            store.gate.clear()
            waiting = asyncio.ensure_future(in_thread(lambda: client.append(b"once")))
            await asyncio.sleep(0.1)
            lose_connections(server)
            with pytest.raises(NetworkError, match="before an answer"):
                await waiting
            store.gate.set()
            await in_thread(lambda: client.append(b"next"))
        assert store.bodies() == [b"once", b"next"]


async def test_a_request_with_a_key_is_repeated_and_stands_once(tmp_path: Path):
    store, path = parts(tmp_path)
    async with JournalServer(store, path) as server:
        with SyncJournalClient(path) as client:
            store.gate.clear()
            waiting = asyncio.ensure_future(in_thread(lambda: client.append(b"once", key="k1")))
            await asyncio.sleep(0.1)
            lose_connections(server)
            await asyncio.sleep(0.1)
            store.gate.set()
            assert await waiting == b"1"
        assert store.bodies() == [b"once"]


async def test_a_writer_that_was_started_again_is_reached_though_the_old_connection_idled(tmp_path: Path):
    store, path = parts(tmp_path)
    with SyncJournalClient(path) as client:
        async with JournalServer(store, path):
            await in_thread(lambda: client.append(b"a"))
        assert len(client.idle) == 1
        async with JournalServer(SqliteStore(tmp_path / "entries.sqlite3"), path):
            assert await in_thread(lambda: client.append(b"b")) == b"2"


async def test_a_late_answer_is_never_given_to_another_request(tmp_path: Path):
    store, path = parts(tmp_path)
    async with JournalServer(store, path):
        with SyncJournalClient(path) as client:
            store.gate.clear()
            with pytest.raises(NetworkError, match=r"did not answer within 0\.2 seconds"):
                await in_thread(lambda: client.append(b"slow", timeout_seconds=0.2))
            assert client.idle == []
            store.gate.set()
            assert await in_thread(lambda: client.append(b"next")) == b"2"


async def test_without_a_writer_the_client_says_where_it_looked(tmp_path: Path):
    client = SyncJournalClient(tmp_path / "none.sock", limits=QUICK)
    with pytest.raises(NetworkError, match=r"Nobody answers at .*none\.sock"):
        await in_thread(lambda: client.append(b"x"))
    with pytest.raises(NetworkError, match=r"within 0\.05 seconds"):
        await in_thread(lambda: client.append(b"x", timeout_seconds=0.05))


async def test_a_request_that_is_too_long_is_refused_before_anything_is_sent(tmp_path: Path):
    with pytest.raises(NetworkError, match="too long"):
        SyncJournalClient(tmp_path / "none.sock", limits=QUICK).append(bytes(40 * 1024 * 1024))


async def test_a_body_of_ten_mebibytes_passes(tmp_path: Path):
    store, path = parts(tmp_path)
    async with JournalServer(store, path):
        with SyncJournalClient(path) as client:
            body = bytes(10 * 1024 * 1024)
            await in_thread(lambda: client.append(body))
            assert store.bodies() == [body]


@pytest.mark.parametrize("sent", [b"\xff\xff\xff\xff", b"\x00\x00\x00\x01\xc1", write_frame(Answer(987_654, b"no"))])
def test_an_answer_that_cannot_be_the_awaited_one_ends_the_connection(tmp_path: Path, sent: bytes):
    path = tmp_path / "false.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen()

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(sent)

        thread = threading.Thread(target=answer)
        thread.start()
        client = SyncJournalClient(path, limits=QUICK)
        with pytest.raises(NetworkError, match="before an answer"):
            client.append(b"x")
        thread.join()
        assert client.idle == []


async def test_a_child_process_uses_connections_of_its_own(tmp_path: Path):
    store, path = parts(tmp_path)
    async with JournalServer(store, path) as server:
        with SyncJournalClient(path) as client:
            await in_thread(lambda: client.append(b"a"))
            (parents,) = client.idle
            client.owner = os.getpid() + 1  # as it looks in a child
            assert await in_thread(lambda: client.append(b"b")) == b"2"
            assert parents not in client.idle
            assert len(server.peers) == 1
