"""Every page that citizens read, in a real browser: as axe sees it, narrow and wide, right to left, dark, by script."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import expect

from ridgeway.office.tests.browsing import assert_accessible, browser, mark_browser, open_window, serve  # noqa: F401
from ridgeway.office.tests.ready import migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import Parliament, Petition, SiteSettings, Tally
from ridgeway.services.petitions.tests.citizens import settle_country
from ridgeway.services.petitions.tests.published import answer, archive, debate, decorate, publish

pytestmark = mark_browser("petitions-browser")
WINDOWS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1100, "height": 800}},
    "narrow and dark": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
}
LONG = "Averyveryverylongwordthatnobodywouldeverwriteunlesstheywantedtobreakthepageonasmallscreen"
CLOSES = datetime.now(UTC) + timedelta(days=90)


def fill():
    """Petitions in every state that is shown, with everything that can stand on a page; their addresses."""
    SiteSettings.objects.update(
        home_message="We are away on Friday.",
        home_message_colour="amber",
        petition_message="Counts are late.",
        map_url="https://map.example/",
    )
    full = decorate(publish("Protect the chalk streams", signature_count=10_234, committee_note="*Not* a promise."))
    answer(full)
    debate(full, image=b"\xff\xd8", image_digest="abc")
    Tally.objects.create(petition=full, minute_at=datetime.now(UTC) - timedelta(minutes=3), count=12)
    planned = publish(LONG, signature_count=100_001, additional_details=f"https://example.org/{LONG}")
    Petition.objects.filter(pk=planned.pk).update(
        response_state="awaiting",
        response_threshold_reached_at=CLOSES - timedelta(days=120),
        debate_state="scheduled",
        scheduled_debate_date="2026-12-01",
    )
    declined = publish("Declined", state="closed")
    debate(declined, debated=False)
    refused = publish("Refused", state="rejected")
    removed = publish("Removed", state="removed")
    waiting = publish("Nobody sees it yet", state="sponsored")
    old = archive(decorate(publish("أصلحوا الجسر القديم", state="closed", signature_count=6_000)))
    for number in range(30):
        publish(f"Petition number {number}", creator=None)
    Petition.objects.filter(state="open").update(closes_at=CLOSES)
    current = [full, planned, declined, refused]
    return {
        "petitions": [*(f"/petitions/{each.pk}" for each in current), f"/archived/petitions/{old.pk}"],
        "gone": [f"/petitions/{removed.pk}", "/petitions/999999", "/petitions/x"],
        "waiting": [f"/petitions/{waiting.pk}"],
    }


LISTS = (
    "/petitions",
    "/petitions?state=open&page=2",
    "/petitions?state=awaiting_response",
    "/petitions?state=awaiting_debate",
    "/petitions?state=with_response",
    "/petitions?state=debated",
    "/petitions?q=streams&topic=environment",
    "/petitions?q=zeppelin",
    "/archived/petitions",
)
LOCAL = (
    "/petitions/local",
    "/petitions/local?postcode=x",
    "/petitions/local?postcode=M11AE",
    "/petitions/local?postcode=M11AF",
    "/petitions/local/harbour",
    "/petitions/local/mill-valley/all",
)
CONTENT = ("/help", "/standards", "/privacy", "/cookies", "/accessibility", "/feedback", "/feedback/thanks")


@pytest.fixture
def site(office):  # noqa: F811
    with office.at_site("petitions"):
        settle_country()
        with serve() as address:
            yield address


@pytest.mark.parametrize(("prefix", "window"), [("", "wide"), ("/ar", "narrow and dark")])
@pytest.mark.parametrize("paths", [("/", *LISTS), (*LOCAL, *CONTENT), ()], ids=["lists", "content", "petitions"])
def test_axe_finds_nothing_on_any_page_that_is_read(browser, site, prefix, window, paths):  # noqa: F811
    made = fill()
    with open_window(browser, site, **WINDOWS[window]) as page:
        for path in paths or (*made["petitions"], *made["waiting"]):
            page.goto(prefix + path)
            assert_accessible(page)


@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_axe_finds_nothing_where_there_is_nothing_to_read(browser, site, prefix):  # noqa: F811
    made = fill()
    with open_window(browser, site, statuses=(400, 404, 410, 503), **WINDOWS["narrow and dark"]) as page:
        for path in made["gone"]:
            page.goto(prefix + path)
            assert_accessible(page)
        SiteSettings.objects.update(access_user="guest", access_password=make_password("x"))
        page.goto(f"{prefix}/")
        assert_accessible(page)
        SiteSettings.objects.update(is_public=False)
        page.goto(f"{prefix}/petitions")
        assert_accessible(page)


@pytest.mark.parametrize(
    "values",
    [
        {"dissolution_at": datetime.now(UTC) + timedelta(days=9), "shows_dissolution": True},
        {"dissolution_at": datetime.now(UTC) - timedelta(days=1), "shows_dissolution": True},
        {"opening_at": datetime.now(UTC) + timedelta(days=9)},
    ],
    ids=["announced", "dissolved", "pending"],
)
def test_axe_finds_nothing_around_an_election(browser, site, values):  # noqa: F811
    path = f"/petitions/{publish().pk}"
    Parliament.objects.update(**values)
    for prefix, window in (("", "wide"), ("/ar", "narrow and dark")):
        with open_window(browser, site, **WINDOWS[window]) as page:
            for each in ("/", "/petitions", "/petitions/local", path):
                page.goto(prefix + each)
                assert_accessible(page)


def test_feedback_that_is_not_in_order_begins_at_its_problem(browser, site):  # noqa: F811
    with open_window(browser, site, **WINDOWS["wide"]) as page:
        page.goto("/feedback")
        page.locator("main form button").click()
        expect(page.locator(".error-summary")).to_be_focused()
        assert_accessible(page)
        page.locator("[name=comment]").fill("It is slow.")
        page.locator("main form button").click()
        expect(page).to_have_url(f"{site}/feedback/thanks")


def test_suzie_finds_a_petition_by_keyboard_alone(browser, site):  # noqa: F811
    fill()
    with open_window(browser, site, **WINDOWS["wide"]) as page:
        page.goto("/petitions")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type("chalk")
        page.keyboard.press("Enter")
        expect(page.locator("#count")).to_contain_text("about “chalk”")
        page.get_by_role("link", name="Protect the chalk streams").focus()
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Protect the chalk streams")


def test_the_count_moves_while_suzie_looks(browser, site):  # noqa: F811
    petition = publish(signature_count=1_000)
    with open_window(browser, site, **WINDOWS["wide"]) as page:
        page.clock.install()
        page.goto(f"/petitions/{petition.pk}")
        expect(page.locator("[data-live-number]")).to_have_text("1,000")
        Petition.objects.update(signature_count=1_234)
        page.clock.run_for(10_500)
        page.clock.run_for(2_000)
        expect(page.locator("[data-live-number]")).to_have_text("1,234")
        assert page.eval_on_selector("progress[data-live-progress]", "each => each.value") == 1_234


def test_without_script_all_is_read_but_nothing_is_shared(browser, site):  # noqa: F811
    made = fill()
    with open_window(browser, site, java_script_enabled=False, **WINDOWS["wide"]) as page:
        page.goto(made["petitions"][0])
        assert not page.is_visible(".share")
        assert page.inner_text("[data-live-number]") == "10,234"
        page.locator("text=All constituencies")
        page.goto("/petitions")
        page.locator("a[rel=next]").click()
        expect(page.locator("[aria-current=page][aria-label='Page 2']")).to_be_visible()
