"""`ridgeway messagelog`: run, stamp, search, export, archive, clean, status, encryption-key, backup, restore.

Law: thin functions: parse, call, print. Everything but keys, backup and restore asks the running process over its
socket.
"""

import asyncio
import logging
import os
from datetime import datetime
from pathlib import Path

import click
import msgspec

from ridgeway.http import run as run_loop
from ridgeway.messagelog.backup import BackupReport
from ridgeway.messagelog.client import MessageLogClient
from ridgeway.messagelog.encryption import write_new_key
from ridgeway.messagelog.run import read_clock, run_messagelog
from ridgeway.messagelog.schema import migrate_database
from ridgeway.messagelog.serverbackup import backup_server, restore_server
from ridgeway.messagelog.values import ArchiveReport, ArchiveStatus, FoundRecord, LogStatus, StampReport
from ridgeway.settings import Settings

OWNER_ALONE_UMASK = 0o077
FILE = click.Path(dir_okay=False, path_type=Path)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
SETTINGS_FILE = click.option("--with-settings", "settings_file", type=FILE, help="Also this settings file.")


@click.group()
def messagelog() -> None:
    """Keep messages durable, stamped and provable."""


@messagelog.command()
@click.pass_obj
def run(settings: Settings) -> None:
    """Write the log, stamp it and answer readers, until told to stop; its tables are brought forward first."""
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    os.umask(OWNER_ALONE_UMASK)
    migrate_database()
    run_loop(run_messagelog(settings))


@messagelog.command()
@AS_JSON
@click.pass_obj
def stamp(settings: Settings, as_json: bool) -> None:
    """Have everything that waits time-stamped now."""
    report = asyncio.run(stamp_now(settings))
    if as_json:
        click.echo(msgspec.json.encode({"stamped": report.stamped, "waiting": report.waiting}))
    else:
        click.echo(f"{report.stamped} stamped, {report.waiting} waiting")


async def stamp_now(settings: Settings) -> StampReport:
    """Ask the running log."""
    async with MessageLogClient.of(settings) as log:
        return await log.stamp()


@messagelog.command()
@click.option("--query-id", required=True, help="The id of the query, as in the header X-Road-Id.")
@click.option("--json", "as_json", is_flag=True, help="Print the records as JSON.")
@click.pass_obj
def search(settings: Settings, query_id: str, as_json: bool) -> None:
    """List the records of a query."""
    found = asyncio.run(find_records(settings, query_id))
    if as_json:
        click.echo(msgspec.json.encode([msgspec.structs.asdict(each) for each in found]))
        return
    for each in found:
        click.echo(render_found(each))
    if not found:
        click.echo(f"no record of the query {query_id}")


def render_found(record: FoundRecord) -> str:
    """A record as a person reads it."""
    stamped = "not stamped yet" if record.stamped_at is None else f"stamped {record.stamped_at.isoformat()}"
    columns = [str(record.id), record.logged_at.isoformat(), record.party, record.file_name, stamped]
    columns += ["metadata alone, proves nothing"] if record.is_whole is False else []
    return "  ".join(columns)


async def find_records(settings: Settings, query_id: str) -> list[FoundRecord]:
    """Ask the running log."""
    async with MessageLogClient.of(settings) as log:
        return await log.find_records(query_id)


@messagelog.command()
@click.argument("record", type=int)
@click.argument("file", type=FILE)
@click.pass_obj
def export(settings: Settings, record: int, file: Path) -> None:
    """Write the container of RECORD (its number, see search) to FILE."""
    file.write_bytes(asyncio.run(fetch_container(settings, record)))
    click.echo(f"{file} written; prove it with: ridgeway verify {file}")


async def fetch_container(settings: Settings, record: int) -> bytes:
    """Ask the running log."""
    async with MessageLogClient.of(settings) as log:
        return await log.fetch_container(record)


@messagelog.command()
@click.argument("file", type=FILE)
@SETTINGS_FILE
@AS_JSON
@click.pass_obj
def backup(settings: Settings, file: Path, settings_file: Path | None, as_json: bool) -> None:
    """Write everything that this server cannot lose to FILE; nothing has to stop for it."""
    report = backup_server(settings, file.absolute(), now=read_clock(), settings_file=settings_file)
    say_backup(report, f"{file}: {report.files} files, {report.size} bytes", as_json=as_json)


