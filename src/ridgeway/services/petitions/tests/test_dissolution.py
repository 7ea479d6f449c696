"""The end of a Parliament: announced, told, closed, archived, made anonymous; as Sofia goes through it."""

# ruff: noqa: F811 - fixtures are taken by name

from datetime import UTC, date, datetime, timedelta

import pytest

from ridgeway.office.audit.models import Entry
from ridgeway.office.notices.models import QueuedNotice, RequestedMailing
from ridgeway.office.notices.spreading import spread_mailings
from ridgeway.office.tests.ready import any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.actions.anonymising import anonymise_due, require_anonymisable
from ridgeway.services.petitions.actions.archiving import (
    archive_parliament,
    archive_started,
    close_archive,
    start_archiving,
)
from ridgeway.services.petitions.actions.dissolving import (
    Announcement,
    ParliamentError,
    announce,
    cancel_closure,
    dissolve_due,
    schedule_closure,
    send_mails,
)
from ridgeway.services.petitions.actions.founding import Described, enter_parliament
from ridgeway.services.petitions.actions.informing import mail_privacy_notice
from ridgeway.services.petitions.models import Parliament, Petition, PlaceCount, Signature
from ridgeway.services.petitions.notices import KINDS
from ridgeway.services.petitions.operating.progress import Progress
from ridgeway.services.petitions.states import SignatureRole, SignatureState, State
from ridgeway.services.petitions.tests.cast import NOON, found_site, open_petition, sign_row
from ridgeway.services.petitions.writer.recounting import recount

END = NOON + timedelta(days=20)
SAID = Announcement(
    dissolution_at=END,
    dissolution_heading="Petitions will close",
    dissolution_message="Sign before then.",
    dissolution_faq_url="https://www.parliament.example/questions",
    registration_closes_at=END + timedelta(days=10),
    election_on=date(2027, 1, 21),
    shows_dissolution=True,
)


def found() -> Parliament:
    found_site()
    return Parliament.objects.get()


def dissolved(**values: object) -> Parliament:
    parliament = found()
    Parliament.objects.update(dissolution_at=END, closure_scheduled_at=END, **values)
    parliament.refresh_from_db()
    return parliament


def test_a_dissolution_is_announced_told_and_scheduled_in_this_order(any_office):
    parliament = found()
    for step in (send_mails, cancel_closure):
        with pytest.raises(ParliamentError):
            step(parliament.pk, actor=None, now=NOON)
    with pytest.raises(ParliamentError, match="say first"):
        schedule_closure(parliament.pk, NOON, actor=None, now=NOON)
    announce(parliament.pk, SAID, actor=None, now=NOON)
    send_mails(parliament.pk, actor=None, now=NOON)
    schedule_closure(parliament.pk, NOON - timedelta(days=5), actor=None, now=NOON)
    parliament.refresh_from_db()
    assert parliament.closure_scheduled_at == END
    assert RequestedMailing.objects.get().subject == f"parliament:{parliament.pk}"
    acts = list(Entry.objects.order_by("pk").values_list("act", flat=True))
    assert acts == ["petitions.announce_dissolution", "petitions.mail_dissolution", "petitions.schedule_closure"]


def test_mails_of_a_dissolution_asked_for_twice_are_one_mailing(office):
    parliament = found()
    announce(parliament.pk, SAID, actor=None, now=NOON)
    for _ in range(2):
        send_mails(parliament.pk, actor=None, now=NOON)
    assert RequestedMailing.objects.count() == 1


def test_a_date_that_is_moved_moves_the_scheduled_closure_and_a_closure_can_be_taken_back(office):
    parliament = found()
    announce(parliament.pk, SAID, actor=None, now=NOON)
    schedule_closure(parliament.pk, NOON, actor=None, now=NOON)
    later = Announcement(dissolution_at=END + timedelta(days=7))
    assert announce(parliament.pk, later, actor=None, now=NOON).closure_scheduled_at == END + timedelta(days=7)
    assert cancel_closure(parliament.pk, actor=None, now=NOON).closure_scheduled_at is None


def test_at_the_instant_what_is_open_closes_and_what_nobody_published_stops(any_office):
    parliament = dissolved(notification_cutoff_at=NOON - timedelta(days=40))
    opened = open_petition()
    waiting = {
        state: open_petition(state) for state in (State.PENDING, State.VALIDATED, State.SPONSORED, State.FLAGGED)
    }
    early = open_petition(State.SPONSORED, created_at=NOON - timedelta(days=60))
    special = open_petition(State.SPONSORED, special_consideration=True)
    rejected = open_petition(State.REJECTED)
    assert dissolve_due(now=END - timedelta(seconds=1)) == 0
    assert dissolve_due(now=END + timedelta(hours=1)) == 7
    assert dissolve_due(now=END + timedelta(hours=2)) == 0
    opened.refresh_from_db()
    assert (opened.state, opened.closed_at) == (State.CLOSED, END)
    for petition in (*waiting.values(), early, special):
        petition.refresh_from_db()
        assert (petition.state, petition.stopped_at) == (State.STOPPED, END)
    rejected.refresh_from_db()
    assert rejected.state == State.REJECTED
    told = set(QueuedNotice.objects.filter(kind="petitions.stopped").values_list("subject", flat=True))
    assert told == {f"petition:{waiting[state].pk}" for state in (State.VALIDATED, State.SPONSORED)}
    assert parliament.archived_at is None


