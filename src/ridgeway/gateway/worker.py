"""One worker process: it opens the doors, keeps its station fresh, and closes gracefully.

Law: the peer door opens when there is a key to show, and follows it when it changes. Workers share their ports; each
keeps its own connections and nothing else.
"""

import asyncio
import logging
from contextlib import AsyncExitStack
from dataclasses import dataclass

from ridgeway.gateway.doors.consumer import ConsumerDoor
from ridgeway.gateway.doors.health import HealthDoor
from ridgeway.gateway.doors.ocsp import OcspDoor
from ridgeway.gateway.doors.peer import PeerDoor
from ridgeway.gateway.metadata import list_metadata_services
from ridgeway.gateway.peers.securityserver import PeerDirectory
from ridgeway.gateway.peers.service import ServiceDirectory
from ridgeway.gateway.station import Station
from ridgeway.http import HttpLimits, Server, ServerTls, serve
from ridgeway.settings import GatewaySettings

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Doors:
    """The open doors of a worker; the peer door waits for a key."""

    consumer: Server | None = None
    consumer_tls: Server | None = None
    ocsp: Server | None = None
    peer: Server | None = None
    health: Server | None = None


async def run_worker(station: Station, *, stopped: asyncio.Event) -> None:
    """Carry messages until `stopped`."""
    station.settings.path(station.settings.gateway.spool_dir).mkdir(parents=True, exist_ok=True, mode=0o700)
    async with AsyncExitStack() as stack:
        doors = await open_doors(station, stack)
        services = ServiceDirectory(station)
        station.own_services = {**list_metadata_services(services), **station.own_services}
        peer_door = PeerDoor(station, services)
        while not stopped.is_set():
            await station.reload()
            await keep_peer_door(doors, peer_door, station=station, stack=stack)
            await wait(stopped, station.settings.gateway.reload_interval_seconds)


async def open_doors(station: Station, stack: AsyncExitStack) -> Doors:
    """The doors that need no key are open."""
    gateway = station.settings.gateway
    doors = Doors()
    shared = gateway.workers > 1
    limits = limits_of(gateway)
    peers = PeerDirectory(station)
    if gateway.consumer_port:
        handler = ConsumerDoor(station, peers).handle
        doors.consumer = await stack.enter_async_context(
            serve(handler, host=gateway.host, port=gateway.consumer_port, limits=limits, reuse_port=shared)
        )
    if gateway.consumer_tls_port:
        doors.consumer_tls = await stack.enter_async_context(
            serve(
                ConsumerDoor(station, peers).handle,
                host=gateway.host,
                port=gateway.consumer_tls_port,
                tls=ServerTls(
                    (station.internal.certificate,), station.internal.private_key, request_client_certificate=True
                ),
                limits=limits,
                reuse_port=shared,
            )
        )
    doors.ocsp = await stack.enter_async_context(
        serve(
            OcspDoor(station).handle, host=gateway.peer_host, port=gateway.ocsp_port, limits=limits, reuse_port=shared
        )
    )
    if gateway.health_check_port:
        doors.health = await stack.enter_async_context(
            serve(
                HealthDoor(station).handle,
                host=gateway.health_check_host,
                port=gateway.health_check_port,
                limits=limits,
                reuse_port=shared,
            )
        )
    return doors


async def keep_peer_door(doors: Doors, door: PeerDoor, *, station: Station, stack: AsyncExitStack) -> None:
    """The peer door is open with the key of now, once there is one."""
    identity = station.identity
    if identity is None:
        return
    if doors.peer is not None:
        doors.peer.tls = identity.server_tls
        return
    gateway = station.settings.gateway
    doors.peer = await stack.enter_async_context(
        serve(
            door.handle,
            host=gateway.peer_host,
            port=gateway.peer_port,
            tls=identity.server_tls,
            limits=limits_of(gateway),
            reuse_port=gateway.workers > 1,
        )
    )
    log.info("The peer door is open at %s:%d.", gateway.peer_host, gateway.peer_port)


def limits_of(gateway: GatewaySettings) -> HttpLimits:
    """The limits of every door. A peer may be silent while it signs and logs, so the body may pause that long."""
    return HttpLimits(
        max_head_bytes=gateway.max_header_bytes,
        max_connections=gateway.max_connections,
        idle_timeout_seconds=gateway.idle_timeout_seconds,
        head_timeout_seconds=gateway.request_head_timeout_seconds,
        body_timeout_seconds=max(gateway.sign_timeout_seconds, gateway.log_timeout_seconds) + 60.0,
        body_min_bytes=1,
        write_timeout_seconds=gateway.write_timeout_seconds,
        grace_seconds=gateway.shutdown_timeout_seconds,
    )


async def wait(stopped: asyncio.Event, seconds: float) -> None:
    """Return after so long, or when stopped."""
    try:
        async with asyncio.timeout(seconds):
            await stopped.wait()
    except TimeoutError:
        return
