"""Fetching a package over the exchange, with the proof of who gave it to whom.

Law: the answer is bounded in size and in time, is a package or nothing, and is the one that was asked for; its
container, time-stamped, and the configuration by which it is proven are kept beside what was adopted.
"""

import asyncio
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ridgeway.catalogue.adoption.keeping import MAX_OVERLAY_BYTES
from ridgeway.catalogue.packages.manifest import PACKAGE, VERSION
from ridgeway.catalogue.packages.reading import Incoming, read_packed
from ridgeway.catalogue.packages.sources import read_source
from ridgeway.catalogue.packages.versions import order_version
from ridgeway.catalogue.proving.doors import Door, fetch_evidence
from ridgeway.catalogue.proving.proof import ProvenTransfer, verify_transfer
from ridgeway.client import AsyncClient, ServiceResponse
from ridgeway.errors import ContainerError, RequestError
from ridgeway.office.documents.packages import MAX_ARCHIVE_BYTES
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.identifiers import ServiceId, parse_service_path, render_path
from ridgeway.trust.offline import read_trust

SCHEME: Final = "xroad:"
TRANSFER: Final = "transfer.asice"
FETCHED: Final = "fetched.zip"
CONFIGURATION: Final = "verificationconf.zip"
MAX_VERSIONS: Final = 10_000
NAMED: Final = re.compile(r"xroad:(?P<service>[^@]+)/(?P<package>[^/@]+)(?:@(?P<version>[^/@]+))?")


@dataclass(frozen=True, slots=True)
class Source:
    """A package in another organisation's catalogue; without a version, its newest."""

    service: ServiceId
    package: str
    version: str = ""

    @property
    def origin(self) -> str:
        """What finds the package, and its next release."""
        return f"{SCHEME}{render_path(self.service)}/{self.package}"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A package with the files that prove where it came from, and the trust of the server that it came through."""

    incoming: Incoming
    evidence: Mapping[str, bytes]
    trust: TrustSnapshot | None = None
    transfer: ProvenTransfer | None = None


def parse_source(text: str) -> Source:
    """`xroad:INSTANCE/CLASS/CODE/SUBSYSTEM/SERVICE/PACKAGE[@VERSION]`.

    Raises:  RequestError(unknown_source).
    """
    found = NAMED.fullmatch(text)
    package, version = (found["package"], found["version"] or "") if found else ("", "")
    if not found or not PACKAGE.fullmatch(package) or not (not version or VERSION.fullmatch(version)):
        raise RequestError(
            "unknown_source",
            f"{text[:200]!r} names no package in a catalogue.",
            action="Write xroad:INSTANCE/CLASS/CODE/SUBSYSTEM/catalogue/PACKAGE, with @VERSION for a certain one.",
        )
    return Source(parse_service_path(found["service"]), package, version)


def take_source(text: str, door: Door | None) -> Fetched:
    """The package that `text` names, from a file, from a shelf or, through the door, from another's catalogue.

    Raises:  RequestError(unknown_source | no_door), and as `read_source` and `fetch`.
    """
    if not text.startswith(SCHEME):
        return Fetched(read_source(text), {})
    source = parse_source(text)
    if door is None:
        raise RequestError(
            "no_door",
            f"{text} is fetched over the exchange.",
            action="Name your security server and who asks: --door URL --client INSTANCE/CLASS/CODE/SUBSYSTEM.",
        )
    return asyncio.run(fetch(source, door=door))


async def fetch(source: Source, *, door: Door) -> Fetched:
    """The package, and what proves its transfer.

    Raises:  RequestError(unknown_package), ContainerError, ServiceFault, NetworkError, SettingsError.
    """
    async with door.open(max_bytes=MAX_ARCHIVE_BYTES) as client:
        version = source.version or choose_newest(await ask(client, source, f"/packages/{source.package}"))
        answer = await ask(client, source, f"/packages/{source.package}/{version}")
        container = await fetch_evidence(client, answer.query_id, "response", seconds=door.stamp_seconds)
        configuration = await fetch_configuration(client)
    if len(container) > MAX_OVERLAY_BYTES:
        raise ContainerError("other_package", f"The proof of the transfer is larger than {MAX_OVERLAY_BYTES} bytes.")
    incoming = read_packed(answer.body, source.origin)
    if (incoming.facts.package, incoming.facts.version) != (source.package, version):
        raise ContainerError(
            "other_package",
            f"{source.package} {version} was asked for; {incoming.facts.package} {incoming.facts.version} came.",
        )
    trust = read_configuration(configuration)
    transfer = verify_transfer(container, answer.body, trust)
    if transfer.giver != source.service:
        raise ContainerError(
            "other_giver", f"{render_path(transfer.giver)} answered, not {render_path(source.service)}."
        )
    evidence = {TRANSFER: container, FETCHED: answer.body, CONFIGURATION: configuration}
    return Fetched(incoming, evidence, trust, transfer)


async def ask(client: AsyncClient, source: Source, path: str) -> ServiceResponse:
    """The catalogue's answer.

    Raises:  RequestError(unknown_package) for anything but success.
    """
    answer = await client.get(source.service, path)
    if not answer.is_success:
        why = answer.body[:300].decode("utf-8", "replace")
        raise RequestError("unknown_package", f"{render_path(source.service)} answered {answer.status}: {why}")
    return answer


def choose_newest(answer: ServiceResponse) -> str:
    """The newest of the versions that a catalogue lists.

    Raises:  RequestError(unknown_package) when it lists none that could be one.
    """
    listed: Any = answer.json()
    versions = listed.get("versions") if isinstance(listed, dict) else None
    rows = versions[:MAX_VERSIONS] if isinstance(versions, list) else []
    names = [each.get("version") for each in rows if isinstance(each, dict)]
    known = [each for each in names if isinstance(each, str) and VERSION.fullmatch(each)]
    if not known:
        raise RequestError("unknown_package", "The catalogue lists no version of this package.")
    return max(known, key=order_version)


async def fetch_configuration(client: AsyncClient) -> bytes:
    """What is needed to prove containers offline, as the own security server has it now."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / CONFIGURATION
        await client.fetch_verification_configuration(file)
        if file.stat().st_size > MAX_OVERLAY_BYTES:
            raise RequestError("bad_request", f"The global configuration is larger than {MAX_OVERLAY_BYTES} bytes.")
        return file.read_bytes()


def read_configuration(configuration: bytes) -> TrustSnapshot:
    """The trust in a ZIP of a global configuration.

    Raises:  TrustError(malformed_global_conf).
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / CONFIGURATION
        file.write_bytes(configuration)
        return read_trust(file)
