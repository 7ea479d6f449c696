"""A configuration proxy: what it takes it proves, and what it hands on a security server believes by its anchor."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import connections

import ridgeway.office.documents.tests.ready  # noqa: F401  before any table
from ridgeway.centralserver.commands import centralserver
from ridgeway.centralserver.proxy import build_proxy_anchor, hand_on
from ridgeway.centralserver.publishing import ask_database
from ridgeway.centralserver.serving import Health, PublicFolder, find_name
from ridgeway.centralserver.signing import list_configuration_keys
from ridgeway.centralserver.tests.cast import NOW, a_signer, cluster, place
from ridgeway.errors import NetworkError, SettingsError, TrustError
from ridgeway.http import serve
from ridgeway.protocol.globalconf import read_anchor
from ridgeway.protocol.globalconf.tests.cast import LATER, signing_key
from ridgeway.protocol.globalconf.tests.cast import NOW as THEN
from ridgeway.signer import KeyType
from ridgeway.trust.keeper import TrustKeeper
from ridgeway.trust.reports import Result
from ridgeway.trust.tests.cast import a_central_server, a_fetcher, give_anchor, settings_in

__all__ = ["cluster", "place"]


def proxy_settings(place, address):
    """The place as a proxy."""
    chosen = replace(place.settings.centralserver, proxy_name="PROXY", proxy_address=address)
    trust = settings_in(Path()).trust
    return replace(place.settings, centralserver=chosen, trust=trust)


async def test_a_security_server_follows_the_proxy_and_learns_where_it_is(place):
    public = PublicFolder(place.public, lambda: Health(True, b"{}"))
    async with (
        a_signer(place, KeyType.EC_P256) as signer,
        a_central_server() as upstream,
        serve(public.answer, host="127.0.0.1", port=0) as server,
    ):
        settings = proxy_settings(place, f"127.0.0.1:{server.port}")
        upstream.publish(versions=(2, 5, 6))
        give_anchor(settings, upstream.anchor())
        keys = await ask_database(list_configuration_keys)

        done = await hand_on(settings, signer, keys, now=THEN)

        assert (done.versions, sorted(done.faults)) == ((2, 5, 6), [3, 4])
        follower = settings_in(place.document.parent / "follower")
        give_anchor(follower, build_proxy_anchor(settings, keys, now=THEN))
        async with a_fetcher(follower) as fetcher:
            report = await fetcher.fetch(THEN)
            assert (report.own.result, report.own.version) == (Result.CHANGED, 6)
            assert report.own.expires_at == THEN.replace(microsecond=0) + timedelta(seconds=600)
            await hand_on(settings, signer, keys, now=THEN + timedelta(seconds=60))
            again = await fetcher.fetch(THEN + timedelta(seconds=60))
            assert again.own.worked
        keeper = TrustKeeper(follower)
        keeper.reload_if_changed(THEN)
        (source,) = keeper.snapshot.own.sources
        assert source.address == f"127.0.0.1:{server.port}"
        assert source.internal_certificates == tuple(key.certificate for key in keys if key.kind == "internal")


async def test_what_is_not_proven_is_not_handed_on_and_what_was_stays(place):
    async with a_signer(place, KeyType.EC_P256) as signer, a_central_server() as upstream:
        settings = proxy_settings(place, "proxy.example")
        keys = await ask_database(list_configuration_keys)
        with pytest.raises(TrustError, match="no anchor"):
            await hand_on(settings, signer, keys, now=THEN)
        give_anchor(settings, upstream.anchor())
        upstream.publish()
        await hand_on(settings, signer, keys, now=THEN)
        before = (place.public / "PROXY" / "conf-v6").read_bytes()
        upstream.publish(key=signing_key("stranger"))
        with pytest.raises(TrustError, match="global_conf"):
            await hand_on(settings, signer, keys, now=THEN)
        upstream.status = 503
        with pytest.raises(NetworkError):
            await hand_on(settings, signer, keys, now=THEN)
        assert (place.public / "PROXY" / "conf-v6").read_bytes() == before


async def test_superseded_parts_go_after_a_while_and_the_expiry_is_never_stretched(place):
    async with a_signer(place, KeyType.EC_P256) as signer, a_central_server() as upstream:
        settings = proxy_settings(place, "proxy.example")
        keys = await ask_database(list_configuration_keys)
        give_anchor(settings, upstream.anchor())
        upstream.publish(versions=(6,), expires_at=THEN + timedelta(seconds=700))
        await hand_on(settings, signer, keys, now=THEN)
        await hand_on(settings, signer, keys, now=THEN + timedelta(seconds=650))
        stamps = [each.name for each in (place.public / "PROXY").iterdir() if each.is_dir()]
        assert len(stamps) == 1
        until = f"{(THEN + timedelta(seconds=700)):%Y-%m-%dT%H:%M:%SZ}".encode()
        assert b"Expire-date: " + until in (place.public / "PROXY" / "conf-v6").read_bytes()
        assert LATER > THEN


@pytest.mark.parametrize(
    ("path", "query", "name"),
    [
        ("/PROXY/conf", "version=4", "PROXY/conf-v4"),
        ("/PROXY/conf", "", "PROXY/conf-v2"),
        ("/PROXY/1764000000006/LAB/shared-params.xml", "", "PROXY/1764000000006/LAB/shared-params.xml"),
        ("/PROXY/1764000000006/../shared-params.xml", "", None),
        ("/PROXY/../conf", "", None),
        ("/../conf", "", None),
        ("/PROXY/1764000000006/LAB/.lock", "", None),
    ],
)
def test_a_proxys_addresses_lead_to_its_files_and_nowhere_else(path, query, name):
    assert find_name(path, query) == name


async def test_the_commands_say_what_is_missing_and_write_the_anchor(place, tmp_path):
    async with a_signer(place, KeyType.EC_P256), a_central_server() as upstream:
        give_anchor(place.settings, upstream.anchor())
        assert isinstance((await invoke(place.settings, "publish")).exception, SettingsError)
        settings = proxy_settings(place, "proxy.example")
        give_anchor(settings, upstream.anchor())
        file = tmp_path / "proxy.xml"
        done = await invoke(settings, "anchor", "-o", str(file), "--json")
        assert done.exit_code == 0, done.output
        assert read_anchor(file.read_bytes()).sources[0].url == "http://proxy.example/PROXY/conf"
        upstream.publish(expires_at=NOW + timedelta(days=4000))
        done = await invoke(settings, "publish", "--json")
        assert done.exit_code == 0, done.output + repr(done.exception)


async def invoke(settings, *arguments):
    """One call of the command, in a thread that leaves no connection open."""

    def work():
        try:
            return CliRunner().invoke(centralserver, ["proxy", *arguments], obj=settings)
        finally:
            connections.close_all()

    return await asyncio.to_thread(work)
