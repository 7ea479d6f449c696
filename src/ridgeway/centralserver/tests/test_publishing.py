import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

import ridgeway.office.documents.tests.ready  # noqa: F401  before any table
from ridgeway.centralserver.apply import read_proposal
from ridgeway.centralserver.directories import build_anchor
from ridgeway.centralserver.publishing import InForce, ask_database, publish_now, read_in_force
from ridgeway.centralserver.signing import Kind, activate_key, delete_key, list_configuration_keys
from ridgeway.centralserver.tests.cast import NOW, Place, a_signer, add_key, cluster, place
from ridgeway.errors import SettingsError, TokenError, TrustError, WorldError
from ridgeway.protocol.globalconf import (
    VerifiedDirectory,
    read_anchor,
    read_private_parameters,
    read_shared_parameters,
    read_signed_directory,
    verify_signed_directory,
    write_anchor,
)
from ridgeway.signer import KeyType

__all__ = ["cluster", "place"]

PATHS = {Kind.INTERNAL: "internalconf", Kind.EXTERNAL: "externalconf"}


async def certificates_of(kind: Kind) -> tuple[bytes, ...]:
    in_force: InForce = await ask_database(read_in_force)
    anchor = read_anchor(write_anchor(build_anchor(in_force.governed, in_force.keys, kind, now=NOW)))
    assert anchor.sources[0].url == f"http://central.northmark.example/{PATHS[kind]}"
    return anchor.sources[0].certificates


async def read_published(place: Place, version: int, kind: Kind) -> VerifiedDirectory:
    data = (place.public / f"V{version}" / PATHS[kind]).read_bytes()
    return verify_signed_directory(read_signed_directory(data), await certificates_of(kind), now=NOW)


@pytest.mark.parametrize("key_type", [KeyType.RSA_2048, KeyType.EC_P256])
async def test_every_version_and_kind_is_proven_from_its_anchor_and_says_what_was_applied(
    place: Place, key_type: KeyType
):
    async with a_signer(place, key_type) as signer:
        await ask_database(place.apply)
        done = await publish_now(place.settings, signer, now=NOW)
        assert done.expires_at == NOW.replace(microsecond=0) + timedelta(seconds=600)
        governed = (await ask_database(lambda: read_proposal(place.document))).governed
        for version in range(2, 7):
            for kind in Kind:
                directory = await read_published(place, version, kind)
                assert (directory.version, directory.expires_at) == (version, done.expires_at)
                contents = {}
                for part in directory.parts:
                    contents[part.identifier] = (place.public / part.location.removeprefix("/")).read_bytes()
                    part.require_content(contents[part.identifier])
                expected = (
                    {"SHARED-PARAMETERS", "PRIVATE-PARAMETERS"} if kind is Kind.INTERNAL else {"SHARED-PARAMETERS"}
                )
                assert set(contents) == expected
                trust = read_shared_parameters(contents["SHARED-PARAMETERS"], version)
                assert set(trust.members) == set(governed.trust.members)
                assert set(trust.servers) == set(governed.trust.servers)
                if version >= 3:
                    assert trust.sources[0].internal_certificates == await certificates_of(Kind.INTERNAL)
                    assert trust.sources[0].external_certificates == await certificates_of(Kind.EXTERNAL)
                if kind is Kind.INTERNAL:
                    assert read_private_parameters(contents["PRIVATE-PARAMETERS"]) == governed.private


async def test_one_kinds_anchor_does_not_prove_the_other_kind(place: Place):
    async with a_signer(place, KeyType.EC_P256) as signer:
        await ask_database(place.apply)
        await publish_now(place.settings, signer, now=NOW)
        data = (place.public / "V6" / "internalconf").read_bytes()
        with pytest.raises(TrustError):
            verify_signed_directory(read_signed_directory(data), await certificates_of(Kind.EXTERNAL), now=NOW)


