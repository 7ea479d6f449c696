"""The pool: reuse, limits, timeouts, stale connections, several addresses."""

import asyncio
import socket

import pytest

from ridgeway.errors import NetworkError
from ridgeway.http import (
    Address,
    ClientTls,
    Favourite,
    HttpLimits,
    Origin,
    PeerLostError,
    Pool,
    PoolLimits,
    connect_fastest,
    fetch,
    parse_url,
    run,
    serve,
)
from ridgeway.http.connecting import take_turns
from ridgeway.http.tests.cast import echo, new_identity


async def serve_bytes(*answers: bytes, close: bool = True):
    """A server that gives these answers, one a connection, whatever it is asked."""
    waiting = list(answers)

    async def speak(reader, writer):
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(waiting.pop(0))
            await writer.drain()
            if not close:
                await reader.read()
        finally:
            writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    return server, Origin("127.0.0.1", server.sockets[0].getsockname()[1])


UNTRUSTWORTHY = {
    "both": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
    "unknown coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok",
    "too short": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok",
    "no last chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "nothing": b"",
    "another protocol": b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
    "a long head": b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
    "endless trailers": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: y\r\n" * 40_000,
}


@pytest.mark.parametrize("name", UNTRUSTWORTHY)
async def test_an_answer_that_cannot_be_trusted_is_an_error(name):
    server, origin = await serve_bytes(UNTRUSTWORTHY[name])
    async with server, Pool() as pool:
        with pytest.raises(PeerLostError):
            await fetch(pool, "GET", (origin, "/"), max_bytes=100)


async def test_answers_without_a_body_with_1xx_and_until_close_are_read():
    server, origin = await serve_bytes(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 2000\r\n\r\n",
        b"HTTP/1.0 200\r\n\r\nuntil the end",
    )
    async with server, Pool() as pool:
        answers = [await fetch(pool, "GET", (origin, "/"), max_bytes=100) for _ in range(3)]
    assert [(each.status, each.body) for each in answers] == [(200, b"ok"), (304, b""), (200, b"until the end")]


