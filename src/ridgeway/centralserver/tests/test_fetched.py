"""What a central server publishes, taken by the fetcher that security servers use."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

import ridgeway.office.documents.tests.ready  # noqa: F401  before any table
from ridgeway.centralserver.directories import build_anchor
from ridgeway.centralserver.publishing import ask_database, publish_now, read_in_force
from ridgeway.centralserver.serving import Health, PublicFolder
from ridgeway.centralserver.signing import Kind, activate_key, delete_key, list_configuration_keys
from ridgeway.centralserver.tests.cast import NOW, Place, a_signer, add_key, cluster, place
from ridgeway.http import Server, serve
from ridgeway.protocol.identifiers import GlobalGroupId, MemberId
from ridgeway.settings import Settings
from ridgeway.signer import KeyType
from ridgeway.trust.keeper import TrustKeeper
from ridgeway.trust.reports import FetchReport, Result
from ridgeway.trust.tests.cast import a_fetcher, give_anchor, settings_in

__all__ = ["cluster", "place"]

EVERY_TYPE = [KeyType.RSA_2048, KeyType.EC_P256]


@asynccontextmanager
async def a_served_folder(place: Place) -> AsyncIterator[Server]:
    """The public folder, served at the address that the document names."""
    public = PublicFolder(place.public, lambda: Health(True, b"{}"))
    async with serve(public.answer, host="127.0.0.1", port=0) as server:
        place.change("address: central.northmark.example", f"address: 127.0.0.1:{server.port}")
        await ask_database(place.apply)
        yield server


async def a_security_server(place: Place, *, kind: Kind = Kind.INTERNAL) -> Settings:
    """The settings of a security server that holds the anchor of today."""
    settings = settings_in(place.document.parent / "security-server")
    in_force = await ask_database(read_in_force)
    give_anchor(settings, build_anchor(in_force.governed, in_force.keys, kind, now=NOW))
    return settings


def assert_refused(report: FetchReport, settings: Settings, code: str) -> None:
    """Nothing was believed, for that reason."""
    assert report.own.result is Result.REFUSED
    assert {each.code for each in report.own.attempts if each.result is Result.REFUSED} == {code}
    assert not list(settings.path(settings.trust.globalconf_dir).glob("*/*.xml"))


@pytest.mark.parametrize("key_type", EVERY_TYPE)
async def test_a_security_server_takes_what_is_published_and_trusts_it(place: Place, key_type: KeyType):
    async with a_signer(place, key_type) as signer, a_served_folder(place):
        done = await publish_now(place.settings, signer, now=NOW)
        settings = await a_security_server(place)
        async with a_fetcher(settings) as fetcher:
            report = await fetcher.fetch(NOW)
            assert (report.own.result, report.own.version) == (Result.CHANGED, 6)
            assert report.own.expires_at == done.expires_at
        keeper = TrustKeeper(settings)
        keeper.reload_if_changed(NOW)
        trust = keeper.snapshot
        assert trust.own_instance == "NORTHMARK"
        assert MemberId("NORTHMARK", "GOV", "1002") in trust.own.members
        owners = trust.find_group(GlobalGroupId("NORTHMARK", "security-server-owners"))
        assert owners == {server.owner for server in trust.own.servers}


async def test_a_security_server_follows_a_change_of_keys_with_its_old_anchor(place: Place):
    async with a_signer(place, KeyType.EC_P256) as signer, a_served_folder(place):
        (old,) = [key.key_id for key in await ask_database(list_configuration_keys) if key.kind is Kind.INTERNAL]
        await publish_now(place.settings, signer, now=NOW)
        settings = await a_security_server(place)
        async with a_fetcher(settings) as fetcher:
            await fetcher.fetch(NOW)
            new = await add_key(signer, Kind.INTERNAL)
            await publish_now(place.settings, signer, now=NOW + timedelta(seconds=1))
            await fetcher.fetch(NOW + timedelta(seconds=1))
            await ask_database(lambda: activate_key(new))
            await ask_database(lambda: delete_key(old))
            done = await publish_now(place.settings, signer, now=NOW + timedelta(seconds=2))
            report = await fetcher.fetch(NOW + timedelta(seconds=2))
            assert report.own.expires_at == done.expires_at


async def test_a_server_that_was_never_told_of_a_new_key_refuses_what_it_signs(place: Place):
    async with a_signer(place, KeyType.EC_P256) as signer, a_served_folder(place):
        settings = await a_security_server(place)
        new = await add_key(signer, Kind.INTERNAL)
        await ask_database(lambda: activate_key(new))
        await publish_now(place.settings, signer, now=NOW)
        async with a_fetcher(settings) as fetcher:
            report = await fetcher.fetch(NOW)
        assert_refused(report, settings, "global_conf_missing_verification_cert")


@pytest.mark.parametrize(
    ("pattern", "old", "new", "code"),
    [
        ("V*/internalconf", b"Version: ", b"Version:  ", "global_conf_signature_verification_failure"),
        ("V*/*/shared-params.xml", b"Parliament", b"parliament", "global_conf_part_downloaded_file_integrity_failure"),
    ],
)
async def test_a_change_after_signing_is_seen(place: Place, pattern: str, old: bytes, new: bytes, code: str):
    async with a_signer(place, KeyType.EC_P256) as signer, a_served_folder(place):
        await publish_now(place.settings, signer, now=NOW)
        for path in place.public.glob(pattern):
            data = path.read_bytes()
            assert old in data
            path.write_bytes(data.replace(old, new))
        settings = await a_security_server(place)
        async with a_fetcher(settings) as fetcher:
            report = await fetcher.fetch(NOW)
        assert_refused(report, settings, code)
