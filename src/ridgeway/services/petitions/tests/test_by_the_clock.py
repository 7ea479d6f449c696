"""The life of petitions by the clock: deadlines, pauses, debates, counts; as Petra relies on it."""

# ruff: noqa: F811 - fixtures are taken by name

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings

from ridgeway.office.audit.models import Entry
from ridgeway.office.notices.models import QueuedNotice
from ridgeway.office.tests.ready import Office, any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions import jobs
from ridgeway.services.petitions.actions.closing import close_due, note_debated
from ridgeway.services.petitions.actions.counting import check_counts, list_unproven
from ridgeway.services.petitions.actions.pausing import extend_for_today
from ridgeway.services.petitions.actions.sources import note_sources
from ridgeway.services.petitions.models import (
    Parliament,
    Petition,
    PlaceCount,
    RateLimits,
    SiteSettings,
    TrendingSource,
)
from ridgeway.services.petitions.rules.closing import decide_deadline
from ridgeway.services.petitions.rules.signing import Answer
from ridgeway.services.petitions.states import DebateState, SignatureState, State
from ridgeway.services.petitions.tests.cast import (
    NOON,
    Clock,
    do,
    form_of,
    found_site,
    link_of,
    open_petition,
    sign_row,
)
from ridgeway.services.petitions.writer.store import SignatureStore

LONDON = ZoneInfo("Europe/London")


def closing(at: datetime, **values: Any) -> Petition:
    return open_petition(closes_at=at, **values)


def test_a_petition_closes_at_local_midnight_six_months_after_it_was_opened_in_summer_and_winter(any_office):
    found_site()
    opened = datetime(2026, 9, 29, 14, tzinfo=UTC)
    deadline = decide_deadline(opened, months=6, zone=LONDON)
    assert deadline == datetime(2027, 3, 29, 23, tzinfo=UTC)  # midnight of the 30th, when summer time has begun
    petition = closing(deadline, opened_at=opened)
    assert close_due(now=deadline - timedelta(seconds=1)) == 0
    assert close_due(now=deadline + timedelta(hours=9)) == 1
    petition.refresh_from_db()
    assert (petition.state, petition.closed_at) == (State.CLOSED, deadline)
    assert Entry.objects.filter(act="petitions.close", subject=f"petition:{petition.pk}").count() == 1


def test_closing_twice_late_or_with_a_clock_that_went_back_closes_once_and_at_the_deadline(office):
    found_site()
    deadline = NOON
    petition = closing(deadline)
    assert close_due(now=deadline + timedelta(days=3)) == 1
    assert close_due(now=deadline + timedelta(days=3)) == 0
    assert close_due(now=deadline - timedelta(days=3)) == 0
    petition.refresh_from_db()
    assert petition.closed_at == deadline


def test_at_the_dissolution_a_petition_closes_before_its_deadline(office):
    found_site()
    Parliament.objects.update(dissolution_at=NOON)
    petition = closing(NOON + timedelta(days=90))
    assert close_due(now=NOON + timedelta(minutes=1)) == 1
    petition.refresh_from_db()
    assert petition.closed_at == NOON


def test_suzie_confirms_within_a_day_after_the_petition_closed_and_counts_and_tom_comes_too_late(any_office):
    found_site()
    petition, clock = closing(NOON), Clock(NOON - timedelta(minutes=5))
    store = SignatureStore(clock=clock)
    do(store, form_of(petition, "Suzie"), form_of(petition, "Tom"))
    suzie, tom = petition.signatures.exclude(name="Carla").order_by("name")
    clock.now = NOON
    close_due(now=clock.now)
    assert do(store, form_of(petition, "Late"))[0].answer == Answer.NOT_OPEN
    clock.pass_by(hours=23)
    assert do(store, link_of(suzie))[0].answer == Answer.ACCEPTED
    clock.pass_by(hours=2)
    assert do(store, link_of(tom))[0].answer == Answer.NOT_OPEN
    petition.refresh_from_db()
    assert petition.signature_count == 2


def test_while_signing_is_paused_every_open_petition_gets_a_day_more_each_day_and_only_one(any_office):
    found_site(accepts_signatures=False)
    petition, closed = closing(datetime(2026, 12, 1, tzinfo=UTC)), open_petition(State.CLOSED)
    with override_settings(TIME_ZONE="Europe/London"):
        for day in (24, 24, 25, 24, 25, 26):  # twice a day, and by a clock that was set back
            extend_for_today(today=date(2026, 11, day), now=NOON)
    petition.refresh_from_db()
    assert petition.closes_at == datetime(2026, 12, 4, tzinfo=UTC)
    assert petition.extension_days == 3
    before = closed.closes_at
    closed.refresh_from_db()
    assert closed.closes_at == before
    SiteSettings.objects.update(accepts_signatures=True)
    assert extend_for_today(today=date(2026, 11, 27), now=NOON) == 0


