"""`ridgeway centralserver`, joined with the backups, whose form all servers share.

Law: a backup disturbs nobody; nothing is put back while the server runs. Keys travel encrypted under the token's PIN.
"""

import json
from pathlib import Path

import click
from django.db import connections

from ridgeway.centralserver.apply import APP
from ridgeway.centralserver.claiming import claimed
from ridgeway.centralserver.commands import centralserver
from ridgeway.centralserver.models import Version
from ridgeway.messagelog.backup import BackupReport, Piece, restore_backup, write_backup
from ridgeway.messagelog.pieces import FolderPiece, database_piece
from ridgeway.office.documents.forward import bring_forward
from ridgeway.office.documents.versions import find_newest
from ridgeway.settings import Settings
from ridgeway.trust.clock import read_clock

__all__ = ["centralserver"]

FILE = click.Path(dir_okay=False, path_type=Path)
WITH_SETTINGS = click.option(
    "--with-settings", "settings_file", type=FILE, help="This settings file belongs to the backup, too."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@centralserver.command()
@click.argument("file", type=FILE)
@WITH_SETTINGS
@as_json
@click.pass_obj
def backup(settings: Settings, file: Path, settings_file: Path | None, as_json: bool) -> None:
    """Write everything that this central server cannot lose to FILE; nothing has to stop for it."""
    bring_forward(APP)
    pieces = central_pieces(settings, settings_file)
    report = write_backup(file.absolute(), pieces, owner=find_instance(), now=read_clock())
    print_report(report, f"{file}: {report.files} files, {report.size} bytes", as_json=as_json)


@centralserver.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@WITH_SETTINGS
@as_json
@click.pass_obj
def restore(settings: Settings, file: Path, settings_file: Path | None, as_json: bool) -> None:
    """Put everything back as FILE holds it; the central server and its signer must be stopped."""
    bring_forward(APP)
    with claimed(settings):
        owner = find_instance()
        connections.close_all()
        report = restore_backup(file.absolute(), central_pieces(settings, settings_file), owner=owner)
    bring_forward(APP)
    print_report(report, f"{report.files} files, {report.size} bytes are back in place", as_json=as_json)


def central_pieces(settings: Settings, settings_file: Path | None = None) -> tuple[Piece, ...]:
    """Everything of one central server; what it published is made anew."""
    chosen = settings.centralserver
    pieces: list[Piece] = [
        database_piece("centralserver", settings.database_url(chosen.database)),
        FolderPiece("keys", settings.path(settings.signer.token_dir)),
        FolderPiece("tls", settings.path(chosen.tls_dir)),
    ]
    if settings_file is not None:
        pieces.append(FolderPiece("settings", settings_file))
    return tuple(pieces)


def find_instance() -> str:
    """The instance that the document in force governs; empty before the first."""
    _, content = find_newest(Version)
    return "" if content is None else str(content["instance"])


def print_report(report: BackupReport, sentence: str, *, as_json: bool) -> None:
    """What was written or put back."""
    made = report.made_at.isoformat()
    if as_json:
        facts = {"instance": report.owner, "made_at": made, "files": report.files, "bytes": report.size}
        click.echo(json.dumps(facts, indent=2))
    else:
        click.echo(f"{sentence}, as of {made}")
