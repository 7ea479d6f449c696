"""The verbs of `ridgeway petitions` that look after the service: import, recount, close, dissolve, archive and so on.

Law: thin; each may be repeated, and stopped by a signal or killed at any moment, and goes on where it was.
"""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

import click
from django.conf import settings as django_settings
from django.utils import timezone

from ridgeway.services.petitions.actions.anonymising import anonymise_due, anonymise_parliament, require_anonymisable
from ridgeway.services.petitions.actions.archiving import archive_started, start_archiving
from ridgeway.services.petitions.actions.closing import close_due
from ridgeway.services.petitions.actions.counting import check_counts
from ridgeway.services.petitions.actions.dissolving import (
    Announcement,
    ParliamentError,
    announce,
    dissolve_due,
    schedule_closure,
)
from ridgeway.services.petitions.actions.erasing import erase_person, export_person
from ridgeway.services.petitions.models import Parliament
from ridgeway.services.petitions.operating.importing import import_file
from ridgeway.services.petitions.operating.kinds import KINDS
from ridgeway.services.petitions.operating.progress import end, showing, tell
from ridgeway.services.petitions.operating.reporting import describe_service
from ridgeway.services.petitions.queries.parliaments import find_parliament
from ridgeway.settings import Settings

NOTES = Path("imports")

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
with_period = click.option("--parliament", "period", default="", metavar="PERIOD", help="As 2024-2029.")


def get_parliament(period: str) -> Parliament:
    """The Parliament of the period; the one that sits, without one.

    Raises:  ParliamentError.
    """
    found = Parliament.objects.filter(period=period).first() if period else find_parliament()
    if found is None:
        known = ", ".join(Parliament.objects.order_by("pk").values_list("period", flat=True)) or "none"
        raise ParliamentError("unknown_parliament", f"There is no Parliament {period!r}.", action=f"Known: {known}.")
    return found


