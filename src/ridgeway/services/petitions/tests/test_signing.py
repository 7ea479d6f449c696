import json
import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core import signing
from django.test import Client

from ridgeway.office.notices.models import QueuedNotice
from ridgeway.office.tests.ready import any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import (
    Constituency,
    Parliament,
    Petition,
    PlaceCount,
    RateLimits,
    Signature,
    SiteSettings,
)
from ridgeway.services.petitions.tests.citizens import BEGINNING, PERSON, publish, send, settle_country, text_of
from ridgeway.services.petitions.tests.writers import writing
from ridgeway.services.petitions.writer.site import FRESH_SECONDS

PURPOSE = "petitions.sign"
CHECKED = {**PERSON, "step": "check"}


@pytest.fixture
def petition(office):  # noqa: F811
    """An open petition of a country whose writer runs."""
    with office.at_site("petitions"), writing():
        settle_country()
        yield publish("Repair the footbridge at Mill Lane")


def sign(browser, petition, *, nonce="", **changed):
    """The last form of signing is sent."""
    fields = {**CHECKED, **changed, "nonce": nonce or "-".join(str(value) for value in changed.values()) or "n"}
    return send(browser, f"/petitions/{petition.pk}/signatures/new", fields, purpose=PURPOSE)


def link_of(signature, *, page="verify"):
    """What the mail leads to."""
    return f"/signatures/{signature.pk}/{page}?token={signature.confirm_token}"


def from_place(number):
    """A browser somewhere else on the net."""
    return Client(REMOTE_ADDR=f"192.0.2.{number}")


def mails():
    """The kinds of mails in the outbox, in order."""
    return list(QueuedNotice.objects.order_by("pk").values_list("kind", "address"))


def test_bob_signs_step_by_step_and_his_signature_counts_when_he_follows_the_link(any_office):  # noqa: F811
    with any_office.at_site("petitions"), writing():
        settle_country()
        petition = publish("Repair the footbridge at Mill Lane")
        bob, here = Client(), f"/petitions/{petition.pk}/signatures/new"
        assert "Are you a citizen or a resident of this country (United Kingdom)?" in text_of(bob.get(here))
        onward = send(bob, here, {"step": "eligibility", "eligible": "yes"}, purpose=PURPOSE)
        assert onward["Location"] == f"{here}?step=details"
        assert "Your full name" in text_of(bob.get(onward["Location"]))
        check = send(bob, here, {"step": "details", **PERSON, "wants_updates": "on"}, purpose=PURPOSE)
        assert "Check your details" in text_of(check)
        assert "SW1A 1AA" in text_of(check)
        assert Signature.objects.filter(role="signer").count() == 0
        sent = sign(bob, petition, wants_updates="on")
        assert sent["Location"] == f"/petitions/{petition.pk}/signatures/thank-you"
        assert "Check your email" in text_of(bob.get(sent["Location"]))
        signature = Signature.objects.get(role="signer")
        assert (signature.state, signature.wants_updates, signature.postcode) == ("pending", True, "SW1A1AA")
        notice = QueuedNotice.objects.get()
        assert (notice.kind, notice.address) == ("petitions.confirm_signature", "suzie@example.org")
        assert json.loads(notice.payload) == {"token": signature.confirm_token}
        petition.refresh_from_db()
        assert petition.signature_count == 1
        confirmed = bob.get(link_of(signature))
        assert confirmed["Location"] == f"/signatures/{signature.pk}/signed"
        signed = text_of(bob.get(confirmed["Location"]))
        assert "Your signature counts" in signed
        assert "Your constituency: Mill Valley" in signed
        assert "Your representative is Ada Marsh (Green Party)." in signed
        petition.refresh_from_db()
        signature.refresh_from_db()
        assert (petition.signature_count, signature.state, signature.number) == (2, "validated", 2)
        counted = PlaceCount.objects.filter(petition=petition, code="E14000001").values_list("count", flat=True)
        assert list(counted) == [1]


def test_who_lives_elsewhere_is_told_politely(petition):
    here = f"/petitions/{petition.pk}/signatures/new"
    response = send(Client(), here, {"step": "eligibility", "eligible": "no"}, purpose=PURPOSE)
    assert "You cannot sign this petition" in text_of(Client().get(response["Location"]))
    asked = send(Client(), here, {"step": "eligibility"}, purpose=PURPOSE)
    assert "Say whether you are a citizen or a resident" in text_of(Client().get(asked["Location"]))


