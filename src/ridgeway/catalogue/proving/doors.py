"""The consumer door of an organisation's own security server: how its catalogue asks, signs and gets its evidence.

Law: everything that comes through the door is bounded in size and in time; nothing of it is believed here.
"""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from ridgeway.client import AsyncClient, ServiceFault
from ridgeway.client.consumer import MAX_FAULT_BYTES, gather
from ridgeway.client.target import render_container_target
from ridgeway.errors import NetworkError, RequestError
from ridgeway.http import ClientTls
from ridgeway.protocol.identifiers import MemberId, ServiceId, SubsystemId, member_of, parse_client_path, render_path
from ridgeway.protocol.signatures.containers.read import BROKEN_ZIP

SERVICE: Final = "catalogue"
"""What the service of a catalogue is called unless its operator calls it otherwise."""
ANSWER_SECONDS: Final = 60.0
STAMP_SECONDS: Final = 60.0
PAUSE_SECONDS: Final = 0.5
MAX_EVIDENCE_BYTES: Final = 24 * 1024 * 1024
"""A container with a package in it, twice."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where an organisation's systems ask, as which subsystem, and what its own catalogue's service is called.

    Units:  the limits are seconds: for an answer, and for the time-stamp afterwards.
    """

    url: str
    client: SubsystemId
    service_code: str = SERVICE
    tls: ClientTls | None = None
    answer_seconds: float = ANSWER_SECONDS
    stamp_seconds: float = STAMP_SECONDS

    @property
    def service(self) -> ServiceId:
        """The organisation's own catalogue."""
        own = self.client
        return ServiceId(own.instance, own.member_class, own.member_code, own.subsystem_code, self.service_code)

    @property
    def member(self) -> MemberId:
        """Who signs what goes through the door."""
        return member_of(self.client)

    @property
    def by(self) -> str:
        """How statements name the member."""
        return render_path(self.member)

    @asynccontextmanager
    async def open(self, *, max_bytes: int = MAX_FAULT_BYTES) -> AsyncIterator[AsyncClient]:
        """A client at the door, for answers up to `max_bytes`.

        Raises:  NetworkError(network_error) when the world is slower than `answer_seconds`.
        """
        try:
            async with (
                asyncio.timeout(self.answer_seconds + self.stamp_seconds),
                AsyncClient(self.url, self.client, tls=self.tls, max_body_bytes=max_bytes) as client,
            ):
                yield client
        except TimeoutError:
            raise NetworkError("network_error", f"{self.url} was not done in time.") from None


def name_door(url: str, client: str, *, service_code: str = SERVICE) -> Door:
    """The door at `url` for the subsystem INSTANCE/CLASS/CODE/SUBSYSTEM.

    Raises:  RequestError(invalid_client) for what names no subsystem.
    """
    named = parse_client_path(client)
    if not isinstance(named, SubsystemId):
        raise RequestError(
            "invalid_client",
            f"{client!r} names a member; a subsystem is needed.",
            action="Name it as INSTANCE/CLASS/CODE/SUBSYSTEM.",
        )
    return Door(url, named, service_code)


async def fetch_evidence(client: AsyncClient, query_id: str, direction: str, *, seconds: float) -> bytes:
    """The time-stamped container of one of our own messages: `direction` is request or response.

    Raises:  ServiceFault or NetworkError when there is none within `seconds`.
    """
    target = render_container_target(client.client, query_id, (f"{direction}Only", "force"))
    limit = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            return take_first(await download(client, target))
        except (ServiceFault, NetworkError):
            if asyncio.get_running_loop().time() > limit:
                raise
        await asyncio.sleep(PAUSE_SECONDS)


async def download(client: AsyncClient, target: str) -> bytes:
    """What the door has at `target`.

    Raises:  ServiceFault for a refusal.
    """
    async with client.send("GET", target, [], None) as answer:
        data = await gather(answer.chunks, MAX_EVIDENCE_BYTES)
    if not answer.head.is_success:
        text = data[:MAX_FAULT_BYTES].decode("utf-8", "replace").strip()
        raise ServiceFault("not_found", text or answer.head.reason, status=answer.head.status)
    return data


def take_first(archive: bytes) -> bytes:
    """The first container of an archive: whoever asks itself has its message logged on both sides, equally good.

    Raises:  ServiceFault(bad_request) for what is no archive of containers.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entry = opened.infolist()[0]
            if entry.file_size > MAX_EVIDENCE_BYTES:
                raise ValueError("it is too large")
            return opened.read(entry)
    except BROKEN_ZIP as error:
        raise ServiceFault("bad_request", f"The door's answer is no archive of containers: {error}.") from error
