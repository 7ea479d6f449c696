"""The desk when several work at it: who holds a petition, copies to the team, letters, the private link again."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ridgeway.office.audit.models import Entry
from ridgeway.office.notices.models import QueuedNotice, RequestedMailing
from ridgeway.office.people.tests.cast import make_account, signed_in
from ridgeway.office.tests.ready import Office, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import Mailshot, Petition, SiteSettings
from ridgeway.services.petitions.states import SignatureRole, SignatureState, State
from ridgeway.services.petitions.tests.cast import found_site, open_petition, sign_row

TEXTS = {"action": "Plant trees", "background": "Now."}
LETTER = {"subject": "Please wait", "body": "We are late."}
ANSWER = {"responded_on_day": "1", "responded_on_month": "11", "responded_on_year": "2026", "summary": "We will."}


@pytest.fixture
def desk(office: Office) -> Iterator[Office]:  # noqa: F811
    found_site(team_mailbox="team@parliament.example")
    with office.at_site("desk"):
        yield office


def employ(name: str, role: str) -> Client:
    return signed_in(make_account(f"{name.lower()}@parliament.example", name, [f"petitions.{role}"]))


def waiting(days: int = 20) -> Petition:
    reached = timezone.now() - timedelta(days=days)
    return open_petition(State.SPONSORED, moderation_threshold_reached_at=reached)


def test_mona_holds_a_petition_and_moses_sees_it_and_takes_it_over(desk: Office):
    mona, moses, petition = employ("Mona", "moderator"), employ("Moses", "moderator"), waiting()
    page = f"/petitions/{petition.pk}"
    assert "You are working on this petition" in mona.get(page).content.decode()
    assert "Mona is working on this petition." in moses.get(page).content.decode()
    refused = moses.post(f"{page}/text", TEXTS)
    assert refused.status_code == 422
    assert "Mona is working on this petition. Take it over first, then save." in refused.content.decode()
    assert "Plant trees" in refused.content.decode()
    moses.post(f"{page}/lock/take")
    assert moses.post(f"{page}/text", TEXTS).status_code == 302
    assert "Moses is working on this petition." in mona.get(f"{page}/lock").content.decode()
    assert Entry.objects.filter(act="petitions.take_over", subject=f"petition:{petition.pk}").count() == 1


def test_a_petition_is_free_when_mona_leaves_it_or_went_away_long_ago(desk: Office):
    mona, moses, petition = employ("Mona", "moderator"), employ("Moses", "moderator"), waiting()
    page = f"/petitions/{petition.pk}"
    mona.get(page)
    moses.post(f"{page}/lock/release")
    assert "Mona is working" in moses.get(page).content.decode()
    mona.post(f"{page}/lock/release")
    assert "You are working on this petition" in moses.get(page).content.decode()
    Petition.objects.update(locked_at=timezone.now() - timedelta(minutes=16))
    assert "You are working on this petition" in mona.get(page).content.decode()


def test_who_only_looks_holds_nothing_and_a_site_can_do_without_locks(desk: Office):
    SiteSettings.objects.update(locks_petitions=False)
    mona, moses, petition = employ("Mona", "moderator"), employ("Moses", "moderator"), waiting()
    mona.get(f"/petitions/{petition.pk}")
    assert moses.post(f"/petitions/{petition.pk}/text", TEXTS).status_code == 302
    petition.refresh_from_db()
    assert petition.locked_by is None


def test_two_moderators_decide_at_once_and_the_second_is_told(desk: Office):
    mona, moses, petition = employ("Mona", "moderator"), employ("Moses", "moderator"), waiting()
    assert mona.post(f"/petitions/{petition.pk}/approve").status_code == 302
    answer = moses.post(f"/petitions/{petition.pk}/aside/park")
    assert answer.status_code == 400
    assert "Possible now" in answer.content.decode()
    petition.refresh_from_db()
    assert petition.state == State.OPEN


def test_a_response_is_copied_to_the_team_before_anybody_gets_it(desk: Office):
    karim, petition = employ("Karim", "clerk"), open_petition()
    page = f"/petitions/{petition.pk}/response"
    answer = karim.post(page, {**ANSWER, "preview": "yes"}, follow=True)
    assert "a copy is on its way to team@parliament.example" in answer.content.decode()
    copy = QueuedNotice.objects.get()
    assert (copy.kind, copy.address, RequestedMailing.objects.count()) == (
        "petitions.preview",
        "team@parliament.example",
        0,
    )
    karim.post(page, ANSWER)
    assert RequestedMailing.objects.get().kind == "petitions.response"


def test_without_a_mailbox_of_the_team_nothing_is_lost(desk: Office):
    SiteSettings.objects.update(team_mailbox="")
    karim, petition = employ("Karim", "clerk"), open_petition()
    answer = karim.post(f"/petitions/{petition.pk}/response", {**ANSWER, "preview": "yes"}, follow=True)
    assert "there is no mailbox for a copy" in answer.content.decode()
    petition.refresh_from_db()
    assert petition.government_response.summary == "We will."


def test_mails_about_two_entries_of_one_day_do_not_replace_one_another(desk: Office):
    mona, petition = employ("Mona", "moderator"), open_petition()
    form = {"subject": "Evidence", "body": "Heard.", "occurred_on_day": "1", "occurred_on_month": "11"}
    for subject in ("Evidence", "Report"):
        mona.post(f"/petitions/{petition.pk}/business", {**form, "occurred_on_year": "2026", "subject": subject})
    assert list(RequestedMailing.objects.values_list("state", flat=True)) == ["open", "open"]
    assert mona.get(f"/petitions/{petition.pk}/statistics").content.decode().count("petitions.business") == 2
    first = petition.other_business.get(subject="Evidence")
    mona.post(f"/petitions/{petition.pk}/business/{first.pk}/delete")
    assert sorted(RequestedMailing.objects.values_list("state", flat=True)) == ["cancelled", "open"]


def request_id_of(page: str) -> str:
    found = re.search(r'name="request_id" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_mona_writes_to_the_creators_who_wait_too_long_once(desk: Office):
    mona, late, recent = employ("Mona", "moderator"), waiting(), waiting(days=2)
    assert "Write to creators who wait" in mona.get("/petitions/").content.decode()
    page = mona.get("/petitions/overdue").content.decode()
    assert f"/petitions/{late.pk}" in page
    assert f"/petitions/{recent.pk}" not in page
    form = {**LETTER, "request_id": request_id_of(page)}
    copied = mona.post("/petitions/overdue", {**form, "preview": "yes"}).content.decode()
    assert "We are late." in copied
    assert QueuedNotice.objects.get().kind == "petitions.preview"
    for _click in range(2):
        mona.post("/petitions/overdue", form)
    notices = QueuedNotice.objects.filter(kind="petitions.moderation_delayed")
    assert [notice.subject for notice in notices] == [f"petition:{late.pk}"]
    assert Entry.objects.filter(act="petitions.mail_overdue").count() == 1


def test_a_letter_without_words_is_sent_back(desk: Office):
    mona = employ("Mona", "moderator")
    waiting()
    assert mona.post("/petitions/overdue", {"subject": "", "body": "", "request_id": "x"}).status_code == 422
    assert not QueuedNotice.objects.exists()


def test_mona_writes_to_those_who_signed_in_one_constituency(desk: Office):
    mona, petition = employ("Mona", "moderator"), open_petition()
    page = f"/petitions/{petition.pk}/letters"
    mona.post(f"{page}/new", {**LETTER, "constituencies": ["C1"], "silent": "yes"})
    shot = Mailshot.objects.get()
    assert (shot.constituency_codes, shot.mailed_at, RequestedMailing.objects.count()) == (["C1"], None, 0)
    mona.post(f"{page}/{shot.pk}", {**LETTER, "constituencies": ["C1"], "preview": "yes"})
    assert QueuedNotice.objects.get().kind == "petitions.preview"
    mona.post(f"{page}/{shot.pk}", {**LETTER, "constituencies": ["C2"]})
    mailing = RequestedMailing.objects.get()
    assert (mailing.kind, mailing.subject) == ("petitions.mailshot", f"mailshot:{shot.pk}:petition:{petition.pk}")
    assert mona.post(f"{page}/new", {**LETTER, "constituencies": ["NOWHERE"]}).status_code == 422
    assert "Please wait" in mona.get(page).content.decode()
    mona.post(f"{page}/{shot.pk}/delete")
    mailing.refresh_from_db()
    assert (Mailshot.objects.count(), mailing.state) == (0, "cancelled")


def test_mona_sends_the_private_link_again_with_a_copy_to_the_team(desk: Office):
    mona, petition = employ("Mona", "moderator"), open_petition(State.VALIDATED)
    assert "Send the private link again" in mona.get(f"/petitions/{petition.pk}").content.decode()
    mona.post(f"/petitions/{petition.pk}/resend")
    kinds = sorted(QueuedNotice.objects.values_list("kind", flat=True))
    assert kinds == ["petitions.gather_support", "petitions.preview"]
    assert petition.sponsor_token not in str(list(Entry.objects.values_list("details", flat=True)))


def test_notes_save_themselves_and_by_the_button(desk: Office):
    rita, petition = employ("Rita", "reviewer"), waiting()
    page = f"/petitions/{petition.pk}/marks"
    assert f'data-autosave="{page}"' in rita.get(page).content.decode()
    assert rita.post(page, {"notes": "Seen."}, headers={"Accept": "application/json"}).status_code == 204
    assert rita.post(page, {"notes": "Seen twice."}).status_code == 302
    petition.refresh_from_db()
    assert petition.notes == "Seen twice."


def test_the_page_of_a_petition_shows_its_facts_and_never_its_tokens(desk: Office):
    mona, petition = employ("Mona", "moderator"), waiting()
    sign_row(petition, "Ada", role=SignatureRole.SPONSOR, state=SignatureState.VALIDATED)
    page = mona.get(f"/petitions/{petition.pk}").content.decode()
    for text in ("Waiting for moderation", "carla@example.org", "Came to moderation", "Letters to signers"):
        assert text in page
    for secret in (petition.sponsor_token, "confirm-Carla", "signed-Carla", "unsubscribe-Carla"):
        assert secret not in page


def test_mona_sees_that_moderation_is_delayed(desk: Office):
    mona = employ("Mona", "moderator")
    waiting()
    assert "Moderation is delayed" not in mona.get("/petitions/").content.decode()
    SiteSettings.objects.update(moderation_delay_threshold=1)
    assert "Moderation is delayed" in mona.get("/petitions/").content.decode()


def test_a_page_that_is_left_lets_go_of_nothing_that_was_opened_since(desk: Office):
    mona, petition = employ("Mona", "moderator"), waiting()
    page = f"/petitions/{petition.pk}"
    first = re.search(r'data-lock-held-at="([^"]+)"', mona.get(page).content.decode())
    second = re.search(r'data-lock-held-at="([^"]+)"', mona.get(page).content.decode())
    assert first is not None
    assert second is not None
    for held_at, is_held in ((first[1], True), (second[1], False)):
        mona.post(f"{page}/lock/release", {"held_at": held_at})
        petition.refresh_from_db()
        assert (petition.locked_by is not None) is is_held
    for nonsense in ("2026-01-01T00:00:00", "nonsense", "2026-13-45T00:00:00Z"):
        assert mona.post(f"{page}/lock/release", {"held_at": nonsense}).status_code == 400


def test_the_page_of_a_petition_says_in_words_what_was_done_and_answered(desk: Office):
    mona, petition = employ("Mona", "moderator"), open_petition()
    page = f"/petitions/{petition.pk}"
    mona.post(f"{page}/response", {**ANSWER, "details": "At length.", "silent": "yes"})
    mona.post(f"{page}/outcome", {"debated": "no", "overview": "No time.", "silent": "yes"})
    shown = mona.get(page).content.decode()
    for text in ("Wrote the response", "At length.", "Told the outcome of the debate", "Not debated", "No time."):
        assert text in shown