def test_bob_changes_his_details_before_he_sends_them(petition):
    page = sign(Client(), petition, change="yes", name="Bob Hill").content.decode()
    assert 'value="Bob Hill"' in page
    assert 'name="step" value="details"' in page
    assert Signature.objects.filter(role="signer").count() == 0


def test_every_field_is_judged_again_on_the_last_page(petition):
    response = sign(Client(), petition, name="=cmd()", email="x", postcode="?")
    for said in ("must begin with a letter", "like name@example.com", "Enter your postcode"):
        assert said in text_of(response)
    assert Signature.objects.filter(role="signer").count() == 0


@pytest.mark.parametrize("typed", ["sw1a1aa", " SW1A 1AA ", "Sw1a-1aa"])
def test_a_postcode_is_taken_however_it_is_written(petition, typed):
    sign(Client(), petition, postcode=typed)
    assert Signature.objects.get(role="signer").postcode == "SW1A1AA"


@pytest.mark.parametrize("typed", ["BFPO 801", "GIR 0AA"])
def test_postcodes_of_the_forces_and_of_the_old_bank_are_taken(petition, typed):
    sign(Client(), petition, postcode=typed)
    assert Signature.objects.get(role="signer").postcode == typed.replace(" ", "")


def test_somebody_abroad_signs_with_a_country_and_no_postcode(petition):
    sign(Client(), petition, location="FR", postcode="")
    signature = Signature.objects.get(role="signer")
    browser = Client()
    signed = text_of(browser.get(link_of(signature), follow=True))
    assert signature.country_code == "FR"
    assert "Your constituency:" not in signed
    assert PlaceCount.objects.get(petition=petition, code="FR").count == 1


def test_the_page_after_says_that_a_seat_is_vacant(petition):
    sign(Client(), petition, postcode="EC1A 1BB")
    signed = text_of(Client().get(link_of(Signature.objects.get(role="signer")), follow=True))
    assert "Your constituency: Harbour" in signed
    assert "the seat is vacant" in signed


def test_a_postcode_in_two_constituencies_shows_both(petition):
    sign(Client(), petition, postcode="M1 1AE")
    signed = text_of(Client().get(link_of(Signature.objects.get(role="signer")), follow=True))
    assert "Your constituency: Harbour" in signed
    assert "Your constituency: Mill Valley" in signed
    assert "more than one constituency" in signed


def test_an_unknown_postcode_is_taken_without_a_constituency(petition):
    sign(Client(), petition, postcode="ZE3 9JU")
    signed = text_of(Client().get(link_of(Signature.objects.get(role="signer")), follow=True))
    assert "We do not know the constituency" in signed


def test_a_contact_link_leads_to_the_representative(petition):
    sign(Client(), petition)
    page = Client().get(link_of(Signature.objects.get(role="signer")), follow=True).content.decode()
    assert 'href="https://parliament.example/members/17"' in page
    Constituency.objects.update(representative_url="")
    page = Client().get(link_of(Signature.objects.get(role="signer")), follow=True).content.decode()
    assert "How to contact" not in page


def test_the_page_after_opens_to_the_browser_that_confirmed_alone(petition):
    bob, eve = Client(), Client()
    sign(bob, petition)
    signature = Signature.objects.get(role="signer")
    bob.get(link_of(signature))
    address = f"/signatures/{signature.pk}/signed"
    assert bob.get(address).status_code == 200
    assert bob.get(f"/ar{address}").status_code == 200
    assert eve.get(address)["Location"] == f"/petitions/{petition.pk}"
    for forged in ("", "x", signature.confirm_token, signing.dumps(signature.pk)):
        eve.cookies[f"petitions_signed_{signature.pk}_en"] = forged
        assert eve.get(address)["Location"] == f"/petitions/{petition.pk}"
    cookie = bob.cookies[f"petitions_signed_{signature.pk}_en"]
    assert (cookie["path"], cookie["httponly"]) == (f"/signatures/{signature.pk}", True)


def test_following_the_link_again_counts_nothing_more_and_shows_the_same_page(petition):
    sign(Client(), petition)
    signature = Signature.objects.get(role="signer")
    pages = [re.sub(r"\s+", " ", text_of(Client().get(link_of(signature), follow=True))) for _ in range(3)]
    petition.refresh_from_db()
    assert petition.signature_count == 2
    assert len(set(pages)) == 1


def test_a_mail_scanner_that_only_looks_ahead_confirms_nothing(petition):
    sign(Client(), petition)
    signature = Signature.objects.get(role="signer")
    assert Client().head(link_of(signature)).status_code == 200
    signature.refresh_from_db()
    assert signature.state == "pending"