@click.command("import")
@click.argument("kind", type=click.Choice(sorted(KINDS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
def import_rows(*, kind: str, file: Path, as_json: bool) -> None:
    """Import the CSV FILE of KIND; what it says of a code replaces what was said before."""
    settings: Settings = django_settings.RIDGEWAY_SETTINGS
    with showing(kind) as progress:
        done = import_file(KINDS[kind], file, notes=settings.path(NOTES), progress=progress)
    tell(asdict(done), as_json=as_json, sentence=f"{done.rows:,} rows imported, {done.skipped:,} were done before.")
    end(progress)


@click.command()
@click.argument("petitions", type=int, nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="Every petition, not only those signed since the last check.")
@click.option("--check", is_flag=True, help="Only say what is wrong; exit 1 when anything is.")
@as_json
@click.pass_context
def recount(ctx: click.Context, *, petitions: tuple[int, ...], is_all: bool, check: bool, as_json: bool) -> None:
    """Count signatures anew from their rows (of PETITIONS, by number), and repair counts that are wrong."""
    with showing("recount") as progress:
        found = check_counts(
            now=timezone.now(), petition_ids=list(petitions), is_all=is_all, repairs=not check, progress=progress
        )
    rows = [asdict(each) for each in found]
    lines = [f"petition {each.petition_id}: {each.kept} kept, {each.counted} counted" for each in found]
    wrong = f"{len(found)} counts were wrong{'' if check else ', and are repaired'}."
    tell(
        {"differences": rows},
        as_json=as_json,
        sentence="\n".join([*lines, wrong if found else "All counts are right."]),
    )
    end(progress)
    ctx.exit(1 if check and found else 0)


@click.command()
@as_json
def close(*, as_json: bool) -> None:
    """Close petitions whose deadline has come; the worker does it by itself each minute."""
    with showing("close") as progress:
        number = close_due(now=timezone.now(), progress=progress)
    tell({"closed": number}, as_json=as_json, sentence=f"{number:,} petitions were closed.")
    end(progress)


def read_time(text: str) -> datetime:
    """A time that somebody typed; without a zone it is the site's."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(django_settings.TIME_ZONE))


@click.command()
@with_period
@click.option("--at", "at", default="", metavar="TIME", help="When it is dissolved, as 2029-03-30T00:01; schedules it.")
@click.option("--cutoff", default="", metavar="TIME", help="Who began a petition after it is told that it is stopped.")
@as_json
def dissolve(*, period: str, at: str, cutoff: str, as_json: bool) -> None:
    """Schedule the closure of a Parliament's petitions, and carry out what is due."""
    now = timezone.now()
    try:
        dissolution_at, cutoff_at = read_time(at) if at else None, read_time(cutoff) if cutoff else now
    except ValueError as error:
        raise click.BadParameter(f"write times as 2029-03-30T00:01 ({error})") from error
    if dissolution_at is not None:
        parliament = get_parliament(period)
        names = [name for name in Announcement.__dataclass_fields__ if name != "dissolution_at"]
        said = Announcement(dissolution_at, **{name: getattr(parliament, name) for name in names})
        announce(parliament.pk, said, actor=None, now=now)
        schedule_closure(parliament.pk, cutoff_at, actor=None, now=now)
    with showing("dissolve") as progress:
        number = dissolve_due(now=timezone.now(), progress=progress)
    said_at = f" The closure is scheduled for {dissolution_at}." if dissolution_at else ""
    tell({"ended": number}, as_json=as_json, sentence=f"{number:,} petitions were closed or stopped.{said_at}")
    end(progress)


@click.command()
@with_period
@as_json
def archive(*, period: str, as_json: bool) -> None:
    """Archive a dissolved Parliament with its petitions; started before, it goes on."""
    parliament = get_parliament(period) if period else find_parliament()
    if parliament is not None and parliament.archived_at is None:
        start_archiving(parliament.pk, actor=None, now=timezone.now())
    with showing("archive") as progress:
        number = archive_started(now=timezone.now(), progress=progress)
    tell({"archived": number}, as_json=as_json, sentence=f"{number:,} petitions archived.")
    end(progress)


@click.command()
@with_period
@as_json
def anonymise(*, period: str, as_json: bool) -> None:
    """Make signers of archived Parliaments anonymous, six months after their end; started before, it goes on."""
    with showing("anonymise") as progress:
        if period:
            parliament = require_anonymisable(get_parliament(period).pk, now=timezone.now())
            number = anonymise_parliament(parliament, now=timezone.now(), progress=progress)
        else:
            number = anonymise_due(now=timezone.now(), progress=progress)
    tell({"anonymised": number}, as_json=as_json, sentence=f"{number:,} signatures say nothing of anybody any more.")
    end(progress)


@click.command()
@click.argument("person")
@click.option("-o", "--output", type=click.File("w", encoding="utf-8"), default="-", help="File; default: print.")
def export(*, person: str, output: IO[str]) -> None:
    """Write all that is kept about PERSON, an address of mail, as JSON."""
    output.write(json.dumps(export_person(person), indent=2, default=str, ensure_ascii=False) + "\n")


@click.command()
@click.argument("person")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def erase(*, person: str, yes: bool, as_json: bool) -> None:
    """Erase all that is kept about PERSON, an address of mail; what they signed goes on counting."""
    if not yes:
        click.confirm("Erase all that is kept about this person?", abort=True, err=True)
    erased = erase_person(person, actor=None, now=timezone.now())
    told = ", ".join(f"{number} {name}" for name, number in erased.items())
    tell(erased, as_json=as_json, sentence=f"Erased: {told}.")


@click.command()
@as_json
def status(*, as_json: bool) -> None:
    """Say how much there is, what is due, and where each Parliament stands."""
    told = describe_service(now=timezone.now())
    lines = [f"{name.replace('_', ' '):<20} {value}" for name, value in told.items() if name != "parliaments"]
    lines += [f"{each['period']:<20} {each['stage']}" for each in told["parliaments"]]
    tell(told, as_json=as_json, sentence="\n".join(lines))


VERBS = (import_rows, recount, close, dissolve, archive, anonymise, export, erase, status)
