"""`ridgeway jobs`: run, list, do. Law: thin functions: parse, call, print."""

import json
import logging
from zoneinfo import ZoneInfo

import click

from ridgeway.http import run as run_loop
from ridgeway.office.jobs.clock import correct_due, find_next
from ridgeway.office.jobs.duties import get_duty, list_duties, run_now
from ridgeway.office.jobs.duty import Duty
from ridgeway.office.jobs.lease import Leases
from ridgeway.office.jobs.life import open_life
from ridgeway.office.jobs.models import DutyRun
from ridgeway.office.jobs.worker import LIVES, WorkerParts, read_clock, run_worker
from ridgeway.office.notices.schema import from_ms
from ridgeway.settings import Settings

MAX_SENDERS = 32
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def jobs() -> None:
    """Duties by the clock, queued work, and the sending of mail."""


@jobs.command()
@click.option("--senders", type=click.IntRange(0, MAX_SENDERS), default=1, show_default=True, help="Threads for mail.")
@click.option("--duties/--no-duties", default=True, help="Whether this process does duties.")
@click.option("--queue/--no-queue", default=True, help="Whether this process works off the queue.")
@click.pass_obj
def run(settings: Settings, senders: int, duties: bool, queue: bool) -> None:
    """Work until told to stop; several such processes may run."""
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    run_loop(run_worker(settings, WorkerParts(senders=senders, duties=duties, queue=queue)))


@jobs.command("list")
@AS_JSON
@click.pass_obj
def list_(settings: Settings, as_json: bool) -> None:
    """List the duties: when each ran last, what it said, and when it runs next."""
    rows = {row.name: row for row in DutyRun.objects.all()}
    zone = ZoneInfo(settings.web.time_zone)
    found = [describe_duty(duty, rows.get(duty.name), zone) for duty in list_duties()]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for each in found:
        last = f"last {each['finished_at'] or 'never'}"
        said = f"FAILED {each['failures']} times: {each['error']}" if each["failures"] else each["result"]
        click.echo(f"{each['name']:<32} {each['when']:<14} {last}  next {each['next_at']}  {said}".rstrip())


def describe_duty(duty: Duty, row: DutyRun | None, zone: ZoneInfo) -> dict[str, str | int | bool | None]:
    """A duty as a person and a program read it; times in the time zone of the site."""
    now = read_clock()
    due = now if duty.every_seconds else find_next(duty, after=now, zone=zone)
    if row is not None:
        due = correct_due(duty, due=from_ms(row.due_at_ms), failures=row.failures, now=now, zone=zone)

    def show(at_ms: int | None) -> str | None:
        return None if at_ms is None else from_ms(at_ms).astimezone(zone).isoformat(timespec="seconds")

    return {
        "name": duty.name,
        "when": f"daily {duty.daily_at}" if duty.daily_at else f"every {duty.every_seconds} s",
        "is_running": row is not None and bool(row.holder),
        "started_at": show(row.started_at_ms if row else None),
        "finished_at": show(row.finished_at_ms if row else None),
        "succeeded_at": show(row.succeeded_at_ms if row else None),
        "duration_ms": row.duration_ms if row else None,
        "result": row.result if row else "",
        "error": row.error if row else "",
        "failures": row.failures if row else 0,
        "next_at": due.astimezone(zone).isoformat(timespec="seconds"),
    }


@jobs.command()
@click.argument("name")
@AS_JSON
@click.pass_obj
def do(settings: Settings, name: str, as_json: bool) -> None:
    """Do the duty NAME now, whatever the clock says."""
    duty = get_duty(name)
    with open_life(settings.path(LIVES)) as holder:
        leases = Leases(holder, settings.path(LIVES), ZoneInfo(settings.web.time_zone))
        report = run_now(duty, leases, clock=read_clock)
    if as_json:
        click.echo(json.dumps({"name": report.name, "result": report.result, "error": report.error}))
    else:
        click.echo(f"{report.name}: {report.error or report.result}")
    if report.error:
        raise SystemExit(1)