def test_the_same_form_sent_twice_is_one_signature(petition):
    first, second = sign(Client(), petition), sign(Client(), petition)
    assert first["Location"] == second["Location"]
    assert Signature.objects.filter(role="signer").count() == 1
    assert len(mails()) == 1


def test_who_signs_again_is_told_by_mail_and_never_on_the_screen(petition):
    sign(from_place(1), petition, nonce="1")
    sign(from_place(2), petition, nonce="2")
    confirm = ("petitions.confirm_signature", "suzie@example.org")
    assert mails() == [confirm, confirm]
    Client().get(link_of(Signature.objects.get(role="signer")))
    sign(from_place(3), petition, nonce="3")
    assert mails() == [confirm, confirm, ("petitions.already_signed", "suzie@example.org")]
    assert Signature.objects.filter(role="signer").count() == 1


def test_a_household_signs_twice_with_one_address_and_not_three_times(petition):
    sign(from_place(1), petition, name="Suzie Marsh")
    sign(from_place(2), petition, name="Sam Marsh")
    sign(from_place(3), petition, name="Sid Marsh")
    assert sorted(Signature.objects.filter(role="signer").values_list("name", flat=True)) == [
        "Sam Marsh",
        "Suzie Marsh",
    ]


def test_spellings_of_one_address_are_one_person(petition):
    for number, address in enumerate(("s.marsh@gmail.com", "smarsh@googlemail.com", "SMarsh@Gmail.com"), start=1):
        sign(from_place(number), petition, email=address, email_again=address)
    assert Signature.objects.filter(role="signer").count() == 1


def test_nobody_can_flood_anothers_mailbox(petition):
    for number in range(1, 9):
        sign(from_place(number), petition, nonce=str(number))
    assert len(mails()) == 5


def answer_to(browser, petition, **changed):
    """Everything that a browser sees after signing."""
    response = sign(browser, petition, **changed)
    thanks = browser.get(response["Location"])
    seen = [(each.status_code, each.content, sorted(each.headers.items())) for each in (response, thanks)]
    return str(seen) + str(sorted(browser.cookies))


def test_probing_who_has_signed_gives_the_same_answer_byte_for_byte(petition):
    RateLimits.objects.create(blocked_emails="blocked@example.org", blocked_ips="192.0.2.7", updated_at=BEGINNING)
    sign(from_place(1), petition, nonce="1")
    Client().get(link_of(Signature.objects.get(role="signer")))
    pending = {"email": "pending@example.org", "email_again": "pending@example.org"}
    blocked = {"email": "blocked@example.org", "email_again": "blocked@example.org"}
    new = {"email": "new@example.org", "email_again": "new@example.org"}
    sign(from_place(2), petition, **pending)
    answers = {
        answer_to(from_place(3), petition, nonce="2"),
        answer_to(from_place(4), petition, nonce="3", **pending),
        answer_to(from_place(5), petition, **blocked),
        answer_to(from_place(6), petition, **new),
        answer_to(from_place(7), petition, email="from@example.org", email_again="from@example.org"),
        answer_to(from_place(6), petition, email="soon@example.org", email_again="soon@example.org"),
    }
    assert len(answers) == 1


def test_a_blocked_signer_gets_the_mail_and_the_page_and_counts_for_nothing(petition):
    RateLimits.objects.create(blocked_domains="example.org", updated_at=BEGINNING)
    sign(Client(), petition)
    signature = Signature.objects.get(role="signer")
    assert signature.state == "fraudulent"
    assert mails() == [("petitions.confirm_signature", "suzie@example.org")]
    assert "Your signature counts" in text_of(Client().get(link_of(signature), follow=True))
    petition.refresh_from_db()
    assert petition.signature_count == 1


def test_a_second_signature_from_one_place_within_a_minute_counts_for_nothing(petition):
    sign(Client(), petition)
    sign(Client(), petition, name="Bob Hill", email="bob@example.org", email_again="bob@example.org")
    assert sorted(Signature.objects.filter(role="signer").values_list("state", flat=True)) == ["fraudulent", "pending"]


@pytest.mark.parametrize("token", ["", "wrong", "x" * 3000, "%F0%9F%98%80"])
def test_a_wrong_token_leads_to_the_petition_and_confirms_nothing(petition, token):
    sign(Client(), petition)
    signature = Signature.objects.get(role="signer")
    response = Client().get(f"/signatures/{signature.pk}/verify?token={token}")
    assert response["Location"] == f"/petitions/{petition.pk}"
    assert not response.cookies
    signature.refresh_from_db()
    assert signature.state == "pending"


