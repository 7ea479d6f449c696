"""Anchors: shown, compared, tried against a source, and taken into use."""

import asyncio
import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.errors import TrustError
from ridgeway.protocol.globalconf import Anchor, anchor_hash, write_anchor
from ridgeway.protocol.globalconf.tests.cast import signing_key
from ridgeway.trust.anchors import GivenAnchor, require_external, require_fingerprint, require_internal
from ridgeway.trust.clock import read_clock
from ridgeway.trust.commands import trust as trust_command
from ridgeway.trust.tests.cast import a_central_server, give_anchor, settings_in

LONG = timedelta(hours=1)


async def invoke(*arguments, place, answer=""):
    """One call of the command, in a thread, as it has a loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, trust_command, ["anchor", *arguments], obj=place, input=answer)


def write(folder, anchor):
    file = folder / "given.xml"
    file.write_bytes(write_anchor(anchor))
    return str(file)


async def test_an_anchor_is_taken_once_its_hash_is_confirmed_and_a_download_worked(tmp_path):
    place = settings_in(tmp_path / "server")
    async with a_central_server() as central:
        central.publish(expires_at=read_clock() + LONG)
        file = write(tmp_path, central.anchor())
        assert (await invoke("import", file, place=place, answer="n\n")).exit_code == 1
        assert not place.path(place.trust.anchor).exists()
        done = await invoke("import", file, place=place, answer="y\n")
        assert done.exit_code == 0, done.output
        fingerprint = anchor_hash(place.path(place.trust.anchor).read_bytes())
        assert fingerprint in done.output
        shown = json.loads((await invoke("show", "--json", place=place)).output)
        assert (shown["instance"], shown["hash"]) == ("LAB", fingerprint)
        again = await invoke("import", file, "--hash", fingerprint.replace(":", "").lower(), "--json", place=place)
        assert json.loads(again.output)["version"] == 6


async def test_another_hash_and_another_instance_are_refused_and_nothing_changes(tmp_path):
    place = settings_in(tmp_path / "server")
    async with a_central_server() as central:
        central.publish(expires_at=read_clock() + LONG)
        file = write(tmp_path, central.anchor())
        wrong = await invoke("import", file, "--hash", "AA:BB", place=place)
        assert "The hash of this anchor is" in str(wrong.exception)
        give_anchor(place, Anchor("OTHER", central.anchor().sources))
        strange = await invoke("import", file, "--yes", place=place)
        assert "this server is in OTHER" in str(strange.exception)


async def test_the_two_kinds_of_anchor_are_told_apart(tmp_path):
    place, now = settings_in(tmp_path), read_clock()
    async with a_central_server() as central:
        central.publish(expires_at=now + LONG)
        internal, external = central.anchor(), central.anchor(directory="externalconf")
        await require_internal(internal, limits=place.trust, now=now)
        await require_external(external, limits=place.trust, now=now)
        with pytest.raises(TrustError, match="for federated instances"):
            await require_internal(external, limits=place.trust, now=now)
        with pytest.raises(TrustError, match="for its own servers"):
            await require_external(internal, limits=place.trust, now=now)


async def test_check_exits_as_x_roads_client_does(tmp_path):
    place, now = settings_in(tmp_path), read_clock()
    async with a_central_server() as central:
        central.publish(expires_at=now + LONG)
        anchors = (central.anchor(), central.anchor(signing_key("new")), Anchor("OTHER", central.anchor().sources))
        exits = [(await invoke("check", write(tmp_path, each), place=place)).exit_code for each in anchors]
        central.publish(expires_at=now - LONG)
        exits.append((await invoke("check", write(tmp_path, central.anchor()), place=place)).exit_code)
        central.status = 503
        exits.append((await invoke("check", write(tmp_path, central.anchor()), "--json", place=place)).exit_code)
    assert exits == [0, 124, 125, 123, 122]


async def test_without_an_anchor_show_says_how_to_get_one(tmp_path):
    assert "trust anchor import" in (await invoke("show", place=settings_in(tmp_path))).exception.explain()


@given(st.binary(max_size=300), st.booleans(), st.booleans())
@settings(max_examples=50, deadline=None)
def test_a_hash_is_recognised_however_people_write_it_and_no_other_is(data, has_colons, is_lower):
    anchor = GivenAnchor(Anchor("LAB", ()), data)
    text = anchor.fingerprint if has_colons else anchor.fingerprint.replace(":", "")
    require_fingerprint(anchor, text.lower() if is_lower else text)
    with pytest.raises(TrustError):
        require_fingerprint(GivenAnchor(Anchor("LAB", ()), data + b"x"), text)
