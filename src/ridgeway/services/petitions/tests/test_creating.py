import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from ridgeway.office.notices.models import QueuedNotice
from ridgeway.office.tests.ready import any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import Draft, Parliament, Petition, RateLimits, Signature, SiteSettings
from ridgeway.services.petitions.tests.citizens import BEGINNING, PERSON, send, settle_country, text_of

PURPOSE = "petitions.create"
TITLE = "Repair the footbridge at Mill Lane"
TEXTS = {
    "title": {"action": TITLE},
    "background": {"background": "It has been closed since the flood.\r\nChildren walk along the road."},
    "details": {"additional_details": ""},
    "your-details": PERSON,
}


@pytest.fixture
def site(office):  # noqa: F811
    """The public site of a country."""
    with office.at_site("petitions"):
        settle_country()
        yield office


def answer(browser, step="", **fields):
    """One page is answered."""
    return send(browser, f"/petitions/new{'/' if step else ''}{step}", fields, purpose=PURPOSE)


def write_all(browser, **changed):
    """Every question is answered."""
    answer(browser, eligible="yes")
    for step, fields in TEXTS.items():
        answer(browser, step, **{**fields, **{key: text for key, text in changed.items() if key in fields}})


def create(browser, **changed):
    """A petition is written and sent; the last answer."""
    write_all(browser, **changed)
    return answer(browser, "check")


def test_suzie_starts_a_petition_step_by_step_and_is_mailed_the_private_link(any_office):  # noqa: F811
    with any_office.at_site("petitions"):
        settle_country()
        suzie = Client()
        assert suzie.get("/petitions/start").status_code == 200
        assert "Are you a citizen or a resident of this country (United Kingdom)?" in text_of(
            suzie.get("/petitions/new")
        )
        for step, leads_to, fields in (
            ("", "/petitions/new/title", {"eligible": "yes"}),
            ("title", "/petitions/new/similar", TEXTS["title"]),
            ("background", "/petitions/new/details", TEXTS["background"]),
            ("details", "/petitions/new/your-details", TEXTS["details"]),
            ("your-details", "/petitions/new/check", TEXTS["your-details"]),
        ):
            response = answer(suzie, step, **fields)
            assert (response.status_code, response["Location"]) == (302, leads_to)
        assert suzie.get("/petitions/new/similar")["Location"] == "/petitions/new/background"
        check = suzie.get("/petitions/new/check")
        assert TITLE in text_of(check)
        assert "SW1A 1AA" in text_of(check)
        sent = answer(suzie, "check")
        assert sent["Location"] == "/petitions/thank-you"
        assert "Check your email" in text_of(suzie.get("/petitions/thank-you"))
        petition = Petition.objects.get()
        creator = Signature.objects.get()
        assert (petition.pk, petition.state, petition.signature_count) == (700_000, "pending", 0)
        assert petition.background == "It has been closed since the flood.\nChildren walk along the road."
        assert petition.creator == creator
        assert petition.parliament.period == "2024-2029"
        assert (creator.role, creator.state, creator.postcode) == ("creator", "pending", "SW1A1AA")
        notice = QueuedNotice.objects.get()
        assert (notice.kind, notice.address) == ("petitions.gather_support", "suzie@example.org")
        assert json.loads(notice.payload) == {"token": petition.sponsor_token, "delayed": False}
        assert Draft.objects.get().answers == {"sent": True}


def test_the_next_petition_has_the_next_number(site):
    create(Client())
    create(Client(REMOTE_ADDR="192.0.2.9"), email="bob@example.org", email_again="bob@example.org")
    assert list(Petition.objects.order_by("pk").values_list("pk", flat=True)) == [700_000, 700_001]


def test_a_numbering_that_has_begun_is_left_alone(any_office):  # noqa: F811
    from ridgeway.services.petitions.actions.numbering import start_numbers

    with any_office.at_site("petitions"):
        start_numbers(700_000)
        start_numbers(500_000)
        first = Petition.objects.create(action="A", created_at=BEGINNING, updated_at=BEGINNING, sponsor_token="1")
        assert first.pk == 700_000
        start_numbers(900_000)
        second = Petition.objects.create(action="A", created_at=BEGINNING, updated_at=BEGINNING, sponsor_token="2")
        assert second.pk == 700_001
        connection.close()