def test_a_parliament_is_archived_two_days_later_at_the_earliest_and_only_when_nothing_is_open(office):
    parliament = dissolved()
    open_petition()
    with pytest.raises(ParliamentError, match="two days"):
        start_archiving(parliament.pk, actor=None, now=END + timedelta(days=1))
    with pytest.raises(ParliamentError, match="still open"):
        start_archiving(parliament.pk, actor=None, now=END + timedelta(days=3))
    dissolve_due(now=END)
    assert start_archiving(parliament.pk, actor=None, now=END + timedelta(days=3)).archiving_started_at is not None
    with pytest.raises(ParliamentError, match="being archived"):
        announce(parliament.pk, SAID, actor=None, now=END + timedelta(days=3))


def test_archiving_goes_on_where_it_was_stopped_and_freezes_the_lines_that_held(any_office, monkeypatch):
    parliament = dissolved()
    petitions = [open_petition(State.CLOSED, closed_at=END) for _ in range(5)]
    PlaceCount.objects.create(petition=petitions[0], kind="constituency", code="C1", count=1)
    at = END + timedelta(days=3)
    start_archiving(parliament.pk, actor=None, now=at)
    monkeypatch.setattr("ridgeway.services.petitions.actions.archiving.CHUNK", 2)
    stopping = Progress()
    monkeypatch.setattr(Progress, "report", lambda self, *_: setattr(self, "is_stopped", self is stopping))
    assert archive_parliament(parliament, now=at, progress=stopping) == 2
    parliament.refresh_from_db()
    assert parliament.archived_at is None
    assert archive_started(now=at + timedelta(hours=1)) == 3
    assert archive_started(now=at + timedelta(hours=2)) == 0
    parliament.refresh_from_db()
    assert parliament.archived_at == at + timedelta(hours=1)
    assert (parliament.threshold_for_response, parliament.threshold_for_debate) == (10_000, 100_000)
    assert parliament.petition_duration_months == 6
    assert Petition.objects.filter(archived_at=None).count() == 0
    assert PlaceCount.objects.get().count == 1


def archived(days: int = 200) -> Parliament:
    parliament = dissolved()
    Parliament.objects.update(
        dissolution_at=NOON - timedelta(days=days), archiving_started_at=NOON, archived_at=NOON - timedelta(days=190)
    )
    parliament.refresh_from_db()
    return parliament


def signed_petition(parliament: Parliament, **values: object) -> Petition:
    petition = open_petition(State.CLOSED, parliament=parliament, archived_at=NOON, **values)
    place = parliament.constituencies.model.objects.get(code="C1")
    place.example_postcode = "AL99ZZ"
    place.save()
    for name in ("Suzie", "Tom"):
        sign_row(
            petition,
            name,
            state=SignatureState.VALIDATED,
            constituency=place,
            ip="192.0.2.1",
            validated_at=NOON,
            wants_updates=True,
        )
    return petition


def test_six_months_later_signers_are_nobody_and_still_counted(any_office):
    parliament = archived()
    petition = signed_petition(parliament)
    assert anonymise_due(now=NOON) == 3
    for signature in petition.signatures.all():
        assert signature.name == "Anonymous"
        assert signature.email == signature.canonical_email == f"{signature.pk}@anonymous.invalid"
        assert (signature.ip, signature.source, signature.confirm_token, signature.wants_updates) == (
            None,
            "",
            "",
            False,
        )
        assert signature.anonymized_at == NOON
    assert set(petition.signatures.exclude(role=SignatureRole.CREATOR).values_list("postcode", flat=True)) == {"AL99ZZ"}
    assert petition.signatures.filter(state=SignatureState.VALIDATED).count() == 3
    parliament.refresh_from_db()
    petition.refresh_from_db()
    assert parliament.anonymized_at == petition.anonymized_at == NOON
    assert recount(petition.pk, now=NOON) is None
    assert anonymise_due(now=NOON) == 0


