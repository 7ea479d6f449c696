"""Services that speak HTTP in every way there is: what passes, what is left out, and what is refused."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from ridgeway.gateway.tests.pair import HOST, running_pair
from ridgeway.protocol.messages import read_rest_message

ERROR = "X-Road-Error"


@asynccontextmanager
async def speaking(octets):
    """The port of a service that reads a head, says `octets` and hangs up."""

    async def handle(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(octets)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, HOST, 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def pair_before(tmp_path, octets, **offer):
    """Two gateways before such a service."""
    async with (
        speaking(octets) as port,
        running_pair(tmp_path, url=f"http://{HOST}:{port}", **offer) as pair,
    ):
        yield pair


@pytest.mark.parametrize(
    "octets",
    [
        b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nfound",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nfound",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nfound",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nConnection: close\r\n\r\nfound",
        (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
            b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nfound"
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
            b"2;a=b\r\nfo\r\n3\r\nund\r\n0\r\nX-Sum: 1\r\n\r\n"
        ),
    ],
)
async def test_every_way_to_end_an_answer_is_the_same_answer(tmp_path, octets):
    async with pair_before(tmp_path, octets) as pair:
        answer = await pair.ask()
        assert (answer.status, answer.reason, answer.body) == (200, "OK", b"found")
        assert answer.headers.get_all("Content-Length") == ("5",)
        response = read_rest_message(pair.provider.messagelog.records[1].message)
        assert [name for name, _ in response.headers] == [
            "Content-Type",
            "x-road-id",
            "x-road-client",
            "x-road-service",
            "x-road-request-id",
            "x-road-request-hash",
        ]


@pytest.mark.parametrize(
    ("head", "parts"),
    [
        (b"204 No Content", 0),
        (b"205 Reset Content\r\nContent-Length: 0", 0),
        (b"304 Not Modified\r\nContent-Length: 5", 0),
        (b"200 OK\r\nContent-Length: 0", 1),
        (b"200 \r\nContent-Length: 0", 1),
        (b"404 Not Found\r\nContent-Length: 0", 1),
    ],
)
async def test_a_body_is_a_part_where_the_status_can_have_one_and_were_it_empty(tmp_path, head, parts):
    async with pair_before(tmp_path, b"HTTP/1.1 " + head + b"\r\n\r\n") as pair:
        answer = await pair.ask()
        assert (answer.status, answer.body) == (int(head[:3]), b"")
        assert [len(side.messagelog.records[1].bodies) for side in (pair.consumer, pair.provider)] == [parts, parts]
        assert answer.headers.get_all("Content-Length") == (() if head[:3] in {b"204", b"304"} else ("0",))


async def test_what_belongs_to_one_connection_or_is_forged_stays_behind_and_the_rest_keeps_its_place(tmp_path):
    fields = (
        b"Server: a\r\nX-One: 1\r\nx-road-id: forged\r\nX-Road-Client: A/B/C/D\r\nkeep-alive: timeout=5\r\n"
        b"X-Road-Request-Hash: Zm9yZ2Vk\r\nX-Road-Service: A/B/C/D/e\r\nx-one: \xe4\r\nX-Empty:\r\n"
        b"X-Road-Request-Id: f\r\nUpgrade: h2c\r\nX-Two:  spaced \t\r\nContent-Length: 0\r\n\r\n"
    )
    async with pair_before(tmp_path, b"HTTP/1.1 200 OK\r\n" + fields) as pair:
        answer = await pair.ask()
        ours = [each for each in answer.headers if each[0] not in {"Content-Length", "x-road-id", "x-road-request-id"}]
        assert ours[:-1] == [
            ("X-One", "1"),
            ("X-Road-Service", "A/B/C/D/e"),
            ("x-one", "\xe4"),
            ("X-Empty", ""),
            ("X-Two", "spaced"),
            ("x-road-client", "LAB/GOV/1001/desk"),
            ("x-road-service", "LAB/GOV/1002/register/persons"),
        ]
        assert ours[-1][0] == "x-road-request-hash"
        assert b"\r\nx-one:\xc3\xa4\r\n" in pair.provider.messagelog.records[1].message


@pytest.mark.parametrize(
    "octets",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nfound!",
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nfound",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        b"",
        b"garbage\r\n\r\n",
    ],
)
async def test_an_answer_whose_end_cannot_be_known_is_none(tmp_path, octets):
    async with pair_before(tmp_path, octets) as pair:
        answer = await pair.ask()
        assert (answer.status, answer.headers.get(ERROR)) == (500, "server.serverproxy.network_error")


async def test_letters_beyond_ascii_in_a_reason_and_words_for_a_proxy_harm_nothing(tmp_path):
    head = b"HTTP/1.1 200 K\xe4se\r\nProxy-Connection: close\r\nContent-Length: 0\r\n\r\n"
    async with pair_before(tmp_path, head) as pair:
        answer = await pair.ask()
        assert (answer.status, answer.reason) == (200, "K\xe4se")
        assert answer.headers.get_all("Proxy-Connection") == ()
        assert pair.provider.messagelog.records[1].message.startswith("200\r\nK\xe4se\r\nProxy-Connection:".encode())


async def test_no_service_is_asked_whose_answer_could_not_be_signed(tmp_path):
    async with running_pair(tmp_path) as pair:
        pair.provider.material.clear()
        pair.provider.keys = ()
        answer = await pair.ask()
        assert answer.headers.get(ERROR) == "server.serverproxy.cannot_create_signature"
        assert pair.calls == []
