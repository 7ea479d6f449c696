"""Counts come to the tables from several processes at once, and what is told of them."""

import subprocess
import sys
import threading
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection

from ridgeway.office.tests.ready import any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.assessments.models import Count
from ridgeway.services.assessments.statistics import counting
from ridgeway.services.assessments.statistics.counting import Counter, count, note, write_counts
from ridgeway.services.assessments.statistics.figures import list_months, list_rows, read_figures, read_names
from ridgeway.services.assessments.statistics.forgetting import forget_before

DAY = date(2026, 10, 5)
COMPILED = {
    "id": "check",
    "version": "1",
    "privacy": {"statistics": ["outcome", "language"]},
    "pages": [{"id": "age"}],
    "outcomes": {"stay": {}, "go": {}},
    "languages": [{"code": "en"}, {"code": "fr"}],
}
PROCESS = """
import sys
from pathlib import Path
from datetime import date
from ridgeway.settings import Settings, WebSettings
from ridgeway.web.setup import setup_django
setup_django(Settings(state_dir=Path(sys.argv[1]), web=WebSettings(database=sys.argv[2])), room="office")
from ridgeway.services.assessments.statistics.counting import Counter
counter = Counter()
for number in range(40):
    for outcome in ("b", "a"):
        counter.add(("check", "1", date(2026, 10, 5), "outcome", outcome, "en"))
    counter.flush()
"""


def test_two_processes_count_at_the_same_time_and_nothing_is_lost(any_office):  # noqa: F811
    web, folder = any_office.settings.web, str(any_office.settings.state_dir)
    command = [sys.executable, "-c", PROCESS, folder, web.database]
    processes = [subprocess.Popen(command, cwd=folder) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    rows = Count.objects.order_by("what").values_list("what", "language", "number")
    assert list(rows) == [("a", "en", 80), ("b", "en", 80)]


def test_only_what_the_package_declares_is_counted(office, monkeypatch):  # noqa: F811
    counter = Counter(thread=threading.current_thread())  # somebody writes already, as far as it knows
    monkeypatch.setattr(counting, "COUNTER", counter)
    note(COMPILED, "start", "", "fr")
    note(COMPILED, "page", "age", "fr")
    note(COMPILED, "outcome", "stay", "fr")
    note(COMPILED | {"privacy": {"statistics": []}}, "start", "", "fr")
    note(COMPILED | {"privacy": {"statistics": ["page"]}}, "page", "age", "fr")
    kinds = {(kind, what, language): number for (_, _, _, kind, what, language), number in counter.take().items()}
    assert kinds == {("start", "", "fr"): 1, ("outcome", "stay", "fr"): 1, ("page", "age", ""): 1}
    with pytest.raises(ValueError, match="not 'answer'"):
        count("check", "1", "answer", "age", "fr")


def test_a_flush_that_fails_keeps_what_it_had(office, monkeypatch):  # noqa: F811
    counter = Counter()
    key = ("check", "1", DAY, "start", "", "en")
    counter.add(key)
    connection.cursor().execute("ALTER TABLE assessments_count RENAME TO elsewhere")
    counter.flush()
    counter.add(key)
    connection.cursor().execute("ALTER TABLE elsewhere RENAME TO assessments_count")
    counter.flush()
    assert Count.objects.get().number == 2


def test_waiting_counts_are_bounded(monkeypatch):
    monkeypatch.setattr(counting, "MAX_KEYS", 2)
    counter = Counter()
    for what in ("a", "b", "c", "a"):
        counter.add(("check", "1", DAY, "page", what, "en"))
    assert sorted(counter.take().values()) == [1, 2]


def count_month(outcomes, languages, day=DAY):
    rows = {("check", "1", day, "outcome", name, "en"): number for name, number in outcomes.items()}
    rows |= {("check", "1", day, "start", "", name): number for name, number in languages.items()}
    write_counts(rows)


def test_a_month_that_is_over_is_told_exactly_but_for_what_is_withheld(any_office):  # noqa: F811
    count_month({"stay": 40, "go": 7}, {"en": 50, "fr": 2})
    names = read_names([COMPILED])
    figures = read_figures("check", DAY, names=names, today=date(2026, 11, 2), smallest=5)
    assert dict(figures.outcomes.cells) == {"stay": 40, "go": 7}
    assert (figures.outcomes.total, figures.is_open) == (47, False)
    assert figures.languages is not None
    assert dict(figures.languages.cells) == {"en": None, "fr": None}
    assert figures.starts.total == 52
    assert figures.pages.cells == {}
    rows = list(list_rows(figures))
    assert ("2026-10", "outcome", "all", 47) in rows
    assert ("2026-10", "language", "fr", "withheld") in rows
    assert list_months("check") == [date(2026, 10, 1)]


def test_a_month_that_goes_on_is_told_in_steps_and_without_languages(office):  # noqa: F811
    count_month({"stay": 43, "go": 3}, {"en": 48})
    figures = read_figures("check", DAY, names=read_names([COMPILED]), today=date(2026, 10, 6), smallest=5)
    assert dict(figures.outcomes.cells) == {"stay": 40, "go": None}
    assert (figures.languages, figures.outcomes.total, figures.is_open) == (None, None, True)
    assert len(figures.starts.cells) == 6


def test_old_counts_are_forgotten(office):  # noqa: F811
    count_month({"stay": 1}, {})
    count_month({"stay": 1}, {}, date(2026, 10, 6))
    assert forget_before(now=datetime(2026, 10, 16, 12, tzinfo=UTC), days=10) == 1
    assert list(Count.objects.values_list("day", flat=True)) == [date(2026, 10, 6)]


def test_the_table_of_counts_has_no_room_for_anything_else(office):  # noqa: F811
    with connection.cursor() as cursor, pytest.raises(DatabaseError):
        cursor.execute("SELECT address FROM assessments_count")
    columns = {field.name for field in Count._meta.get_fields()}
    assert columns == {"id", "package", "version", "day", "kind", "what", "language", "number"}
