"""The day that a result names, as a file for a calendar. Law: a day and the package's own words, no answer.

Source:  RFC 5545, sections 3.1 (lines), 3.3.11 (text) and 3.6.1 (event).
"""

import hashlib
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path

from ridgeway.services.assessments import engine
from ridgeway.services.assessments.pages.guarding import at_place
from ridgeway.services.assessments.pages.place import Place
from ridgeway.services.assessments.pages.visiting import open_visit

TYPE: Final = "text/calendar; charset=utf-8"
LINE_BYTES: Final = 75
ESCAPES: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": ""})


@at_place(with_answers=True)
def give_calendar(request: HttpRequest, place: Place) -> HttpResponse:
    """`/PACKAGE/LANG/calendar`: the file of the result that somebody has."""
    visit = open_visit(request, place)
    if not visit.trail.is_over or visit.trail.outcome is None:
        raise Http404
    place = visit.place
    view = engine.build_view(
        place.assessment,
        visit.trail,
        step=visit.furthest,
        language=place.language,
        answers=visit.carried.answers,
    )
    if not view["calendar"]:
        raise Http404
    day = date.fromisoformat(view["calendar"]["date"])
    text = render_calendar(day, view["calendar"]["title"], name=place.name, host=find_host(), now=place.now)
    headers = {"Content-Disposition": 'attachment; filename="date.ics"'}
    return HttpResponse(text, content_type=TYPE, headers=headers)


def find_host() -> str:
    """The name of this site."""
    name: str = settings.RIDGEWAY_SITE.host_name
    return name


def render_calendar(day: date, title: str, *, name: str, host: str, now: datetime) -> bytes:
    """One event that takes a whole day."""
    mark = hashlib.sha256(f"{name} {day} {title}".encode()).hexdigest()[:32]
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Ridgeway//assessments//EN",
        "BEGIN:VEVENT",
        f"UID:{mark}@{host}",
        f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        *([f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"] if day < date.max else []),
        f"SUMMARY:{title.translate(ESCAPES)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(fold(line) for line in lines)


def fold(line: str) -> bytes:
    """The line in pieces of at most 75 bytes, never within a letter."""
    pieces: list[bytes] = []
    piece = b""
    for letter in line:
        data = letter.encode()
        if len(piece) + len(data) > LINE_BYTES - (1 if pieces else 0):
            pieces.append(piece)
            piece = b""
        piece += data
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"


urlpatterns: list[URLPattern] = [
    path("<slug:name>/<slug:language>/calendar", give_calendar, name="assessment-calendar")
]
