"""`check` and `paths`: what a machine can say about a package before anybody is asked anything.

Exit 0: fine; 1: errors were found; 2: misused.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from django.utils import timezone

from ridgeway.services.assessments.checks import (
    Finding,
    PathTally,
    Report,
    count_paths,
    list_class_paths,
    report_on,
    show_answers,
)
from ridgeway.services.assessments.definition import Package, PackageError, compile_package, read_package
from ridgeway.services.assessments.verbs.telling import as_json, package_argument, tell

READABLE = 10**15
FEW_STEPS = 8_000
MOST_STEPS = 10_000_000
MOST_LISTED = 10_000
on_day = click.option(
    "--today", "day", type=click.DateTime(formats=["%Y-%m-%d"]), default=None, metavar="DAY", help="As if it were DAY."
)


most_steps = click.option(
    "--steps",
    type=click.IntRange(1, MOST_STEPS),
    default=FEW_STEPS,
    show_default=True,
    help="Ask so many pages at most.",
)


def choose_day(day: datetime | None, zone: str) -> date:
    """The day that is asked about: today in the zone of the package, unless another one was named."""
    return day.date() if day is not None else timezone.now().astimezone(ZoneInfo(zone)).date()


def plural(number: int, one: str) -> str:
    """A number with its noun."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def say_count(number: int) -> str:
    """A number as people read it: exact, or of what size it is when nobody could read it."""
    if number < READABLE:
        return f"{number:,}"
    power = len(str(number)) - 1
    return f"about {number // 10 ** (power - 1) / 10:g} × 10^{power}"


@click.command()
@package_argument
@on_day
@click.option("--strict", is_flag=True, help="Refuse warnings, too.")
@click.option("--reading", is_flag=True, help="Show how hard each page is to read.")
@as_json
def check(*, package: Path, day: datetime | None, strict: bool, reading: bool, as_json: bool) -> None:
    """Check PACKAGE: its files, its logic on every path, its tables, texts, translations, promises and examples."""
    try:
        read = read_package(package)
        compiled = compile_package(read)
    except PackageError as error:
        refuse_package(error, package, as_json=as_json)
    report = report_on(read, compiled, today=choose_day(day, compiled["zone"]))
    is_refused = bool(report.errors or (strict and report.warnings))
    lines = [line for finding in report.findings for line in show_finding(read, finding)]
    lines += show_reading(report) if reading else []
    lines += [*([""] if lines else []), *summarise(compiled, report), next_step(package, report, is_refused=is_refused)]
    tell(describe_report(read, compiled, report), as_json=as_json, sentence="\n".join(lines))
    if is_refused:
        raise SystemExit(1)


def refuse_package(error: PackageError, package: Path, *, as_json: bool) -> None:
    """Tell what cannot be read, and stop."""
    rows = [
        {
            "code": "malformed",
            "severity": "error",
            "file": each.file,
            "line": each.line,
            "message": f"{each.path}: {each.why}",
        }
        for each in error.problems
    ]
    lines = [
        *(f"{each}" for each in error.problems),
        "",
        f"{package}: {plural(len(rows), 'error')}; it cannot be read.",
    ]
    lines.append("Next: mend them; docs/reference/assessment-format.md lists every key.")
    tell({"package": str(package), "errors": len(rows), "findings": rows}, as_json=as_json, sentence="\n".join(lines))
    raise SystemExit(1)


def show_finding(package: Package, finding: Finding) -> Iterable[str]:
    """A finding in two lines: where and what, then what to do."""
    yield f"{package.files.show(finding.file)}:{finding.line}: {finding.severity}: {finding.message} [{finding.code}]"
    yield f"    {finding.action}"


def show_reading(report: Report) -> Iterable[str]:
    """How hard each page is to read."""
    for language, pages in report.grades.items():
        for page, grade in pages.items():
            mark = "over" if grade.is_hard else "within"
            yield f"{language}  {page:<40} {grade.value:>6.1f}  {grade.formula}, {mark} the budget of {grade.budget:g}"