def test_who_is_no_citizen_is_told_politely(site):
    response = answer(Client(), eligible="no")
    assert response["Location"] == "/petitions/new/not-eligible"
    assert "Only citizens and residents" in text_of(Client().get("/petitions/new/not-eligible"))
    assert Draft.objects.count() == 0


def test_who_says_neither_yes_nor_no_is_asked_again(site):
    browser = Client()
    response = answer(browser)
    assert response["Location"] == "/petitions/new?problem=1"
    page = browser.get(response["Location"])
    assert "Say whether you are a citizen or a resident" in text_of(page)
    assert "<title>Error: " in page.content.decode()


@pytest.mark.parametrize(
    ("step", "field", "text", "said"),
    [
        ("title", "action", "", "Write what you want us to do"),
        ("title", "action", "x" * 81, "must be 80 characters or fewer"),
        ("title", "action", "=HYPERLINK(A1)", "Begin with a letter or a number"),
        ("background", "background", "x" * 301, "must be 300 characters or fewer"),
        ("background", "background", "+44", "Begin with a letter or a number"),
        ("details", "additional_details", "x" * 801, "must be 800 characters or fewer"),
        ("details", "additional_details", "@SUM(1)", "Begin with a letter or a number"),
        ("your-details", "name", "-cmd", "must begin with a letter"),
        ("your-details", "name", "See www.example.org", "must not hold a web address"),
        ("your-details", "email", "suzie", "Enter an email address like name@example.com"),
        ("your-details", "email", "suzie+1@example.org", "without the plus sign"),
        ("your-details", "email_again", "susie@example.org", "The two email addresses are not the same"),
        ("your-details", "location", "XX", "Choose a country from the list"),
        ("your-details", "postcode", "", "Enter your postcode"),
        ("your-details", "postcode", "NOT A POSTCODE", "Enter a real postcode"),
    ],
)
def test_a_wrong_answer_stays_in_its_field_and_is_said(site, step, field, text, said):
    browser = Client()
    answer(browser, eligible="yes")
    response = answer(browser, step, **{**TEXTS[step], field: text})
    assert response["Location"] == f"/petitions/new/{step}?problem=1"
    page = browser.get(response["Location"])
    assert said in text_of(page)
    assert "There is a problem" in text_of(page)
    if text.isalnum() and field != "location":
        assert text in page.content.decode()


def test_a_limit_counts_line_breaks_as_one_letter(site):
    browser = Client()
    answer(browser, eligible="yes")
    response = answer(browser, "background", background="x\r\n" * 149 + "xx")
    assert response["Location"] == "/petitions/new/details"


def test_the_counters_tell_their_limits(site):
    browser = Client()
    answer(browser, eligible="yes")
    for step, limit in (("title", 80), ("background", 300), ("details", 800)):
        page = browser.get(f"/petitions/new/{step}").content.decode()
        assert f'data-counter="{limit}"' in page
        assert f"You can write up to {limit} characters." in page


def test_suzie_changes_an_answer_from_the_last_page_and_comes_back_to_it(site):
    browser = Client()
    write_all(browser)
    assert "/petitions/new/title?return=check" in browser.get("/petitions/new/check").content.decode()
    page = browser.get("/petitions/new/title?return=check").content.decode()
    assert TITLE in page
    assert 'name="return" value="check"' in page
    response = answer(browser, "title", action="Rebuild the footbridge", **{"return": "check"})
    assert response["Location"] == "/petitions/new/check"
    assert "Rebuild the footbridge" in text_of(browser.get("/petitions/new/check"))


def test_the_last_page_leads_to_the_first_answer_that_is_missing(site):
    browser = Client()
    answer(browser, eligible="yes")
    answer(browser, "title", **TEXTS["title"])
    for response in (browser.get("/petitions/new/check"), answer(browser, "check")):
        assert response["Location"] == "/petitions/new/background?problem=1&return=check"
    assert Petition.objects.count() == 0


def test_the_details_can_be_left_out_and_people_abroad_need_no_postcode(site):
    create(Client(), location="FR", postcode="")
    assert Petition.objects.get().additional_details == ""
    assert Signature.objects.get().country_code == "FR"


def test_sent_twice_it_is_one_petition_with_one_mail(site):
    browser = Client()
    write_all(browser)
    cookies = dict(browser.cookies.items())
    first = answer(browser, "check")
    browser.cookies.update(cookies)
    second = answer(browser, "check")
    assert first["Location"] == second["Location"] == "/petitions/thank-you"
    assert Petition.objects.count() == QueuedNotice.objects.count() == 1


