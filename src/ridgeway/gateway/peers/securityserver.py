"""Connections to other security servers, and the revocation answers for their certificates.

Law: nothing is sent before the conversation looked at the chain that the peer showed. The fastest address of a
provider is remembered for a while and then tried alone for a short time before the others race again; a connection is
reused when both sides finished cleanly. Answers are asked at the peer's own OCSP door, once for a while, and judged by
the conversation each time; what it refuses is asked anew, once.
Source: PR-MESSTRANSP §2.1, §2.2, §3.1.
"""

import hashlib
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ridgeway.errors import CertificateError, NetworkError, RidgewayError
from ridgeway.gateway.station import Station
from ridgeway.http import Exchange, Favourite, HttpRefusal, Origin, fetch
from ridgeway.protocol.exchange.commands import Link, PeerRevocation, Target
from ridgeway.protocol.transport.ocspdoor import MAX_DOCUMENT_BYTES, read_ocsp_answers, render_ocsp_query

MAX_REMEMBERED = 10_000


class PeerDirectory:
    """Where peers are reached, and what is known of their certificates."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.fastest: dict[tuple[Target, ...], tuple[str, float]] = {}
        self.answers: dict[bytes, tuple[bytes, float]] = {}

    @asynccontextmanager
    async def exchange(self, targets: tuple[Target, ...], *, fresh: bool = False) -> AsyncIterator[Exchange]:
        """An exchange with one of the targets; `fresh` takes no connection that was there before.

        Raises:  NetworkError(network_error) when none can be reached, CertificateError(ssl_authentication_failed)
                 when the handshake fails.
        """
        gateway = self.station.settings.gateway
        tls = self.station.get_identity().client_tls
        origins = [Origin(address, gateway.remote_peer_port, tls) for address in list_addresses(targets)]
        async with self.station.pool.exchange(
            origins,
            fresh=fresh,
            favourite=self.find_favourite(targets, origins),
            connect_timeout_seconds=gateway.connect_timeout_seconds,
            read_timeout_seconds=gateway.peer_read_timeout_seconds,
        ) as exchange:
            self.remember(targets, exchange.origin.host)
            if not exchange.connection.peer_chain:
                raise CertificateError("ssl_authentication_failed", f"{exchange.origin} showed no certificate.")
            yield exchange

    def find_favourite(self, targets: tuple[Target, ...], origins: list[Origin]) -> Favourite | None:
        """The address that won lately, if it is one of several; it moves to the front, where idle ones are taken."""
        winner, until = self.fastest.get(targets, ("", 0.0))
        known = next((each for each in origins if each.host == winner), None)
        if known is None or time.monotonic() >= until or len(origins) == 1:
            random.shuffle(origins)
            return None
        origins.sort(key=lambda origin: origin != known)
        return Favourite(known, self.station.settings.gateway.favourite_connect_timeout_seconds)

    def remember(self, targets: tuple[Target, ...], winner: str) -> None:
        """This address was the fastest."""
        if len(self.fastest) >= MAX_REMEMBERED:
            self.fastest.clear()
        self.fastest[targets] = (winner, time.monotonic() + self.station.settings.gateway.target_cache_seconds)

    def forget_winner(self, address: str) -> None:
        """This address is nobody's fastest any more: what it showed could not be proven."""
        self.fastest = {targets: known for targets, known in self.fastest.items() if known[0] != address}

    async def fetch_revocation(self, link: Link, *, anew: bool = False) -> PeerRevocation:
        """The revocation answers (DER) for the chain of `link`, in its order; with `anew` none that is remembered.

        Raises:  CertificateError(ssl_authentication_failed) when the peer's OCSP door does not give them.
        """
        now = time.monotonic()
        known = [self.answers.get(hashlib.sha256(der).digest(), (b"", 0.0)) for der in link.chain]
        if not anew and all(answer and now < until for answer, until in known):
            return PeerRevocation(tuple(answer for answer, _ in known), is_remembered=True)
        try:
            fetched = await self.ask_ocsp_door(link)
        except (RidgewayError, HttpRefusal) as error:
            raise CertificateError(
                "ssl_authentication_failed",
                f"The OCSP door of {link.address} gave no revocation answer for its certificate: {error.detail}",
            ) from error
        self.keep(link.chain, fetched)
        return PeerRevocation(fetched)

    async def ask_ocsp_door(self, link: Link) -> tuple[bytes, ...]:
        """What the peer's OCSP door says about its own chain."""
        gateway = self.station.settings.gateway
        hashes = [
            (hashlib.sha1(der, usedforsecurity=False).hexdigest(), hashlib.sha256(der).hexdigest())
            for der in link.chain
        ]
        answer = await fetch(
            self.station.ocsp_pool,
            "GET",
            (Origin(link.address, gateway.remote_ocsp_port), render_ocsp_query(hashes)),
            [("Accept", "multipart/related")],
            max_bytes=MAX_DOCUMENT_BYTES,
        )
        if answer.status != 200:
            raise NetworkError("http_error", f"it answered with status {answer.status}")
        return read_ocsp_answers(answer.headers.get("Content-Type"), answer.body, expected=len(link.chain))

    def keep(self, chain: tuple[bytes, ...], answers: tuple[bytes, ...]) -> None:
        """Remember these answers for a while."""
        if len(self.answers) >= MAX_REMEMBERED:
            self.answers.clear()
        until = time.monotonic() + self.station.settings.gateway.peer_revocation_seconds
        for der, answer in zip(chain, answers, strict=True):
            self.answers[hashlib.sha256(der).digest()] = (answer, until)


def list_addresses(targets: tuple[Target, ...]) -> list[str]:
    """The addresses of the targets, each once; one of IPv6 without its brackets."""
    return list(dict.fromkeys(target.host for target in targets))
