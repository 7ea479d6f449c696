"""What is kept is forgotten in time; and what is kept of one person can be told and erased."""

# ruff: noqa: F811 - fixtures are taken by name

import json
from datetime import timedelta

from ridgeway.office.audit.models import Entry
from ridgeway.office.notices import post_notice
from ridgeway.office.notices.models import QueuedNotice
from ridgeway.office.tests.ready import any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.actions.erasing import erase_person, export_person
from ridgeway.services.petitions.actions.forgetting import (
    ADDRESSES_KEPT,
    DRAFTS_KEPT,
    FEEDBACK_KEPT,
    PENDING_KEPT,
    forget_addresses,
    forget_drafts,
    forget_feedback,
    forget_pending,
)
from ridgeway.services.petitions.models import Draft, Feedback, Petition, Signature
from ridgeway.services.petitions.service import SERVICE
from ridgeway.services.petitions.states import SignatureRole, SignatureState, State
from ridgeway.services.petitions.tests.cast import NOON, found_site, open_petition, sign_row
from ridgeway.services.petitions.writer.recounting import count_rows

SECOND = timedelta(seconds=1)


def draft(mark: str, **values: object) -> Draft:
    return Draft.objects.create(token_digest=mark, **{"created_at": NOON, "updated_at": NOON} | values)


def test_a_draft_is_forgotten_after_a_day(any_office):
    draft("a", created_at=NOON - DRAFTS_KEPT)
    draft("b", created_at=NOON - DRAFTS_KEPT + SECOND)
    assert forget_drafts(now=NOON) == 1
    assert Draft.objects.get().token_digest == "b"
    assert forget_drafts(now=NOON) == 0


def test_feedback_is_forgotten_after_a_year(any_office):
    for days in (FEEDBACK_KEPT, FEEDBACK_KEPT - SECOND):
        Feedback.objects.create(comment="Good", created_at=NOON - days)
    assert forget_feedback(now=NOON) == 1
    assert Feedback.objects.count() == 1


def test_from_where_somebody_signed_is_forgotten_after_six_months_and_the_signature_stays(any_office):
    found_site()
    petition = open_petition()
    where = {"ip": "192.0.2.1", "confirmed_ip": "192.0.2.1", "source": "192.0.2.1", "state": SignatureState.VALIDATED}
    old = sign_row(petition, "Old", created_at=NOON - ADDRESSES_KEPT, **where)
    new = sign_row(petition, "New", created_at=NOON - ADDRESSES_KEPT + SECOND, **where)
    assert forget_addresses(now=NOON) == 1
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.ip, old.confirmed_ip, old.source, old.email) == (None, None, "", "old@example.org")
    assert new.ip == "192.0.2.1"
    assert count_rows(petition.pk)[0] == 3


def test_a_signature_that_nobody_confirmed_is_forgotten_after_six_months_with_its_mail(any_office):
    found_site()
    petition = open_petition()
    pending = sign_row(petition, "Pia", created_at=NOON - PENDING_KEPT)
    sign_row(petition, "Val", created_at=NOON - PENDING_KEPT, state=SignatureState.VALIDATED)
    post_notice(
        "petitions.confirm_signature",
        subject=f"petition:{petition.pk}",
        recipient_key=f"signature:{pending.pk}",
        address=pending.email,
        payload={"token": "x"},
        now=NOON,
    )
    assert forget_pending(now=NOON) == 1
    assert set(petition.signatures.values_list("name", flat=True)) == {"Carla", "Val"}
    assert (QueuedNotice.objects.get().address, QueuedNotice.objects.get().payload) == ("", "{}")


def test_a_petition_whose_creator_never_came_back_is_forgotten_and_one_with_support_is_not(any_office):
    found_site()
    left = open_petition(State.PENDING, created_at=NOON - PENDING_KEPT)
    Signature.objects.filter(petition=left).update(created_at=NOON - PENDING_KEPT)
    kept = open_petition(State.VALIDATED, created_at=NOON - PENDING_KEPT)
    forget_pending(now=NOON)
    assert set(Petition.objects.values_list("pk", flat=True)) == {kept.pk}
    assert Entry.objects.filter(act="petitions.forget", subject=f"petition:{left.pk}").count() == 1


def test_everything_that_the_plate_says_is_kept_has_a_test_here_or_beside():
    tested = {
        "petitions.forget_drafts",
        "petitions.forget_feedback",
        "petitions.forget_addresses",
        "petitions.forget_pending",
        "petitions.anonymise",  # test_dissolution.py
    }
    assert {kept.duty for kept in SERVICE.kept} == tested


def life_of_suzie() -> tuple[Petition, Signature]:
    found_site()
    petition = open_petition()
    suzie = sign_row(petition, "Suzie", state=SignatureState.VALIDATED, validated_at=NOON, ip="192.0.2.5")
    sign_row(open_petition(), "Susi", email="Suzie+trees@example.org", canonical_email="suzie@example.org")
    Feedback.objects.create(comment="Thanks", email="suzie@example.org", created_at=NOON)
    draft("s", answers={"action": "More trees", "email": "suzie@example.org"})
    return petition, suzie


def test_suzie_is_told_all_that_is_kept_about_her_and_nothing_about_others(any_office):
    life_of_suzie()
    told = export_person("suzie@example.org")
    assert {each["name"] for each in told["signatures"]} == {"Suzie", "Susi"}
    assert [each["comment"] for each in told["feedback"]] == ["Thanks"]
    assert told["drafts"][0]["action"] == "More trees"
    text = json.dumps(told, default=str)
    assert "Carla" not in text
    assert "confirm-" not in text


def test_suzie_is_erased_and_goes_on_counting(any_office):
    petition, suzie = life_of_suzie()
    erased = erase_person("SUZIE@example.org", actor=None, now=NOON)
    assert erased == {"signatures": 1, "unconfirmed": 1, "feedback": 1, "drafts": 1}
    suzie.refresh_from_db()
    assert (suzie.name, suzie.ip, suzie.state) == ("Anonymous", None, SignatureState.VALIDATED)
    assert count_rows(petition.pk)[0] == 2
    empty = export_person("suzie@example.org")
    assert not any(empty[part] for part in ("signatures", "petitions", "mails", "feedback", "drafts"))
    assert erase_person("suzie@example.org", actor=None, now=NOON) == dict.fromkeys(erased, 0)
    lines = list(Entry.objects.filter(act="petitions.erase"))
    assert len(lines) == 1
    assert "suzie" not in f"{lines[0].subject}{lines[0].details}".lower()


def test_a_creator_who_is_erased_is_no_longer_named_at_the_petition(office):
    found_site()
    petition = open_petition()
    erase_person("carla@example.org", actor=None, now=NOON)
    petition.refresh_from_db()
    assert petition.creator.name == "Anonymous"
    assert petition.creator.role == SignatureRole.CREATOR