def test_sent_twice_at_the_same_moment_it_is_one_petition(any_office):  # noqa: F811
    with any_office.at_site("petitions"):
        settle_country()
        browser = Client()
        write_all(browser)
        token = browser.cookies["petitions_draft_en"].value

        def send_once(_number):
            again = Client()
            again.cookies["petitions_draft_en"] = token
            try:
                return answer(again, "check")["Location"]
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(send_once, range(4))) == {"/petitions/thank-you"}
        assert Petition.objects.count() == QueuedNotice.objects.count() == 1


def test_going_back_after_sending_shows_nothing_of_it(site):
    browser = Client()
    write_all(browser)
    cookies = dict(browser.cookies.items())
    answer(browser, "check")
    browser.cookies.update(cookies)
    assert browser.get("/petitions/new/your-details")["Location"] == "/petitions/thank-you"


def test_a_draft_lives_a_day_and_says_so_when_it_is_gone(site):
    browser = Client()
    write_all(browser)
    Draft.objects.update(created_at=datetime.now(UTC) - timedelta(hours=25))
    response = browser.get("/petitions/new/check")
    assert response["Location"] == "/petitions/new?lost=1"
    assert "Drafts are kept for a day" in text_of(browser.get(response["Location"]))


def test_nobody_reads_anothers_draft(site):
    suzie, mallory = Client(), Client()
    write_all(suzie)
    assert mallory.get("/petitions/new/check")["Location"] == "/petitions/new?lost=1"
    mallory.cookies["petitions_draft_en"] = Draft.objects.get().token_digest
    assert mallory.get("/petitions/new/check")["Location"] == "/petitions/new?lost=1"


