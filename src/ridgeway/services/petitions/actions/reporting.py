"""Reports that are made in the background and mailed to who asked for them, as a file.

Law: asked for once, made once and mailed once, even by a worker that is killed: the number of the request is the
version of the notice. Next: `../queries/reports.py`, `../notices/team.py`.
"""

import secrets
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ridgeway.errors import RequestError
from ridgeway.office.jobs.queue import task
from ridgeway.office.notices import post_notice
from ridgeway.office.people.actor import Actor
from ridgeway.office.people.models import Account
from ridgeway.services.petitions.actions.opening import Doer
from ridgeway.services.petitions.queries.reports import FIELDS, PERFORMANCE, PLACES, Span, list_performance, list_places
from ridgeway.services.petitions.staff.csvfiles import write_lines

KIND = "petitions.report"
MODERATION = "moderation"
REPORTS: dict[str, Promise] = {
    MODERATION: _("How quickly petitions are decided about"),
    "total": _("Signatures in all"),
    "country": _("Signatures by country"),
    "region": _("Signatures by region"),
    "constituency": _("Signatures by constituency"),
}
ONE_DAY = timedelta(days=1)


@transaction.atomic
def request_report(
    report: str,
    *,
    actor: Actor,
    now: datetime,
    since: date | None = None,
    until: date | None = None,
    parliament_id: int | None = None,
) -> str:
    """The report is made soon and mailed to the actor; the number of the request.

    Units:   `since` and `until` are days of the site's time zone, both included.
    Raises:  RequestError for a report that nobody knows.
    """
    if report not in REPORTS:
        raise RequestError("unknown_report", f"There is no report {report!r}.", action="Choose one of the list.")
    version = secrets.token_hex(8)
    asked = {
        "report": report,
        "since": since.isoformat() if since else "",
        "until": until.isoformat() if until else "",
        "parliament_id": parliament_id,
    }
    Doer(actor, now).note("report", f"report:{report}", details=asked)
    make_report.enqueue(asked, actor.account_id, version, translation.get_language() or settings.LANGUAGE_CODE)
    return version


@task()
def make_report(asked: dict[str, Any], account_id: int, version: str, language: str) -> str:
    """The report is made, and posted to who asked for it, where they still work here."""
    account = Account.objects.filter(pk=account_id, is_active=True).first()
    if account is None:
        return "nobody to send it to"
    with translation.override(language):
        title = str(REPORTS[asked["report"]])
    header, rows = read_report(asked)
    content = "".join(write_lines(header, rows))
    payload = {"title": title, "file_name": f"{asked['report']}.csv", "content": content}
    with transaction.atomic():
        post_notice(
            KIND,
            subject=f"report:{asked['report']}",
            recipient_key=f"staff:{account_id}",
            version=version,
            address=account.email,
            language=language,
            payload=payload,
            now=timezone.now(),
        )
    return f"report {asked['report']} made"


def read_report(asked: dict[str, Any]) -> tuple[tuple[str, ...], Any]:
    """Its header and rows."""
    zone = ZoneInfo(settings.TIME_ZONE)
    if asked["report"] == MODERATION:
        return PERFORMANCE, list_performance(zone)
    since = begin_day(asked["since"], zone)
    until = begin_day(asked["until"], zone, days=1)
    by = asked["report"] if asked["report"] in FIELDS else ""
    return PLACES, list_places(by, Span(since, until, asked["parliament_id"]))


def begin_day(text: str, zone: ZoneInfo, *, days: int = 0) -> datetime | None:
    """When a day began, or one some days later; None for none."""
    if not text:
        return None
    day = date.fromisoformat(text) + days * ONE_DAY
    return datetime(day.year, day.month, day.day, tzinfo=zone)
