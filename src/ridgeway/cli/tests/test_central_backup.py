"""A central server is lost and comes back from its backup: the document, the keys, and what they sign."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import connections

import ridgeway.office.documents.tests.ready  # noqa: F401  before any table
from ridgeway.centralserver.claiming import claimed
from ridgeway.centralserver.models import Version
from ridgeway.centralserver.publishing import ask_database, publish_now, read_in_force
from ridgeway.centralserver.signing import Kind, list_configuration_keys
from ridgeway.centralserver.tests.cast import NOW, PIN, a_signer, add_key, cluster, place
from ridgeway.cli.centralserver import central_pieces, centralserver
from ridgeway.errors import ContainerError, SettingsError
from ridgeway.messagelog.backup import restore_backup
from ridgeway.office.documents.versions import find_newest
from ridgeway.signer import KeyType, SignerClient
from ridgeway.signer.server import build_server

__all__ = ["cluster", "place"]


async def invoke(place, *arguments):
    """One call of the command, in a thread that leaves no connection open."""

    def work():
        try:
            return CliRunner().invoke(centralserver, list(arguments), obj=place.settings)
        finally:
            connections.close_all()

    return await asyncio.to_thread(work)


async def test_what_is_lost_after_a_backup_comes_back_and_signs(place, tmp_path):
    file = str(tmp_path / "central.backup")
    async with a_signer(place, KeyType.EC_P256) as signer:
        await ask_database(place.apply)
        before = await ask_database(list_configuration_keys)
        done = await invoke(place, "backup", file, "--json")
        assert json.loads(done.output)["instance"] == "NORTHMARK", done.output
        place.change("name: Parliament", "name: Somebody else")
        await ask_database(place.apply)
        await add_key(signer, Kind.EXTERNAL)

    shutil.rmtree(place.settings.path(place.settings.signer.token_dir))
    done = await invoke(place, "restore", file)
    assert done.exit_code == 0, done.output + repr(done.exception)

    assert await ask_database(list_configuration_keys) == before
    assert (await ask_database(read_in_force)).version == 1
    folder = place.settings.path(place.settings.signer.token_dir)
    async with (
        build_server(folder, place.settings.path(place.settings.signer.socket), pin=PIN),
        SignerClient.of(place.settings) as signer,
    ):
        assert (await publish_now(place.settings, signer, now=NOW)).document_version == 1


async def test_nothing_is_put_back_while_the_server_runs_or_from_a_file_that_was_changed(place, tmp_path):
    file = tmp_path / "central.backup"
    await ask_database(place.apply)
    await invoke(place, "backup", str(file))
    with claimed(place.settings):
        refused = await invoke(place, "restore", str(file))
        assert isinstance(refused.exception, SettingsError)
        assert refused.exception.code == "already_running"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    assert isinstance((await invoke(place, "restore", str(file))).exception, ContainerError)
    assert (await ask_database(read_in_version)) == 1


def read_in_version():
    """The version of the document in force."""
    return find_newest(Version)[0]


async def test_a_backup_of_another_instance_is_refused(place, tmp_path):
    file = str(tmp_path / "central.backup")
    await ask_database(place.apply)
    await invoke(place, "backup", file)
    with pytest.raises(SettingsError, match="SOUTHMARK"):
        restore_backup(Path(file), central_pieces(place.settings), owner="SOUTHMARK")
