"""Serving what was published, as X-Road's clients ask for it.

Law: only GET and HEAD, only directories and parts by their exact names; the version is the query's, 2 without one. A
version that is not published is 404, which makes a client ask for an older one.
Source: PR-GCONF §3.1; nginx's rules of a central server of release 7.8.
"""

import asyncio
import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ridgeway.http import Request, ResponseWriter

DEFAULT_VERSION = "2"
VERSION = re.compile(r"(?:^|&)version=([0-9]+)(?:&|$)")
DIRECTORY = re.compile(r"/(internalconf|externalconf)")
PART = re.compile(r"/V([0-9]{1,4})/([0-9]{23})/([a-z][a-z0-9-]{0,60}\.xml)")
PROXY_DIRECTORY = re.compile(r"/([A-Za-z0-9_-]{1,64})/conf")
PROXY_PART = re.compile(r"/[A-Za-z0-9_-]{1,64}/[0-9]{13,15}/[A-Za-z0-9_.%+-]{1,200}/[a-z][a-z0-9-]{0,60}\.xml")
"""What a configuration proxy serves; see `proxy.py`."""
MAX_TARGET_BYTES = 2048
MAX_CACHED_FILES = 64
HEALTH = "/healthz"


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is served."""

    data: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class Health:
    """Whether what is served counts, and what to say about it (JSON)."""

    is_good: bool
    body: bytes


@dataclass(slots=True)
class PublicFolder:
    """The published files; the last ones that were asked for are kept, as long as they do not change."""

    folder: Path
    read_health: Callable[[], Health]
    kept: dict[Path, tuple[tuple[int, int, int], Found]] = field(default_factory=dict)

    async def answer(self, request: Request, response: ResponseWriter) -> None:
        """One request is answered."""
        if request.method not in {"GET", "HEAD"}:
            await response.send(405, "Method Not Allowed", [("Allow", "GET, HEAD")], b"")
            return
        path, _, query = request.target[:MAX_TARGET_BYTES].decode("latin-1").partition("?")
        if path == HEALTH:
            await self.answer_health(response)
            return
        name = find_name(path, query)
        found = None if name is None else await asyncio.to_thread(self.find, self.folder / name)
        if found is None:
            await response.send(404, "Not Found", [], b"")
            return
        await send_file(request, response, found, is_part=path.endswith(".xml"))

    async def answer_health(self, response: ResponseWriter) -> None:
        """Whether a configuration is served that has not expired."""
        health = self.read_health()
        status, reason = (200, "OK") if health.is_good else (503, "Service Unavailable")
        await response.send(status, reason, [("Content-Type", "application/json")], health.body)

    def find(self, path: Path) -> Found | None:
        """The file, from memory while it is unchanged."""
        try:
            with path.open("rb") as file:
                stat = os.fstat(file.fileno())
                mark = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
                kept = self.kept.get(path)
                if kept is not None and kept[0] == mark:
                    return kept[1]
                data = file.read()
        except OSError:
            return None
        found = Found(data, f'"{hashlib.sha256(data).hexdigest()[:32]}"')
        if len(self.kept) >= MAX_CACHED_FILES:
            self.kept.clear()
        self.kept[path] = (mark, found)
        return found


def find_name(path: str, query: str) -> str | None:
    """The file below the public folder that a request means."""
    asked = VERSION.search(query)
    version = int((asked[1] if asked else DEFAULT_VERSION)[:4])
    if directory := DIRECTORY.fullmatch(path):
        return f"V{version}/{directory[1]}"
    if proxy := PROXY_DIRECTORY.fullmatch(path):
        return f"{proxy[1]}/conf-v{version}"
    is_part = PART.fullmatch(path) or (PROXY_PART.fullmatch(path) and "/../" not in path and "/./" not in path)
    return path.removeprefix("/") if is_part else None


async def send_file(request: Request, response: ResponseWriter, found: Found, *, is_part: bool) -> None:
    """The file, or that it is what the client has already."""
    headers = [("ETag", found.etag), ("Cache-Control", "max-age=600, immutable" if is_part else "no-cache")]
    known = {each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match").split(",")}
    if found.etag in known or "*" in known:
        await response.send(304, "Not Modified", headers, b"")
        return
    kind = "application/xml" if is_part else "application/octet-stream"
    await response.send(200, "OK", [("Content-Type", kind), *headers], found.data)