def test_a_link_of_one_signature_opens_no_other(petition):
    sign(from_place(1), petition)
    sign(from_place(2), petition, name="Bob Hill", email="bob@example.org", email_again="bob@example.org")
    first, second = Signature.objects.filter(role="signer").order_by("pk")
    response = Client().get(f"/signatures/{second.pk}/verify?token={first.confirm_token}")
    assert response["Location"] == f"/petitions/{petition.pk}"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/petitions/abc/signatures/new", 400),
        ("/petitions/٣/signatures/new", 400),
        ("/petitions/999999999999999999999/signatures/new", 404),
        ("/petitions/77/signatures/new", 404),
        ("/signatures/abc/verify", 400),
        ("/signatures/1/verify?token=%ff", 400),
        ("/signatures/99999999/verify?token=x", 404),
        ("/signatures/x/signed", 400),
        ("/signatures/x/unsubscribe", 400),
        ("/petitions/x/gathering-support", 400),
        ("/sponsors/x/verify", 400),
    ],
)
def test_an_address_that_is_none_is_refused(petition, address, status):
    assert Client().get(address).status_code == status


def test_a_closed_petition_takes_no_form_and_confirms_links_for_a_day(petition):
    sign(from_place(1), petition)
    sign(from_place(2), petition, name="Bob Hill", email="bob@example.org", email_again="bob@example.org")
    first, second = Signature.objects.filter(role="signer").order_by("pk")
    closed_at = datetime.now(UTC) - timedelta(hours=23)
    Petition.objects.update(state="closed", closed_at=closed_at, closes_at=closed_at)
    assert Client().get(f"/petitions/{petition.pk}/signatures/new")["Location"] == f"/petitions/{petition.pk}"
    assert sign(from_place(3), petition, nonce="3")["Location"] == f"/petitions/{petition.pk}"
    assert "Your signature counts" in text_of(Client().get(link_of(first), follow=True))
    Petition.objects.update(closed_at=closed_at - timedelta(hours=2), closes_at=closed_at - timedelta(hours=2))
    assert "came too late" in text_of(Client().get(link_of(second), follow=True))
    petition.refresh_from_db()
    assert petition.signature_count == 2


def test_a_petition_whose_deadline_has_come_takes_no_form_though_nobody_closed_it_yet(petition):
    Petition.objects.update(closes_at=datetime.now(UTC) - timedelta(seconds=1))
    assert Client().get(f"/petitions/{petition.pk}/signatures/new")["Location"] == f"/petitions/{petition.pk}"


def test_a_dissolution_that_comes_first_is_the_deadline(petition):
    Parliament.objects.update(dissolution_at=datetime.now(UTC) - timedelta(seconds=1))
    assert Client().get(f"/petitions/{petition.pk}/signatures/new")["Location"] == f"/petitions/{petition.pk}"


def test_while_signing_is_paused_no_form_and_no_link_is_taken_and_the_link_works_afterwards(petition):
    sign(Client(), petition)
    signature = Signature.objects.get(role="signer")
    SiteSettings.objects.update(accepts_signatures=False, pause_message="We are moving house.")
    for response in (
        Client().get(f"/petitions/{petition.pk}/signatures/new"),
        sign(from_place(2), petition, nonce="2"),
    ):
        assert "Signing is paused" in text_of(response)
    time.sleep(FRESH_SECONDS)
    assert "Signing is paused" in text_of(Client().get(link_of(signature), follow=True))
    SiteSettings.objects.update(accepts_signatures=True)
    time.sleep(FRESH_SECONDS)
    assert "Your signature counts" in text_of(Client().get(link_of(signature), follow=True))


def test_a_petition_that_is_not_public_cannot_be_signed(petition):
    for state, leads_to in (
        ("pending", "gathering-support"),
        ("sponsored", "moderation-info"),
    ):
        Petition.objects.update(state=state)
        for address in ("new", "thank-you"):
            response = Client().get(f"/petitions/{petition.pk}/signatures/{address}")
            assert response["Location"] == f"/petitions/{petition.pk}/{leads_to}"
    Petition.objects.update(state="dormant")
    assert Client().get(f"/petitions/{petition.pk}/signatures/new").status_code == 404
    Petition.objects.update(state="stopped")
    assert Client().get(f"/petitions/{petition.pk}/signatures/new")["Location"] == "/"


def test_while_the_writer_is_away_nothing_typed_is_lost(office):  # noqa: F811
    with office.at_site("petitions"):
        settle_country()
        petition = publish("Repair the footbridge at Mill Lane")
        response = sign(Client(), petition, name="Bob Hill")
        assert (response.status_code, response["Retry-After"]) == (503, "5")
        assert "Nothing that you typed is lost" in text_of(response)
        assert 'name="name" value="Bob Hill"' in response.content.decode()
        link = Client().get(f"/signatures/{petition.creator_id}/verify?token=x")
        assert (link.status_code, "Try again in a moment" in text_of(link)) == (503, True)


