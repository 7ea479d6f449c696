import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from ridgeway.office.notices.models import QueuedNotice
from ridgeway.office.tests.ready import any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import Petition, RateLimits, Signature, SiteSettings
from ridgeway.services.petitions.tests.citizens import BEGINNING, PERSON, send, settle_country, text_of
from ridgeway.services.petitions.tests.writers import writing

PURPOSE = "petitions.sign"
TITLE = "Repair the footbridge at Mill Lane"


def draft_petition(state="pending", *, token="S" * 32):
    """A petition as the wizard leaves it: nobody is confirmed."""
    now = datetime.now(UTC)
    petition = Petition.objects.create(
        action=TITLE,
        background="It is closed.",
        state=state,
        sponsor_token=token,
        created_at=now,
        updated_at=now,
    )
    petition.creator = Signature.objects.create(
        petition=petition,
        role="creator",
        name="Carol Reed",
        email="carol@example.net",
        canonical_email="carol@example.net",
        postcode="SW1A1AA",
        confirm_token="carol-confirms",
        signed_token="carol-signed",
        unsubscribe_token="carol-unsubscribes",
        created_at=now,
        updated_at=now,
    )
    petition.save()
    return petition


@pytest.fixture
def petition(office):  # noqa: F811
    """A petition that waits for supporters, in a country whose writer runs."""
    with office.at_site("petitions"), writing():
        settle_country()
        yield draft_petition()


def private_link(petition):
    """What the creator passes on."""
    return f"/petitions/{petition.pk}/sponsors/new?token={petition.sponsor_token}"


def support(petition, number):
    """Somebody sends the last form; each lives somewhere else."""
    address = f"supporter{number}@example.org"
    fields = {**PERSON, "name": f"Supporter {number}", "email": address, "email_again": address, "step": "check"}
    browser = Client(REMOTE_ADDR=f"192.0.2.{number}")
    return send(browser, private_link(petition), {**fields, "nonce": f"n{number}"}, purpose=PURPOSE)


def confirm(number):
    """Somebody follows the link of the mail; everything that is shown."""
    signature = Signature.objects.get(email=f"supporter{number}@example.org")
    return Client().get(link_of(signature), follow=True)


def link_of(signature):
    """What a supporter's mail leads to."""
    return f"/sponsors/{signature.pk}/verify?token={signature.confirm_token}"


def gather(petition, count):
    """So many supporters, all confirmed."""
    for number in range(1, count + 1):
        support(petition, number)
        confirm(number)
    petition.refresh_from_db()


def mails_to_creator():
    """Kind and content of each mail to the creator."""
    rows = QueuedNotice.objects.filter(address="carol@example.net").order_by("pk")
    return [(row.kind.removeprefix("petitions."), json.loads(row.payload)) for row in rows]


def test_a_supporter_opens_the_link_and_the_creator_is_confirmed(any_office):  # noqa: F811
    with any_office.at_site("petitions"), writing():
        settle_country()
        petition = draft_petition()
        page = Client().get(private_link(petition))
        assert TITLE in text_of(page)
        assert "Are you a citizen or a resident of this country (United Kingdom)?" in text_of(page)
        petition.refresh_from_db()
        assert (petition.state, petition.signature_count, petition.creator.state) == ("validated", 1, "validated")
        Client().get(private_link(petition))
        petition.refresh_from_db()
        assert petition.signature_count == 1


def test_looking_ahead_confirms_nobody(petition):
    assert Client().head(private_link(petition)).status_code == 200
    petition.refresh_from_db()
    assert petition.state == "pending"


def test_dana_supports_the_petition_step_by_step(petition):
    dana, here = Client(), private_link(petition)
    onward = send(dana, here, {"step": "eligibility", "eligible": "yes"}, purpose=PURPOSE)
    assert onward["Location"] == f"{here}&step=details"
    assert "Your full name" in text_of(dana.get(onward["Location"]))
    check = send(dana, here, {**PERSON, "step": "details"}, purpose=PURPOSE)
    assert "Check your details" in text_of(check)
    sent = send(dana, here, {**PERSON, "step": "check"}, purpose=PURPOSE)
    assert sent["Location"] == f"/petitions/{petition.pk}/sponsors/thank-you"
    thanks = text_of(dana.get(sent["Location"]))
    assert "Check your email" in thanks
    assert TITLE not in thanks
    sponsor = Signature.objects.get(role="sponsor")
    notice = QueuedNotice.objects.get(kind="petitions.confirm_sponsor")
    assert (notice.address, json.loads(notice.payload)) == ("suzie@example.org", {"token": sponsor.confirm_token})
    confirmed = dana.get(link_of(sponsor))
    assert confirmed["Location"] == f"/sponsors/{sponsor.pk}/sponsored"
    assert "Thank you for supporting this petition" in text_of(dana.get(confirmed["Location"]))
    assert dana.cookies[f"petitions_signed_{sponsor.pk}_en"]["path"] == f"/sponsors/{sponsor.pk}"
    petition.refresh_from_db()
    assert petition.signature_count == 2


def test_the_creator_hears_of_each_supporter_once_and_then_that_it_is_checked(petition):
    gather(petition, 5)
    assert petition.state == "sponsored"
    assert petition.moderation_threshold_reached_at is not None
    confirm(3)
    assert mails_to_creator() == [
        ("supported", {"supporters": 1, "needed": 4}),
        ("supported", {"supporters": 2, "needed": 3}),
        ("supported", {"supporters": 3, "needed": 2}),
        ("supported", {"supporters": 4, "needed": 1}),
        ("threshold_reached", {"delayed": False}),
    ]
    support(petition, 6)
    confirm(6)
    assert len(mails_to_creator()) == 5


