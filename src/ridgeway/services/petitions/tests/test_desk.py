"""The desk as Mona the moderator, Karim the clerk, Rita the reviewer and Sofia the administrator use it."""

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from PIL import Image

from ridgeway.office.audit.models import Entry
from ridgeway.office.notices.models import QueuedNotice, RequestedMailing
from ridgeway.office.people.tests.cast import make_account, signed_in
from ridgeway.office.tests.ready import Office, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import Petition, Proposal, RejectionReason, Tag
from ridgeway.services.petitions.states import SignatureRole, SignatureState, State
from ridgeway.services.petitions.tests.cast import found_site, open_petition, sign_row


@pytest.fixture
def desk(office: Office) -> Iterator[Office]:  # noqa: F811
    found_site(link_domains="parliament.example")
    RejectionReason.objects.create(code="duplicate", title="Duplicate", description="There is one already.")
    RejectionReason.objects.create(code="libellous", title="Libellous", description="No.", is_hidden=True)
    with office.at_site("desk"):
        yield office


def employ(name: str, role: str) -> Client:
    return signed_in(make_account(f"{name.lower()}@parliament.example", name, [f"petitions.{role}"]))


def checked() -> Petition:
    petition = open_petition(State.SPONSORED, moderation_threshold_reached_at=timezone.now() - timedelta(days=12))
    sign_row(petition, "Ada", role=SignatureRole.SPONSOR, state=SignatureState.VALIDATED)
    return petition


def test_mona_sees_the_queue_by_age_and_publishes_a_petition(desk: Office):
    mona, petition = employ("Mona", "moderator"), checked()
    home = mona.get("/petitions/").content.decode()
    assert "Nearly overdue" in home
    page = mona.get(f"/petitions/{petition.pk}").content.decode()
    assert "Publish and mail" in page
    answer = mona.post(f"/petitions/{petition.pk}/approve", follow=True)
    assert "The petition is published." in answer.content.decode()
    petition.refresh_from_db()
    assert petition.state == State.OPEN
    assert set(QueuedNotice.objects.values_list("kind", flat=True)) == {"petitions.published"}


def test_mona_publishes_without_mail(desk: Office):
    mona, petition = employ("Mona", "moderator"), checked()
    mona.post(f"/petitions/{petition.pk}/approve", {"silent": "yes"})
    assert not QueuedNotice.objects.exists()


def test_a_rejection_without_a_reason_is_sent_back_with_what_was_typed(desk: Office):
    mona, petition = employ("Mona", "moderator"), checked()
    answer = mona.post(f"/petitions/{petition.pk}/reject", {"details": "See 7."})
    assert answer.status_code == 422
    assert "Choose a reason." in answer.content.decode()
    assert "See 7." in answer.content.decode()
    mona.post(f"/petitions/{petition.pk}/reject", {"code": "duplicate", "details": "See 7."})
    petition.refresh_from_db()
    assert (petition.state, petition.rejection_details) == (State.REJECTED, "See 7.")


def test_hiding_waits_for_sofia_and_mona_cannot_agree_to_her_own_proposal(desk: Office):
    mona, sofia, petition = employ("Mona", "moderator"), employ("Sofia", "sysadmin"), checked()
    answer = mona.post(f"/petitions/{petition.pk}/reject", {"code": "libellous", "details": "A name."}, follow=True)
    assert "A second person has to agree now." in answer.content.decode()
    proposal = Proposal.objects.get()
    assert mona.post(f"/petitions/proposals/{proposal.pk}/agree").status_code == 403
    assert "proposes to hide" in sofia.get("/petitions/").content.decode()
    sofia.post(f"/petitions/proposals/{proposal.pk}/agree")
    petition.refresh_from_db()
    assert petition.state == State.HIDDEN