def test_a_form_that_was_open_too_long_comes_back_as_it_was_typed(petition):
    here, yesterday = f"/petitions/{petition.pk}/signatures/new", datetime.now(UTC) - timedelta(hours=13)
    response = send(Client(), here, {**CHECKED, "name": "Bob Hill"}, purpose=PURPOSE, given_at=yesterday)
    assert response.status_code == 200
    assert "open for a long time" in text_of(response)
    assert 'value="Bob Hill"' in response.content.decode()
    assert Signature.objects.filter(role="signer").count() == 0


def test_a_form_of_another_site_is_refused(petition):
    here = f"/petitions/{petition.pk}/signatures/new"
    assert Client().post(here, CHECKED).status_code == 403
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert send(Client(), here, {**CHECKED}, purpose=PURPOSE, headers=headers).status_code == 403
    assert send(Client(), here, {**CHECKED}, purpose="petitions.create").status_code == 403
    assert Signature.objects.filter(role="signer").count() == 0


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"name=%00", "application/x-www-form-urlencoded"),
        (b"name=%ff%fe", "application/x-www-form-urlencoded"),
        (b"--broken", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data", "multipart/form-data; boundary=x"),
        (b"&".join(b"f%d=x" % number for number in range(2000)), "application/x-www-form-urlencoded"),
        (b"name=" + b"x" * 3_000_000, "application/x-www-form-urlencoded"),
    ],
)
def test_a_broken_or_endless_body_is_refused(petition, body, kind):
    response = Client().post(f"/petitions/{petition.pk}/signatures/new", body, content_type=kind)
    assert response.status_code in {400, 403, 413}
    assert Signature.objects.filter(role="signer").count() == 0


def test_a_script_in_any_field_is_text_on_every_page(petition):
    script = "<script>alert(1)</script>"
    Petition.objects.update(action=script)
    pages = [
        Client().get(f"/petitions/{petition.pk}/signatures/new"),
        send(Client(), f"/petitions/{petition.pk}/signatures/new", {**CHECKED, "name": script}, purpose=PURPOSE),
        send(
            Client(),
            f"/petitions/{petition.pk}/signatures/new",
            {**PERSON, "step": "details", "name": script},
            purpose=PURPOSE,
        ),
        Client().get(f"/petitions/{petition.pk}/signatures/thank-you"),
    ]
    for page in pages:
        assert "<script>alert" not in page.content.decode()


def test_a_line_break_comes_into_no_mail_and_no_header(petition):
    sign(Client(), petition, name="Suzie\r\nBcc: all@localhost")
    assert Signature.objects.get(role="signer").name == "Suzie Bcc: all@localhost"
    response = sign(Client(), petition, email="a@example.org\nBcc: b@example.org", nonce="2")
    assert "like name@example.com" in text_of(response)


def test_nothing_of_a_signer_is_logged(petition, caplog):
    caplog.set_level(0)
    sign(Client(), petition)
    signature = Signature.objects.get(role="signer")
    Client().get(link_of(signature), follow=True)
    Client().get(f"/signatures/{signature.pk}/verify?token=wrong")
    for secret in ("suzie", "Suzie", signature.confirm_token, signature.signed_token, signature.unsubscribe_token):
        assert secret not in caplog.text


def test_pages_of_signing_are_kept_by_nobody_and_say_their_address_to_nobody(petition):
    sign(Client(), petition)
    signature = Signature.objects.get(role="signer")
    for address in (
        f"/petitions/{petition.pk}/signatures/new",
        f"/petitions/{petition.pk}/signatures/thank-you",
        link_of(signature),
        f"/signatures/{signature.pk}/signed",
        f"/signatures/{signature.pk}/unsubscribe?token={signature.unsubscribe_token}",
    ):
        response = Client().get(address)
        assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "same-origin")
        assert "sessionid" not in response.cookies


@pytest.mark.parametrize("path", ["//evil.example/", "/ar//evil.example/x", "/\\evil.example/x", "/ar/\\evil.example"])
def test_no_address_makes_a_page_that_leads_to_another_site(petition, path):
    response = Client().get("/", PATH_INFO=path)
    assert response.status_code == 404
    links = re.findall(r'(?:href|action|src)="([^"]*)"', response.content.decode())
    assert links
    assert not [link for link in links if link.startswith(("//", "/\\", "http"))]
