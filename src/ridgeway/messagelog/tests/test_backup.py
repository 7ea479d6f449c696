import asyncio
import zipfile
from pathlib import Path

import pytest

from ridgeway.errors import ContainerError, SettingsError
from ridgeway.messagelog.backup import MANIFEST, restore_backup, write_backup
from ridgeway.messagelog.databases import open_database
from ridgeway.messagelog.pieces import FolderPiece, SqlitePiece
from ridgeway.messagelog.schema import migrate_database
from ridgeway.messagelog.serverbackup import (
    LATER,
    backup_server,
    bring_all_forward,
    find_owner,
    restore_server,
    server_pieces,
    stopped,
)
from ridgeway.messagelog.tests.cast import NOW, Place, a_record, a_running_log, a_time_authority, cluster, place
from ridgeway.settings import Settings
from ridgeway.web.setup import setup_django

__all__ = ["cluster", "place"]

SNAPSHOT = '{"version": 1, "server": {"instance": "RW", "server_code": "ss1"}, "timestamping_urls": ["http://tsa"]}'


def furnish(settings: Settings) -> None:
    """Keys, an anchor, a configuration and the server's own snapshot."""
    for path, content in {
        settings.signer.token_dir / "token.json": "sealed",
        settings.signer.token_dir / "keys" / "k1": "sealed key",
        settings.trust.anchor: "<anchor/>",
        settings.trust.globalconf_dir / "RW" / "shared-params.xml": "<conf/>",
        settings.gateway.snapshot: SNAPSHOT,
        settings.gateway.internal_tls_dir / "internal.key": "internal key",
        settings.signer.devices: "[hsm]",
        settings.acme.directory / "accounts" / "a.json": "account key",
        settings.acme.credentials: "eab-credentials:",
    }.items():
        settings.path(path).parent.mkdir(parents=True, exist_ok=True)
        settings.path(path).write_text(content)


SINGLE_FILES = (
    lambda settings: settings.path(settings.gateway.snapshot),
    lambda settings: settings.path(settings.gateway.internal_tls_dir) / "internal.key",
    lambda settings: settings.path(settings.signer.devices),
    lambda settings: settings.path(settings.acme.directory) / "accounts" / "a.json",
    lambda settings: settings.path(settings.acme.credentials),
)


def rows(settings: Settings) -> list[tuple[object, ...]]:
    database = open_database(settings.database_url(settings.messagelog.database), is_writer=False)
    found = database.read("SELECT id, query_id, signature, timestamp_id FROM messagelog_record ORDER BY id")
    database.close()
    return found


async def test_a_server_is_backed_up_while_it_runs_and_restored_after_a_loss(place: Place, tmp_path: Path):
    settings = place.settings
    furnish(settings)
    file = tmp_path / "server.backup"
    async with a_time_authority() as authority, a_running_log(place, urls=(authority.url,)) as log:
        await log.append(a_record("q-1", body=b"kept"))
        await log.stamp()
        backup_server(settings, file, now=NOW)
        before = rows(settings)
        await log.append(a_record("q-2"))
        with pytest.raises(SettingsError, match="Another process"):
            restore_server(settings, file)
    assert file.stat().st_mode & 0o777 == 0o600
    settings.path(settings.signer.token_dir / "keys" / "k1").unlink()
    settings.path(settings.signer.token_dir / "stray").write_text("later")
    settings.path(settings.trust.anchor).write_text("<other/>")
    await asyncio.to_thread(restore_server, settings, file)
    assert rows(settings) == before
    assert settings.path(settings.signer.token_dir / "keys" / "k1").read_text() == "sealed key"
    assert not settings.path(settings.signer.token_dir / "stray").exists()
    assert settings.path(settings.trust.anchor).read_text() == "<anchor/>"
    async with a_running_log(place) as log:
        assert (await log.fetch_container(1)).startswith(b"PK")
        assert await log.append(a_record("q-3")) == 2


