"""A server under attack: garbage, smuggling, slow and endless heads and bodies, crowds, long streams."""

# ruff: noqa: SIM117 - who serves and who asks stand on lines of their own

import asyncio
import contextlib
import logging
import resource

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ridgeway.http import HttpLimits, HttpRefusal, Origin, PeerLostError, Pool, fetch, serve
from ridgeway.http.tests.cast import ask_until_served, echo, read_all, talk

HOST = b"Host: h\r\n"

AMBIGUOUS = {
    "both length and coding": b"POST / HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "coding then length": b"POST / HTTP/1.1\r\n"
    + HOST
    + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
    "two different lengths": b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
    "a list of lengths": b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 3, 3\r\n\r\nabc",
    "a signed length": b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: +3\r\n\r\nabc",
    "an endless length": b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 99999999999999999999999\r\n\r\nabc",
    "an unknown coding": b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip\r\n\r\n",
    "an unknown coding first": b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunked twice": b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "a disguised coding": b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "an empty coding": b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding:\r\nContent-Length: 3\r\n\r\nabc",
    "a space before the colon": b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length : 3\r\n\r\nabc",
    "bare line feeds": b"POST / HTTP/1.1\nHost: h\nContent-Length: 3\n\nabc",
    "one bare line feed": b"GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n",
    "a bare carriage return": b"GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n",
    "a folded line": b"GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n",
    "a folded coding": b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "a null in a value": b"GET / HTTP/1.1\r\nHost: h\r\nX: a\x00b\r\n\r\n",
    "a space in a name": b"GET / HTTP/1.1\r\nHost: h\r\nX Y: z\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "coding in HTTP/1.0": b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "another version": b"GET / HTTP/3.7\r\nHost: h\r\n\r\n",
    "version two": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a lower-case method": b"get / HTTP/1.1\r\nHost: h\r\n\r\n",
    "a tunnel": b"CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n",
    "another expectation": b"POST / HTTP/1.1\r\n" + HOST + b"Expect: cake\r\nContent-Length: 1\r\n\r\na",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
}

BAD_CHUNKS = {
    "no size": b"\r\nabc\r\n0\r\n\r\n",
    "a size that is no number": b"zz\r\nabc\r\n0\r\n\r\n",
    "a negative size": b"-3\r\nabc\r\n0\r\n\r\n",
    "an endless size": b"fffffffffffffffffff\r\nabc\r\n",
    "a size that lies": b"2\r\nabc\r\n0\r\n\r\n",
    "bare line feeds": b"3\nabc\n0\n\n",
    "a space after the size": b"3 \r\nabc\r\n0\r\n\r\n",
    "0x": b"0x3\r\nabc\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", AMBIGUOUS)
async def test_what_could_be_read_in_two_ways_is_refused_before_the_handler(name):
    called = []

    async def handler(request, response):
        called.append(request)
        await response.send(200, "OK", [], b"")

    async with serve(handler, host="127.0.0.1", port=0) as server:
        answer = await talk(server.port, AMBIGUOUS[name])
    assert called == []
    assert answer[:10] in {b"HTTP/1.1 4", b"HTTP/1.1 5"}
    assert answer.count(b"\r\nContent-Type: ") == 1


@pytest.mark.parametrize("name", BAD_CHUNKS)
async def test_a_body_that_breaks_the_framing_never_reaches_its_end(name):
    ended = []

    async def handler(request, response):
        ended.append(await request.read(100))
        await response.send(200, "OK", [], b"")

    async with serve(handler, host="127.0.0.1", port=0) as server:
        head = b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
        answer = await talk(server.port, head + BAD_CHUNKS[name])
    assert ended == []
    assert answer.startswith(b"HTTP/1.1 400 ")


async def test_a_pipelined_request_is_not_served_and_the_first_is_answered():
    served = []

    async def handler(request, response):
        served.append(request.target)
        await response.send(200, "OK", [], await request.read(10))

    smuggled = b"GET /2 HTTP/1.1\r\n" + HOST + b"\r\n"
    async with serve(handler, host="127.0.0.1", port=0) as server:
        answer = await talk(server.port, b"POST /1 HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\n\r\nok" + smuggled)
    assert served == [b"/1"]
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b"Connection: close" in answer
    assert answer.endswith(b"\r\n\r\nok")


