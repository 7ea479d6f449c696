"""Every mail of the catalogue, as its recipient gets it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from ridgeway.office.notices import Mailing, Notice, post_notice, request_mailing
from ridgeway.office.notices.folder import FolderDelivery
from ridgeway.office.notices.models import QueuedNotice
from ridgeway.office.notices.outbox import Counts, Outbox
from ridgeway.office.notices.registry import find_kind
from ridgeway.office.notices.spreading import spread_mailings
from ridgeway.office.tests.ready import any_office, cluster, migrated_file, office
from ridgeway.services.petitions.models import (
    DebateOutcome,
    GovernmentResponse,
    Mailshot,
    OtherBusiness,
    Parliament,
    Petition,
    RejectionReason,
    Signature,
)
from ridgeway.services.petitions.notices import KINDS
from ridgeway.services.petitions.notices.recipients import list_everybody_once, list_signers_of_open, list_subscribers
from ridgeway.services.petitions.states import DebateState, SignatureRole, SignatureState, State
from ridgeway.services.petitions.tests.cast import NOON, found_site, open_petition, sign_row

__all__ = ["any_office", "cluster", "migrated_file", "office"]
SITE = "http://localhost:8420"


def notice_of(signature, kind, language="en", /, **payload):
    return Notice(
        kind=kind,
        subject=f"petition:{signature.petition_id}",
        version="1",
        recipient_key=f"signature:{signature.pk}",
        language=language,
        created_at=NOON,
        payload=payload,
        address=signature.email,
    )


def render(signature, kind, language="en", /, **payload):
    return find_kind(f"petitions.{kind}").render(notice_of(signature, f"petitions.{kind}", language, **payload))


def reject(petition, *, hidden=False):
    reason = RejectionReason.objects.create(code="duplicate", title="It exists already", description="Sign the other.")
    Petition.objects.filter(pk=petition.pk).update(
        state=State.HIDDEN if hidden else State.REJECTED, rejection_reason=reason, rejection_details="See number 7."
    )


def test_a_creator_gets_the_private_link_and_a_text_to_send_on(office):
    found_site()
    petition = open_petition(State.PENDING)
    mail = render(petition.creator, "gather_support", token=petition.sponsor_token, delayed=False)
    link = f"{SITE}/petitions/{petition.pk}/sponsors/new?token={petition.sponsor_token}"
    assert mail.subject == "Your petition needs supporters"
    assert mail.text.count(link) == 2
    assert "Dear Carla," in mail.text
    assert "Plant a tree for every child" in mail.text
    assert "ten working days" in mail.text
    assert link in mail.html
    assert "longer than usual" in render(petition.creator, "gather_support", delayed=True).text


def test_nobody_gets_a_link_of_a_strangers_choosing_by_being_named_as_a_supporter(office):
    found_site()
    petition = open_petition(State.VALIDATED)
    Petition.objects.filter(pk=petition.pk).update(
        action="Win at http://evil.example", background="evil.com\n\n# Now", additional_details="http://evil.example"
    )
    sponsor = sign_row(petition, "Sam", role=SignatureRole.SPONSOR, state=SignatureState.PENDING)
    mail = render(sponsor, "confirm_sponsor", token="secret")
    assert mail.html.count("<a ") == 2  # the link that confirms, and the site
    assert "evil.example" not in "".join(re.findall(r'href="([^"]*)"', mail.html))
    assert "<h2" not in mail.html
    assert "> evil.com\n>\n> # Now" in mail.text


def test_a_creator_hears_of_each_supporter_and_that_there_are_enough(office):
    found_site()
    petition = open_petition(State.VALIDATED)
    assert "It needs 3 more supporters" in render(petition.creator, "supported", supporters=2, needed=3).text
    assert "1 person supports" in render(petition.creator, "supported", supporters=1, needed=4).text
    assert "nothing that you need to do" in render(petition.creator, "threshold_reached", delayed=False).text


def test_a_sponsor_and_a_signer_get_links_that_confirm(office):
    found_site()
    gathering, opened = open_petition(State.VALIDATED), open_petition()
    sponsor = sign_row(gathering, "Sue", role=SignatureRole.SPONSOR, state=SignatureState.PENDING)
    signer = sign_row(opened, "Sam", state=SignatureState.PENDING)
    mail = render(sponsor, "confirm_sponsor", token="secret-1")
    assert f"{SITE}/sponsors/{sponsor.pk}/verify?token=secret-1" in mail.text
    assert "Trees cool our streets." in mail.text
    mail = render(signer, "confirm_signature", token="secret-2")
    assert f"{SITE}/signatures/{signer.pk}/verify?token=secret-2" in mail.text
    assert mail.unsubscribe_url == ""


@pytest.mark.parametrize(
    ("state", "is_sent"),
    [("pending", True), ("fraudulent", True), ("validated", False), ("invalidated", False)],
)
def test_a_confirmation_that_nobody_needs_any_more_is_not_sent(office, state, is_sent):
    found_site()
    signer = sign_row(open_petition(), "Sam", state=SignatureState(state))
    assert (render(signer, "confirm_signature", token="t") is not None) == is_sent


def test_who_signs_twice_hears_it_by_mail_alone(office):
    found_site()
    signer = sign_row(open_petition(), "Sam", state=SignatureState.VALIDATED)
    assert "counted before and counts once" in render(signer, "already_signed").text


def test_a_decision_is_told_to_creator_and_sponsors_in_their_own_words(office):
    found_site()
    petition = open_petition()
    sponsor = sign_row(petition, "Sue", role=SignatureRole.SPONSOR, state=SignatureState.VALIDATED)
    assert render(petition.creator, "published").subject == "Your petition is published"
    assert render(sponsor, "published").subject == "The petition that you support is published"
    assert f"{SITE}/petitions/{petition.pk}" in render(sponsor, "published").text
    end_of_day = NOON.replace(hour=0) + timedelta(days=8)  # a deadline is the first moment after its day
    Petition.objects.filter(pk=petition.pk).update(closes_at=end_of_day)
    assert "It can be signed until 1 December 2026." in render(sponsor, "published").text
    assert render(sponsor, "rejected") is None
    reject(petition)
    mail = render(petition.creator, "rejected")
    assert "It exists already" in mail.text
    assert "See number 7." in mail.text
    assert f"{SITE}/petitions/{petition.pk}" in mail.text
    assert render(petition.creator, "published") is None


def test_a_hidden_petition_is_told_without_a_link(office):
    found_site()
    petition = open_petition()
    reject(petition, hidden=True)
    mail = render(petition.creator, "hidden")
    assert "It exists already" in mail.text
    assert f"/petitions/{petition.pk}" not in mail.text


def test_dissolution_tells_creators_how_far_their_petition_had_come(office):
    found_site()
    petition = open_petition(State.STOPPED)
    assert "enough supporters yet" in render(petition.creator, "stopped", state="validated").text
    assert "finish checking" in render(petition.creator, "stopped", state="sponsored").text


def test_an_answer_a_debate_and_other_business_reach_those_who_asked(office):
    found_site()
    petition = open_petition()
    signer = sign_row(petition, "Sam", state=SignatureState.VALIDATED, wants_updates=True)
    times = {"created_at": NOON, "updated_at": NOON}
    assert render(signer, "response") is None
    GovernmentResponse.objects.create(
        petition=petition, responded_on=NOON.date(), summary="We will.", details="**Many** trees.", **times
    )
    mail = render(signer, "response")
    assert "Many trees." in mail.text
    assert mail.unsubscribe_url == f"{SITE}/signatures/{signer.pk}/unsubscribe?token={signer.unsubscribe_token}"
    assert mail.unsubscribe_url in mail.text
    assert "asked to hear about it" in mail.text
    Petition.objects.filter(pk=petition.pk).update(
        debate_state=DebateState.SCHEDULED, scheduled_debate_date=NOON.date() + timedelta(days=9)
    )
    assert "will debate a petition on 3 December 2026" in render(signer, "debate_scheduled").text
    DebateOutcome.objects.create(
        petition=petition, debated=True, debated_on=NOON.date(), video_url="https://parliament.example/v", **times
    )
    assert "* Watch the debate: https://parliament.example/v" in render(signer, "debated").text
    DebateOutcome.objects.update(debated=False)
    assert "decided not to debate" in render(signer, "debated").text
    item = OtherBusiness.objects.create(
        petition=petition, subject="An inquiry", body="It *begins*.", occurred_on=NOON.date(), **times
    )
    assert "It begins." in render(signer, "business", business_id=item.pk).text
    shot = Mailshot.objects.create(petition=petition, subject="Come and speak", body="On Monday.", **times)
    assert render(signer, "mailshot", mailshot_id=shot.pk).subject == "Come and speak"


@pytest.mark.parametrize("change", [{"wants_updates": False}, {"state": "invalidated"}, {"anonymized_at": NOON}])
def test_who_does_not_want_to_hear_any_more_gets_no_update(office, change):
    found_site()
    petition = open_petition()
    signer = sign_row(petition, "Sam", state=SignatureState.VALIDATED, wants_updates=True)
    GovernmentResponse.objects.create(
        petition=petition, responded_on=NOON.date(), summary="We will.", created_at=NOON, updated_at=NOON
    )
    Signature.objects.filter(pk=signer.pk).update(**change)
    assert render(signer, "response") is None


def test_a_person_gets_one_mail_about_the_election_with_five_petitions_and_how_many_more(office):
    found_site()
    Parliament.objects.update(dissolution_at=NOON + timedelta(days=5), election_on=NOON.date())
    rows = [
        sign_row(open_petition(action=f"Ask {number}"), "Sam", state=SignatureState.VALIDATED, wants_updates=True)
        for number in range(7)
    ]
    mailing = Mailing("petitions.closing_early", "parliament:1", "1", {}, NOON)
    found = [each for each in list_signers_of_open(mailing, "", 100) if each.address == rows[0].email]
    assert [each.key for each in found] == [f"signature:{rows[0].pk}"]
    mail = render(rows[0], "closing_early")
    assert mail.text.count("* Ask ") == 5
    assert "2 others" in mail.text
    assert render(rows[0], "closing_early", whom="creators") is None
    assert list_signers_of_open(replace(mailing, payload={"whom": "creators"}), "", 100) == []
    assert len(list_signers_of_open(replace(mailing, payload={"whom": "signers"}), "", 100)) == 1
    privacy = render(rows[0], "privacy")
    assert f"{SITE}/help/privacy" in privacy.text or "/privacy" in privacy.text
    assert len([each for each in list_everybody_once(mailing, "", 100) if each.address == rows[0].email]) == 1


def test_subscribers_are_read_in_chunks_that_join(any_office):
    found_site()
    petition = open_petition()
    for number in range(7):
        sign_row(petition, f"Sam{number}", state=SignatureState.VALIDATED, wants_updates=number != 3)
    mailing = Mailing("petitions.response", f"petition:{petition.pk}", "1", {}, NOON)
    everybody = list_subscribers(mailing, "", 100)
    first = list_subscribers(mailing, "", 4)
    assert [*first, *list_subscribers(mailing, first[-1].key, 100)] == list(everybody)
    assert not any("sam3" in each.address.lower() for each in everybody)


def test_feedback_is_answered_to_the_visitor_unless_the_address_is_none(office):
    found_site(team_mailbox="team@parliament.example")
    kind = find_kind("petitions.feedback")
    notice = replace(
        notice_of(open_petition().creator, "petitions.feedback"),
        payload={"comment": "Good\nwork", "email": "v@example.org", "petition": "", "user_agent": "X"},
    )
    mail = kind.render(notice)
    assert mail.reply_to == "v@example.org"
    assert "> Good\n> work" in mail.text
    injected = replace(notice, payload={"comment": "x", "email": "v@example.org\r\nBcc: all@example.org"})
    assert kind.render(injected).reply_to == ""


def test_the_team_gets_reports_copies_and_reminders(office):
    found_site()
    petition = open_petition()
    assert (
        "Counts were wrong" in render(petition.creator, "report", title="A warning", failure="Counts were wrong").text
    )
    report = render(petition.creator, "report", title="Signatures", file_name="s.csv", content="a,b")
    assert report.attachments[0].content == b"a,b"
    assert render(petition.creator, "debate_reminder") is None
    Petition.objects.filter(pk=petition.pk).update(debate_state=DebateState.AWAITING)
    assert "1 petition waits for a debate" in render(petition.creator, "debate_reminder").subject
    copy = render(petition.creator, "preview", kind="petitions.published", petition_id=petition.pk, payload={})
    assert copy.subject == "Copy: Your petition is published"
    assert copy.unsubscribe_url == ""
    Signature.objects.update(wants_updates=False)
    GovernmentResponse.objects.create(
        petition=petition, responded_on=NOON.date(), summary="We will.", created_at=NOON, updated_at=NOON
    )
    assert render(petition.creator, "response") is None
    unwanted = render(petition.creator, "preview", kind="petitions.response", petition_id=petition.pk, payload={})
    assert "We will." in unwanted.text
    looping = render(petition.creator, "preview", kind="petitions.preview", petition_id=petition.pk, payload={})
    assert looping is None


def test_links_lead_to_the_pages_of_the_recipients_language(office):
    found_site()
    petition = open_petition()
    mail = render(petition.creator, "published", "ar")
    assert f"{SITE}/ar/petitions/{petition.pk}" in mail.text
    assert 'dir="rtl"' in mail.html


def test_a_mailing_goes_through_the_outbox_to_each_subscriber_once(any_office):
    found_site()
    petition = open_petition()
    for number in range(3):
        sign_row(petition, f"Sam{number}", state=SignatureState.VALIDATED, wants_updates=True)
    GovernmentResponse.objects.create(
        petition=petition, responded_on=NOON.date(), summary="We will.", created_at=NOON, updated_at=NOON
    )
    subject = f"petition:{petition.pk}"
    request_mailing("petitions.response", subject=subject, version="1", not_before=NOON, payload={}, now=NOON)
    while spread_mailings(now=NOON):
        pass
    folder = any_office.settings.state_dir / "mail"
    outbox = Outbox(
        FolderDelivery(folder), folder / "claims", sender="P <p@x.example>", reply_to="", clock=lambda: NOON
    )
    expected = Signature.objects.filter(wants_updates=True).count()
    assert outbox.send_due() == Counts(sent=expected)
    assert len(list(folder.glob("*.eml"))) == expected


def test_a_notice_to_somebody_who_is_gone_is_dropped(any_office):
    found_site()
    post_notice(
        "petitions.published", subject="petition:1", recipient_key="signature:999999", address="a@x.example",
        payload={}, now=NOON,
    )  # fmt: skip
    folder = any_office.settings.state_dir / "mail"
    outbox = Outbox(
        FolderDelivery(folder), folder / "claims", sender="P <p@x.example>", reply_to="", clock=lambda: NOON
    )
    assert outbox.send_due() == Counts(dropped=1)
    assert QueuedNotice.objects.get().outcome == "unwanted"


def test_every_kind_is_registered():
    assert len(KINDS) == len({kind.name for kind in KINDS}) == 22
    assert all(find_kind(kind.name) == kind for kind in KINDS)
