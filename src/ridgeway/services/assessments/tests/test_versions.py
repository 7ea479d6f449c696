"""The life of a version: added, signed off, scheduled, live, replaced, ended, withdrawn, restored; each told once."""

import threading
from datetime import timedelta
from itertools import product

import pytest
from django.db import connection

from ridgeway.office.audit.models import Entry
from ridgeway.office.people.tests.cast import make_account
from ridgeway.office.tests.ready import any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.assessments.actions.adding import add_version
from ridgeway.services.assessments.actions.dates import Kept, keep_dates
from ridgeway.services.assessments.actions.doing import RefusedError, UnknownVersionError
from ridgeway.services.assessments.actions.publishing import activate, end, restore, schedule, unschedule, withdraw
from ridgeway.services.assessments.actions.signing import sign_off
from ridgeway.services.assessments.models import SignOff, Version
from ridgeway.services.assessments.operating.loading import BrokenVersionError
from ridgeway.services.assessments.operating.preparing import is_live, put_live
from ridgeway.services.assessments.operating.reading import BrokenPackageError, read_checked, read_checked_archive
from ridgeway.services.assessments.states import VERSION, Event, State, StateError, find_next, get_next
from ridgeway.services.assessments.tests.versions import (
    NOON,
    keep_version,
    make_checked,
    operator,
    staff,
    write_package,
)

TOMORROW = NOON + timedelta(days=1)


def state_of(version):
    return Version.objects.values_list("state", flat=True).get(pk=version.pk)


def test_what_the_table_does_not_name_is_refused_with_what_is_possible():
    for state, event in product(State, Event):
        after = find_next(state, event)
        if after is None:
            with pytest.raises(StateError, match="cannot"):
                get_next(state, event)
        else:
            assert get_next(state, event) is VERSION[state][event]
    assert find_next(State.WITHDRAWN, Event.GO_LIVE) is None


def test_a_version_goes_live_and_replaces_the_one_before(any_office):  # noqa: F811
    first, second = keep_version("1.0.0"), keep_version("1.1.0")
    activate(first.pk, by=operator())
    activate(second.pk, by=operator(TOMORROW), reason="new rules")
    assert (state_of(first), state_of(second)) == (State.REPLACED, State.LIVE)
    activate(first.pk, by=operator(TOMORROW), reason="the rules were wrong")
    assert (state_of(first), state_of(second)) == (State.LIVE, State.REPLACED)
    acts = Entry.objects.order_by("id").values_list("act", "subject", "reason")
    assert list(acts) == [
        ("assessments.add", "assessment:home-check", ""),
        ("assessments.add", "assessment:home-check", ""),
        ("assessments.activate", "assessment:home-check", ""),
        ("assessments.activate", "assessment:home-check", "new rules"),
        ("assessments.activate", "assessment:home-check", "the rules were wrong"),
    ]


def test_a_version_never_changes_and_is_added_once(office):  # noqa: F811
    version = keep_version()
    again = add_version(make_checked(), by=operator())
    assert (again.version.pk, again.is_new) == (version.pk, False)
    with pytest.raises(RefusedError, match="another content"):
        add_version(make_checked(valid="until: 2027-01-01"), by=operator())
    assert Version.objects.count() == 1
    assert Entry.objects.count() == 1


def test_what_is_live_already_is_known_by_its_content(office, tmp_path):  # noqa: F811
    file = tmp_path / "service.yaml"
    file.write_bytes(write_package())
    assert is_live(file) is False
    (version,) = put_live([read_checked(file)], now=NOON)
    assert (state_of(version), is_live(file)) == (State.LIVE, True)
    assert put_live([read_checked(file)], now=TOMORROW)[0].pk == version.pk
    file.write_bytes(write_package("1.0.1"))
    assert is_live(file) is False


def test_a_package_with_an_error_is_refused_with_its_line_and_nothing_is_kept(office):  # noqa: F811
    broken = write_package().replace(b"{when: ill, to: outcome.stay}, ", b"")  # nobody gets `stay` any more
    with pytest.raises(BrokenPackageError, match=r"service\.yaml:\d+: error"):
        read_checked_archive(broken, "service.yaml")
    assert Version.objects.count() == 0


def test_the_clock_puts_a_version_live_and_ends_it(any_office):  # noqa: F811
    first, second = keep_version("1.0.0"), keep_version("1.1.0", valid="until: 2026-11-26")
    activate(first.pk, by=operator())
    schedule(second.pk, TOMORROW, by=operator())
    assert keep_dates(now=NOON) == Kept()
    assert keep_dates(now=TOMORROW) == Kept(activated=1)
    assert (state_of(first), state_of(second)) == (State.REPLACED, State.LIVE)
    assert keep_dates(now=TOMORROW) == Kept()
    midnight = NOON.replace(day=27, hour=0)
    assert keep_dates(now=midnight - timedelta(seconds=1)) == Kept()
    assert keep_dates(now=midnight) == Kept(ended=1)
    assert state_of(second) == State.ENDED


