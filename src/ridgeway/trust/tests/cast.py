"""A central server on loopback, as far as a client can see one, and a server's folders in a temporary place."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from ridgeway.http import Request, ResponseWriter, Server, serve
from ridgeway.protocol.certificates.snapshot import ConfigurationSource
from ridgeway.protocol.globalconf import Anchor, AnchorSource, PrivateParameters, PublishedPart, write_anchor
from ridgeway.protocol.globalconf.tests.cast import (
    LATER,
    SigningKey,
    a_directory,
    an_instance,
    parts_of,
    private_parameters,
    signing_key,
)
from ridgeway.settings import Settings, TrustSettings
from ridgeway.trust.download import Downloader, open_pool
from ridgeway.trust.fetch import Fetcher
from ridgeway.trust.places import places_of


@dataclass
class CentralServer:
    """Serves whatever was put into `files`, and notes what was asked for."""

    name: str = "LAB"
    files: dict[str, bytes] = field(default_factory=dict)
    directories: dict[tuple[str, int], bytes] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    has_tags: bool = False
    status: int = 200
    server: Server | None = None

    @property
    def address(self) -> str:
        assert self.server is not None
        return f"127.0.0.1:{self.server.port}"

    async def answer(self, request: Request, response: ResponseWriter) -> None:
        target = request.target.decode()
        self.requests.append(target)
        parts = urlsplit(target)
        version = int(parse_qs(parts.query).get("version", ["2"])[0])
        data = self.directories.get((parts.path, version), self.files.get(target))
        if self.status != 200:
            await response.send(self.status, "Broken", [], b"")
        elif data is None:
            await response.send(404, "Not Found", [], b"")
        elif self.has_tags and request.headers.get("If-None-Match") == f'"{hash(data)}"':
            await response.send(304, "Not Modified", [], b"")
        else:
            await response.send(200, "OK", [("ETag", f'"{hash(data)}"')] if self.has_tags else [], data)

    def anchor(self, *keys: SigningKey, directory: str = "internalconf") -> Anchor:
        """The anchor that an authority would hand out."""
        certificates = tuple(key.certificate for key in keys or (signing_key(),))
        return Anchor(self.name, (AnchorSource(f"http://{self.address}/{directory}", certificates),))

    def publish(
        self,
        *,
        key: SigningKey | None = None,
        announce: tuple[SigningKey, ...] = (),
        stamp: str = "20260206120000000000000",
        expires_at: datetime = LATER,
        versions: tuple[int, ...] = (2, 6),
        private: PrivateParameters | None = None,
        extra: tuple[PublishedPart, ...] = (),
    ) -> None:
        """Sign and serve the instance; `announce` are the keys that its shared parameters name."""
        certificates = tuple(each.certificate for each in announce or (key or signing_key(),))
        trust = an_instance(self.name, sources=(ConfigurationSource(self.address, certificates, certificates),))
        for version in versions:
            parts = parts_of(trust, private or private_parameters(self.name), version=version, stamp=stamp)
            self.files |= {part.location: part.content for part in (*parts, *extra)}
            signed = {"key": key, "expires_at": expires_at, "version": version}
            self.directories["/internalconf", version] = a_directory((*parts, *extra), **signed)  # type: ignore[arg-type]
            self.directories["/externalconf", version] = a_directory(parts[1:], **signed)  # type: ignore[arg-type]


@asynccontextmanager
async def a_central_server(name: str = "LAB") -> AsyncIterator[CentralServer]:
    """A central server that listens on loopback."""
    central = CentralServer(name)
    async with serve(central.answer, host="127.0.0.1", port=0) as server:
        central.server = server
        yield central


def settings_in(folder: Path, **changes: object) -> Settings:
    """The settings of a server whose state lies in `folder`."""
    limits = {"connect_timeout_seconds": 2.0, "read_timeout_seconds": 2.0, **changes}
    return Settings(state_dir=folder, trust=TrustSettings(**limits))  # type: ignore[arg-type]


def give_anchor(settings: Settings, anchor: Anchor) -> None:
    """Put the anchor where the settings say."""
    path = settings.path(settings.trust.anchor)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(write_anchor(anchor))


@asynccontextmanager
async def a_fetcher(settings: Settings) -> AsyncIterator[Fetcher]:
    """A fetcher as the process would have it."""
    async with open_pool(settings.trust) as pool:
        yield Fetcher(places_of(settings), Downloader(pool, settings.trust))