@messagelog.command()
@click.argument("file", type=FILE)
@SETTINGS_FILE
@AS_JSON
@click.pass_obj
def restore(settings: Settings, file: Path, settings_file: Path | None, as_json: bool) -> None:
    """Put everything back as FILE holds it; the server's processes must be stopped."""
    os.umask(OWNER_ALONE_UMASK)
    report = restore_server(settings, file.absolute(), settings_file=settings_file)
    say_backup(report, f"{report.files} files, {report.size} bytes are back in place", as_json=as_json)


def say_backup(report: BackupReport, sentence: str, *, as_json: bool) -> None:
    """What was written or put back, for a person or a program."""
    if as_json:
        click.echo(msgspec.json.encode(report))
    else:
        click.echo(f"{sentence}, as of {report.made_at.isoformat()}")


@messagelog.command()
@AS_JSON
@click.pass_obj
def archive(settings: Settings, as_json: bool) -> None:
    """Put every stamped record that waits into archives now, and hand them on."""
    report = asyncio.run(archive_now(settings))
    if as_json:
        click.echo(msgspec.json.encode(msgspec.structs.asdict(report)))
        return
    click.echo(f"{report.records} records archived in {len(report.files)} files")
    for file in report.files:
        click.echo(f"  {settings.path(settings.messagelog.archive_dir) / file}")


async def archive_now(settings: Settings) -> ArchiveReport:
    """Ask the running log."""
    async with MessageLogClient.of(settings) as log:
        return await log.archive()


@messagelog.command()
@AS_JSON
@click.pass_obj
def clean(settings: Settings, as_json: bool) -> None:
    """Delete archived records whose time in the log is over."""
    deleted = asyncio.run(clean_now(settings))
    click.echo(msgspec.json.encode({"deleted": deleted}) if as_json else f"{deleted} archived records deleted")


async def clean_now(settings: Settings) -> int:
    """Ask the running log."""
    async with MessageLogClient.of(settings) as log:
        return await log.clean()


@messagelog.command()
@click.option("--json", "as_json", is_flag=True, help="Print the state as JSON.")
@click.pass_obj
def status(settings: Settings, as_json: bool) -> None:
    """Show what waits for a stamp or an archive, what fails, and since when."""
    state = asyncio.run(read_status(settings))
    click.echo(msgspec.json.format(msgspec.json.encode(state)) if as_json else render_status(state))


async def read_status(settings: Settings) -> LogStatus:
    """Ask the running log."""
    async with MessageLogClient.of(settings) as log:
        return await log.read_status()


def render_status(state: LogStatus) -> str:
    """The state as a person reads it."""
    oldest = "" if state.oldest_waiting_at is None else f", the oldest since {render_time(state.oldest_waiting_at)}"
    failing = "works" if state.failing_since is None else f"fails since {render_time(state.failing_since)}"
    lines = [
        f"takes records    {state.refuses or 'yes'}",
        f"wait for stamps  {state.waiting}{oldest}",
        f"stamping         {failing}",
    ]
    for each in state.authorities:
        last = "none yet" if each.last_stamp_at is None else render_time(each.last_stamp_at)
        fault = "" if each.failing_since is None else f"; fails since {render_time(each.failing_since)}: {each.why}"
        lines.append(f"  {each.url}  last stamp {last}{fault}")
    kept = state.archive
    made = f"{kept.last_file}, made {render_time(kept.last_made_at)}" if kept.last_made_at else "none yet"
    lines += [
        f"wait for archive {kept.waiting}",
        f"last archive     {made}",
        f"not handed on    {kept.untransferred}",
        f"archiving        {render_archiving(kept)}",
    ]
    return "\n".join(lines)


def render_archiving(kept: ArchiveStatus) -> str:
    """Whether archiving works, and if not, since when and why."""
    if kept.failing_since is None:
        return "works"
    return f"fails since {render_time(kept.failing_since)}: {kept.why or 'not tried again since the start'}"


def render_time(moment: datetime) -> str:
    """A time to the second."""
    return moment.isoformat(timespec="seconds")


@messagelog.command("encryption-key")
@click.argument("key_id", metavar="ID")
@AS_JSON
@click.pass_obj
def encryption_key(settings: Settings, key_id: str, as_json: bool) -> None:
    """Make a key that encrypts the log from its next start on; older keys stay, to read with."""
    file = settings.path(settings.messagelog.encryption_keys)
    write_new_key(file, key_id)
    if as_json:
        click.echo(msgspec.json.encode({"id": key_id, "file": str(file)}))
    else:
        click.echo(f"{file} begins with the key {key_id}; start the log again to use it")
