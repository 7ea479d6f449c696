from datetime import UTC, date, datetime

import pytest
from django.utils import timezone, translation

from ridgeway.office.design import formats
from ridgeway.office.design.tests.pages import draw

AT = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_london():
    with timezone.override("Europe/London"), translation.override("en"):
        yield


def test_a_moment_is_shown_by_the_local_clock():
    assert formats.render_date(AT) == "2 July 2026"
    assert formats.render_time(AT) == "00:30"
    assert formats.render_datetime(AT) == "2 July 2026, 00:30"
    assert formats.render_day(AT) == "2 July"
    assert formats.render_month(AT) == "July 2026"


def test_a_day_stays_the_day_that_it_is():
    assert formats.render_date(date(2026, 7, 1)) == "1 July 2026"
    assert formats.render_date(date(2026, 7, 1), "full") == "Wednesday, 1 July 2026"


def test_numbers_carry_the_marks_of_the_language():
    assert formats.render_number(1234567) == "1,234,567"
    assert formats.render_compact_number(1_234_567) == "1.2M"
    assert formats.render_percent(0.125, 1) == "12.5%"
    with translation.override("de"):
        assert formats.render_number(1234567) == "1.234.567"


def test_arabic_has_its_months_and_marks():
    with translation.override("ar"):
        assert formats.render_date(AT) == "2 يوليو 2026"
        assert formats.render_datetime(AT).startswith("2 يوليو 2026، ")
        assert formats.render_number(1234567) == "1,234,567"


def test_what_is_not_there_shows_as_nothing():
    for render in (formats.render_date, formats.render_time, formats.render_datetime, formats.render_number):
        assert render(None) == ""
    assert formats.render_time_tag(None) == ""
    assert formats.render_age(None, AT) == ""


def test_how_long_ago_is_said_in_one_unit():
    later = datetime(2026, 7, 4, 23, 30, tzinfo=UTC)
    assert formats.render_age(AT, later) == "3 days ago"
    assert formats.render_duration(AT, later) == "3 days"
    assert formats.render_duration(datetime(2026, 6, 25, 23, 30, tzinfo=UTC), later) == "9 days"
    assert formats.render_age(timezone.now()).endswith("ago")
    with translation.override("ar"):
        assert formats.render_duration(AT, later) == "3 أيام"


def test_programs_read_the_exact_moment():
    assert formats.render_time_tag(AT, "datetime") == (
        '<time datetime="2026-07-01T23:30:00+00:00">2 July 2026, 00:30</time>'
    )
    assert formats.render_time_tag(date(2026, 7, 1)) == '<time datetime="2026-07-01">1 July 2026</time>'
    assert formats.render_time_tag(AT, "time").endswith(">00:30</time>")


def test_templates_know_the_formats_by_their_names():
    shown = draw("{{ at|date }} {{ at|day }} {{ 1000|number }} {{ at|age(at) }} {{ at|time_tag }}", at=AT)
    assert shown.startswith("2 July 2026 2 July 1,000 ")


def test_a_language_without_a_locale_is_written_as_in_english():
    assert formats.find_locale("xx-unknown") == formats.find_locale("en")
