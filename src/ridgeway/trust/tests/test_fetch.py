import asyncio
import json
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from ridgeway.errors import NetworkError, SettingsError, TrustError
from ridgeway.http import serve
from ridgeway.http.tests.cast import new_identity
from ridgeway.protocol.globalconf import Anchor, AnchorSource, PublishedPart
from ridgeway.protocol.globalconf.tests.cast import LATER, NOW, private_parameters, signing_key
from ridgeway.trust.download import Downloader, open_pool, read_source_tls
from ridgeway.trust.fetch import Fetcher
from ridgeway.trust.files import read_files
from ridgeway.trust.keeper import TrustKeeper
from ridgeway.trust.places import places_of
from ridgeway.trust.reports import Result
from ridgeway.trust.tests.cast import CentralServer, a_central_server, a_fetcher, give_anchor, settings_in

OLD, NEW, STRANGER = signing_key("old"), signing_key("new"), signing_key("stranger")


def files_of(settings) -> dict[str, bytes]:
    return read_files(settings.path(settings.trust.globalconf_dir), max_bytes=10**6)


async def test_a_first_fetch_fills_the_folder_in_x_roads_layout(tmp_path):
    settings = settings_in(tmp_path)
    async with a_central_server() as central, a_fetcher(settings) as fetcher:
        central.publish()
        give_anchor(settings, central.anchor())

        report = await fetcher.fetch(NOW)

        assert (report.own.result, report.own.version, report.own.expires_at) == (Result.CHANGED, 6, LATER)
        files = files_of(settings)
        assert sorted(files) == [
            "LAB/private-params.xml",
            "LAB/private-params.xml.metadata",
            "LAB/shared-params.xml",
            "LAB/shared-params.xml.metadata",
            "instance-identifier",
        ]
        assert json.loads(files["LAB/shared-params.xml.metadata"]) == {
            "contentIdentifier": "SHARED-PARAMETERS",
            "instanceIdentifier": "LAB",
            "expirationDate": "2026-02-06T12:10:00Z",
            "contentFileName": "shared-params.xml",
            "contentLocation": "/V6/20260206120000000000000/shared-params.xml",
            "configurationVersion": "6",
        }


async def test_a_poll_without_news_asks_once_and_writes_nothing(tmp_path):
    settings = settings_in(tmp_path)
    async with a_central_server() as central, a_fetcher(settings) as fetcher:
        central.publish()
        give_anchor(settings, central.anchor())
        await fetcher.fetch(NOW)
        central.requests.clear()
        before = {path: path.stat() for path in tmp_path.rglob("*.xml*")}

        report = await fetcher.fetch(NOW + timedelta(seconds=1))

        assert report.own.result is Result.UNCHANGED
        assert central.requests == ["/internalconf?version=6"]
        assert {path: path.stat() for path in tmp_path.rglob("*.xml*")} == before


async def test_a_source_with_entity_tags_sends_the_directory_once(tmp_path):
    settings = settings_in(tmp_path)
    async with a_central_server() as central, a_fetcher(settings) as fetcher:
        central.has_tags = True
        central.publish()
        give_anchor(settings, central.anchor())
        await fetcher.fetch(NOW)

        assert (await fetcher.fetch(NOW)).own.result is Result.UNCHANGED

        (tmp_path / "globalconf/LAB/shared-params.xml").unlink()
        assert (await fetcher.fetch(NOW)).own.result is Result.CHANGED
        assert (tmp_path / "globalconf/LAB/shared-params.xml").exists()


async def test_a_new_signing_of_the_same_parts_moves_only_their_expiry(tmp_path):
    settings = settings_in(tmp_path)
    async with a_central_server() as central, a_fetcher(settings) as fetcher:
        central.publish()
        give_anchor(settings, central.anchor())
        await fetcher.fetch(NOW)
        central.publish(expires_at=LATER + timedelta(minutes=1), stamp="20260206120100000000000")
        central.requests.clear()

        report = await fetcher.fetch(NOW)

        assert report.own.changed == ("LAB/private-params.xml.metadata", "LAB/shared-params.xml.metadata")
        assert central.requests == ["/internalconf?version=6"]


async def test_the_newest_version_that_a_source_has_is_found_and_remembered(tmp_path):
    settings = settings_in(tmp_path)
    async with a_central_server() as central, a_fetcher(settings) as fetcher:
        central.publish(versions=(2, 3))
        give_anchor(settings, central.anchor())

        assert (await fetcher.fetch(NOW)).own.version == 3
        assert central.requests[:4] == [f"/internalconf?version={version}" for version in (6, 5, 4, 3)]

        central.requests.clear()
        await fetcher.fetch(NOW)
        assert central.requests == ["/internalconf?version=3"]