def test_a_new_machine_takes_the_backup(tmp_path: Path):
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    old, new = (Settings(state_dir=tmp_path / name) for name in ("old", "new"))
    setup_django(old)
    migrate_database()
    furnish(old)
    report = backup_server(old, tmp_path / "b", now=NOW)
    setup_django(new)
    migrate_database()
    assert restore_server(new, tmp_path / "b") == report
    for find in SINGLE_FILES:
        assert find(new).read_text() == find(old).read_text()


def a_backup(tmp_path: Path) -> tuple[Path, FolderPiece]:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "one").write_bytes(b"secret" * 100)
    piece = FolderPiece("keys", tmp_path / "keys")
    write_backup(tmp_path / "b", [piece], owner="us", now=NOW)
    return tmp_path / "b", piece


def test_a_backup_of_another_server_or_of_other_pieces_is_refused(tmp_path: Path):
    file, piece = a_backup(tmp_path)
    with pytest.raises(SettingsError, match="'them'"):
        restore_backup(file, [piece], owner="them")
    with pytest.raises(SettingsError, match=r"keys \(folder\)"):
        restore_backup(file, [SqlitePiece("keys", tmp_path / "x")], owner="us")


def test_a_damaged_backup_is_refused_wherever_the_damage_is_and_touches_nothing(tmp_path: Path):
    file, piece = a_backup(tmp_path)
    whole = file.read_bytes()
    (tmp_path / "keys" / "one").write_bytes(b"present")
    for size in range(0, len(whole), 37):
        file.write_bytes(whole[:size])
        with pytest.raises(ContainerError, match="malformed_backup"):
            restore_backup(file, [piece], owner="us")
    with pytest.raises(ContainerError, match="does not exist"):
        restore_backup(tmp_path / "none", [piece], owner="us")
    assert (tmp_path / "keys" / "one").read_bytes() == b"present"


@pytest.mark.parametrize("name", ["keys/one", "keys/../../outside", "keys/extra"])
def test_a_file_that_was_exchanged_added_or_leads_out_is_refused(tmp_path: Path, name: str):
    file, piece = a_backup(tmp_path)
    with zipfile.ZipFile(file) as archive:
        manifest = archive.read(MANIFEST)
    if ".." in name:
        manifest = manifest.replace(b"keys/one", name.encode())
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(MANIFEST, manifest)
        archive.writestr(name, b"forged")
    with pytest.raises(ContainerError, match="malformed_backup"):
        restore_backup(file, [piece], owner="us")
    assert not (tmp_path.parent / "outside").exists()


def test_a_backup_of_a_release_that_held_less_leaves_the_rest_as_it_is(tmp_path: Path):
    settings = Settings(state_dir=tmp_path)
    setup_django(settings)
    bring_all_forward()
    furnish(settings)
    pieces = [piece for piece in server_pieces(settings) if piece.name not in LATER]
    write_backup(tmp_path / "b", pieces, owner=find_owner(settings), now=NOW)
    account = settings.path(settings.acme.directory) / "accounts" / "a.json"
    account.write_text("newer")
    settings.path(settings.trust.anchor).write_text("<other/>")
    restore_server(settings, tmp_path / "b")
    assert account.read_text() == "newer"
    assert settings.path(settings.trust.anchor).read_text() == "<anchor/>"
    with pytest.raises(SettingsError, match="foreign_backup"):
        restore_backup(tmp_path / "b", server_pieces(settings), owner=find_owner(settings))


def test_nothing_is_put_back_while_the_monitor_runs(tmp_path: Path):
    settings = Settings(state_dir=tmp_path)
    setup_django(settings)
    furnish(settings)
    backup_server(settings, tmp_path / "b", now=NOW)
    with stopped(settings.path(settings.opmonitor.socket)), pytest.raises(SettingsError, match="opmonitor"):
        restore_server(settings, tmp_path / "b")
