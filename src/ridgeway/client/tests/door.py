"""A stand-in for a consumer door: takes r1 requests, adds what a security server adds, and answers from a service."""

import contextlib
from collections.abc import AsyncIterator

from ridgeway.client import ServiceApp, serve_service
from ridgeway.http import Origin, Pool, Request, ResponseWriter, Server, serve

FAULT = b'{"type":"server.clientproxy.unknown_member","message":"Nobody is called so.","detail":"fault-1"}'
CLIENT = "EX/GOV/1234/desk"
SERVICE = "EX/GOV/5678/register/persons"
OWN = frozenset({"host", "transfer-encoding", "content-length", "connection"})


@contextlib.asynccontextmanager
async def open_door(app: ServiceApp) -> AsyncIterator[Server]:
    """A door before `app`. It knows one member; all others are a fault."""
    async with serve_service(app, "127.0.0.1", 0) as service, Pool() as pool:
        origin = Origin("127.0.0.1", service.port)

        async def pass_on(request: Request, response: ResponseWriter) -> None:
            target = request.target.decode("ascii")
            if not target.startswith("/r1/"):
                await answer_extras(request, response)
                return
            path = "/" + target.removeprefix(f"/r1/{SERVICE}").removeprefix("/")
            if not target.startswith(f"/r1/{SERVICE}"):
                fields = [("X-Road-Error", "server.clientproxy.unknown_member"), ("Content-Type", "application/json")]
                await response.send(500, "Server Error", fields, FAULT)
                return
            async with pool.exchange(origin) as exchange:
                fields = [(name, value) for name, value in request.headers if name.lower() not in OWN]
                await exchange.start(request.method, path, [*fields, ("x-road-request-id", "r-1")], has_body=True)
                async for piece in request.body():
                    await exchange.write(piece)
                await exchange.finish()
                head = await exchange.response()
                kept = [(name, value) for name, value in head.headers if name.lower() not in OWN]
                extra = [("x-road-id", request.headers.get("X-Road-Id", "EX-q-1")), ("x-road-request-id", "r-1")]
                await response.start(head.status, head.reason, [*kept, *extra, ("x-road-request-hash", "aGFzaA==")])
                async for piece in exchange.body():
                    await response.write(piece)
                await response.finish()

        async with serve(pass_on, host="127.0.0.1", port=0) as door:
            yield door


async def answer_extras(request: Request, response: ResponseWriter) -> None:
    """What a door has beside r1: containers, and what verifies them."""
    target = request.target.decode("ascii")
    known = "/asic?queryId=q%201&xRoadInstance=EX&memberClass=GOV&memberCode=1234&subsystemCode=desk&unique&requestOnly"
    if target == known:
        await response.send(200, "OK", [("Content-Type", "application/vnd.etsi.asic-e+zip")], b"PK container")
    elif target == "/verificationconf":
        await response.send(200, "OK", [("Content-Type", "application/zip")], b"PK configuration")
    else:
        await response.send(404, "Not Found", [("Content-Type", "text/plain")], b"No container for this query.")