async def test_a_key_announced_in_shared_parameters_signs_the_next_configuration_without_a_new_anchor(tmp_path):
    settings = settings_in(tmp_path)
    async with a_central_server() as central, a_fetcher(settings) as fetcher:
        give_anchor(settings, central.anchor(OLD))
        central.publish(key=OLD, announce=(OLD, NEW))
        await fetcher.fetch(NOW)
        central.publish(key=NEW, announce=(NEW,), stamp="20260206120100000000000")

        assert (await fetcher.fetch(NOW)).own.result is Result.CHANGED
        central.publish(key=OLD, stamp="20260206120200000000000")
        assert (await fetcher.fetch(NOW)).own.result is Result.CHANGED, "the anchor stays the last resort"


async def test_a_server_that_was_away_too_long_needs_the_new_anchor(tmp_path):
    settings = settings_in(tmp_path)
    async with a_central_server() as central, a_fetcher(settings) as fetcher:
        give_anchor(settings, central.anchor(OLD))
        central.publish(key=OLD, announce=(OLD, NEW))
        await fetcher.fetch(NOW)
        central.publish(key=NEW, announce=(NEW,), expires_at=LATER + timedelta(days=1))

        with pytest.raises(TrustError, match="global_conf_missing_verification_cert"):
            (await fetcher.fetch(LATER + timedelta(hours=1))).own.raise_error()

        give_anchor(settings, central.anchor(NEW))
        assert (await fetcher.fetch(LATER + timedelta(hours=1))).own.worked


@pytest.mark.parametrize("signer", [STRANGER])
async def test_a_configuration_signed_by_a_stranger_changes_nothing(tmp_path, signer):
    settings = settings_in(tmp_path)
    async with a_central_server() as central, a_fetcher(settings) as fetcher:
        give_anchor(settings, central.anchor(OLD))
        central.publish(key=OLD)
        await fetcher.fetch(NOW)
        before = files_of(settings)
        central.publish(key=signer, stamp="20260206120100000000000")

        with pytest.raises(TrustError, match="global_conf_missing_verification_cert"):
            (await fetcher.fetch(NOW)).own.raise_error()
        assert files_of(settings) == before


async def test_a_tampered_part_leaves_the_whole_old_state(tmp_path):
    settings = settings_in(tmp_path)
    async with a_central_server() as central, a_fetcher(settings) as fetcher:
        give_anchor(settings, central.anchor())
        central.publish()
        await fetcher.fetch(NOW)
        before = files_of(settings)
        central.publish(
            announce=(signing_key(), NEW),
            stamp="20260206120100000000000",
            private=private_parameters(timestamping_interval_seconds=7),
        )
        central.files["/V6/20260206120100000000000/shared-params.xml"] += b"\n"

        with pytest.raises(TrustError, match="global_conf_part_downloaded_file_integrity_failure"):
            (await fetcher.fetch(NOW)).own.raise_error()
        assert files_of(settings) == before


async def test_an_expired_directory_is_refused(tmp_path):
    settings = settings_in(tmp_path)
    async with a_central_server() as central, a_fetcher(settings) as fetcher:
        give_anchor(settings, central.anchor())
        central.publish(expires_at=NOW - timedelta(seconds=1))

        with pytest.raises(TrustError, match="global_conf_outdated"):
            (await fetcher.fetch(NOW)).own.raise_error()


async def test_an_older_state_is_not_taken_while_a_newer_one_counts(tmp_path):
    settings = settings_in(tmp_path)
    async with a_central_server() as central, a_fetcher(settings) as fetcher:
        give_anchor(settings, central.anchor())
        central.publish(stamp="20260206120100000000000")
        await fetcher.fetch(NOW)
        before = files_of(settings)
        central.publish(stamp="20260206120000999999999", expires_at=LATER + timedelta(days=1))

        with pytest.raises(TrustError, match="made earlier"):
            (await fetcher.fetch(NOW)).own.raise_error()
        assert files_of(settings) == before

        later = LATER + timedelta(seconds=1)
        assert (await fetcher.fetch(later)).own.result is Result.CHANGED, "what has expired holds nobody back"


async def test_parts_that_are_no_longer_promised_are_deleted(tmp_path):
    settings = settings_in(tmp_path)
    extra = PublishedPart("MONITORING", "LAB", "/V6/x/monitoring-params.xml", b"<conf/>")
    async with a_central_server() as central, a_fetcher(settings) as fetcher:
        give_anchor(settings, central.anchor())
        central.publish(extra=(extra,))
        await fetcher.fetch(NOW)
        assert "LAB/monitoring-params.xml" in files_of(settings)
        central.publish(stamp="20260206120100000000000")

        await fetcher.fetch(NOW)

        assert "LAB/monitoring-params.xml" not in files_of(settings)
        assert "LAB/monitoring-params.xml.metadata" not in files_of(settings)


