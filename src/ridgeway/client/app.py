"""A small runtime for information systems: routes, JSON, files, streams, and an OpenAPI document.

    app = ServiceApp()

    @app.get("/persons/{code}")
    async def person(call: ServiceCall, code: str) -> object:
        return {"code": code, "asked_by": str(call.caller.client)}

Law: routes are a table that is searched in order; a parameter is one whole path segment, decoded once. A route that
fails answers 500 and says nothing about why; what it refuses it raises as `HttpRefusal` or `MessageError`.
Read next: `serving.py`.
"""

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ridgeway.client.replies import FileReply, JsonReply, Reply, as_reply, send_reply
from ridgeway.client.service_call import ServiceCall
from ridgeway.client.soap import SoapService
from ridgeway.errors import MessageError, RequestError
from ridgeway.http import HttpRefusal, Request, ResponseWriter
from ridgeway.protocol.identifiers import decode_code

MAX_BODY_BYTES = 10 * 1024 * 1024

RouteHandler = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the table: `segments` are literal or `{name}`."""

    method: str
    segments: tuple[str, ...]
    handler: RouteHandler
    max_body_bytes: int


class ServiceApp:
    """The routes of one information system. Handlers may be coroutines, or functions, which run in a thread."""

    def __init__(self, *, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self.max_body_bytes = max_body_bytes
        self.routes: list[Route] = []

    def route(
        self, method: str, path: str, *, max_body_bytes: int | None = None
    ) -> Callable[[RouteHandler], RouteHandler]:
        """The decorated function answers `method` on `path`; `{name}` in it becomes an argument."""

        def register(handler: RouteHandler) -> RouteHandler:
            limit = self.max_body_bytes if max_body_bytes is None else max_body_bytes
            self.routes.append(Route(method, split_path(path), handler, limit))
            return handler

        return register

    def get(self, path: str) -> Callable[[RouteHandler], RouteHandler]:
        """The decorated function answers GET (and HEAD) on `path`."""
        return self.route("GET", path)

    def post(self, path: str, *, max_body_bytes: int | None = None) -> Callable[[RouteHandler], RouteHandler]:
        """The decorated function answers POST on `path`."""
        return self.route("POST", path, max_body_bytes=max_body_bytes)

    def put(self, path: str, *, max_body_bytes: int | None = None) -> Callable[[RouteHandler], RouteHandler]:
        """The decorated function answers PUT on `path`."""
        return self.route("PUT", path, max_body_bytes=max_body_bytes)

    def delete(self, path: str) -> Callable[[RouteHandler], RouteHandler]:
        """The decorated function answers DELETE on `path`."""
        return self.route("DELETE", path)

    def describe(self, document: Path | dict[str, Any], path: str = "/openapi.json") -> None:
        """The OpenAPI document (a file, or a value) is served at `path`."""

        async def answer(_call: ServiceCall) -> object:
            if not isinstance(document, Path):
                return JsonReply(document)
            kind = "application/json" if document.suffix == ".json" else "application/yaml"
            return FileReply(document, content_type=kind)

        self.route("GET", path)(answer)

    def soap(self, path: str, *, wsdl: Path | None = None, max_body_bytes: int | None = None) -> SoapService:
        """SOAP messages are answered at `path` by the operations that are added to what this returns.

        GET answers there with the WSDL, a file.
        """
        service = SoapService(wsdl)
        self.route("POST", path, max_body_bytes=max_body_bytes)(service.answer)
        self.route("GET", path)(service.describe)
        return service

    async def __call__(self, request: Request, response: ResponseWriter) -> None:
        """Answer one request: this is what `ridgeway.http.serve` calls."""
        try:
            reply = as_reply(await self.answer(request))
        except RequestError as error:
            reply = JsonReply({"code": error.code, "detail": error.detail}, status=error.status)
        except HttpRefusal as refusal:
            reply = JsonReply({"code": refusal.reason, "detail": refusal.detail}, status=refusal.status)
        await send_reply(reply, response)

    async def answer(self, request: Request) -> object:
        """What the route for this request returns; 404 and 405 when there is none."""
        target = request.target.decode("latin-1")
        path, _, query = target.partition("?")
        segments = split_path(path)
        allowed = []
        for route in self.routes:
            found = match_segments(route.segments, segments)
            if found is None:
                continue
            if route.method in {request.method, "GET" if request.method == "HEAD" else request.method}:
                call = ServiceCall(request, path=path, raw_query=query, max_body_bytes=route.max_body_bytes)
                return await run_handler(route.handler, call, found)
            allowed.append(route.method)
        if allowed:
            return Reply(status=405, headers=(("Allow", ", ".join(sorted(set(allowed)))),))
        raise HttpRefusal(404, "Not Found", f"There is nothing at {path[:200]}.")


async def run_handler(handler: RouteHandler, call: ServiceCall, parameters: dict[str, str]) -> object:
    """What the handler returns; a plain function runs in a thread."""
    if inspect.iscoroutinefunction(handler):
        return await handler(call, **parameters)
    return await asyncio.to_thread(handler, call, **parameters)


def split_path(path: str) -> tuple[str, ...]:
    """The raw segments of a path; the root has none."""
    return tuple(path.removeprefix("/").split("/")) if path not in {"", "/"} else ()


def match_segments(pattern: tuple[str, ...], segments: tuple[str, ...]) -> dict[str, str] | None:
    """The parameters, decoded once, if these segments fit the pattern."""
    if len(pattern) != len(segments):
        return None
    found = {}
    for wanted, segment in zip(pattern, segments, strict=True):
        if wanted.startswith("{") and wanted.endswith("}"):
            try:
                found[wanted[1:-1]] = decode_code(segment)
            except MessageError:
                return None
            if not segment:
                return None
        elif wanted != segment:
            return None
    return found
