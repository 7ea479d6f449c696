"""A server in peace: heads, bodies, late parts, keep-alive, graceful ends."""

# ruff: noqa: SIM117 - who serves and who asks stand on lines of their own

import asyncio

import pytest

from ridgeway.http import Headers, HttpLimits, HttpRefusal, Origin, PeerLostError, Pool, fetch, serve
from ridgeway.http.tests.cast import echo, talk

CLOSE = b"Connection: close\r\n\r\n"


async def test_case_and_order_of_headers_survive_both_ways():
    seen = []

    async def handler(request, response):
        seen.append((request.method, request.target, request.headers.pairs))
        await response.send(200, "Fine", [("x-hash-algorithm", "SHA-512"), ("X-ODD-case", "é")], b"hi")

    async with serve(handler, host="127.0.0.1", port=0) as server:
        request = b"GET /a%2Fb/../c?d=%20 HTTP/1.1\r\nHost: h\r\nX-b: 1\r\nx-A: 2\r\nX-B: 3\r\n" + CLOSE
        answer = await talk(server.port, request)

    fields = (("Host", "h"), ("X-b", "1"), ("x-A", "2"), ("X-B", "3"), ("Connection", "close"))
    assert seen == [("GET", b"/a%2Fb/../c?d=%20", fields)]
    assert answer == (
        b"HTTP/1.1 200 Fine\r\nx-hash-algorithm: SHA-512\r\nX-ODD-case: \xe9\r\nContent-Length: 2\r\n"
        b"Connection: close\r\n\r\nhi"
    )


def test_the_last_of_several_headers_wins_and_all_can_be_had():
    headers = Headers([("X-Road-Client", "a"), ("x-road-client", "b")])
    assert (headers.get("X-ROAD-CLIENT"), headers.get_all("x-road-client"), headers.get("none")) == (
        "b",
        ("a", "b"),
        "",
    )


async def test_a_request_may_come_byte_by_byte():
    async with serve(echo, host="127.0.0.1", port=0) as server:
        request = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n" + CLOSE + b"3\r\nabc\r\n0\r\n\r\n"
        answer = await talk(server.port, *[bytes([byte]) for byte in request])
    assert answer.endswith(b"\r\n\r\n3\r\nabc\r\n0\r\n\r\n")


async def test_the_answer_may_begin_before_the_request_ends_and_pieces_pass_one_by_one():
    async with serve(echo, host="127.0.0.1", port=0) as server, Pool() as pool:
        async with pool.exchange(Origin("127.0.0.1", server.port)) as exchange:
            await exchange.start("POST", "/", [])
            head = await exchange.response()
            body = exchange.body()
            heard = []
            for piece in (b"one", b"two", b"three"):
                await exchange.write(piece)
                heard.append(await anext(body))
            await exchange.finish()
            assert (head.status, heard, [rest async for rest in body]) == (200, [b"one", b"two", b"three"], [])


async def test_a_connection_is_reused_after_a_clean_finish_only():
    async def handler(request, response):
        if request.target == b"/early":
            await response.send(403, "No", [], b"")
            return
        await echo(request, response)

    async with serve(handler, host="127.0.0.1", port=0) as server, Pool() as pool:
        origin = Origin("127.0.0.1", server.port)
        reused = []
        for target, finishes in (("/", True), ("/", True), ("/early", False), ("/", True)):
            async with pool.exchange(origin) as exchange:
                reused.append(exchange.is_reused)
                await exchange.start("POST", target, [])
                await exchange.write(b"x")
                if finishes:
                    await exchange.finish()
                await exchange.response()
                if finishes:
                    await exchange.read(10)
    assert reused == [False, True, True, False]


async def test_a_client_that_expects_100_is_told_when_the_body_is_wanted():
    async with serve(echo, host="127.0.0.1", port=0) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n" + CLOSE)
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(b"ok")
        rest = await reader.read()
        writer.close()
    assert head.startswith(b"HTTP/1.1 200 OK") or head == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert b"2\r\nok\r\n0\r\n\r\n" in head + rest