async def test_the_body_behind_an_offered_upgrade_is_no_next_request():
    served = []

    async def handler(request, response):
        served.append(request.target)
        await response.send(200, "OK", [], await request.read(1000))

    inner = b"GET /smuggled HTTP/1.1\r\n" + HOST + b"\r\n"
    head = b"POST /outer HTTP/1.1\r\n" + HOST + b"Connection: Upgrade, close\r\nUpgrade: websocket\r\n"
    async with serve(handler, host="127.0.0.1", port=0) as server:
        answer = await talk(server.port, head + b"Content-Length: %d\r\n\r\n" % len(inner) + inner)
    assert served == [b"/outer"]
    assert answer.endswith(b"\r\n\r\n" + inner)


async def test_a_head_that_never_ends_is_cut_off():
    limits = HttpLimits(max_head_bytes=2000)
    async with serve(echo, host="127.0.0.1", port=0, limits=limits) as server:
        many = await talk(server.port, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 1000)
        long = await talk(server.port, b"GET / HTTP/1.1\r\nX: " + b"y" * 100_000)
        target = await talk(server.port, b"GET /" + b"y" * 100_000)
        empty = await talk(server.port, b"\r\n" * 5000)
    assert [answer[:12] for answer in (many, long, target, empty)] == [b"HTTP/1.1 431"] * 4


@pytest.mark.parametrize("endless", [b"3;" + b"x" * 5000, b"0\r\n" + b"X: y\r\n" * 1000], ids=["extension", "trailers"])
async def test_chunk_extensions_and_trailers_are_bounded(endless):
    limits = HttpLimits(max_head_bytes=1000)
    async with serve(collect, host="127.0.0.1", port=0, limits=limits) as server:
        head = b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
        answer = await talk(server.port, head, endless)
    assert answer.startswith(b"HTTP/1.1 400 ")


async def collect(request, response):
    """Answer with the whole body."""
    await response.send(200, "OK", [], await request.read(1000))


async def test_a_slow_head_and_a_slow_body_and_silence_end_in_time():
    limits = HttpLimits(idle_timeout_seconds=0.2, head_timeout_seconds=0.2, body_timeout_seconds=0.2, body_min_bytes=50)
    async with serve(collect, host="127.0.0.1", port=0, limits=limits) as server:
        drops = [b"GET / HTTP/1.1\r\n", *[b"X: y\r\n"] * 100]
        head = await talk(server.port, *drops, pause_seconds=0.02)
        start = b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1000\r\n\r\n"
        trickle = await talk(server.port, start, *[b"x"] * 100, pause_seconds=0.02)
        silent_body = await talk(server.port, start)
        silent = await talk(server.port)
    assert (head[:12], trickle[:12], silent_body[:12], silent) == (*[b"HTTP/1.1 408"] * 3, b"")


