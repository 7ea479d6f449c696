"""The shelf follows the tables: by the clock, within a second, and never with what is broken."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import override_settings

from ridgeway.office.tests.ready import migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.assessments.actions.publishing import activate, end, schedule, withdraw
from ridgeway.services.assessments.engine.assessment import state_of
from ridgeway.services.assessments.models import Version
from ridgeway.services.assessments.operating.choosing import Standing, rank_versions
from ridgeway.services.assessments.operating.previewing import is_preview, make_preview_name
from ridgeway.services.assessments.operating.shelf import (
    SHELF,
    clear_shelf,
    find_assessment,
    find_instead,
    list_assessments,
)
from ridgeway.services.assessments.operating.today import find_today
from ridgeway.services.assessments.states import State
from ridgeway.services.assessments.tests.versions import NOON, keep_version, operator, write_package
from ridgeway.web.setup import setup_django

TOMORROW = NOON + timedelta(days=1)


@pytest.fixture(autouse=True)
def shelf():
    clear_shelf()
    with override_settings(RIDGEWAY_PAGE_SECONDS=0):
        yield
    clear_shelf()


def version_at(now, **values):
    found = find_assessment("home-check", now, **values)
    return found.version if found else None


def test_people_get_what_is_live_by_the_clock_without_any_duty(office):  # noqa: F811
    first, second = keep_version("1.0.0"), keep_version("1.1.0")
    assert version_at(NOON) is None
    activate(first.pk, by=operator())
    schedule(second.pk, TOMORROW, by=operator())
    assert (version_at(NOON), version_at(TOMORROW)) == ("1.0.0", "1.1.0")
    assert [each.version for each in list_assessments(TOMORROW)] == ["1.1.0"]


def test_who_has_begun_a_version_finishes_it_unless_it_is_withdrawn(office):  # noqa: F811
    first, second = keep_version("1.0.0"), keep_version("1.1.0")
    activate(first.pk, by=operator())
    activate(second.pk, by=operator())
    assert version_at(NOON, digest=first.digest) == "1.0.0"
    withdraw(first.pk, by=operator(), reason="wrong advice")
    assert version_at(NOON, digest=first.digest) == "1.1.0"
    assert version_at(NOON, digest="f" * 64) == "1.1.0"


def test_what_is_withdrawn_is_gone_at_once_and_people_are_sent_on(office):  # noqa: F811
    version = keep_version()
    activate(version.pk, by=operator())
    assert version_at(NOON) == "1.0.0"
    withdraw(version.pk, by=operator(), reason="wrong advice", instead="https://health.example/")
    assert version_at(NOON) is None
    assert find_instead("home-check") == "https://health.example/"
    assert list_assessments(NOON) == ()


def test_a_broken_version_gives_way_to_the_one_before(office, caplog):  # noqa: F811
    first, second = keep_version("1.0.0"), keep_version("1.1.0")
    activate(first.pk, by=operator())
    schedule(second.pk, TOMORROW, by=operator())
    Version.objects.filter(pk=second.pk).update(compiled="{}", archive=b"PK")
    assert version_at(TOMORROW) == "1.0.0"
    assert "broken" in caplog.text


def test_a_document_that_an_earlier_release_compiled_is_compiled_again_from_its_package(office, caplog):  # noqa: F811
    version = keep_version()
    activate(version.pk, by=operator())
    Version.objects.filter(pk=version.pk).update(compiled='{"format": "assessment-compiled/0"}')
    assert version_at(NOON) == "1.0.0"
    assert "compiled again" in caplog.text


def test_a_version_that_has_ended_is_there_to_say_so_and_is_not_listed(office):  # noqa: F811
    version = keep_version()
    activate(version.pk, by=operator())
    end(version.pk, by=operator(), reason="the season is over")
    found = find_assessment("home-check", TOMORROW)
    assert found is not None
    assert state_of(found, find_today("Europe/London", NOON)) == "ended"
    assert list_assessments(TOMORROW) == ()


def test_a_crowd_asks_the_tables_once_a_second_and_a_document_is_loaded_once(office):  # noqa: F811
    activate(keep_version().pk, by=operator())
    with override_settings(RIDGEWAY_PAGE_SECONDS=60):
        first = find_assessment("home-check", NOON)
        with connection.execute_wrapper(refuse):
            assert all(find_assessment("home-check", NOON) is first for _ in range(100))
    assert find_assessment("home-check", NOON) is first


def refuse(*_):
    raise AssertionError("the tables were asked")


def test_while_the_database_is_away_the_shelf_gives_what_it_had(office):  # noqa: F811
    activate(keep_version().pk, by=operator())
    assert version_at(NOON) == "1.0.0"
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE assessments_version RENAME TO elsewhere")
    assert version_at(NOON) == "1.0.0"


def test_a_preview_link_opens_its_draft_until_it_is_over(office):  # noqa: F811
    version = keep_version()
    name = make_preview_name(version.pk, now=NOON)
    assert (is_preview(name), is_preview("home-check"), len(name) <= 64) == (True, False, True)
    found = find_assessment(name, NOON)
    assert found is not None
    assert found.version == "1.0.0"
    assert find_assessment(name, NOON + timedelta(days=15)) is None
    for forged in (
        name[:-1] + "0",
        name[:-1] + "1",
        "preview-1",
        "preview-",
        "preview-x-y-z",
        name.replace("-1-", "-2-"),
    ):
        assert forged == name or find_assessment(forged, NOON) is None
    withdraw(version.pk, by=operator(), reason="wrong advice")
    assert find_assessment(name, NOON) is None


def test_packages_on_disk_are_served_without_any_table(office, tmp_path):  # noqa: F811
    (tmp_path / "service.yaml").write_bytes(write_package("7.0.0"))
    services = {"assessments": {"packages": str(tmp_path / "service.yaml"), "preview_today": "2027-03-01"}}
    setup_django(replace(office.settings, services=services), room="office")
    with connection.execute_wrapper(refuse):
        assert version_at(NOON) == "7.0.0"
        assert find_assessment("other", NOON) is None
        assert find_instead("other") == ""
        assert [each.id for each in list_assessments(NOON)] == ["home-check"]
    assert find_today("Europe/London", NOON).isoformat() == "2027-03-01"


def test_the_day_is_that_of_the_package(office):  # noqa: F811
    late = NOON.replace(hour=23, minute=30)
    assert find_today("Pacific/Auckland", late).isoformat() == "2026-11-25"
    assert find_today("America/Toronto", late).isoformat() == "2026-11-24"


def test_the_last_that_came_due_counts_and_one_that_goes_on_before_one_that_is_over():
    def standing(pk, state, at=None, ends=None):
        return Standing(pk, "p", str(pk), str(pk), state, at, ends)

    old = standing(1, State.LIVE, NOON - timedelta(days=9))
    due = standing(2, State.SCHEDULED, NOON)
    later = standing(3, State.SCHEDULED, TOMORROW)
    over = standing(4, State.SCHEDULED, NOON, NOON)
    assert rank_versions([old, due, later, over], NOON) == (due, old, over)
    assert rank_versions([later], NOON) == ()
    assert SHELF.live == {}