async def test_more_than_one_answer_is_never_given_to_the_next_request():
    two = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" * 2
    server, origin = await serve_bytes(two, b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext", close=False)
    async with server, Pool() as pool:
        bodies: list[bytes | None] = []
        for _ in range(3):
            try:
                bodies.append((await fetch(pool, "GET", (origin, "/"), max_bytes=100, may_retry=False)).body)
            except PeerLostError:
                bodies.append(None)
            if b"next" in bodies:
                break
    assert bodies[-1] == b"next"
    assert bodies.count(b"ok") <= 1


async def test_a_stale_connection_is_replaced_once_where_the_request_may_be_repeated():
    served = []

    async def speak(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        served.append("first")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        try:
            await reader.readuntil(b"\r\n\r\n")
            served.append("second, dropped")
        except asyncio.IncompleteReadError:
            pass
        writer.transport.abort()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    origin = Origin("127.0.0.1", server.sockets[0].getsockname()[1])
    async with server, Pool() as pool:
        await fetch(pool, "GET", (origin, "/"), max_bytes=10)
        again = await fetch(pool, "GET", (origin, "/"), max_bytes=10)
        with pytest.raises(PeerLostError) as caught:
            await fetch(pool, "POST", (origin, "/"), body=b"", max_bytes=10)
    assert again.body == b"ok"
    assert served == ["first", "second, dropped", "first", "second, dropped"]
    assert caught.value.may_retry


async def test_a_fresh_connection_that_fails_is_not_tried_again():
    server, origin = await serve_bytes(b"", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    async with server, Pool() as pool:
        with pytest.raises(PeerLostError):
            await fetch(pool, "GET", (origin, "/"), max_bytes=10)


async def test_silence_ends_each_read_and_progress_renews_it():
    async def handler(request, response):
        await response.start(200, "OK", [])
        for _ in range(6):
            await response.write(b"x")
            await asyncio.sleep(0.1)
        await asyncio.sleep(10 if request.target == b"/hang" else 0)
        await response.finish()

    async with serve(handler, host="127.0.0.1", port=0) as server, Pool(PoolLimits(read_timeout_seconds=0.4)) as pool:
        origin = Origin("127.0.0.1", server.port)
        slow = await fetch(pool, "GET", (origin, "/"), max_bytes=10)
        with pytest.raises(PeerLostError, match="silent for"):
            await fetch(pool, "GET", (origin, "/hang"), max_bytes=10)
        async with pool.exchange(origin, read_timeout_seconds=0.05) as exchange:
            await exchange.start("GET", "/")
            await exchange.finish()
            with pytest.raises(PeerLostError, match=r"silent for 0\.05"):
                await exchange.read(10)
    assert slow.body == b"xxxxxx"


async def test_connections_are_limited_and_the_wait_for_one_too():
    release = asyncio.Event()
    running = []

    async def handler(request, response):
        running.append(len(server.connections))
        await release.wait()
        await response.send(200, "OK", [], b"")

    limits = PoolLimits(max_connections_per_origin=2, waiting_timeout_seconds=0.2)
    async with serve(handler, host="127.0.0.1", port=0) as server, Pool(limits) as pool:
        origin = Origin("127.0.0.1", server.port)
        async with asyncio.TaskGroup() as group:
            two = [group.create_task(fetch(pool, "GET", (origin, "/"), max_bytes=1)) for _ in range(2)]
            while len(running) < 2:
                await asyncio.sleep(0.01)
            with pytest.raises(NetworkError, match="stayed busy"):
                await fetch(pool, "GET", (origin, "/"), max_bytes=1)
            release.set()
    assert [task.result().status for task in two] == [200, 200]
    assert max(running) == 2
    assert (pool.lanes, pool.idle) == ({}, {})


async def test_idle_connections_expire_and_a_server_that_closes_one_is_noticed():
    async with serve(echo, host="127.0.0.1", port=0) as server, Pool(PoolLimits(idle_timeout_seconds=0.1)) as pool:
        url = f"http://127.0.0.1:{server.port}/"
        await fetch(pool, "GET", url, max_bytes=1)
        before = len(server.connections)
        await asyncio.sleep(0.3)
        assert (before, len(server.connections)) == (1, 0)
    limits = HttpLimits(idle_timeout_seconds=0.1)
    async with serve(echo, host="127.0.0.1", port=0, limits=limits) as server, Pool() as pool:
        origin = Origin("127.0.0.1", server.port)
        await fetch(pool, "GET", (origin, "/"), max_bytes=1)
        await asyncio.sleep(0.3)
        async with pool.exchange(origin) as exchange:
            assert not exchange.is_reused


async def test_the_first_address_that_accepts_wins_and_the_exchange_says_which():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        dead = Origin("127.0.0.1", closed.getsockname()[1])
        async with serve(echo, host="127.0.0.1", port=0) as server, Pool() as pool:
            alive = Origin("127.0.0.1", server.port)
            async with pool.exchange([dead, alive]) as exchange:
                assert exchange.origin == alive
            with pytest.raises(NetworkError, match="did not accept"):
                await fetch(pool, "GET", (dead, "/"), max_bytes=1)


async def test_a_silent_address_does_not_hold_up_the_next_one():
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        silent = Address("127.0.0.1", full.getsockname()[1])
        fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex((silent.host, silent.port))
            fillers.append(filler)
        async with serve(echo, host="127.0.0.1", port=0) as server:
            alive = Address("127.0.0.1", server.port)
            winner, sock = await connect_fastest([silent, alive], timeout_seconds=10, stagger_seconds=0.05)
            sock.close()
            with pytest.raises(NetworkError, match="None of"):
                await connect_fastest([silent], timeout_seconds=0.2)
        for filler in fillers:
            filler.close()
    assert winner == alive


async def test_the_favourite_is_tried_alone_and_the_others_race_when_it_fails():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        dead = Origin("127.0.0.1", closed.getsockname()[1])
        async with (
            serve(echo, host="127.0.0.1", port=0) as first,
            serve(echo, host="127.0.0.1", port=0) as second,
            Pool() as pool,
        ):
            origins = [Origin("127.0.0.1", server.port) for server in (first, second)]
            winners = []
            for favourite in (origins[1], dead):
                given = Favourite(favourite, timeout_seconds=5)
                async with pool.exchange([dead, *origins], fresh=True, favourite=given) as exchange:
                    winners.append(exchange.origin)
            with pytest.raises(NetworkError, match="did not accept"):
                async with pool.exchange([dead], favourite=Favourite(dead, timeout_seconds=5)):
                    pass
    assert winners[0] == origins[1]
    assert winners[1] in origins


async def test_an_address_that_connects_but_does_not_shake_hands_is_left_out():
    async def hang_up(reader, writer):
        writer.close()

    rude = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    polite = new_identity("server")
    async with rude, serve(echo, host="127.0.0.1", port=0, tls=polite.server()) as server, Pool() as pool:
        tls = ClientTls()
        bad = Origin("127.0.0.1", rude.sockets[0].getsockname()[1], tls)
        good = Origin("127.0.0.1", server.port, tls)
        async with pool.exchange([bad, good]) as exchange:
            assert exchange.origin == good
        with pytest.raises(PeerLostError):
            async with pool.exchange([bad]):
                pass


def has_ipv6():
    """Whether this machine has a loopback address of IPv6."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
async def test_an_address_of_ipv6_connects_and_is_written_in_brackets():
    async with serve(echo, host="::1", port=0) as server:
        winner, sock = await connect_fastest([Address("::1", server.port)], timeout_seconds=5)
        with sock:
            assert (str(winner), sock.getpeername()[0]) == (f"[::1]:{server.port}", "::1")


def test_the_families_of_a_name_take_turns():
    ways = [(family, 1, 6, "", (number,)) for number, family in enumerate([10, 10, 10, 2, 2])]
    assert [way[4][0] for way in take_turns(ways)] == [0, 3, 1, 4, 2]


async def test_an_unknown_name_is_unknown_host():
    async with Pool() as pool:
        with pytest.raises(NetworkError) as caught:
            await fetch(pool, "GET", "http://name.invalid/", max_bytes=1)
    assert caught.value.code == "unknown_host"


async def test_no_address_at_all_is_an_error_of_the_network():
    with pytest.raises(NetworkError):
        await connect_fastest([], timeout_seconds=1)


async def test_a_request_that_breaks_its_word_is_the_callers_fault():
    async with serve(echo, host="127.0.0.1", port=0) as server, Pool() as pool:
        origin = Origin("127.0.0.1", server.port)
        async with pool.exchange(origin) as exchange:
            await exchange.start("POST", "/", [("Content-Length", "2")])
            with pytest.raises(RuntimeError, match="longer than its Content-Length"):
                await exchange.write(b"abc")
        async with pool.exchange(origin) as exchange:
            await exchange.start("POST", "/", [("Content-Length", "2")])
            await exchange.write(b"a")
            with pytest.raises(RuntimeError, match="shorter than its Content-Length"):
                await exchange.finish()
        async with pool.exchange(origin) as exchange:
            await exchange.start("GET", "/")
            with pytest.raises(RuntimeError, match="takes no body"):
                await exchange.write(b"x")
        with pytest.raises(ValueError, match="belongs to the connection"):
            await fetch(pool, "GET", (origin, "/"), [("Transfer-Encoding", "chunked")], max_bytes=1)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://h", ("h", 80, "/")),
        ("http://h:81/a?b=c", ("h", 81, "/a?b=c")),
        ("https://[::1]/x", ("::1", 443, "/x")),
    ],
)
def test_addresses_are_taken_apart(url, expected):
    origin, target = parse_url(url)
    assert (origin.host, origin.port, target) == expected
    assert (origin.tls is not None) == url.startswith("https")


@pytest.mark.parametrize("url", ["ftp://h/", "h/", "http://", "http://user:pass@h/", "http://h:99999/"])
def test_other_addresses_are_refused(url):
    with pytest.raises(ValueError, match=r"address|[Pp]ort"):
        parse_url(url)


def test_a_process_runs_on_uvloop_and_the_layer_works_there():
    async def main():
        async with serve(echo, host="127.0.0.1", port=0) as server, Pool() as pool:
            answer = await fetch(pool, "POST", f"http://127.0.0.1:{server.port}/", body=b"x" * 10**6, max_bytes=10**6)
        return type(asyncio.get_running_loop()).__module__, len(answer.body)

    assert run(main()) == ("uvloop", 10**6)
    assert run(main(), use_uvloop=False)[1] == 10**6


@pytest.mark.parametrize("target", ["", "/a b", "/a\r\nHost: x", "/\x7f", "/é", "/a\n"])
async def test_a_target_that_would_break_the_request_line_is_refused(target):
    async def handler(_request, response):
        await response.send(200, "OK", [], b"")

    async with (
        serve(handler, host="127.0.0.1", port=0) as server,
        Pool() as pool,
        pool.exchange(Origin("127.0.0.1", server.port)) as exchange,
    ):
        with pytest.raises(ValueError, match="request line"):
            await exchange.start("GET", target, ())