async def test_a_source_that_is_gone_is_the_worlds_fault(tmp_path):
    settings = settings_in(tmp_path)
    async with a_central_server() as central:
        give_anchor(settings, central.anchor())
    async with a_fetcher(settings) as fetcher:
        with pytest.raises(NetworkError, match="global_conf_download_url_connection_failure"):
            (await fetcher.fetch(NOW)).own.raise_error()


async def test_the_other_source_is_tried_when_one_fails(tmp_path):
    settings = settings_in(tmp_path)
    async with a_central_server() as broken, a_central_server() as central, a_fetcher(settings) as fetcher:
        broken.status = 500
        central.publish()
        sources = (*broken.anchor().sources, *central.anchor().sources)
        give_anchor(settings, Anchor("LAB", sources))

        assert (await fetcher.fetch(NOW)).own.result is Result.CHANGED
        broken.requests.clear()
        assert (await fetcher.fetch(NOW)).own.result is Result.UNCHANGED
        assert broken.requests == [], "the source that worked last is asked first"


@pytest.mark.parametrize(
    ("setting", "expected"), [("none", set()), ("all", {"EAST", "WEST"}), ("east,", {"EAST"}), ("none,all", set())]
)
async def test_only_allowed_federated_instances_are_kept_and_only_their_shared_parameters(tmp_path, setting, expected):
    settings = settings_in(tmp_path, allowed_federations=setting)
    async with (
        a_central_server() as central,
        a_central_server("EAST") as east,
        a_central_server("WEST") as west,
        a_fetcher(settings) as fetcher,
    ):
        east.publish()
        west.publish()
        anchors = (east.anchor(directory="internalconf"), west.anchor(directory="externalconf"))
        central.publish(private=private_parameters(federation_anchors=anchors))
        give_anchor(settings, central.anchor())
        (tmp_path / "globalconf/GONE").mkdir(parents=True)
        (tmp_path / "globalconf/GONE/shared-params.xml").write_bytes(b"old")
        (tmp_path / "globalconf/diary").mkdir()
        (tmp_path / "globalconf/diary/monday.txt").write_bytes(b"not ours")

        report = await fetcher.fetch(NOW)

        assert {each.instance for each in report.federated if each.worked} == expected
        assert report.removed == ("GONE",)
        keeper = TrustKeeper(settings)
        keeper.reload_if_changed(NOW)
        assert set(keeper.snapshot.instances) == {"LAB"} | expected
        assert not list(tmp_path.rglob("EAST/private-params.xml"))
        assert (tmp_path / "globalconf/diary/monday.txt").exists(), "what is not ours is never deleted"


async def test_a_federated_instance_that_is_down_harms_nobody(tmp_path):
    settings = settings_in(tmp_path, allowed_federations="all")
    async with a_central_server() as central, a_fetcher(settings) as fetcher:
        async with a_central_server("EAST") as east:
            anchor = east.anchor()
        central.publish(private=private_parameters(federation_anchors=(anchor,)))
        give_anchor(settings, central.anchor())

        report = await fetcher.fetch(NOW)

        assert report.own.worked
        assert [each.result for each in report.federated] == [Result.UNREACHABLE]


async def test_an_anchor_of_another_instance_is_named_as_the_fault(tmp_path):
    settings = settings_in(tmp_path)
    async with a_central_server() as central, a_fetcher(settings) as fetcher:
        central.publish()
        give_anchor(settings, Anchor("OTHER", central.anchor().sources))

        with pytest.raises(TrustError, match="global_conf_part_invalid_instance_identifier"):
            (await fetcher.fetch(NOW)).own.raise_error()


async def test_without_an_anchor_the_operator_is_told_where_to_put_one(tmp_path):
    async with a_fetcher(settings_in(tmp_path)) as fetcher:
        with pytest.raises(TrustError, match="no anchor at"):
            await fetcher.fetch(NOW)


@pytest.mark.parametrize("url", ["ftp://x/internalconf", "http:///internalconf", "http://h:99999/c", "nonsense"])
async def test_an_address_that_is_none_is_refused_politely(tmp_path, url):
    settings = settings_in(tmp_path)
    give_anchor(settings, Anchor("LAB", (AnchorSource(url, (b"certificate",)),)))
    async with a_fetcher(settings) as fetcher:
        assert (await fetcher.fetch(NOW)).own.result is Result.UNREACHABLE


