"""Where peers are reached: what is remembered, what is forgotten, and in which order addresses are tried."""

import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from ridgeway.gateway.peers.securityserver import PeerDirectory, list_addresses
from ridgeway.http import Origin
from ridgeway.protocol.exchange.commands import Link, PeerRevocation, Target
from ridgeway.protocol.identifiers import ServerId
from ridgeway.settings import GatewaySettings


@dataclass
class Place:
    """As much of a station as the directory remembers by."""

    settings: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(gateway=GatewaySettings()))


def target(code, address):
    return Target(ServerId("XX", "GOV", "1", code), address)


TARGETS = (target("a", "192.0.2.1"), target("b", "192.0.2.2"), target("c", "[2001:db8::1]"), target("d", "192.0.2.1"))


def new_directory():
    place: Any = Place()
    return PeerDirectory(place)


def origins_of(targets):
    return [Origin(address, 5500) for address in list_addresses(targets)]


def test_each_address_is_tried_once_and_one_of_ipv6_has_no_brackets():
    assert list_addresses(TARGETS) == ["192.0.2.1", "192.0.2.2", "2001:db8::1"]


def test_the_address_that_won_is_the_favourite_for_five_seconds_until_it_is_forgotten():
    directory, origins = new_directory(), origins_of(TARGETS)
    assert directory.find_favourite(TARGETS, origins) is None
    directory.remember(TARGETS, "192.0.2.2")
    favourite = directory.find_favourite(TARGETS, origins)
    assert (favourite.origin.host, favourite.timeout_seconds) == ("192.0.2.2", 5.0)
    assert origins[0] == favourite.origin
    directory.forget_winner("192.0.2.2")
    assert directory.find_favourite(TARGETS, origins) is None


def test_a_winner_of_long_ago_or_without_a_rival_is_no_favourite():
    directory = new_directory()
    directory.fastest[TARGETS] = ("192.0.2.2", time.monotonic() - 1)
    directory.remember(TARGETS[:1], "192.0.2.1")
    assert directory.find_favourite(TARGETS, origins_of(TARGETS)) is None
    assert directory.find_favourite(TARGETS[:1], origins_of(TARGETS[:1])) is None


async def test_kept_answers_are_given_and_said_to_be_remembered():
    directory, link = new_directory(), Link("192.0.2.1", (b"leaf", b"middle"))
    directory.keep(link.chain, (b"one", b"two"))
    assert await directory.fetch_revocation(link) == PeerRevocation((b"one", b"two"), is_remembered=True)
