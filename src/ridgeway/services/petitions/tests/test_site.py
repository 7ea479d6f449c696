"""The site around the petitions: places, feedback, written pages, old addresses, caches, and who may come in."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client, override_settings

from ridgeway.office.notices.models import QueuedNotice
from ridgeway.office.tests.ready import any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import Constituency, Feedback, Page, Parliament, RateLimits, SiteSettings
from ridgeway.services.petitions.pages.caching import render_freshness
from ridgeway.services.petitions.tests.citizens import BEGINNING, send, settle_country
from ridgeway.services.petitions.tests.published import OPENED, archive, debate, decorate, publish, text_of


@pytest.fixture
def site(office):  # noqa: F811
    with office.at_site("petitions"):
        settle_country()
        yield office


@pytest.fixture
def any_site(any_office):  # noqa: F811
    with any_office.at_site("petitions"):
        settle_country()
        yield any_office


def read(path, **headers):
    return Client().get(path, headers=headers)


# In one's constituency


def test_suzie_finds_what_is_signed_where_she_lives(any_site):
    decorate(publish(signature_count=12))
    assert "Your postcode" in text_of(read("/petitions/local"))
    assert read("/petitions/local?postcode=sw1a%201aa")["Location"] == "/petitions/local/mill-valley"
    page = text_of(read("/petitions/local/mill-valley"))
    assert "Petitions in Mill Valley" in page
    assert "Ada Marsh" in page
    assert "7 signatures from here" in page
    assert "12 signatures in all" in page


def test_all_published_petitions_of_a_place_stand_on_a_page_of_their_own(site):
    decorate(publish("Open one"))
    decorate(publish("Closed one", state="closed"))
    assert "Closed one" not in text_of(read("/petitions/local/harbour"))
    page = text_of(read("/petitions/local/harbour/all"))
    assert "Closed one" in page
    assert "no representative at the moment" in page


def test_a_postcode_in_two_constituencies_asks_which(site):
    page = text_of(read("/petitions/local?postcode=M1+1AE"))
    assert "Which constituency do you live in?" in page
    assert "Harbour Mill Valley" in page


def test_an_unknown_postcode_and_one_that_is_none_say_so(site):
    assert "We do not know where this postcode lies" in text_of(read("/petitions/local?postcode=M11AF"))
    page = text_of(read("/petitions/local?postcode=nonsense"))
    assert "Enter a real postcode" in page
    assert "There is a problem" in page


def test_nobody_keeps_an_answer_to_a_postcode(site):
    for postcode in ("SW1A1AA", "M11AE", "M11AF", "nonsense", ""):
        assert read(f"/petitions/local?postcode={postcode}")["Cache-Control"] == "no-store"


def test_without_places_or_without_a_parliament_the_page_says_why(site):
    SiteSettings.objects.update(finds_constituencies=False)
    assert "We cannot look up constituencies" in text_of(read("/petitions/local"))
    Parliament.objects.update(dissolution_at=datetime.now(UTC) - timedelta(days=1))
    assert "no local petitions while no Parliament sits" in text_of(read("/petitions/local"))
    assert "no local petitions while no Parliament sits" in text_of(read("/petitions/local/harbour"))
    assert read("/petitions/local/harbour.json").status_code == 404


def test_a_constituency_of_before_has_no_page(site):
    Constituency.objects.create(code="E1", name="Gone", slug="gone", ends_on="2024-05-30")
    assert read("/petitions/local/gone").status_code == 404


# Feedback


def tell(browser=None, **fields):
    told = {"comment": "The search is slow.", "petition": "", "email": "", "nonce": "n"} | fields
    return send(browser or Client(), "/feedback", told, purpose="petitions.feedback")


def test_suzie_tells_the_team_what_she_thinks(any_site):
    SiteSettings.objects.update(team_mailbox="team@parliament.example")
    assert tell(email="suzie@example.org", petition="700001")["Location"] == "/feedback/thanks"
    assert "Thank you for your feedback" in text_of(read("/feedback/thanks"))
    feedback = Feedback.objects.get()
    assert (feedback.comment, feedback.email) == ("The search is slow.", "suzie@example.org")
    notice = QueuedNotice.objects.get()
    assert (notice.kind, notice.address) == ("petitions.feedback", "team@parliament.example")
    assert json.loads(notice.payload)["comment"] == "The search is slow."


def test_empty_feedback_is_asked_again(site):
    page = tell(comment="  ", email="nobody")
    assert "Write what you want to tell us" in text_of(page)
    assert "Enter an email address like name@example.com" in text_of(page)
    assert "<title>Error:" in page.content.decode()
    assert Feedback.objects.count() == 0


def test_the_third_word_within_five_minutes_comes_to_nothing_and_says_nothing(site):
    answers = [tell(comment=f"Word {number}") for number in range(3)]
    assert {response["Location"] for response in answers} == {"/feedback/thanks"}
    assert Feedback.objects.count() == 2


def test_who_is_blocked_sees_what_everybody_sees(site):
    RateLimits.objects.create(blocked_ips="127.0.0.0/8", updated_at=BEGINNING)
    assert tell()["Location"] == "/feedback/thanks"
    assert Feedback.objects.count() == 0


def test_feedback_is_kept_without_a_mail_where_staff_want_none(site):
    tell()
    SiteSettings.objects.update(team_mailbox="team@parliament.example", mails_feedback=False)
    tell(comment="Another")
    assert Feedback.objects.count() == 2
    assert QueuedNotice.objects.count() == 0


def test_feedback_from_another_site_is_refused(site):
    assert Client().post("/feedback", {"comment": "x"}).status_code == 403
    assert Feedback.objects.count() == 0


# Pages that staff write


@pytest.mark.parametrize("slug", ["help", "standards", "privacy", "cookies", "accessibility"])
def test_every_page_that_a_public_body_has_is_there_in_both_languages(any_site, slug):
    english, arabic = read(f"/{slug}"), read(f"/ar/{slug}")
    assert english.status_code == arabic.status_code == 200
    assert "not translated" not in text_of(english)
    assert 'dir="rtl"' in arabic.content.decode()
    assert re.search("[\u0600-\u06ff]", text_of(arabic))
    assert "$" not in text_of(english) + text_of(arabic)


def test_a_written_page_tells_the_numbers_that_hold(site):
    SiteSettings.objects.update(threshold_for_response=1_234)
    assert "1,234" in text_of(read("/help"))


def test_staff_change_a_page_shut_it_or_lead_elsewhere(site):
    Page.objects.filter(slug="help", language="en").update(content="**Ask** us. <script>x</script>")
    body = read("/help").content.decode()
    assert "<strong>Ask</strong>" in body
    assert "<script>x" not in body
    Page.objects.filter(slug="help").update(redirect_url="https://parliament.example/help")
    assert read("/help")["Location"] == "https://parliament.example/help"
    Page.objects.filter(slug="help").update(is_enabled=False)
    assert read("/help").status_code == 404
    assert read("/nothing-of-the-kind").status_code == 404


def test_a_page_that_is_not_translated_is_shown_as_it_is(site):
    Page.objects.create(slug="extra", language="en", title="Extra", content="More.", updated_at=OPENED)
    page = read("/ar/extra")
    assert "More." in text_of(page)
    assert 'lang="en"' in page.content.decode()


# Old addresses, machines


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/api/petitions", "/petitions"),
        ("/api/petitions.json?state=open", "/petitions.json?state=open"),
        ("/api/petitions/7.json", "/petitions/7.json"),
        ("/departments", "/"),
        ("/faq", "/help"),
        ("/how-it-works", "/help"),
        ("/terms-and-conditions", "/help"),
        ("/privacy-policy", "/privacy"),
        ("/help/standards", "/standards"),
        ("/crown-copyright", "/help"),
        ("/petitions/check", "/petitions/start"),
    ],
)
def test_an_old_address_leads_on_for_good(site, old, new):
    response = read(old)
    assert (response.status_code, response["Location"]) == (301, new)
    assert "max-age=3153600000" in response["Cache-Control"]


def test_bots_are_told_where_not_to_go_and_pages_that_nobody_looks_for_say_noindex(site):
    petition = publish()
    robots = read("/robots.txt").content.decode()
    for path in ("/petitions/*/signatures", "/signatures/", "/ar/sponsors/", "/petitions/new"):
        assert f"Disallow: {path}\n" in robots
    for path in ("/", "/petitions", f"/petitions/{petition.pk}", "/petitions/local", "/help"):
        assert 'content="noindex"' not in read(path).content.decode(), path
    for path in ("/feedback", "/feedback/thanks", "/petitions/new", "/nothing"):
        assert 'content="noindex"' in read(path).content.decode(), path


def test_a_telephone_finds_the_manifest(site):
    told = read("/ar/manifest.json")
    assert told["Content-Type"] == "application/manifest+json"
    assert (told.json()["dir"], told.json()["start_url"]) == ("rtl", "/ar/")
    assert '<link rel="manifest" href="/manifest.json">' in read("/").content.decode()


def test_a_balancer_asks_whether_the_process_is_up_and_a_watchman_whether_all_is(any_site):
    assert read("/ping").content == b"PONG"
    told = read("/health-check")
    assert (told.status_code, told.json()) == (200, {"database": "OK", "migrations": "OK"})
    assert told["Cache-Control"] == "no-store"


def test_the_picture_of_a_debate_is_kept_for_a_year(site):
    petition = publish(state="closed")
    debate(petition, image=b"\xff\xd8\xff\xe0picture", image_digest="abc123")
    path = f"/images/debates/{petition.pk}/abc123.jpg"
    assert path in read(f"/petitions/{petition.pk}").content.decode()
    response = read(path)
    assert (response["Content-Type"], response.content) == ("image/jpeg", b"\xff\xd8\xff\xe0picture")
    assert "max-age=31536000" in response["Cache-Control"]
    assert read(f"/images/debates/{petition.pk}/other.jpg").status_code == 404


# Caches


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/", render_freshness(10)),
        ("/petitions/{}", render_freshness(10)),
        ("/petitions/{}.json", render_freshness(10)),
        ("/petitions/{}/count.json", render_freshness(10)),
        ("/trending.json", render_freshness(10)),
        ("/petitions/local/harbour", render_freshness(10)),
        ("/petitions/local/harbour.json", render_freshness(10)),
        ("/help", render_freshness(60)),
        ("/constituencies.json", render_freshness(60)),
        ("/parliaments.json", render_freshness(60)),
        ("/topics.json", render_freshness(60)),
        ("/petitions/start", render_freshness(300)),
        ("/petitions/local", render_freshness(300)),
        ("/manifest.json", render_freshness(300)),
        ("/petitions", "private, max-age=0, must-revalidate"),
        ("/petitions.json", "private, max-age=0, must-revalidate"),
        ("/petitions.csv", "private, max-age=0, must-revalidate"),
        ("/feedback", "no-store"),
        ("/petitions/new", "no-store"),
    ],
)
def test_each_page_says_how_long_it_may_be_kept(site, path, said):
    response = read(path.format(publish().pk))
    assert response["Cache-Control"] == said
    assert not response.cookies
    assert "Vary" not in response.headers


def test_archived_pages_are_kept_for_two_minutes(site):
    petition = archive(publish(state="closed"))
    for path in (f"/archived/petitions/{petition.pk}", f"/archived/petitions/{petition.pk}.json"):
        assert read(path)["Cache-Control"] == render_freshness(120)


def test_freshness_is_said_in_three_times():
    assert render_freshness(10) == "public, max-age=10, stale-while-revalidate=20, stale-if-error=50"


@pytest.mark.parametrize("path", ["/petitions/{}", "/petitions/{}.json", "/petitions/{}/count.json", "/petitions"])
def test_who_has_a_page_already_is_told_so_without_sending_it(site, path):
    petition = publish()
    address = path.format(petition.pk)
    first = read(address)
    again = read(address, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == first["Cache-Control"]
    petition.signature_count = 99
    petition.save()
    assert read(address, **{"If-None-Match": first["ETag"]}).status_code == 200


def test_times_of_change_are_told_in_steps_of_ten_seconds(site):
    petition = publish()
    response = read(f"/petitions/{petition.pk}.json")
    assert response["Last-Modified"] == "Mon, 02 Mar 2026 10:30:10 GMT"
    again = read(f"/petitions/{petition.pk}.json", **{"If-Modified-Since": response["Last-Modified"]})
    assert again.status_code == 304
    assert again["Access-Control-Allow-Origin"] == "*"
    petition.last_signed_at = OPENED + timedelta(seconds=30)
    petition.save()
    again = read(f"/petitions/{petition.pk}.json", **{"If-Modified-Since": response["Last-Modified"]})
    assert again.status_code == 200


def test_a_crowd_reads_what_was_drawn_a_moment_ago(site):
    with override_settings(RIDGEWAY_PAGE_SECONDS=60):
        petition = publish(signature_count=1)
        first = read(f"/petitions/{petition.pk}/count.json")
        petition.signature_count = 2
        petition.save()
        again = read(f"/petitions/{petition.pk}/count.json")
        assert (again.json(), again["ETag"]) == (first.json(), first["ETag"])
        assert again["Access-Control-Allow-Origin"] == "*"
        assert read(f"/ar/petitions/{petition.pk}").content != read(f"/petitions/{petition.pk}").content


# Who may come in


def test_a_site_that_is_shut_answers_503_and_testers_pass(any_site):
    SiteSettings.objects.update(is_public=False, access_password=make_password("open sesame"))
    shut = read("/")
    assert (shut.status_code, shut["Retry-After"], shut["Cache-Control"]) == (503, "600", "no-store")
    assert read("/petitions.json").status_code == 503
    assert read("/ping").status_code == read("/health-check").status_code == 200
    assert read("/robots.txt").content == b"User-agent: *\nDisallow: /\n"
    tester = Client()
    fields = {"name": "", "password": "open sesame"}
    assert send(tester, "/login", fields, purpose="petitions.access")["Location"] == "/"
    assert tester.get("/").status_code == 200
    assert tester.get("/")["Cache-Control"] == "private, no-store"
    assert tester.get("/logout")["Location"] == "/"
    assert tester.get("/").status_code == 503


def test_a_site_with_a_password_asks_everybody_for_it(site):
    SiteSettings.objects.update(access_user="guest", access_password=make_password("open sesame"))
    assert read("/")["Location"] == "/login"
    assert "This site is not open to everybody" in text_of(read("/login"))
    guest = Client()
    for name, password in (("guest", "wrong"), ("other", "open sesame")):
        page = send(guest, "/login", {"name": name, "password": password}, purpose="petitions.access")
        assert "The name or the password is wrong" in text_of(page)
    send(guest, "/login", {"name": "guest", "password": "open sesame"}, purpose="petitions.access")
    assert guest.get("/").status_code == 200
    SiteSettings.objects.update(access_password=make_password("another"))
    assert guest.get("/").status_code == 302


def test_a_password_is_not_guessed_by_trying(site):
    SiteSettings.objects.update(access_user="guest", access_password=make_password("open sesame"))
    guest = Client()
    for number in range(10):
        send(guest, "/login", {"name": "guest", "password": f"{number}"}, purpose="petitions.access")
    send(guest, "/login", {"name": "guest", "password": "open sesame"}, purpose="petitions.access")
    assert guest.get("/").status_code == 302


def test_a_made_up_cookie_opens_nothing(site):
    SiteSettings.objects.update(is_public=False, access_password=make_password("open sesame"))
    guest = Client()
    guest.cookies["petitions_access"] = "0" * 64 + ":1:x"
    assert guest.get("/").status_code == 503


def test_an_open_site_asks_for_no_password(site):
    assert read("/login")["Location"] == "/"


def test_null_bytes_and_broken_text_are_bad_requests(site):
    for path in ("/petitions?q=%00", "/petitions?q=%ff", "/petitions/%ff", "/petitions.json?state=%00"):
        assert read(path).status_code == 400, path
