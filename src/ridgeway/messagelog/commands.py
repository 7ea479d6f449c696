"""`ridgeway messagelog`: run, stamp, search, export, backup, restore.

Law: thin functions: parse, call, print. Everything but backup and restore asks the running process over its socket.
"""

import asyncio
import logging
import os
from pathlib import Path

import click
import msgspec

from ridgeway.http import run as run_loop
from ridgeway.messagelog.client import MessageLogClient
from ridgeway.messagelog.run import read_clock, run_messagelog
from ridgeway.messagelog.schema import migrate_database
from ridgeway.messagelog.serverbackup import backup_server, restore_server
from ridgeway.messagelog.values import FoundRecord, StampReport
from ridgeway.settings import Settings

OWNER_ALONE_UMASK = 0o077
FILE = click.Path(dir_okay=False, path_type=Path)
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
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
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
        stamped = "not stamped yet" if each.stamped_at is None else f"stamped {each.stamped_at.isoformat()}"
        click.echo(f"{each.id}  {each.logged_at.isoformat()}  {each.party}  {each.file_name}  {stamped}")
    if not found:
        click.echo(f"no record of the query {query_id}")


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
@click.pass_obj
def backup(settings: Settings, file: Path, settings_file: Path | None) -> None:
    """Write everything that this server cannot lose to FILE; nothing has to stop for it."""
    report = backup_server(settings, file.absolute(), now=read_clock(), settings_file=settings_file)
    click.echo(f"{file}: {report.files} files, {report.size} bytes, as of {report.made_at.isoformat()}")


@messagelog.command()
@click.argument("file", type=FILE)
@SETTINGS_FILE
@click.pass_obj
def restore(settings: Settings, file: Path, settings_file: Path | None) -> None:
    """Put everything back as FILE holds it; the server's processes must be stopped."""
    migrate_database()
    report = restore_server(settings, file.absolute(), settings_file=settings_file)
    click.echo(f"{report.files} files, {report.size} bytes, as of {report.made_at.isoformat()}, are back in place")
