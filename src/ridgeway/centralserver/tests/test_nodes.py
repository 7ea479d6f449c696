"""Several central servers that share a database, and HTTPS beside HTTP."""

import socket
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial

import pytest

import ridgeway.office.documents.tests.ready  # noqa: F401  before any table
from ridgeway.centralserver.directories import build_anchor
from ridgeway.centralserver.publishing import ask_database, publish_now, read_in_force
from ridgeway.centralserver.requests.identity import open_identity
from ridgeway.centralserver.serving import Health, PublicFolder
from ridgeway.centralserver.signing import Kind, activate_key, append_key, list_configuration_keys, make_key
from ridgeway.centralserver.tests.cast import NOW, PIN, Place, a_signer, cluster, place
from ridgeway.centralserver.tests.test_run import a_central_server
from ridgeway.errors import SettingsError
from ridgeway.http import ClientTls, Pool, fetch, parse_url, serve
from ridgeway.signer import KeyType, SignerClient
from ridgeway.signer.server import build_server
from ridgeway.signer.token import Token
from ridgeway.trust.reports import Result
from ridgeway.trust.tests.cast import a_fetcher, give_anchor, settings_in

__all__ = ["cluster", "place"]


def a_node(place: Place, name: str):
    """The settings of one central server among several."""
    chosen = replace(place.settings.centralserver, ha_node_name=name)
    return replace(place.settings, state_dir=place.settings.state_dir / name, centralserver=chosen)


@asynccontextmanager
async def a_running_node(place: Place, name: str):
    """One central server: its settings, its signer with its own keys, and where it serves."""
    settings = a_node(place, name)
    folder = settings.path(settings.signer.token_dir)
    Token(folder).create(PIN)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(build_server(folder, settings.path(settings.signer.socket), pin=PIN))
        signer = await stack.enter_async_context(SignerClient.of(settings))
        for kind in Kind:
            key = await make_key(signer, kind, key_type=KeyType.EC_P256, now=NOW, node=name)
            await ask_database(partial(append_key, key))
        public = PublicFolder(settings.path(settings.centralserver.public_dir), lambda: Health(True, b"{}"))
        server = await stack.enter_async_context(serve(public.answer, host="127.0.0.1", port=0))
        yield settings, signer, server


async def test_any_of_several_central_servers_suffices_and_all_are_named(place):
    async with (
        a_running_node(place, "one") as (first, signer, one),
        a_running_node(place, "two") as (second, other, two),
    ):
        nodes = f"nodes: {{one: '127.0.0.1:{one.port}', two: '127.0.0.1:{two.port}'}}\n"
        place.change("ocsp_freshness_seconds", nodes + "ocsp_freshness_seconds")
        await ask_database(place.apply)
        for settings, its_signer in ((first, signer), (second, other)):
            await publish_now(settings, its_signer, now=NOW)
        in_force = await ask_database(lambda: read_in_force("one"))
        anchor = build_anchor(in_force.governed, in_force.keys, Kind.INTERNAL, now=NOW)
        assert [source.url.split(":")[2] for source in anchor.sources] == [
            f"{server.port}/internalconf" for server in (one, two)
        ]
        for stopped, left in ((one, two), (two, one)):
            security_server = settings_in(place.document.parent / f"without-{stopped.port}")
            give_anchor(security_server, anchor)
            sources = [each for each in anchor.sources if str(left.port) in each.url]
            dead = [
                replace(each, url="http://127.0.0.1:9/internalconf") for each in anchor.sources if each not in sources
            ]
            give_anchor(security_server, replace(anchor, sources=(*dead, *sources)))
            async with a_fetcher(security_server) as fetcher:
                report = await fetcher.fetch(NOW)
            assert report.own.result is Result.CHANGED


async def test_each_central_server_has_one_active_key_of_each_kind(place):
    async with a_running_node(place, "one") as (_, signer, _server), a_running_node(place, "two"):
        new = await make_key(signer, Kind.INTERNAL, key_type=KeyType.EC_P256, now=NOW, node="one")
        assert await ask_database(lambda: append_key(new)) is False
        await ask_database(lambda: activate_key(new.key_id))
        keys = await ask_database(list_configuration_keys)
        active = {(key.node, key.kind): key.key_id for key in keys if key.is_active}
        assert len(active) == 4
        assert active["one", Kind.INTERNAL] == new.key_id


async def test_a_node_without_an_address_or_keys_is_told_what_to_do(place):
    async with a_running_node(place, "one"):
        await ask_database(place.apply)
        with pytest.raises(SettingsError, match="which the document does not name"):
            await ask_database(lambda: read_in_force("one"))
        with pytest.raises(SettingsError, match="key of node two"):
            await ask_database(lambda: read_in_force("two"))


def free_port():
    """A port that nobody listens at."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


async def test_the_configuration_is_served_over_https_with_a_certificate_that_is_kept(place):
    port = free_port()
    chosen = replace(place.settings.centralserver, https_port=port)
    running = replace(place, settings=replace(place.settings, centralserver=chosen))
    async with a_signer(place, KeyType.EC_P256):
        await ask_database(place.apply)
        folder = running.settings.path(chosen.tls_dir)
        bodies = []
        for _ in range(2):
            async with a_central_server(running), Pool() as pool:
                pinned = ClientTls(pinned=(open_identity(folder, now=NOW).certificate,))
                url = parse_url(f"https://127.0.0.1:{port}/externalconf?version=6", tls=pinned)
                bodies.append((await fetch(pool, "GET", url, max_bytes=100_000)).status)
    assert bodies == [200, 200]
