"""`ridgeway opmonitor`: run, records, health, statistics.

Law: thin functions: parse, call, print. The operator sees what the server's owner may see, from the running process.
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
import msgspec

from ridgeway.http import run as run_loop
from ridgeway.opmonitor.client import OpMonitorClient
from ridgeway.opmonitor.run import run_opmonitor
from ridgeway.opmonitor.schema import migrate_database
from ridgeway.opmonitor.tables import render_health, render_records, render_traffic
from ridgeway.opmonitor.values import StatisticsFrame
from ridgeway.protocol.identifiers import ClientId, parse_client_path
from ridgeway.protocol.monitoring import OUTPUT_FIELDS, OperationalQuery, View, read_records
from ridgeway.settings import Settings
from ridgeway.trust.clock import read_clock

Answered = TypeVar("Answered")
OWNER_ALONE_UMASK = 0o077
MAX_ANSWER_BYTES = 1024 * 1024 * 1024
OWNERS_VIEW = View(None, OUTPUT_FIELDS, is_owner=True)
MINUTE_SECONDS = 60
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
PROVIDER = click.option("--provider", help="Only services of this one, as in NM/GOV/1002/register.")
MINUTES = click.option("--minutes", default=60, show_default=True, type=click.IntRange(1), help="How far to look back.")


@click.group()
def opmonitor() -> None:
    """Note what passed, how long it took, what failed."""


@opmonitor.command()
@click.pass_obj
def run(settings: Settings) -> None:
    """Keep records and answer readers, until told to stop; the table is brought forward first."""
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    os.umask(OWNER_ALONE_UMASK)
    migrate_database()
    run_loop(run_opmonitor(settings))


@opmonitor.command()
@click.option("--from", "start", type=int, help="First second, since 1970; default: --minutes before the end.")
@click.option("--to", "end", type=int, help="Last second, since 1970; default: now.")
@MINUTES
@PROVIDER
@click.option("--field", "fields", multiple=True, help="Only this field of each record; may be repeated.")
@AS_JSON
@click.pass_obj
def records(
    settings: Settings,
    *,
    start: int | None,
    end: int | None,
    minutes: int,
    provider: str | None,
    fields: tuple[str, ...],
    as_json: bool,
) -> None:
    """List the records of a period, oldest first; at most so many as an answer over the exchange has."""
    unknown = set(fields) - OUTPUT_FIELDS
    if unknown:
        raise click.BadParameter(f"{min(unknown)} is not one of {', '.join(sorted(OUTPUT_FIELDS))}.")
    until = int(read_clock().timestamp()) if end is None else end
    since = until - minutes * MINUTE_SECONDS if start is None else start
    query = OperationalQuery(max(0, since), until, parse_provider(provider), frozenset(fields))
    found = ask(settings, lambda monitor: monitor.find_records(query, OWNERS_VIEW))
    rows = read_records(found.packed, max_bytes=MAX_ANSWER_BYTES)
    if as_json:
        print_json({"recordsCount": found.count, "records": rows, "nextRecordsFrom": found.next_records_from})
        return
    click.echo(render_records(rows))
    if found.next_records_from is not None:
        click.echo(f"there are more: ask again with --from {found.next_records_from}")


@opmonitor.command()
@PROVIDER
@AS_JSON
@click.pass_obj
def health(settings: Settings, provider: str | None, *, as_json: bool) -> None:
    """Show when each service last answered, and what its last ten minutes were like."""
    report = ask(settings, lambda monitor: monitor.get_health())
    wanted = parse_provider(provider)
    services = [each for each in report.services if wanted is None or each.service.provider == wanted]
    if as_json:
        rows = [{**msgspec.to_builtins(each), "service": str(each.service)} for each in services]
        print_json({"started_ts": report.started_ts, "period_seconds": report.period_seconds, "services": rows})
        return
    click.echo(f"watching since {datetime.fromtimestamp(report.started_ts / 1000, UTC).isoformat(timespec='seconds')}")
    click.echo(render_health(services))


@opmonitor.command()
@MINUTES
@click.option("--step", "step_minutes", default=10, show_default=True, type=click.IntRange(1), help="Minutes a row.")
@AS_JSON
@click.pass_obj
def statistics(settings: Settings, minutes: int, step_minutes: int, *, as_json: bool) -> None:
    """Count what came through and what failed, step by step."""
    end = int(read_clock().timestamp())
    query = StatisticsFrame((end - minutes * MINUTE_SECONDS) * 1000, (end + 1) * 1000, step_minutes)
    rows = ask(settings, lambda monitor: monitor.sum_traffic(query))
    if as_json:
        print_json(rows)
    else:
        click.echo(render_traffic(rows))


def parse_provider(text: str | None) -> ClientId | None:
    """The party that an option names."""
    return None if text is None else parse_client_path(text)


def ask(settings: Settings, question: Callable[[OpMonitorClient], Awaitable[Answered]]) -> Answered:
    """The running monitor's answer."""

    async def put() -> Answered:
        async with OpMonitorClient.of(settings) as monitor:
            return await question(monitor)

    return asyncio.run(put())


def print_json(value: Any) -> None:
    """The value as JSON."""
    click.echo(msgspec.json.encode(value))
