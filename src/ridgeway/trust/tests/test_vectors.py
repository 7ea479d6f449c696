"""Real configurations of X-Road's own central servers, served from loopback and taken as a server takes them."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ridgeway.protocol.globalconf import Anchor, AnchorSource, read_anchor, read_configuration_files
from ridgeway.trust.explain import Knowledge, explain_bytes
from ridgeway.trust.files import read_files
from ridgeway.trust.keeper import TrustKeeper
from ridgeway.trust.reports import Result
from ridgeway.trust.tests.cast import a_central_server, a_fetcher, give_anchor, settings_in

ROOT = Path(os.environ.get("VECTORS_DIR", Path(__file__).parents[5] / "shared" / "vectors")) / "globalconf"
WHEN = datetime(2026, 2, 6, tzinfo=UTC)


def serve_folder(central, folder: Path) -> None:
    """Let the central server serve what lies in `folder`, as X-Road lays it out."""
    central.files = {f"/{path.relative_to(folder)}": path.read_bytes() for path in folder.rglob("*.xml")}
    central.directories = {
        (f"/{path.name}", int(path.parent.name[1:])): path.read_bytes() for path in folder.glob("V*/*conf")
    }


def anchor_at(central, data: bytes) -> Anchor:
    """The anchor of those bytes, with its sources moved to loopback."""
    anchor = read_anchor(data)
    certificates = tuple(each for source in anchor.sources for each in source.certificates)
    return replace(anchor, sources=(AnchorSource(f"http://{central.address}/internalconf", certificates),))


@pytest.mark.parametrize(
    ("folder", "anchor", "version"),
    [
        ("v2-2023-06-14", "trust/anchor-cee9a19d.xml", 2),
        ("v3-2024-04-08", "trust/anchor-cee9a19d.xml", 3),
        ("v4-2024-05-29", "trust/anchor-99acfb19.xml", 4),
        ("v5-2025-03-03a", "trust/anchor-637d6bd7.xml", 5),
        ("v6-2025-11-10", "../anchor/ss-system-test-anchor.xml", 6),
    ],
)
async def test_a_real_configuration_is_taken_and_read_by_the_keeper(tmp_path, folder, anchor, version):
    if not (ROOT / folder).is_dir():
        pytest.skip(f"no {folder} in VECTORS_DIR")
    settings = settings_in(tmp_path)
    async with a_central_server() as central, a_fetcher(settings) as fetcher:
        serve_folder(central, ROOT / folder)
        given = anchor_at(central, (ROOT / anchor).read_bytes())
        give_anchor(settings, given)

        report = await fetcher.fetch(WHEN)

        assert (report.own.result, report.own.version) == (Result.CHANGED, version), report
        keeper = TrustKeeper(settings)
        keeper.reload_if_changed(WHEN)
        assert keeper.snapshot.own_instance == given.instance
        assert len(keeper.snapshot.own.servers) == 2
        assert not keeper.faults


async def test_a_real_rotation_of_the_signing_key_is_followed(tmp_path):
    if not (ROOT / "v3-2024-04-08-rotated").is_dir():
        pytest.skip("no v3-2024-04-08-rotated in VECTORS_DIR")
    settings = settings_in(tmp_path)
    async with a_central_server() as central, a_fetcher(settings) as fetcher:
        serve_folder(central, ROOT / "v3-2024-04-08")
        give_anchor(settings, anchor_at(central, (ROOT / "trust/anchor-cee9a19d.xml").read_bytes()))
        await fetcher.fetch(WHEN)
        serve_folder(central, ROOT / "v3-2024-04-08-rotated")
        assert (await fetcher.fetch(WHEN)).own.result is Result.CHANGED
        serve_folder(central, ROOT / "v3-2024-04-08")
        assert (await fetcher.fetch(WHEN)).own.result is Result.REFUSED, "the older one is not taken back"


@pytest.mark.parametrize(
    ("folder", "name", "words"),
    [
        ("cs_v3", "timestamp/from-archived-01.tst", "made by X-Road Test TSA CN over a digest of sha512"),
        ("good2_v3", "timestamp/from-valid-signed-message.tst", "made by Test TSA over a digest of sha512"),
        ("good_v2", "timestamp/tsp.response", "made by Test TSP over a digest of sha256"),
        ("cs_v3", "ocsp/from-archived-01.der", "signed by a responder that may speak for it"),
        ("good2_v3", "ocsp/from-valid-signed-message.der", "signed by a responder that may speak for it"),
    ],
)
async def test_real_time_stamps_and_revocation_answers_are_recognised_and_proven(folder, name, words):
    if not (ROOT.parent / name).is_file():
        pytest.skip(f"no {name} in VECTORS_DIR")
    trust = read_configuration_files(read_files(ROOT.parent / "globalconf-dir" / folder, max_bytes=10**6))
    found = explain_bytes((ROOT.parent / name).read_bytes(), Knowledge(trust, {}, (), WHEN))
    assert words in found[-1].detail
    assert found[-1].usable