async def test_100_continue_comes_before_a_handler_that_reads_first():
    async def handler(request, response):
        await response.send(200, "OK", [], await request.read(10))

    async with serve(handler, host="127.0.0.1", port=0) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n" + CLOSE)
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"ok")
        assert (await reader.read()).endswith(b"\r\n\r\nok")
        writer.close()


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 3\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"]
)
async def test_an_offer_of_another_protocol_is_ignored_and_the_body_stays_a_body(framing):
    async with serve(echo, host="127.0.0.1", port=0) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"POST / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n" + framing)
        first = await reader.readuntil(b"0\r\n\r\n")
        writer.write(b"GET / HTTP/1.1\r\nHost: h\r\n" + CLOSE)
        second = await reader.read()
        writer.close()
    assert first.endswith(b"3\r\nabc\r\n0\r\n\r\n")
    assert second.startswith(b"HTTP/1.1 200 OK")


async def test_head_and_204_have_no_body():
    async def handler(request, response):
        if request.method == "HEAD":
            await response.start(200, "OK", [("Content-Length", "1000")])
            await response.write(b"x" * 1000)
            await response.finish()
        else:
            await response.send(204, "No Content", [], b"")

    async with serve(handler, host="127.0.0.1", port=0) as server, Pool() as pool:
        url = f"http://127.0.0.1:{server.port}/"
        first = await fetch(pool, "HEAD", url, max_bytes=10)
        second = await fetch(pool, "GET", url, max_bytes=10)
        third = await fetch(pool, "HEAD", url, max_bytes=10)
    assert [(each.status, each.body, each.headers.get("Content-Length")) for each in (first, second, third)] == [
        (200, b"", "1000"),
        (204, b"", ""),
        (200, b"", "1000"),
    ]


async def test_http_1_0_is_answered_until_close():
    async with serve(echo, host="127.0.0.1", port=0) as server:
        answer = await talk(server.port, b"POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc")
    assert answer == b"HTTP/1.1 200 OK\r\nx-hash-algorithm: SHA-512\r\nConnection: close\r\n\r\nabc"


async def test_a_handler_that_fails_is_a_500_and_one_that_refuses_says_why(caplog):
    async def handler(request, response):
        if request.target == b"/refuse":
            raise HttpRefusal(409, "Conflict", "Not now.")
        raise ZeroDivisionError

    async with serve(handler, host="127.0.0.1", port=0) as server, Pool() as pool:
        url = f"http://127.0.0.1:{server.port}"
        refused = await fetch(pool, "GET", f"{url}/refuse", max_bytes=100)
        failed = await fetch(pool, "GET", f"{url}/fail", max_bytes=100)
    assert (refused.status, refused.reason, refused.body) == (409, "Conflict", b"Not now.\n")
    assert (failed.status, failed.body) == (500, b"")
    assert "A handler failed" in caplog.text


@pytest.mark.parametrize("how", ["abort", "raise", "return", "short"])
async def test_an_answer_that_breaks_off_is_never_taken_for_whole(how, caplog):
    async def handler(request, response):
        await response.start(200, "OK", [("Content-Length", "10")] if how == "short" else [])
        await response.write(b"part")
        await asyncio.sleep(0.01)
        if how == "abort":
            response.abort()
        elif how == "raise":
            raise ZeroDivisionError
        elif how == "short":
            await response.finish()

    async with serve(handler, host="127.0.0.1", port=0) as server, Pool() as pool:
        with pytest.raises(PeerLostError):
            await fetch(pool, "GET", f"http://127.0.0.1:{server.port}/", max_bytes=100)


async def test_a_client_that_goes_away_cancels_the_handler():
    started, cancelled = asyncio.Event(), asyncio.Event()

    async def handler(request, response):
        started.set()
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    async with serve(handler, host="127.0.0.1", port=0) as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        await started.wait()
        writer.close()
        async with asyncio.timeout(5):
            await cancelled.wait()


