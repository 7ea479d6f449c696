"""Asking the time-stamping authorities, one after the other, until one stamps.

Law: a token is proven before anybody sees it: it is over our octets, and from an authority of the configuration.
Source: RFC 3161 §3.4; X-Road's log manager (order, limits).
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from ridgeway.errors import NetworkError, RidgewayError, TimestampError
from ridgeway.http import ClientTls, HttpRefusal, Pool, PoolLimits, fetch, parse_url
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.timestamps import (
    MAX_RESPONSE_BYTES,
    VerifiedTimestamp,
    add_authority_certificate,
    read_timestamp_response,
    verify_timestamp,
    write_timestamp_request,
)
from ridgeway.settings import CostStrategy

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_SECONDS = 20.0
READ_TIMEOUT_SECONDS = 60.0
ATTEMPT_TIMEOUT_SECONDS = 90.0
HEADERS = (("Content-Type", "application/timestamp-query"), ("Accept", "application/timestamp-reply"))
OK = 200


@dataclass(frozen=True, slots=True)
class Stamp:
    """A proven token with the authority's certificate inside."""

    token: bytes
    verified: VerifiedTimestamp
    url: str


@dataclass(frozen=True, slots=True)
class Failure:
    """An authority has given nothing since `since`; `why` is what it did last."""

    since: datetime
    why: str


@dataclass(slots=True)
class Authorities:
    """The way out to the authorities; `failures` are those that gave nothing when they were asked last."""

    pool: Pool
    clock: Callable[[], datetime]
    tls: ClientTls = field(default_factory=ClientTls)
    failures: dict[str, Failure] = field(default_factory=dict)

    async def stamp(self, octets: bytes, *, urls: tuple[str, ...], trust: TrustSnapshot) -> Stamp:
        """`octets` are stamped by the first authority that does it well.

        Raises:  TimestampError(timestamping_failed) that says what each one did, or
                 (mlog.no_timestamping_provider_found) when none is chosen.
        """
        if not urls:
            raise no_authority()
        failures = []
        for url in urls:
            try:
                stamp = await self.ask(url, octets, trust)
            except RidgewayError as error:
                log.warning("%s gave no stamp: %s", url, error)
                before = self.failures.get(url)
                self.failures[url] = Failure(before.since if before else self.clock(), error.detail)
                failures.append(f"{url}: {error.detail}")
            else:
                self.failures.pop(url, None)
                return stamp
        raise TimestampError("timestamping_failed", f"No authority gave a stamp. {' '.join(failures)}")

    async def ask(self, url: str, octets: bytes, trust: TrustSnapshot) -> Stamp:
        """One authority's stamp, proven.

        Raises:  NetworkError, TimestampError or SignatureError.
        """
        request = write_timestamp_request(hashlib.sha512(octets).digest())
        token = read_timestamp_response(await self.post(url, request))
        verified = verify_timestamp(token, stamped=octets, trust=trust)
        return Stamp(add_authority_certificate(token, verified.certificate), verified, url)

    async def post(self, url: str, request: bytes) -> bytes:
        """The body of an authority's answer.

        Raises:  NetworkError.
        """
        try:
            async with asyncio.timeout(ATTEMPT_TIMEOUT_SECONDS):
                response = await fetch(
                    self.pool,
                    "POST",
                    parse_url(url, tls=self.tls),
                    HEADERS,
                    request,
                    max_bytes=MAX_RESPONSE_BYTES,
                    may_retry=True,
                )
        except TimeoutError as error:
            raise NetworkError("network_error", f"no answer within {ATTEMPT_TIMEOUT_SECONDS:g} seconds.") from error
        except HttpRefusal as error:
            raise NetworkError("network_error", f"its answer is longer than {MAX_RESPONSE_BYTES} bytes.") from error
        except ValueError as error:
            raise NetworkError("network_error", f"this is no address: {error}.") from error
        if response.status != OK:
            raise NetworkError("network_error", f"it answered {response.status} {response.reason}; expected 200.")
        return response.body


def no_authority() -> TimestampError:
    """Nobody is chosen to stamp."""
    return TimestampError(
        "mlog.no_timestamping_provider_found",
        "No time-stamping service is chosen for this server.",
        action="Name one under timestamping in its document, and apply it: ridgeway securityserver apply.",
    )


def none_by_costs(strategy: CostStrategy) -> TimestampError:
    """None of those that are chosen to stamp may be asked by what it costs."""
    return TimestampError(
        "mlog.no_timestamping_provider_found",
        f"No chosen time-stamping service is one of those that messagelog.stamp_cost_strategy = {strategy} asks.",
        action="See what each costs: ridgeway trust show; or change the strategy.",
    )


def open_pool() -> Pool:
    """A pool of connections within X-Road's limits."""
    return Pool(PoolLimits(connect_timeout_seconds=CONNECT_TIMEOUT_SECONDS, read_timeout_seconds=READ_TIMEOUT_SECONDS))
