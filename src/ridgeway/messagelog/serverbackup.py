"""What one security server cannot lose: its log, its keys, its configuration, its anchor of trust, its settings.

Law: the log must not run while it is put back; taking a backup disturbs nobody. Keys travel as they lie on disk,
encrypted under the token's PIN, so a backup alone signs nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from ridgeway.journal.places import lock_place, prepare_folder
from ridgeway.messagelog.backup import BackupReport, Piece, restore_backup, write_backup
from ridgeway.messagelog.pieces import FolderPiece, database_piece
from ridgeway.settings import Settings


class Named(msgspec.Struct, frozen=True):
    """The one part of the server's snapshot file that names it."""

    server: msgspec.Raw = msgspec.Raw(b'""')


def server_pieces(settings: Settings, settings_file: Path | None = None) -> tuple[Piece, ...]:
    """Everything of one security server."""
    pieces: list[Piece] = [
        database_piece("messagelog", settings.database_url(settings.messagelog.database)),
        database_piece("securityserver", settings.database_url(settings.securityserver.database)),
        FolderPiece("keys", settings.path(settings.signer.token_dir)),
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

    Raises:  SettingsError(already_running) while the log runs; otherwise as `restore_backup`.
    """
    with stopped_log(settings):
        return restore_backup(file, server_pieces(settings, settings_file), owner=find_owner(settings))


@contextmanager
def stopped_log(settings: Settings) -> Iterator[None]:
    """The log does not run, and cannot be started meanwhile."""
    path = settings.path(settings.messagelog.socket)
    prepare_folder(path)
    with lock_place(path):
        yield