async def test_a_graceful_close_lets_running_requests_finish_and_closes_idle_connections():
    entered, release = asyncio.Event(), asyncio.Event()

    async def handler(request, response):
        entered.set()
        await release.wait()
        await response.send(200, "OK", [], b"done")

    async with serve(handler, host="127.0.0.1", port=0) as server, Pool() as pool:
        idle_reader, idle_writer = await asyncio.open_connection("127.0.0.1", server.port)
        await asyncio.sleep(0.05)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(fetch(pool, "GET", f"http://127.0.0.1:{server.port}/", max_bytes=10))
            await entered.wait()
            closing = group.create_task(server.close(10))
            assert await idle_reader.read() == b""
            release.set()
            await closing
        idle_writer.close()
    assert (running.result().body, running.result().headers.get("Connection")) == (b"done", "close")


async def test_a_close_without_grace_cancels_what_runs():
    cancelled = asyncio.Event()
    entered = asyncio.Event()

    async def handler(request, response):
        entered.set()
        try:
            await asyncio.sleep(60)
        finally:
            cancelled.set()

    async with serve(handler, host="127.0.0.1", port=0) as server, Pool() as pool, asyncio.TaskGroup() as group:
        running = group.create_task(expect_loss(fetch(pool, "GET", f"http://127.0.0.1:{server.port}/", max_bytes=1)))
        await entered.wait()
        await server.close(0.05)
    assert cancelled.is_set()
    assert running.result()


async def expect_loss(work) -> bool:
    """Whether the connection was lost, as it should."""
    with pytest.raises(PeerLostError):
        await work
    return True


async def test_two_servers_share_a_port_when_asked():
    async with serve(echo, host="127.0.0.1", port=0, reuse_port=True) as first:
        async with serve(echo, host="127.0.0.1", port=first.port, reuse_port=True) as second:
            assert second.port == first.port


async def test_a_header_that_would_break_the_head_is_refused(caplog):
    async def handler(request, response):
        await response.start(200, "OK", [("X-Bad", "a\r\nSet-Cookie: b")])

    async with serve(handler, host="127.0.0.1", port=0) as server, Pool() as pool:
        answer = await fetch(pool, "GET", f"http://127.0.0.1:{server.port}/", max_bytes=10)
        with pytest.raises(ValueError, match="control character"):
            await fetch(pool, "GET", f"http://127.0.0.1:{server.port}/", [("X", "a\nb")], max_bytes=10)
        with pytest.raises(ValueError, match="request line"):
            await fetch(pool, "GET", (Origin("127.0.0.1", server.port), "/ HTTP/1.1\r\nX: y"), max_bytes=10)
    assert answer.status == 500


async def test_a_second_write_side_limit_the_client_that_takes_nothing_is_dropped():
    lost = asyncio.Event()

    async def handler(request, response):
        await response.start(200, "OK", [])
        try:
            while True:
                await response.write(b"x" * 65536)
        except PeerLostError:
            lost.set()
            raise

    limits = HttpLimits(write_timeout_seconds=0.2)
    async with serve(handler, host="127.0.0.1", port=0, limits=limits) as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1)
        writer.write(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        async with asyncio.timeout(10):
            await lost.wait()
        writer.transport.abort()


async def test_a_long_body_that_nobody_reads_does_not_stall_the_next_request():
    async def handler(request, response):
        await asyncio.sleep(0.05)
        await response.send(200, "OK", [], b"unread")

    limits = HttpLimits(max_buffered_bytes=1000, idle_timeout_seconds=5)
    async with serve(handler, host="127.0.0.1", port=0, limits=limits) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        answers = []
        for _ in range(2):
            writer.write(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000)
            async with asyncio.timeout(2):
                answers.append(await reader.readuntil(b"unread"))
        writer.close()
    assert [answer[:15] for answer in answers] == [b"HTTP/1.1 200 OK"] * 2


async def test_space_around_a_value_is_no_part_of_it():
    async def handler(request, response):
        await response.send(200, "OK", [("X-Heard", f"[{request.headers.get('X-Said')}]")], b"")

    async with serve(handler, host="127.0.0.1", port=0) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nX-Said: \t b c \t \r\nConnection: close\r\n\r\n")
        assert b"X-Heard: [b c]\r\n" in await reader.read()
        writer.close()