def summarise(compiled: dict[str, Any], report: Report) -> Iterable[str]:
    """The whole in a few lines."""
    found = f"{plural(len(report.errors), 'error')}, {plural(len(report.warnings), 'warning')}"
    yield f"{compiled['id']} {compiled['version']}: {found}."
    for day, walk in (report.walked.walks if report.walked else {}).items():
        stand_for = f"{plural(walk.paths, 'path')} by class stand for {say_count(walk.raw)} ways to answer"
        how = "all walked" if walk.is_complete else "not all walked: there are too many"
        how += "" if walk.is_exact or not walk.is_complete else ", by a few values where answers are compared"
        yield f"On {day}: {stand_for}; {how}."
    if report.cases:
        yield f"{report.cases_right} of {plural(report.cases, 'example')} come out as they say."


def next_step(package: Path, report: Report, *, is_refused: bool) -> str:
    """What to do now."""
    if is_refused:
        return "Next: mend what is listed, then check again."
    return f"Next: ridgeway assessments serve {package}" if not report.errors else ""


def describe_report(package: Package, compiled: dict[str, Any], report: Report) -> dict[str, Any]:
    """The report as plain values."""
    walks = report.walked.walks if report.walked else {}
    return {
        "package": compiled["id"],
        "version": compiled["version"],
        "digest": compiled["digest"],
        "errors": len(report.errors),
        "warnings": len(report.warnings),
        "findings": [asdict(each) | {"file": package.files.show(each.file)} for each in report.findings],
        "paths": {
            str(day): {
                "paths": walk.paths,
                "raw": walk.raw,
                "is_complete": walk.is_complete,
                "is_exact": walk.is_exact,
                "shortest": walk.shortest,
                "longest": walk.longest,
            }
            for day, walk in walks.items()
        },
        "examples": {"right": report.cases_right, "of": report.cases},
        "reading": {
            language: {page: asdict(grade) for page, grade in pages.items()}
            for language, pages in report.grades.items()
        },
    }


@click.command()
@package_argument
@on_day
@click.option("--list", "listed", type=click.IntRange(0, MOST_LISTED), default=0, metavar="N", help="List N paths.")
@most_steps
@as_json
def paths(*, package: Path, day: datetime | None, listed: int, steps: int, as_json: bool) -> None:
    """Count the paths through PACKAGE by classes of answers, by outcome, and what they cover."""
    compiled = compile_package(read_package(package))
    today = choose_day(day, compiled["zone"])
    tally = count_paths(compiled, today=today, max_steps=steps)
    taken = list_class_paths(compiled, today=today, limit=listed) if listed else []
    lines = [*show_tally(compiled, tally), *([""] if taken else [])]
    lines += [
        f"{each.endings[0].outcome} · {say_count(each.raw)} · {show_answers(each.answers, None)}" for each in taken
    ]
    rows = [
        {"answers": each.answers, "outcome": each.endings[0].outcome, "rule": each.endings[0].rule, "raw": each.raw}
        for each in taken
    ]
    tell(asdict(tally) | {"listed": rows}, as_json=as_json, sentence="\n".join(lines))


def show_tally(compiled: dict[str, Any], tally: PathTally) -> Iterable[str]:
    """The figures in a table."""
    what = "" if tally.is_complete else "; not all were walked: there are more (--steps N walks further)"
    stand_for = f"{plural(tally.paths, 'path')} by class stand for {say_count(tally.raw)} ways to answer"
    yield f"{compiled['id']} {compiled['version']} on {tally.today}: {stand_for}{what}."
    if not tally.is_exact:
        yield "Some answers are compared with one another; of those, some values were tried for all."
    if tally.choices != tally.raw:
        ways = say_count(tally.choices)
        yield f"Where days, numbers and texts that make no difference count once, there are {ways} ways."
    yield f"From {tally.shortest} to {tally.longest} pages with questions; {tally.steps:,} pages asked."
    yield ""
    width = max((len(each.outcome or "(nothing)") for each in tally.outcomes), default=0)
    for each in tally.outcomes:
        shown = show_answers(each.example)
        yield f"  {each.outcome or '(nothing)':<{width}}  {each.paths:>8,}  e.g. {shown}"
    yield ""
    for name, cover in (("pages", tally.pages), ("routes", tally.routes), ("rules", tally.rules)):
        missing = f"; not met: {', '.join(cover.missing[:10])}" if cover.missing else ""
        yield f"  {name:<7} {cover.met} of {cover.of}{missing}"


VERBS = (check, paths)