def test_a_schedule_is_taken_back_and_a_time_that_has_passed_is_refused(office):  # noqa: F811
    version = keep_version()
    with pytest.raises(RefusedError, match="passed"):
        schedule(version.pk, NOON, by=operator())
    schedule(version.pk, TOMORROW, by=operator())
    unschedule(version.pk, by=operator())
    assert state_of(version) == State.DRAFT
    assert keep_dates(now=TOMORROW) == Kept()


def test_what_is_withdrawn_needs_a_reason_and_comes_back_as_a_draft(office):  # noqa: F811
    version = keep_version()
    activate(version.pk, by=operator())
    with pytest.raises(RefusedError, match="reason"):
        withdraw(version.pk, by=operator(), reason="  ")
    for address in ("javascript:alert(1)", "//evil.example", "https://", "https://a b/", "ftp://health.example/"):
        with pytest.raises(RefusedError, match="web address"):
            withdraw(version.pk, by=operator(), reason="wrong advice", instead=address)
    withdraw(version.pk, by=operator(), reason="wrong advice", instead="https://health.example/")
    with pytest.raises(StateError):
        activate(version.pk, by=operator())
    restore(version.pk, by=operator())
    assert state_of(version) == State.DRAFT
    with pytest.raises(UnknownVersionError):
        withdraw(999, by=operator(), reason="no such thing")


def test_a_version_whose_document_is_broken_never_goes_live(office):  # noqa: F811
    version = keep_version()
    Version.objects.filter(pk=version.pk).update(compiled='{"format": "assessment-compiled/1"}', archive=b"PK")
    with pytest.raises(BrokenVersionError, match="cannot be loaded"):
        activate(version.pk, by=operator())
    assert state_of(version) == State.DRAFT
    schedule_by_hand = Version.objects.filter(pk=version.pk)
    schedule_by_hand.update(state=State.SCHEDULED, activates_at=NOON)
    assert keep_dates(now=TOMORROW) == Kept(refused=1)
    assert state_of(version) == State.SCHEDULED


def test_from_the_desk_a_version_needs_somebody_elses_sign_off_of_this_very_content(office):  # noqa: F811
    ada, avi = make_account("ada@health.example"), make_account("avi@health.example")
    version = keep_version(by=staff(ada))
    sign_off(version.pk, "author", by=staff(ada), digest=version.digest)
    with pytest.raises(RefusedError, match="needs 1"):
        activate(version.pk, by=staff(avi))
    with pytest.raises(RefusedError, match="not the content"):
        sign_off(version.pk, "medical director", by=staff(avi), digest="0" * 64)
    sign_off(version.pk, "medical director", by=staff(avi), digest=version.digest, comment="as agreed")
    with pytest.raises(RefusedError, match="already"):
        sign_off(version.pk, "medical director", by=staff(avi), digest=version.digest)
    activate(version.pk, by=staff(ada))
    signed = SignOff.objects.order_by("pk").values_list("role", "name", "digest", "signed_at")
    assert list(signed) == [
        ("author", ada.name, version.digest, NOON),
        ("medical director", avi.name, version.digest, NOON),
    ]


def test_who_wrote_a_draft_is_nobody_else_though_another_made_it_a_version(office):  # noqa: F811
    ada, avi = make_account("ada@health.example"), make_account("avi@health.example")
    version = keep_version(by=staff(ada))
    Version.objects.filter(pk=version.pk).update(writers=[avi.pk])
    sign_off(version.pk, "author", by=staff(avi), digest=version.digest)
    with pytest.raises(RefusedError, match="wrote or added it, and needs 1"):
        activate(version.pk, by=staff(ada))
    sign_off(version.pk, "medical director", by=operator(), digest=version.digest)
    activate(version.pk, by=staff(ada))


def test_the_tables_hold_one_live_version_whoever_writes_to_them(any_office):  # noqa: F811
    first, second = keep_version("1.0.0"), keep_version("1.1.0")
    activate(first.pk, by=operator())
    with pytest.raises(Exception, match=r"(?i)unique"):
        Version.objects.filter(pk=second.pk).update(state=State.LIVE)
    connection.close()


def test_of_two_who_publish_at_the_same_moment_one_comes_last_and_one_version_is_live(any_office):  # noqa: F811
    versions = [keep_version(f"1.{number}.0") for number in range(4)]
    faults = []

    def publish(version):
        try:
            activate(version.pk, by=operator())
        except Exception as error:  # noqa: BLE001 - what a thread raises is told below
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=publish, args=(version,)) for version in versions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert faults == []
    states = sorted(state_of(version) for version in versions)
    assert states == [State.LIVE, State.REPLACED, State.REPLACED, State.REPLACED]


def test_a_version_is_ended_by_hand(office):  # noqa: F811
    version = keep_version()
    activate(version.pk, by=operator())
    end(version.pk, by=operator(TOMORROW), reason="the season is over")
    assert Version.objects.values_list("state", "ends_at").get() == (State.ENDED, TOMORROW)
