"""Trusted anchors and optional parts, changed by command in the document in force."""

import asyncio
import json
from datetime import timedelta
from functools import partial

import pytest
from click.testing import CliRunner
from django.db import connections

import ridgeway.office.documents.tests.ready  # noqa: F401  before any table
from ridgeway.centralserver.commands import centralserver
from ridgeway.centralserver.publishing import ask_database, read_in_force
from ridgeway.centralserver.signing import append_key
from ridgeway.centralserver.tests.cast import cluster, place
from ridgeway.centralserver.tests.test_services import EVERY_TEN, KEYS, NO_LIMIT
from ridgeway.errors import SettingsError, TrustError
from ridgeway.protocol.globalconf import anchor_hash, write_anchor
from ridgeway.trust.clock import read_clock
from ridgeway.trust.tests.cast import a_central_server

__all__ = ["cluster", "place"]

LONG = timedelta(hours=1)


async def invoke(place, *arguments, answer=""):
    """One call of the command, in a thread that leaves no connection open."""

    def work():
        try:
            return CliRunner().invoke(centralserver, list(arguments), obj=place.settings, input=answer)
        finally:
            connections.close_all()

    return await asyncio.to_thread(work)


async def in_force(place):
    """What would be published now."""
    return (await ask_database(read_in_force)).governed


@pytest.fixture
async def governing(place):
    """A place whose document is in force."""
    await ask_database(place.apply)
    for key in KEYS:
        await ask_database(partial(append_key, key))
    return place


def write(place, name, anchor):
    file = place.document.parent / name
    file.write_bytes(write_anchor(anchor))
    return str(file)


async def test_an_instance_is_trusted_by_its_anchor_replaced_by_a_newer_one_and_removed(governing):
    async with a_central_server("SOUTHMARK") as south:
        south.publish(expires_at=read_clock() + LONG)
        file = write(governing, "south.xml", south.anchor(directory="externalconf"))
        assert (await invoke(governing, "trusted-anchors", "add", file, answer="n\n")).exit_code == 1
        assert (await in_force(governing)).private.federation_anchors == ()
        done = await invoke(governing, "trusted-anchors", "add", file, answer="y\n")
        assert done.exit_code == 0, done.output + repr(done.exception)
        again = await invoke(governing, "trusted-anchors", "add", file, "--yes")
        assert again.exit_code == 0
    (anchor,) = (await in_force(governing)).private.federation_anchors
    assert anchor.instance == "SOUTHMARK"
    (row,) = json.loads((await invoke(governing, "trusted-anchors", "list", "--json")).stdout)
    assert row["hash"] == anchor_hash((governing.document.parent / "south.xml").read_bytes())
    assert (await invoke(governing, "trusted-anchors", "remove", "SOUTHMARK", "--yes")).exit_code == 0
    assert (await in_force(governing)).private.federation_anchors == ()
    refused = await invoke(governing, "trusted-anchors", "remove", "SOUTHMARK", "--yes")
    assert isinstance(refused.exception, SettingsError)


async def test_an_internal_anchor_an_own_one_and_one_that_does_not_work_are_refused(governing):
    async with a_central_server("SOUTHMARK") as south, a_central_server("NORTHMARK") as own:
        south.publish(expires_at=read_clock() + LONG)
        own.publish(expires_at=read_clock() + LONG)
        files = [
            write(governing, "internal.xml", south.anchor()),
            write(governing, "own.xml", own.anchor(directory="externalconf")),
            write(governing, "south.xml", south.anchor(directory="externalconf")),
        ]
        reasons = [
            str((await invoke(governing, "trusted-anchors", "add", file, "--yes")).exception) for file in files[:2]
        ]
        south.publish(expires_at=read_clock() - LONG)
        reasons.append(str((await invoke(governing, "trusted-anchors", "add", files[2], "--yes")).exception))
        told = await invoke(governing, "trusted-anchors", "add", files[2], "--hash", "00")
        assert isinstance(told.exception, TrustError)
    assert "for its own servers" in reasons[0]
    assert "itself" in reasons[1]
    assert "global_conf_outdated" in reasons[2]
    assert (await in_force(governing)).private.federation_anchors == ()


async def test_parts_are_uploaded_when_servers_can_read_them_listed_and_removed(governing):
    file = governing.document.parent / "part.xml"
    for identifier, content, works in (
        ("NEXTUPDATE", NO_LIMIT, True),
        ("FETCHINTERVAL", EVERY_TEN, True),
        ("NEXTUPDATE", EVERY_TEN, False),
        ("TARIFF", "<tariff/>", True),
        ("TARIFF", "no xml", False),
    ):
        file.write_text(content)
        done = await invoke(governing, "parts", "upload", identifier, str(file), "--json")
        assert (done.exit_code == 0) is works, done.output
    rows = json.loads((await invoke(governing, "parts", "list", "--json")).stdout)
    assert [(row["identifier"], row["file_name"]) for row in rows] == [
        ("NEXTUPDATE", "nextupdate-params.xml"),
        ("FETCHINTERVAL", "fetchinterval-params.xml"),
        ("TARIFF", "tariff-params.xml"),
    ]
    assert (await in_force(governing)).parts[0].content == NO_LIMIT.encode()
    assert (await invoke(governing, "parts", "remove", "TARIFF")).exit_code == 0
    assert len((await in_force(governing)).parts) == 2
    assert isinstance((await invoke(governing, "parts", "remove", "TARIFF")).exception, SettingsError)


async def test_without_a_document_the_operator_is_told_to_apply_one(place):
    assert "apply FILE" in (await invoke(place, "parts", "list")).exception.explain()