def test_a_petition_that_must_be_kept_is_kept_and_those_after_it_are_done_all_the_same(any_office):
    parliament = archived()
    first = signed_petition(parliament)
    kept = signed_petition(parliament, do_not_anonymize=True)
    last = signed_petition(parliament)
    anonymise_due(now=NOON)
    assert kept.signatures.filter(anonymized_at=None).count() == 3
    assert first.signatures.filter(anonymized_at=None).count() == 0
    assert last.signatures.filter(anonymized_at=None).count() == 0
    parliament.refresh_from_db()
    assert parliament.anonymized_at == NOON


def test_nobody_becomes_anonymous_too_early(office):
    parliament = archived(days=100)
    signed_petition(parliament)
    assert anonymise_due(now=NOON) == 0
    with pytest.raises(ParliamentError, match="six months"):
        require_anonymisable(parliament.pk, now=NOON)


def test_making_anonymous_goes_on_within_a_petition_where_it_was_stopped(office, monkeypatch):
    parliament = archived()
    petition = signed_petition(parliament)
    monkeypatch.setattr("ridgeway.services.petitions.actions.anonymising.CHUNK", 1)
    stopping = Progress()
    monkeypatch.setattr(Progress, "report", lambda self, *_: setattr(self, "is_stopped", self is stopping))
    assert anonymise_due(now=NOON, progress=stopping) == 1
    petition.refresh_from_db()
    assert petition.anonymized_at is None
    assert anonymise_due(now=NOON) == 2
    assert Signature.objects.filter(anonymized_at=None).count() == 0


def test_a_new_parliament_starts_while_the_old_one_stays_in_the_archive(office):
    old = archived()
    new = Parliament.objects.create(
        period="2027-2032", government="Others", opening_at=datetime(2027, 2, 1, tzinfo=UTC), created_at=NOON
    )
    assert set(Parliament.objects.filter(archived_at=None)) == {new}
    assert old.period != new.period


def spread_all() -> list[str]:
    """Everybody whom the mailings reach, by the key of the notice."""
    assert {each.name for each in KINDS} >= set(RequestedMailing.objects.values_list("kind", flat=True))
    while spread_mailings(now=NOON + timedelta(days=30)):
        pass
    return sorted(QueuedNotice.objects.values_list("recipient_key", flat=True))


def test_suzie_who_signed_three_open_petitions_gets_one_mail_about_the_dissolution(any_office):
    parliament = found()
    first = open_petition()
    signed = {"state": SignatureState.VALIDATED, "wants_updates": True}
    Signature.objects.filter(petition=first).update(wants_updates=True)
    suzie = sign_row(first, "Suzie", **signed)
    for name in ("Suzie", "Tom"):
        sign_row(
            open_petition(), name, **signed | {"email": "Suzie@example.org", "canonical_email": "suzie@example.org"}
        )
    announce(parliament.pk, SAID, actor=None, now=NOON)
    for _ in range(2):
        send_mails(parliament.pk, actor=None, now=NOON)
        keys = spread_all()
    assert keys == sorted([f"signature:{first.creator_id}", f"signature:{suzie.pk}"])
    notice = QueuedNotice.objects.get(recipient_key=f"signature:{suzie.pk}")
    assert notice.address == "suzie@example.org"


def test_everybody_hears_once_that_the_privacy_notice_changed(any_office):
    found()
    first = open_petition()
    valid = {"state": SignatureState.VALIDATED, "canonical_email": "suzie@example.org", "validated_at": NOON}
    for name in ("Suzie", "Susi"):
        for petition in (first, open_petition()):
            sign_row(petition, name, **valid)
    Signature.objects.filter(role=SignatureRole.CREATOR).update(validated_at=NOON)
    for _ in range(2):
        mail_privacy_notice(None, actor=None, now=NOON)
        keys = spread_all()
    assert len(keys) == 2
    assert Entry.objects.filter(act="petitions.mail_privacy_notice").count() == 2


def test_each_parliament_has_its_own_lines_and_constituencies(any_office):
    old = archived()
    Parliament.objects.update(threshold_for_response=500, threshold_for_debate=5_000)
    constituency = old.constituencies.model.objects.get(code="C1")
    old.constituencies.add(constituency)
    constituency.ends_on = date(2027, 1, 1)
    constituency.save()
    new = enter_parliament(Described("2027-2032", "Others", NOON), actor=None, now=NOON)
    assert {each.code for each in new.constituencies.all()} == {"C2"}
    assert {each.code for each in old.constituencies.all()} == {"C1"}
    assert not new.threshold_for_response
    close_archive(new.pk, now=NOON)
    new.refresh_from_db()
    lines = [new.threshold_for_response, new.threshold_for_debate]
    assert lines == [10_000, 100_000]
    with pytest.raises(ParliamentError, match="already"):
        enter_parliament(Described("2027-2032", "Others", NOON), actor=None, now=NOON)
