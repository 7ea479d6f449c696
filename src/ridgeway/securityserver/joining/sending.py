"""Sending a management request: a new certificate straight to the central server, the rest as a message like any other.

Law: the registration door is believed only by the certificate that the global configuration pins. Everything else goes
through this server's own consumer door as its owner's message, so it is signed, logged and proven as every message is.
Source: PR-MSERV §2.3; X-Road's ManagementRequestSender.
"""

import ipaddress
import secrets
import string
from dataclasses import replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from ridgeway.errors import NetworkError, PeerError, SettingsError
from ridgeway.http import ClientTls, Origin, Pool, PoolLimits, Response, fetch, parse_url
from ridgeway.protocol.certificates.snapshot import ManagementService
from ridgeway.protocol.management import Parts, read_response, write_parts
from ridgeway.settings import Settings

MAX_ANSWER_BYTES = 1024 * 1024
BOUNDARY_CHARACTERS = 30
LIMITS = PoolLimits(connect_timeout_seconds=10.0, read_timeout_seconds=60.0)
INTERNAL_FILE = "internal.pem"
ANSWERED = {200, 500}
TOO_MANY = 429
DEFAULT_WAIT_SECONDS = 60


async def send_to_central(parts: Parts, management: ManagementService) -> int | None:
    """The central server has the request; the number that it gave is returned.

    Raises:  SettingsError(no_management_service), NetworkError; RelayedFault when it refused.
    """
    if not management.registration_url or management.registration_certificate is None:
        raise SettingsError(
            "no_management_service",
            "The global configuration says no address for registrations, or pins no certificate of it.",
            action="Whoever governs the instance must open the registration door of the central server.",
        )
    origin, target = parse_url(management.registration_url)
    if origin.tls is None:
        raise SettingsError(
            "no_management_service", f"Registrations go over HTTPS, but the address is {management.registration_url}."
        )
    pinned = ClientTls(pinned=(management.registration_certificate,))
    return await post(parts, replace(origin, tls=pinned), target)


async def send_through_gateway(parts: Parts, settings: Settings) -> int | None:
    """The management service has the request, and answered through the exchange; its number is returned.

    Raises:  SettingsError(no_consumer_door), NetworkError; RelayedFault when somebody on the way refused.
    """
    return await post(parts, find_door(settings), "/")


async def post(parts: Parts, origin: Origin, target: str) -> int | None:
    """The number in the answer."""
    content_type, body = write_parts(parts, boundary=new_boundary())
    headers = [("Content-Type", content_type), ("SOAPAction", '""')]
    async with Pool(LIMITS) as pool:
        answer = await fetch(pool, "POST", (origin, target), headers, body, max_bytes=MAX_ANSWER_BYTES)
    require_answer(answer, origin)
    return read_response(answer.body, request=parts.soap)


def require_answer(answer: Response, origin: Origin) -> None:
    """Hold only for an answer that is a SOAP message, be it a fault.

    Raises:  NetworkError(network_error) when it came too often, PeerError(http_error).
    """
    if answer.status == TOO_MANY:
        wait = answer.headers.get("Retry-After")
        seconds = int(wait) if wait.isdecimal() else DEFAULT_WAIT_SECONDS
        raise NetworkError(
            "network_error",
            f"{origin} takes no more requests from here for {seconds} seconds.",
            retry_after_seconds=seconds,
        )
    if answer.status not in ANSWERED:
        raise PeerError("http_error", f"{origin} answered with status {answer.status}; expected a SOAP message.")


def new_boundary() -> str:
    """Thirty random letters, as X-Road draws them."""
    return "".join(secrets.choice(string.ascii_letters) for _ in range(BOUNDARY_CHARACTERS))


def find_door(settings: Settings) -> Origin:
    """This server's own consumer door: over HTTPS with its internal identity, or else plain.

    Raises:  SettingsError(no_consumer_door | internal_tls).
    """
    chosen = settings.gateway
    host = reach(chosen.host)
    if chosen.consumer_tls_port:
        return Origin(
            host, chosen.consumer_tls_port, read_identity(settings.path(chosen.internal_tls_dir) / INTERNAL_FILE)
        )
    if chosen.consumer_port:
        return Origin(host, chosen.consumer_port)
    raise SettingsError(
        "no_consumer_door",
        "The consumer door is closed, and management requests go through it.",
        action="Set gateway.consumer_tls_port.",
    )


def reach(host: str) -> str:
    """Where a door is reached that listens at `host`."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if not address.is_unspecified:
        return host
    return "127.0.0.1" if address.version == 4 else "::1"


def read_identity(file: Path) -> ClientTls:
    """The internal identity of this server, shown to its own door and expected of it.

    Raises:  SettingsError(internal_tls).
    """
    try:
        pem = file.read_bytes()
        key = load_pem_private_key(pem, None)
        certificate = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    except (OSError, ValueError, TypeError) as error:
        raise SettingsError(
            "internal_tls",
            f"{file}, which the gateway makes, cannot be read: {error}.",
            action="Start the gateway first: ridgeway gateway run.",
        ) from error
    private_key = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return ClientTls((certificate,), private_key, pinned=(certificate,))