def test_only_sofia_brings_back_what_was_refused(desk: Office):
    mona, sofia, petition = employ("Mona", "moderator"), employ("Sofia", "sysadmin"), checked()
    mona.post(f"/petitions/{petition.pk}/reject", {"code": "duplicate"})
    assert mona.post(f"/petitions/{petition.pk}/approve").status_code == 403
    assert mona.post(f"/petitions/{petition.pk}/restore").status_code == 403
    sofia.post(f"/petitions/{petition.pk}/approve")
    petition.refresh_from_db()
    assert petition.state == State.OPEN


def test_karim_the_clerk_responds_and_can_do_nothing_else(desk: Office):
    karim, petition = employ("Karim", "clerk"), open_petition()
    form = {"responded_on_day": "1", "responded_on_month": "11", "responded_on_year": "2026", "summary": "We will."}
    answer = karim.post(f"/petitions/{petition.pk}/response", form, follow=True)
    assert "The response is published" in answer.content.decode()
    petition.refresh_from_db()
    assert petition.government_response.summary == "We will."
    assert RequestedMailing.objects.get().kind == "petitions.response"
    for place in ("approve", "reject", "debate", "outcome", "business", "marks", "text", "remove"):
        assert karim.post(f"/petitions/{petition.pk}/{place}").status_code == 403
    assert "@example.org" not in karim.get(f"/petitions/{petition.pk}").content.decode()


def test_mona_schedules_a_debate_and_tells_its_outcome_with_a_picture(desk: Office):
    mona, petition = employ("Mona", "moderator"), open_petition()
    day = timezone.localdate() + timedelta(days=5)
    mona.post(f"/petitions/{petition.pk}/debate", {"day_day": day.day, "day_month": day.month, "day_year": day.year})
    petition.refresh_from_db()
    assert (petition.debate_state, petition.scheduled_debate_date) == ("scheduled", day)
    picture = io.BytesIO()
    Image.new("RGB", (1260, 800)).save(picture, "JPEG")
    picture.seek(0)
    picture.name = "debate.jpg"
    form = {
        "debated": "yes",
        "debated_on_day": "2",
        "debated_on_month": "11",
        "debated_on_year": "2026",
        "video_url": "https://www.parliament.example/video",
        "image": picture,
    }
    mona.post(f"/petitions/{petition.pk}/outcome", form)
    petition.refresh_from_db()
    assert petition.debate_state == "debated"
    assert petition.debate_outcome.image_digest


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("video_url", "https://evil.example/parliament.example", "evil.example"),
        ("video_url", "https://notparliament.example/x", "notparliament.example"),
        ("video_url", "javascript:alert(1)", "valid URL"),
        ("image", io.BytesIO(b"GIF89a no picture"), "no JPEG"),
    ],
)
def test_a_link_that_leads_elsewhere_and_a_file_that_is_no_picture_are_refused(
    desk: Office, field: str, value: object, said: str
):
    mona, petition = employ("Mona", "moderator"), open_petition()
    form = {"debated": "no", field: value}
    answer = mona.post(f"/petitions/{petition.pk}/outcome", form)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_mona_notes_other_business_corrects_and_deletes_it(desk: Office):
    mona, petition = employ("Mona", "moderator"), open_petition()
    form = {"subject": "Evidence", "body": "Heard.", "occurred_on_day": "1", "occurred_on_month": "11"}
    form["occurred_on_year"] = "2026"
    mona.post(f"/petitions/{petition.pk}/business", form)
    item = petition.other_business.get()
    mona.post(f"/petitions/{petition.pk}/business/{item.pk}", {**form, "body": "Heard twice.", "silent": "yes"})
    item.refresh_from_db()
    assert item.body == "Heard twice."
    mona.post(f"/petitions/{petition.pk}/business/{item.pk}/delete")
    assert not petition.other_business.exists()


