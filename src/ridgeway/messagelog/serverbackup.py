"""What one security server cannot lose: its log, its keys, its configuration, its anchor of trust, its settings.

Law: what has a database open must not run while it is put back; taking a backup disturbs nobody. Keys that sign travel
as they lie on disk, encrypted under the token's PIN, so a backup alone signs nothing; internal TLS and ACME accounts
have no PIN, so it is its owner's alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
from django.db import connections

from ridgeway.journal.places import lock_place, prepare_folder
from ridgeway.messagelog.backup import BackupReport, Piece, restore_backup, write_backup
from ridgeway.messagelog.pieces import FolderPiece, database_piece
from ridgeway.office.documents.forward import bring_forward
from ridgeway.settings import Settings

LATER = frozenset({"opmonitor", "devices", "acme", "acme-credentials"})
"""The pieces that backups did not have at first; what is here of them stays when such a backup is put back."""


class Named(msgspec.Struct, frozen=True):
    """The one part of the server's snapshot file that names it."""

    server: msgspec.Raw = msgspec.Raw(b'""')


def server_pieces(settings: Settings, settings_file: Path | None = None) -> tuple[Piece, ...]:
    """Everything of one security server."""
    pieces: list[Piece] = [
        database_piece("messagelog", settings.database_url(settings.messagelog.database)),
        database_piece("securityserver", settings.database_url(settings.securityserver.database)),
        database_piece("opmonitor", settings.database_url(settings.opmonitor.database)),
        FolderPiece("keys", settings.path(settings.signer.token_dir)),
        FolderPiece("devices", settings.path(settings.signer.devices)),
        FolderPiece("acme", settings.path(settings.acme.directory)),
        FolderPiece("acme-credentials", settings.path(settings.acme.credentials)),
        FolderPiece("anchor", settings.path(settings.trust.anchor)),
        FolderPiece("globalconf", settings.path(settings.trust.globalconf_dir)),
        FolderPiece("internal-tls", settings.path(settings.gateway.internal_tls_dir)),
        FolderPiece("snapshot", settings.path(settings.gateway.snapshot)),
    ]
    if settings_file is not None:
        pieces.append(FolderPiece("settings", settings_file))
    return tuple(pieces)


def find_owner(settings: Settings) -> str:
    """The server's name as its snapshot file has it; empty for one that is not set up yet."""
    try:
        data = settings.path(settings.gateway.snapshot).read_bytes()
        return bytes(msgspec.json.decode(data, type=Named).server).decode()
    except (OSError, msgspec.MsgspecError):
        return ""


def backup_server(settings: Settings, file: Path, *, now: datetime, settings_file: Path | None = None) -> BackupReport:
    """`file` holds everything of this server; nothing has to stop for it."""
    return write_backup(file, server_pieces(settings, settings_file), owner=find_owner(settings), now=now)


def restore_server(settings: Settings, file: Path, *, settings_file: Path | None = None) -> BackupReport:
    """Everything of this server is as `file` holds it.

    Raises:  SettingsError(already_running) while the log or the monitor runs; otherwise as `restore_backup`.
    """
    with stopped(settings.path(settings.messagelog.socket)), stopped(settings.path(settings.opmonitor.socket)):
        bring_all_forward()
        pieces = server_pieces(settings, settings_file)
        return restore_backup(file, pieces, owner=find_owner(settings), later=LATER)


@contextmanager
def stopped(socket: Path) -> Iterator[None]:
    """Who serves there does not run, and cannot be started meanwhile."""
    prepare_folder(socket)
    with lock_place(socket):
        yield


def bring_all_forward() -> None:
    """Every table that may be put back is there, as this release has it.

    Raises:  SettingsError(database_too_new), WorldError(database_error).
    """
    for app_label, database in (
        ("messagelog", "messagelog"),
        ("securityserver", "default"),
        ("opmonitor", "opmonitor"),
    ):
        try:
            bring_forward(app_label, database=database)
        finally:
            connections[database].close()