KILLED = """
import os, signal, sys
from pathlib import Path
import ridgeway.trust.files as files

moved = 0
replace = Path.replace

def replace_some(self, target):
    global moved
    if moved == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    moved += 1
    return replace(self, target)

Path.replace = replace_some
files.write_files(Path(sys.argv[1]), {"LAB/a.xml": b"new a", "LAB/b.xml": b"new b"})
"""


@pytest.mark.parametrize("moves", [0, 1])
async def test_a_kill_in_the_middle_leaves_every_file_whole_and_the_next_fetch_completes(tmp_path, moves):
    settings = settings_in(tmp_path)
    folder = tmp_path / "globalconf/LAB"
    folder.mkdir(parents=True)
    (folder / "a.xml").write_bytes(b"old a")
    (folder / "b.xml").write_bytes(b"old b")

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, str(folder.parent), str(moves), env={**os.environ}
    )
    assert await process.wait() == -signal.SIGKILL

    expected = [b"old a", b"old b"] if moves == 0 else [b"new a", b"old b"]
    assert [(folder / "a.xml").read_bytes(), (folder / "b.xml").read_bytes()] == expected
    assert any(path.name.startswith(".new-") for path in folder.iterdir())
    async with a_central_server() as central, a_fetcher(settings) as fetcher:
        central.publish()
        give_anchor(settings, central.anchor())
        await fetcher.fetch(NOW)
    assert sorted(path.name for path in folder.iterdir()) == [
        "private-params.xml",
        "private-params.xml.metadata",
        "shared-params.xml",
        "shared-params.xml.metadata",
    ]


async def test_the_keeper_follows_the_files_and_keeps_the_last_good_snapshot(tmp_path):
    settings = settings_in(tmp_path)
    keeper = TrustKeeper(settings)
    keeper.reload_if_changed(NOW)
    with pytest.raises(TrustError, match="malformed_global_conf"):
        _ = keeper.snapshot
    async with a_central_server() as central, a_fetcher(settings) as fetcher:
        central.publish()
        give_anchor(settings, central.anchor())
        await fetcher.fetch(NOW)

    assert keeper.reload_if_changed(NOW)
    assert keeper.snapshot.own.expires_at == LATER
    assert not keeper.reload_if_changed(NOW)
    (tmp_path / "globalconf/LAB/shared-params.xml").write_bytes(b"yyy")
    assert not keeper.reload_if_changed(NOW)
    assert keeper.snapshot.own_instance == "LAB"
    assert keeper.faults
    (tmp_path / "ocsp").mkdir()
    (tmp_path / "ocsp" / ("ab" * 20 + ".ocsp")).write_bytes(b"answer")
    assert keeper.reload_if_changed(NOW)
    assert keeper.ocsp_responses == {"ab" * 20: b"answer"}


def test_the_folder_is_read_without_hidden_files_and_within_limits(tmp_path: Path):
    (tmp_path / ".lock").write_bytes(b"x")
    (tmp_path / "a").write_bytes(b"12345")
    assert read_files(tmp_path, max_bytes=5) == {"a": b"12345"}
    with pytest.raises(TrustError, match="more than 4 bytes"):
        read_files(tmp_path, max_bytes=4)


async def test_a_source_over_https_must_show_a_certificate_that_the_settings_name_if_they_name_any(tmp_path):
    right, wrong = new_identity("right"), new_identity("wrong")
    outcomes = []
    central = CentralServer()
    async with serve(central.answer, host="127.0.0.1", port=0, tls=right.server()) as server:
        central.server = server
        central.publish()
        anchor = Anchor("LAB", (AnchorSource(f"https://{central.address}/internalconf", (signing_key().certificate,)),))
        for number, shown in enumerate((None, right, wrong)):
            file = None
            if shown is not None:
                file = tmp_path / f"{number}.pem"
                file.write_bytes(
                    x509.load_der_x509_certificate(shown.chain[0]).public_bytes(serialization.Encoding.PEM)
                )
            settings = settings_in(tmp_path / str(number))
            give_anchor(settings, anchor)
            async with open_pool(settings.trust) as pool:
                downloader = Downloader(pool, settings.trust, read_source_tls(file))
                outcomes.append((await Fetcher(places_of(settings), downloader).fetch(NOW)).own.result)
    assert outcomes == [Result.CHANGED, Result.CHANGED, Result.UNREACHABLE]


def test_a_file_without_certificates_is_refused_by_name(tmp_path):
    (tmp_path / "empty.pem").write_text("nothing")
    with pytest.raises(SettingsError, match="source_certificates"):
        read_source_tls(tmp_path / "empty.pem")