def test_the_creator_hears_that_checking_takes_longer_when_many_wait(petition):
    SiteSettings.objects.update(moderation_delay_threshold=1)
    gather(petition, 4)
    draft_petition("flagged", token="T" * 32)
    support(petition, 5)
    confirm(5)
    assert mails_to_creator()[-1] == ("threshold_reached", {"delayed": True})


def test_after_twenty_supporters_the_next_is_led_to_the_page_of_checking(petition):
    support(petition, 21)
    gather(petition, 20)
    assert petition.signature_count == 21
    for response in (Client().get(private_link(petition)), support(petition, 22)):
        assert response["Location"] == f"/petitions/{petition.pk}/moderation-info"
    late = Signature.objects.get(email="supporter21@example.org")
    assert Client().get(link_of(late))["Location"] == f"/petitions/{petition.pk}/moderation-info"
    petition.refresh_from_db()
    assert petition.signature_count == 21


def test_a_used_link_leads_to_a_fresh_form_after_a_quarter_of_an_hour(petition):
    gather(petition, 1)
    sponsor = Signature.objects.get(role="sponsor")
    assert Client().get(link_of(sponsor))["Location"] == f"/sponsors/{sponsor.pk}/sponsored"
    Signature.objects.filter(role="sponsor").update(validated_at=datetime.now(UTC) - timedelta(minutes=16))
    assert Client().get(link_of(sponsor))["Location"] == private_link(petition)


@pytest.mark.parametrize("token", ["", "wrong", "S" * 31, "s" * 32, "S" * 3000])
def test_a_wrong_token_shows_how_far_it_is_and_nothing_of_the_text(petition, token):
    for response in (
        Client().get(f"/petitions/{petition.pk}/sponsors/new?token={token}"),
        send(
            Client(),
            f"/petitions/{petition.pk}/sponsors/new?token={token}",
            {**PERSON, "step": "check"},
            purpose=PURPOSE,
        ),
    ):
        assert response["Location"] == f"/petitions/{petition.pk}/gathering-support"
    petition.refresh_from_db()
    assert petition.state == "pending"
    assert Signature.objects.filter(role="sponsor").count() == 0


def test_the_pages_of_waiting_say_how_far_it_is_and_nothing_of_the_text(petition):
    here = f"/petitions/{petition.pk}/gathering-support"
    page = text_of(Client().get(here))
    assert "It needs 5 more supporters" in page
    gather(petition, 4)
    page = text_of(Client().get(here))
    assert "It needs 1 more supporter before" in page
    assert TITLE not in page
    assert "footbridge" not in page
    support(petition, 5)
    confirm(5)
    moved = Client().get(here)
    assert moved["Location"] == f"/petitions/{petition.pk}/moderation-info"
    page = text_of(Client().get(moved["Location"]))
    assert "We are checking this petition" in page
    assert "5 people support it." in page
    assert TITLE not in page


def test_the_link_of_a_petition_that_is_public_or_gone_leads_to_where_it_is(petition):
    for state, leads_to in (
        ("open", f"/petitions/{petition.pk}"),
        ("rejected", f"/petitions/{petition.pk}"),
        ("stopped", "/"),
    ):
        Petition.objects.update(state=state)
        assert Client().get(private_link(petition))["Location"] == leads_to
    Petition.objects.update(state="dormant")
    assert Client().get(private_link(petition)).status_code == 404


def test_a_blocked_supporter_sees_the_same_and_gets_no_mail(petition):
    RateLimits.objects.create(blocked_domains="example.org", updated_at=BEGINNING)
    refused = support(petition, 1)
    RateLimits.objects.update(blocked_domains="")
    assert refused["Location"] == f"/petitions/{petition.pk}/sponsors/thank-you"
    assert QueuedNotice.objects.filter(kind="petitions.confirm_sponsor").count() == 0


def test_the_creator_who_supports_again_is_counted_once(petition):
    fields = {**PERSON, "name": "Carol Reed", "email": "carol@example.net", "email_again": "carol@example.net"}
    send(Client(), private_link(petition), {**fields, "step": "check"}, purpose=PURPOSE)
    petition.refresh_from_db()
    assert petition.signature_count == 1
    assert Signature.objects.count() == 1


def test_a_supporters_page_opens_to_the_browser_that_confirmed_alone(petition):
    gather(petition, 1)
    sponsor = Signature.objects.get(role="sponsor")
    response = Client().get(f"/sponsors/{sponsor.pk}/sponsored")
    assert response["Location"] == f"/petitions/{petition.pk}/gathering-support"


def test_while_signing_is_paused_nobody_supports(petition):
    SiteSettings.objects.update(accepts_signatures=False)
    assert "Signing is paused" in text_of(Client().get(private_link(petition)))


def test_while_the_writer_is_away_the_link_stays_good(office):  # noqa: F811
    with office.at_site("petitions"):
        settle_country()
        petition = draft_petition()
        response = Client().get(private_link(petition))
        assert (response.status_code, response["Retry-After"]) == (503, "5")
        assert "Your link stays good" in text_of(response)


def test_a_script_in_the_text_is_text(petition):
    script = "<script>alert(1)</script>"
    Petition.objects.update(action=script, background=script, additional_details=script)
    page = Client().get(private_link(petition)).content.decode()
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 3
