"""Getting bytes from a source: which version it has, whether anything changed, within which limits.

Law: nothing that comes is believed here. TLS keeps the way private where a source offers it, but its certificate
proves nothing to us: what is fetched is signed. Redirects are not followed. The version that a source had last is asked
for again; only when it is gone are all asked for, newest first.
Source: PR-GCONF §4.2. Read next: `fetch.py`.
"""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ridgeway.errors import NetworkError, SettingsError
from ridgeway.http import ClientTls, HttpRefusal, Pool, PoolLimits, Response, fetch, parse_url
from ridgeway.protocol.globalconf.directory import MAX_DIRECTORY_BYTES
from ridgeway.protocol.globalconf.locations import Location, choose_version, versions_to_try
from ridgeway.settings import TrustSettings

OK = 200
NOT_MODIFIED = 304
NOT_FOUND = 404
DIRECTORY_SECONDS = 60.0
PART_SECONDS = 600.0
CONNECTION_FAILURE = "global_conf_download_url_connection_failure"
PART_FAILURE = "global_conf_part_download_failure"


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A directory as it came; `data` is None when the source says that it is the one we had."""

    url: str
    version: int | None
    data: bytes | None
    tag: str = ""


@dataclass(slots=True)
class Downloader:
    """The way out to the sources, and what is remembered of them from one look to the next."""

    pool: Pool
    limits: TrustSettings
    tls: ClientTls = field(default_factory=ClientTls)
    versions: dict[str, int] = field(default_factory=dict)
    only_version: int | None = None

    async def download_directory(self, location: Location, *, tags: dict[str, str]) -> Downloaded:
        """The directory at `location`, in the newest version that the source has, or in the only one that is wanted.

        Shapes:  tags maps an address → the entity tag that its directory had, where it would be no news.
        Raises:  NetworkError.
        """
        remembered = self.versions.get(location.url)
        if remembered is not None:
            found = await self.try_version(location.url, remembered, tags)
            if found is not None:
                return found
            del self.versions[location.url]
        wanted = versions_to_try(location.url) if self.only_version is None else (self.only_version,)
        for version in wanted:
            found = await self.try_version(location.url, version, tags)
            if found is not None:
                if version is not None:
                    self.versions[location.url] = version
                return found
        raise NetworkError(CONNECTION_FAILURE, f"{location.url} has no version of the configuration that we read.")

    async def try_version(self, url: str, version: int | None, tags: dict[str, str]) -> Downloaded | None:
        """The directory in one version; None when the source does not have it.

        Raises:  NetworkError.
        """
        address = choose_version(url, version)
        headers = [("If-None-Match", tags[address])] if address in tags else []
        limits = Limits(MAX_DIRECTORY_BYTES, DIRECTORY_SECONDS, CONNECTION_FAILURE)
        response = await self.get(address, headers, limits)
        if response.status == NOT_FOUND:
            return None
        if response.status == NOT_MODIFIED and headers:
            return Downloaded(address, version, None, tags[address])
        if response.status != OK:
            raise NetworkError(CONNECTION_FAILURE, f"{address} answered {response.status} {response.reason}.")
        return Downloaded(address, version, response.body, response.headers.get("ETag"))

    async def download_part(self, directory_url: str, location: str) -> bytes:
        """The bytes of a part, from the host that the directory came from.

        Raises:  NetworkError.
        """
        address = urljoin(directory_url, location)
        if urlsplit(address)[:2] != urlsplit(directory_url)[:2]:
            raise NetworkError(PART_FAILURE, f"The part at {location!r} does not lie at its directory's own host.")
        limits = Limits(self.limits.max_configuration_bytes, PART_SECONDS, PART_FAILURE)
        response = await self.get(address, [], limits)
        if response.status != OK:
            raise NetworkError(PART_FAILURE, f"{address} answered {response.status} {response.reason}.")
        return response.body

    async def get(self, url: str, headers: list[tuple[str, str]], limits: "Limits") -> Response:
        """One answer, whole.

        Raises:  NetworkError with the limits' code.
        """
        try:
            async with asyncio.timeout(limits.seconds):
                return await fetch(self.pool, "GET", parse_url(url, tls=self.tls), headers, max_bytes=limits.max_bytes)
        except TimeoutError as error:
            raise NetworkError(limits.code, f"{url} took longer than {limits.seconds:g} seconds.") from error
        except NetworkError as error:
            raise NetworkError(limits.code, f"{url} cannot be reached: {error.detail}") from error
        except HttpRefusal as error:
            raise NetworkError(limits.code, f"{url} sent more than {limits.max_bytes} bytes.") from error
        except ValueError as error:
            raise NetworkError(limits.code, f"{url!r} is not an address: {error}.") from error


@dataclass(frozen=True, slots=True)
class Limits:
    """How much and how long one answer may be, and the code when it is not had."""

    max_bytes: int
    seconds: float
    code: str


def read_source_tls(file: Path | None) -> ClientTls:
    """How HTTPS sources are met: with one of the certificates in `file`; with any when there is none.

    Raises:  SettingsError(malformed_settings) when the file holds no certificate.
    """
    if file is None:
        return ClientTls()
    try:
        certificates = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as error:
        raise SettingsError(
            "malformed_settings", f"trust.source_certificates: {file} holds no certificates in PEM ({error})."
        ) from error
    return ClientTls(pinned=tuple(each.public_bytes(Encoding.DER) for each in certificates))


def open_pool(limits: TrustSettings) -> Pool:
    """A pool of connections within the settings' limits."""
    return Pool(
        PoolLimits(
            connect_timeout_seconds=limits.connect_timeout_seconds, read_timeout_seconds=limits.read_timeout_seconds
        )
    )
