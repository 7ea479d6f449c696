"""`statistics`: the figures of a package, as the desk tells them."""

import json

import click
from django.utils import timezone

from ridgeway.services.assessments.actions.doing import UnknownVersionError
from ridgeway.services.assessments.deployment import read_own_settings
from ridgeway.services.assessments.models import Version
from ridgeway.services.assessments.statistics.figures import list_months, list_rows, read_figures, read_names
from ridgeway.services.assessments.verbs.telling import as_json, tell

MAX_DOCUMENTS = 5


@click.command()
@click.argument("package")
@click.option("--month", "asked", default="", metavar="MONTH", help="As 2026-11; default: every month.")
@as_json
def statistics(*, package: str, asked: str, as_json: bool) -> None:
    """Tell the counts of PACKAGE month by month as CSV; small ones and those that give them away are withheld."""
    rows = Version.objects.filter(package=package).order_by("-pk").values_list("compiled", flat=True)[:MAX_DOCUMENTS]
    if not rows:
        raise UnknownVersionError(
            "unknown_version", f"There is no {package}.", action="See: ridgeway assessments list."
        )
    names, smallest = read_names(json.loads(each) for each in rows), read_own_settings().smallest_count
    months = [month for month in sorted(list_months(package)) if asked in {"", f"{month:%Y-%m}"}]
    told = [
        row
        for month in months
        for row in list_rows(read_figures(package, month, names=names, today=timezone.localdate(), smallest=smallest))
    ]
    plain = [dict(zip(("month", "table", "name", "number"), row, strict=True)) for row in told]
    lines = ["month,table,name,number", *(",".join(str(cell) for cell in row) for row in told)]
    tell(plain, as_json=as_json, sentence="\n".join(lines))


VERBS = (statistics,)
