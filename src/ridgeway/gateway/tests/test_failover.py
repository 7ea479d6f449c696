"""A provider with several servers, one of which cannot prove itself, or does not even speak TLS."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from ridgeway.gateway.station import name_certificate
from ridgeway.gateway.tests.pair import make_identity, running_pair
from ridgeway.http import serve
from ridgeway.protocol.certificates.snapshot import InstanceTrust
from ridgeway.protocol.certificates.tests.cast import AUTHENTICATION
from ridgeway.protocol.exchange.tests.cast import PROVIDER, REGISTER

ELSEWHERE = "127.0.0.2"


def add_server(pair):
    """The register is served at another address as well."""
    own: InstanceTrust = pair.world.trust.own
    known = own.servers[PROVIDER]
    other = replace(known, id=replace(PROVIDER, server_code="ss3"), address=ELSEWHERE)
    instance = replace(own, servers={**own.servers, other.id: other})
    pair.consumer.keeper.current = replace(pair.world.trust, instances={own.instance: instance})


@asynccontextmanager
async def an_impostor(pair, visits):
    """A server with a certificate that is registered, but for another organisation."""

    async def answer(request, response):
        visits.append(request)
        await response.send(200, "OK", [], b"")

    identity = make_identity(pair.world.asking.auth)
    async with serve(answer, host=ELSEWHERE, port=pair.peer_port, tls=identity.server_tls) as server:
        yield server


@asynccontextmanager
async def a_rude_one(pair, visits):
    """Something that hangs up before the handshake."""

    async def hang_up(reader, writer):
        visits.append(reader)
        writer.close()

    async with await asyncio.start_server(hang_up, ELSEWHERE, pair.peer_port) as server:
        yield server


@pytest.mark.parametrize("other", [an_impostor, a_rude_one], ids=["impostor", "rude"])
async def test_messages_reach_the_server_that_can_prove_itself_and_no_byte_the_other(tmp_path, other):
    visits: list[object] = []
    async with running_pair(tmp_path) as pair, other(pair, visits):
        add_server(pair)
        for _ in range(6):
            answer = await pair.ask()
            assert answer.status == 200, answer.body
        assert len(pair.calls) == 6
        assert other is a_rude_one or visits == [], "nothing was sent to who could not prove itself"


async def test_when_only_the_impostor_is_left_the_fault_says_so(tmp_path):
    async with running_pair(tmp_path) as pair, an_impostor(pair, []):
        add_server(pair)
        own = pair.consumer.keeper.current.own
        left = {server: entry for server, entry in own.servers.items() if server != PROVIDER}
        instance = replace(own, servers=left)
        pair.consumer.keeper.current = replace(pair.world.trust, instances={own.instance: instance})
        answer = await pair.ask()
        assert answer.status == 500
        assert answer.headers.get("X-Road-Error").startswith("server.clientproxy.ssl_authentication_failed")


async def test_a_server_that_has_another_certificate_now_is_reached_though_connections_were_kept(tmp_path):
    async with running_pair(tmp_path) as pair:
        assert (await pair.ask()).status == 200
        world = pair.world
        new = replace(world.serving, auth=world.issue("new auth", by=world.root, usage=AUTHENTICATION))
        own: InstanceTrust = world.trust.own
        entry = world.make_entry(new, PROVIDER.server_code, "127.0.0.1", (REGISTER,))
        instance = replace(own, servers={**own.servers, PROVIDER: entry})
        for station in (pair.consumer, pair.provider):
            station.keeper.current = replace(world.trust, instances={own.instance: instance})
        pair.provider.identity = make_identity(new.auth)
        pair.provider.keeper.ocsp_responses[name_certificate(new.auth.der)] = world.answer(new.auth)
        pair.peers.tls = pair.provider.identity.server_tls
        for _ in range(2):
            answer = await pair.ask()
            assert answer.status == 200, answer.body
