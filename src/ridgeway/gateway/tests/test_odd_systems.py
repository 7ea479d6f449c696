"""Information systems that speak HTTP in every way there is: the message that is made of each."""

import asyncio
import base64
import hashlib

import pytest

from ridgeway.gateway.tests.pair import HOST, PERSONS, running_pair
from ridgeway.http.framing import OURS
from ridgeway.protocol.messages import read_rest_message, request_hash

HEAD = f"{PERSONS}/7 HTTP/1.1\r\nHost: anything:80\r\nX-Road-Client: LAB/GOV/1001/desk\r\n".encode()


async def say(pair, octets):
    """All that the consumer door says to these bytes."""
    reader, writer = await asyncio.open_connection(HOST, pair.consumer_port)
    writer.write(octets)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.parametrize(
    ("octets", "body"),
    [
        (b"Content-Length: 5\r\n\r\nasked", b"asked"),
        (b"Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nas\r\n3\r\nked\r\n0\r\nX-Late: 1\r\n\r\n", b"asked"),
        (b"Transfer-Encoding: Chunked\r\nExpect: 100-continue\r\n\r\n5\r\nasked\r\n0\r\n\r\n", b"asked"),
        (b"Content-Length: 0\r\n\r\n", None),
        (b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", None),
        (b"\r\n", None),
    ],
)
async def test_a_body_is_one_however_it_is_framed_and_none_when_it_is_empty(tmp_path, octets, body):
    async with running_pair(tmp_path) as pair:
        answer = await say(pair, b"POST " + HEAD + b"Connection: close\r\n" + octets)
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        (request, response) = (read_rest_message(each.message) for each in pair.provider.messagelog.records)
        assert [name for name, _ in request.headers] == ["X-Road-Client", "x-road-request-id", "x-road-id"]
        bodies = pair.provider.messagelog.records[0].bodies
        assert [each.content for each in bodies] == ([] if body is None else [body])
        digest = None if body is None else hashlib.sha512(body).digest()
        assert response.request_hash == request_hash(request.bytes, digest)
        assert pair.calls[0].headers.get_all("Content-Length") == (str(len(body or b"")),)


@pytest.mark.parametrize("method", ["GET", "DELETE", "HEAD", "OPTIONS", "TRACE"])
async def test_a_body_beside_a_method_without_one_is_signed_and_logged_and_not_sent(tmp_path, method):
    async with running_pair(tmp_path) as pair:
        answer = await say(pair, method.encode() + b" " + HEAD + b"Connection: close\r\nContent-Length: 5\r\n\r\nasked")
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        for side in (pair.consumer, pair.provider):
            assert [each.content for each in side.messagelog.records[0].bodies] == [b"asked"]
        (call,) = pair.calls
        assert call.headers.get_all("Content-Length") == call.headers.get_all("Transfer-Encoding") == ()


@pytest.mark.parametrize("method", ["PATCH", "POST", "PUT"])
async def test_a_body_goes_to_the_service_with_its_length(tmp_path, method):
    async with running_pair(tmp_path) as pair:
        answer = await say(pair, method.encode() + b" " + HEAD + b"Connection: close\r\nContent-Length: 5\r\n\r\nasked")
        assert answer.endswith(b"\r\n\r\nasked")
        assert pair.calls[0].headers.get_all("Content-Length") == ("5",)


async def test_a_system_that_writes_the_whole_address_asks_for_the_same(tmp_path):
    async with running_pair(tmp_path) as pair:
        answer = await say(pair, b"GET http://anything:80" + HEAD + b"Connection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert read_rest_message(pair.provider.messagelog.records[0].message).path == f"{PERSONS}/7"


async def test_a_system_that_speaks_http_1_0_is_answered_until_close(tmp_path):
    async with running_pair(tmp_path) as pair:
        answer = await say(pair, b"GET " + HEAD.replace(b"HTTP/1.1", b"HTTP/1.0") + b"\r\n")
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert answer.endswith(b'{"name":"Adra"}')


async def test_the_answer_has_the_headers_of_the_message_in_its_order_and_case(tmp_path):
    async with running_pair(tmp_path) as pair:
        answer = await say(pair, b"GET " + HEAD + b"Connection: close\r\nX-Road-Id: q 1\r\n\r\n")
        request, response = pair.provider.messagelog.records
        head = answer.partition(b"\r\n\r\n")[0].decode().split("\r\n")
        asked = read_rest_message(request.message)
        hashed = base64.b64encode(hashlib.sha512(request.message).digest()).decode()
        assert head == [
            "HTTP/1.1 200 OK",
            "Content-Type: application/json",
            "x-road-id: q 1",
            "x-road-client: LAB/GOV/1001/desk",
            "x-road-service: LAB/GOV/1002/register/persons",
            f"x-road-request-id: {asked.request_id}",
            f"x-road-request-hash: {hashed}",
            "Content-Length: 15",
            "Connection: close",
        ]
        assert (
            response.message
            == "".join(
                f"{line}\r\n" for line in ["200", "OK", *(each.replace(": ", ":", 1) for each in head[1:7])]
            ).encode()
        )


async def test_what_was_meant_for_a_proxy_is_signed_and_goes_no_further(tmp_path):
    async def service(_request, response):
        await response.send(200, "OK", [("X-Kept", "1")], b"")

    async with running_pair(tmp_path, service=service) as pair:
        answer = await say(pair, b"GET " + HEAD + b"Connection: close\r\nProxy-Connection: keep-alive\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200 OK\r\nX-Kept: 1\r\n")
        (request, _) = pair.provider.messagelog.records
        assert b"\r\nProxy-Connection:keep-alive\r\n" in request.message
        assert pair.calls[0].headers.get_all("Proxy-Connection") == ()


HEADERS = (
    *("Accept-Encoding", "Alt-Svc", "Content-Encoding", "Content-Range", "Cookie", "Date", "ETag", "HTTP2-Settings"),
    *("Keep-Alive", "Location", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Range", "Server"),
    *("Set-Cookie", "TE", "Trailer", "Upgrade", "User-Agent", "Via", "WWW-Authenticate", "X-Road-Error"),
    *("X-Road-Issue", "X-Road-UserId", "traceparent", "x-hash-algorithm", "x-proxy-version", "x-road-message-type"),
)


async def test_no_header_of_a_system_or_a_service_stops_a_message(tmp_path):
    async def service(_request, response):
        allowed = [(name, "a, b") for name in HEADERS if name.lower() not in OURS]
        await response.send(200, "OK", allowed, b"answer")

    async with running_pair(tmp_path, service=service) as pair:
        lines = [f"{name}: {value}\r\n" for name in HEADERS for value in ("", "a, b", "\xe4\t\xff")]
        head = HEAD + b"Connection: close\r\n" + "".join(lines).encode("latin-1")
        answer = await say(pair, b"GET " + head + b"\r\n")
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n"), answer
        assert answer.endswith(b"answer")