def test_an_added_day_ends_at_local_midnight_though_the_clocks_change(office):
    found_site(accepts_signatures=False)
    petition = closing(datetime(2027, 3, 28, 0, tzinfo=UTC))
    with override_settings(TIME_ZONE="Europe/London"):
        extend_for_today(today=date(2026, 11, 24), now=NOON)
    petition.refresh_from_db()
    assert petition.closes_at == datetime(2027, 3, 28, 23, tzinfo=UTC)


def test_a_debate_counts_as_held_on_the_day_after(any_office):
    found_site()
    petition = open_petition(debate_state=DebateState.SCHEDULED, scheduled_debate_date=date(2026, 11, 24))
    assert note_debated(today=date(2026, 11, 24), now=NOON) == 0
    assert note_debated(today=date(2026, 11, 25), now=NOON) == 1
    petition.refresh_from_db()
    assert petition.debate_state == DebateState.DEBATED


def test_the_nightly_check_finds_nothing_after_people_have_signed(any_office):
    found_site(team_mailbox="team@parliament.example")
    petition, clock = open_petition(), Clock()
    PlaceCount.objects.create(petition=petition, kind="country", code="GB", count=1)
    store = SignatureStore(clock=clock)
    do(store, *(form_of(petition, name) for name in ("Ada", "Ben", "Cleo")))
    do(store, *(link_of(signature) for signature in petition.signatures.filter(state=SignatureState.PENDING)))
    assert list_unproven().count() == 1
    assert check_counts(now=clock.pass_by(hours=12)) == []
    assert list_unproven().count() == 0
    assert QueuedNotice.objects.filter(kind="petitions.report").count() == 0


def test_a_count_that_a_hand_has_spoilt_is_repaired_and_the_team_is_told_once(any_office):
    found_site(team_mailbox="team@parliament.example")
    petition = open_petition(last_signed_at=NOON)
    sign_row(petition, "Ada", state=SignatureState.VALIDATED, validated_at=NOON)
    Petition.objects.update(signature_count=40)
    later = NOON + timedelta(hours=14)
    (difference,) = check_counts(now=later)
    assert (difference.kept, difference.counted) == (40, 2)
    petition.refresh_from_db()
    assert petition.signature_count == 2
    assert Entry.objects.filter(act="petitions.repair_count").count() == 1
    assert QueuedNotice.objects.filter(kind="petitions.report", recipient_key="team").count() == 1
    assert check_counts(now=later, is_all=True) == []


def test_the_check_can_look_without_repairing_and_be_switched_off(office):
    found_site(checks_counts=False)
    petition = open_petition(last_signed_at=NOON, signature_count=7)
    assert jobs.check_counts(NOON) == "switched off"
    assert len(check_counts(now=NOON, repairs=False)) == 1
    petition.refresh_from_db()
    assert petition.signature_count == 7


def test_the_team_is_told_once_a_day_while_the_writer_does_not_answer(office: Office):
    found_site(team_mailbox="team@parliament.example")
    assert jobs.watch_writer(NOON) == "no writer on this machine"
    (office.settings.state_dir / "run").mkdir()
    for minute in range(3):
        assert jobs.watch_writer(NOON + timedelta(minutes=minute)) == "the writer does not answer"
    assert QueuedNotice.objects.filter(subject="warning:writer").count() == 1


def test_an_address_from_which_a_petition_is_signed_remarkably_often_is_noted_hourly(any_office):
    found_site(team_mailbox="team@parliament.example")
    RateLimits.objects.update(
        logs_trending=True, trending_threshold=3, trending_alert_threshold=4, ignored_domains="quiet.example"
    )
    petition, at = open_petition(), NOON - timedelta(minutes=30)
    for name in ("a", "b", "c", "d"):
        sign_row(petition, name, state=SignatureState.VALIDATED, validated_at=at, ip="192.0.2.7")
        sign_row(petition, f"{name}q", email=f"{name}@quiet.example", state=SignatureState.VALIDATED, validated_at=at)
    for _ in range(2):
        assert note_sources(now=NOON + timedelta(minutes=10)) == 2
    noted = set(TrendingSource.objects.values_list("kind", "source", "count"))
    assert noted == {("ip", "192.0.2.7", 4), ("domain", "example.org", 4)}
    assert QueuedNotice.objects.filter(kind="petitions.report").count() == 1


@pytest.mark.parametrize(
    "duty", ["close_due", "dissolve", "note_debates", "extend_deadlines", "check_counts", "archive"]
)
def test_a_duty_with_nothing_to_do_says_so(office, duty: str):
    found_site()
    assert getattr(jobs, duty)(NOON).startswith("0 ")