async def test_openssl_reads_the_certificate_and_verifies_it_by_itself(place: Place):
    async with a_signer(place):
        keys = await ask_database(list_configuration_keys)
    for key in keys:
        file = place.document.with_name("signing.der")
        file.write_bytes(key.certificate)
        text = subprocess.run(
            ["openssl", "x509", "-inform", "der", "-in", file, "-noout", "-text"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for fact in (f"CN = {key.kind}SigningKey", "Jan  1 00:00:00 1970", "Jan  1 00:00:00 2038", "CA:TRUE"):
            assert fact.replace(" = ", "=") in text.replace(" = ", "=")
        assert "Non Repudiation, Certificate Sign" in text
        pem = file.with_suffix(".pem")
        subprocess.run(["openssl", "x509", "-inform", "der", "-in", file, "-out", pem], check=True)
        subprocess.run(["openssl", "verify", "-CAfile", pem, "-check_ss_sig", pem], check=True, capture_output=True)


async def test_a_new_key_is_announced_before_it_signs_and_the_active_one_stays(place: Place):
    async with a_signer(place, KeyType.EC_P256) as signer:
        await ask_database(place.apply)
        new = await add_key(signer, Kind.INTERNAL, now=NOW + timedelta(seconds=1))
        await publish_now(place.settings, signer, now=NOW)
        old_certificate, new_certificate = await certificates_of(Kind.INTERNAL)
        data = (place.public / "V6" / "internalconf").read_bytes()
        verify_signed_directory(read_signed_directory(data), [old_certificate], now=NOW)
        await ask_database(lambda: activate_key(new))
        await publish_now(place.settings, signer, now=NOW + timedelta(seconds=1))
        data = (place.public / "V6" / "internalconf").read_bytes()
        verify_signed_directory(read_signed_directory(data), [new_certificate], now=NOW)
        with pytest.raises(SettingsError, match="activate another"):
            await ask_database(lambda: delete_key(new))
        with pytest.raises(SettingsError, match="known: "):
            await ask_database(lambda: activate_key("none"))


async def test_nothing_changes_when_a_publication_cannot_be_finished(place: Place):
    async with a_signer(place, KeyType.EC_P256) as signer:
        await ask_database(place.apply)
        await publish_now(place.settings, signer, now=NOW)
        before = {path: path.read_bytes() for path in place.public.rglob("*conf")}
        parts = stamps(place.public)
        in_the_way = place.public / "V6" / "externalconf"
        data = in_the_way.read_bytes()
        in_the_way.unlink()
        in_the_way.mkdir()
        (in_the_way / "file").touch()
        with pytest.raises(WorldError, match="publishing_failed"):
            await publish_now(place.settings, signer, now=NOW + timedelta(seconds=1))
        shutil.rmtree(in_the_way)
        assert stamps(place.public) == parts
        in_the_way.write_bytes(data)
        assert {path: path.read_bytes() for path in place.public.rglob("*conf")} == before


async def test_a_signer_that_is_away_leaves_what_was_published(place: Place):
    async with a_signer(place, KeyType.EC_P256) as signer:
        await ask_database(place.apply)
        await publish_now(place.settings, signer, now=NOW)
    before = sorted(place.public.rglob("*"))
    with pytest.raises(TokenError):
        await publish_now(place.settings, signer, now=NOW + timedelta(seconds=1))
    assert sorted(place.public.rglob("*")) == before


async def test_superseded_parts_stay_for_a_while_and_then_go(place: Place):
    async with a_signer(place, KeyType.EC_P256) as signer:
        await ask_database(place.apply)
        first = await publish_now(place.settings, signer, now=NOW)
        second = await publish_now(place.settings, signer, now=NOW + timedelta(seconds=1))
        assert stamps(place.public) == {first.stamp, second.stamp}
        for version in range(2, 7):
            age(place.public / f"V{version}" / second.stamp)
        third = await publish_now(place.settings, signer, now=NOW + timedelta(seconds=2))
        assert stamps(place.public) == {second.stamp, third.stamp}


def age(folder: Path) -> None:
    subprocess.run(["touch", "-d", "1 hour ago", folder], check=True)


def stamps(public: Path) -> set[str]:
    return {each.name for each in public.glob("V*/*") if each.is_dir()}


async def test_nothing_is_published_before_a_document_is_applied(place: Place):
    async with a_signer(place, KeyType.EC_P256) as signer:
        with pytest.raises(SettingsError, match="no_document"):
            await publish_now(place.settings, signer, now=NOW)