def test_the_drafts_cookie_is_of_these_pages_alone(site):
    response = answer(Client(), eligible="yes")
    cookie = response.cookies["petitions_draft_en"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/petitions/new", True, "Lax")
    assert response.cookies["petitions_draft_ar"]["path"] == "/ar/petitions/new"
    assert cookie.value not in str(Draft.objects.values())


def test_who_is_blocked_sees_what_everybody_sees_and_leaves_nothing(site):
    RateLimits.objects.create(blocked_domains="example.org", updated_at=BEGINNING)
    refused, taken = create(Client()), create(Client(), email="suzie@example.com", email_again="suzie@example.com")
    assert Petition.objects.count() == 1
    assert QueuedNotice.objects.count() == 1
    assert (refused.status_code, refused.content, dict(refused.headers)) == (
        taken.status_code,
        taken.content,
        dict(taken.headers),
    )
    assert {str(draft.answers) for draft in Draft.objects.all()} == {"{'sent': True}"}


def test_the_third_petition_from_one_place_within_five_minutes_comes_to_nothing(site):
    for number in range(3):
        address = f"suzie{number}@example.org"
        sent = create(Client(), email=address, email_again=address)
        assert sent["Location"] == "/petitions/thank-you"
    assert Petition.objects.count() == 2
    Petition.objects.update(created_at=datetime.now(UTC) - timedelta(minutes=6))
    create(Client(), email="later@example.org", email_again="later@example.org")
    assert Petition.objects.count() == 3


def test_nobody_starts_a_petition_while_staff_have_stopped_it(site):
    browser = Client()
    write_all(browser)
    SiteSettings.objects.update(accepts_petitions=False)
    for page in (browser.get("/petitions/start"), browser.get("/petitions/new"), answer(browser, "check")):
        assert "You cannot start a petition at the moment" in text_of(page)
    assert Petition.objects.count() == 0


def test_nobody_starts_a_petition_when_parliament_is_dissolved_or_not_open_yet(site):
    Parliament.objects.update(dissolution_at=datetime.now(UTC) - timedelta(days=1))
    assert "has been dissolved" in text_of(Client().get("/petitions/new"))
    Parliament.objects.update(dissolution_at=None, opening_at=datetime.now(UTC) + timedelta(days=1))
    assert "is not open yet" in text_of(Client().get("/petitions/new"))


def test_a_form_from_another_site_or_without_its_token_is_refused(site):
    browser = Client()
    assert browser.post("/petitions/new", {"eligible": "yes"}).status_code == 403
    cross = send(
        browser, "/petitions/new", {"eligible": "yes"}, purpose=PURPOSE, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert cross.status_code == 403
    other = send(browser, "/petitions/new", {"eligible": "yes"}, purpose="petitions.sign")
    assert other.status_code == 403
    assert Draft.objects.count() == 0


def test_a_likely_mistyped_address_is_asked_about(site):
    browser = Client()
    write_all(browser, email="suzie@gmial.com", email_again="suzie@gmial.com")
    assert "Did you mean suzie@gmail.com?" in text_of(browser.get("/petitions/new/check"))


def test_petitions_that_ask_for_the_same_are_shown_and_one_can_go_on(site):
    petition = Petition.objects.create(
        action="Repair the old footbridge", state="open", created_at=BEGINNING, updated_at=BEGINNING, sponsor_token="t"
    )
    browser = Client()
    answer(browser, eligible="yes")
    answer(browser, "title", **TEXTS["title"])
    page = browser.get("/petitions/new/similar")
    assert "Repair the old footbridge" in text_of(page)
    assert f"/petitions/{petition.pk}" in page.content.decode()
    assert "/petitions/new/similar" in browser.get("/petitions/new/background").content.decode()


def test_a_script_in_any_field_is_text(site):
    browser, script = Client(), "<script>alert(1)</script>"
    write_all(
        browser,
        action=script,
        background=script,
        additional_details=f"x {script} <img src=x onerror=alert(1)>",
        name=script,
    )
    answer(browser, "details", additional_details=f"x {script}")
    for step in ("title", "background", "details", "your-details", "check"):
        page = browser.get(f"/petitions/new/{step}").content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_line_breaks_never_come_into_a_name_or_an_address(site):
    create(Client(), name="Suzie\r\nBcc: all@localhost", email="suzie@example.org")
    assert Signature.objects.get().name == "Suzie Bcc: all@localhost"
    browser = Client()
    answer(browser, eligible="yes")
    response = answer(browser, "your-details", **{**PERSON, "email": "a@example.org\r\nBcc: b@example.org"})
    assert response["Location"] == "/petitions/new/your-details?problem=1"


def test_the_way_back_from_the_last_page_is_to_no_other_site(site):
    browser = Client()
    write_all(browser)
    response = answer(browser, "title", action=TITLE, **{"return": "https://evil.example/"})
    assert response["Location"] == "/petitions/new/similar"


def test_pages_of_a_draft_are_kept_by_nobody(site):
    browser = Client()
    write_all(browser)
    for address in ("/petitions/new", "/petitions/new/title", "/petitions/new/check", "/petitions/thank-you"):
        assert browser.get(address)["Cache-Control"] == "no-store"


def test_other_verbs_and_unknown_steps_are_refused(site):
    assert Client().put("/petitions/new").status_code == 405
    assert Client().get("/petitions/new/nothing").status_code == 404


def test_an_arabic_draft_goes_on_in_english(site):
    browser = Client()
    response = send(browser, "/ar/petitions/new", {"eligible": "yes"}, purpose=PURPOSE)
    assert response["Location"] == "/ar/petitions/new/title"
    send(browser, "/ar/petitions/new/title", {"action": "أصلحوا الجسر"}, purpose=PURPOSE)
    assert "أصلحوا الجسر" in browser.get("/petitions/new/title").content.decode()
    assert 'dir="rtl"' in browser.get("/ar/petitions/new/title").content.decode()


def test_what_was_written_can_be_thrown_away(site):
    browser = Client()
    write_all(browser)
    assert TITLE in text_of(browser.get("/petitions/new"))
    assert "Throw it away" in text_of(browser.get("/petitions/new/check"))
    token = browser.cookies["petitions_draft_en"].value
    response = answer(browser, "discard")
    assert response["Location"] == "/petitions/start"
    assert response.cookies["petitions_draft_en"]["max-age"] == 0
    assert Draft.objects.count() == 0
    browser.cookies["petitions_draft_en"] = token
    assert browser.get("/petitions/new/check")["Location"] == "/petitions/new?lost=1"


def test_nothing_is_thrown_away_by_looking_or_from_another_site(site):
    browser = Client()
    write_all(browser)
    assert browser.get("/petitions/new/discard")["Location"] == "/petitions/new"
    assert browser.post("/petitions/new/discard").status_code == 403
    assert Draft.objects.count() == 1


def test_a_petition_that_was_sent_cannot_be_sent_again_by_throwing_its_draft_away(site):
    browser = Client()
    write_all(browser)
    token = browser.cookies["petitions_draft_en"].value
    answer(browser, "check")
    browser.cookies["petitions_draft_en"] = token
    answer(browser, "discard")
    assert Draft.objects.count() == 1