def test_rita_the_reviewer_marks_and_corrects_and_decides_nothing(desk: Office):
    rita, petition, tag = employ("Rita", "reviewer"), checked(), Tag.objects.create(name="urgent")
    rita.post(f"/petitions/{petition.pk}/marks", {"tags": [tag.pk], "notes": "Seen."})
    petition.refresh_from_db()
    assert (list(petition.tags.all()), petition.notes) == ([tag], "Seen.")
    text = {"action": "Plant two trees for every child", "background": petition.background}
    rita.post(f"/petitions/{petition.pk}/text", text)
    petition.refresh_from_db()
    assert petition.action == "Plant two trees for every child"
    assert rita.post(f"/petitions/{petition.pk}/approve").status_code == 403
    entries = list(Entry.objects.filter(subject=f"petition:{petition.pk}").values_list("act", "details"))
    assert ("petitions.correct_text", {"fields": ["action"]}) in entries


def test_a_list_is_searched_by_words_number_and_tag(desk: Office):
    mona, petition, tag = employ("Mona", "moderator"), checked(), Tag.objects.create(name="urgent")
    petition.tags.add(tag)
    assert "Plant a tree" in mona.get("/petitions/list?q=tree").content.decode()
    assert "No petition fits." in mona.get("/petitions/list?q=rivers").content.decode()
    assert "Plant a tree" in mona.get(f"/petitions/list?pile=tagged&tag={tag.pk}").content.decode()
    assert mona.get(f"/petitions/list?q={petition.pk}")["Location"] == f"/petitions/{petition.pk}"
    assert mona.get("/petitions/list?pile=nonsense&page=x&tag=x").status_code == 200


def test_what_people_wrote_is_shown_and_never_run(desk: Office):
    mona = employ("Mona", "moderator")
    evil = '<script>alert(1)</script><img src=x onerror=alert(1)>"><b>'
    petition = open_petition(action=evil, background=evil, additional_details=evil, notes=evil, committee_note=evil)
    for path in (f"/petitions/{petition.pk}", f"/petitions/{petition.pk}/text", "/petitions/list", "/petitions/"):
        page = mona.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_two_moderators_who_decide_at_once_do_not_undo_one_another(desk: Office):
    mona, mike, petition = employ("Mona", "moderator"), employ("Mike", "moderator"), checked()
    mona.post(f"/petitions/{petition.pk}/approve")
    answer = mike.post(f"/petitions/{petition.pk}/approve")
    assert answer.status_code == 400
    assert "cannot approve" in answer.content.decode()
    assert Entry.objects.filter(act="petitions.approve").count() == 1


def list_views(patterns, prefix: str = "") -> Iterator[tuple[str, object]]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from list_views(each.url_patterns, f"{prefix}{each.pattern}")
        elif isinstance(each, URLPattern):
            yield f"{prefix}{each.pattern}", each.callback


def test_every_page_of_the_desk_has_a_gate_or_says_why_it_has_none(desk: Office):
    views = list(list_views(get_resolver("ridgeway.web.desk").url_patterns))
    assert len(views) > 30
    open_views = [
        path for path, view in views if not getattr(view, "permission", "") and not getattr(view, "ungated", "")
    ]
    assert open_views == []


def test_nobody_who_is_not_signed_in_sees_any_page_of_petitions(desk: Office):
    petition = open_petition()
    for path, view in list_views(get_resolver("ridgeway.web.desk").url_patterns):
        if path.startswith("petitions/"):
            filled = path.replace("<str:petition_id>", str(petition.pk))
            for name in ("act", "proposal_id", "business_id"):
                filled = filled.replace(f"<str:{name}>", "1")
            answer = Client().get(f"/{filled}")
            assert answer.status_code in {302, 405}, (path, view)
            assert answer.status_code == 405 or "/people/sign-in" in answer["Location"]


def test_a_form_from_another_site_changes_nothing(desk: Office):
    mona, petition = employ("Mona", "moderator"), checked()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = mona.cookies
    assert strict.post(f"/petitions/{petition.pk}/approve").status_code == 403
    petition.refresh_from_db()
    assert petition.state == State.SPONSORED