async def test_an_idle_connection_between_requests_is_closed():
    limits = HttpLimits(idle_timeout_seconds=0.1)
    async with serve(echo, host="127.0.0.1", port=0, limits=limits) as server:
        answer = await talk(server.port, b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
    assert answer.endswith(b"0\r\n\r\n")


async def test_a_crowd_is_turned_away_and_those_inside_are_served():
    limits = HttpLimits(max_connections=3)
    async with serve(echo, host="127.0.0.1", port=0, limits=limits) as server:
        inside = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(3)]
        await asyncio.sleep(0.05)
        outside = [await talk(server.port, b"GET / HTTP/1.1\r\n" + HOST + b"\r\n") for _ in range(5)]
        inside[0][1].write(b"GET / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
        served = await read_all(inside[0][0])
        await asyncio.sleep(0.05)
        after = await talk(server.port, b"GET / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
        for _, writer in inside:
            writer.transport.abort()
    assert outside == [b""] * 5
    assert (served[:12], after[:12]) == (b"HTTP/1.1 200", b"HTTP/1.1 200")


async def test_a_body_longer_than_the_handler_takes_is_413():
    async with serve(collect, host="127.0.0.1", port=0) as server, Pool() as pool:
        url = f"http://127.0.0.1:{server.port}/"
        answer = await fetch(pool, "POST", url, body=b"x" * 100_000, max_bytes=1000)
        with pytest.raises(HttpRefusal):
            await fetch(pool, "POST", url, body=b"x" * 1000, max_bytes=999)
    assert answer.status == 413


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.one_of(
        st.binary(max_size=300),
        st.lists(
            st.sampled_from(
                [
                    *(
                        b"GET ",
                        b"POST ",
                        b"/ ",
                        b"HTTP/1.1",
                        b"\r\n",
                        b"\n",
                        b"\r",
                        b":",
                        b" ",
                        b"\t",
                        b"3",
                        b"0",
                        b";x=y",
                    ),
                    *(b"Host: h", b"Content-Length: ", b"Transfer-Encoding: chunked", b"Expect: 100-continue", b"\x00"),
                    *(b"Upgrade: x", b"Connection: upgrade", b"\xff", b"\r\n\r\n"),
                ]
            ),
            max_size=25,
        ).map(b"".join),
    ),
    cut=st.integers(0, 300),
)
def test_garbage_is_refused_or_served_and_nothing_ever_raises(data, cut, caplog):
    problems = []

    async def main():
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: problems.append(context))
        limits = HttpLimits(idle_timeout_seconds=0.05, head_timeout_seconds=0.05, body_timeout_seconds=0.05)
        async with serve(collect, host="127.0.0.1", port=0, limits=limits) as server:
            answer = await talk(server.port, data[:cut], data[cut:])
            assert not answer or answer.startswith((b"HTTP/1.1 ",))
            async with Pool() as pool:
                alive = await ask_until_served(pool, Origin("127.0.0.1", server.port))
            assert alive.body == b"ok"

    asyncio.run(main())
    assert problems == []
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=300), cut=st.integers(0, 300), framed=st.booleans())
def test_a_server_that_talks_garbage_is_an_error_of_the_right_type_for_the_client(data, cut, framed):
    async def main():
        async def speak(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write((b"HTTP/1.1 200 OK\r\n" if framed else b"") + data[:cut])
            await asyncio.sleep(0)
            writer.write(data[cut:])
            writer.close()

        server = await asyncio.start_server(speak, "127.0.0.1", 0)
        async with server, Pool() as pool:
            port = server.sockets[0].getsockname()[1]
            with contextlib.suppress(PeerLostError, HttpRefusal):
                await fetch(pool, "GET", (Origin("127.0.0.1", port), "/"), max_bytes=1000)

    asyncio.run(main())


async def test_a_long_stream_passes_both_ways_in_constant_memory():
    size, piece = 200 * 1024 * 1024, b"x" * 262_144
    async with serve(echo, host="127.0.0.1", port=0) as server, Pool() as pool:
        async with pool.exchange(Origin("127.0.0.1", server.port)) as exchange:
            await exchange.start("POST", "/", [])
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

            async def upload():
                for _ in range(size // len(piece)):
                    await exchange.write(piece)
                await exchange.finish()

            async with asyncio.TaskGroup() as group:
                group.create_task(upload())
                await exchange.response()
                received = sum([len(chunk) async for chunk in exchange.body()])
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert received == size
    assert grown < 30 * 1024


async def test_a_reader_that_sleeps_stops_the_sender():
    taken = asyncio.Event()

    async def handler(request, response):
        await taken.wait()
        await response.send(200, "OK", [], str(len(await request.read(10**9))).encode())

    async with serve(handler, host="127.0.0.1", port=0) as server, Pool() as pool:
        async with pool.exchange(Origin("127.0.0.1", server.port)) as exchange:
            await exchange.start("POST", "/", [])
            sent = 0
            try:
                while sent < 10**9:
                    async with asyncio.timeout(0.5):
                        await exchange.write(b"x" * 65536)
                    sent += 65536
            except TimeoutError:
                pass
            taken.set()
            await exchange.finish()
            total = int(await exchange.read(100))
    assert sent < 50 * 1024 * 1024
    assert total == sent + 65536
