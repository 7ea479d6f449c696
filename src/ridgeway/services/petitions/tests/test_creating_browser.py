"""Starting a petition in a real browser: with the mouse, with the keyboard, back and forth, without script."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from playwright.sync_api import expect

from ridgeway.office.tests.browsing import assert_accessible, browser, follow, mark_browser, open_window, serve  # noqa: F401
from ridgeway.office.tests.ready import migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import Parliament, Petition, SiteSettings
from ridgeway.services.petitions.tests.citizens import BEGINNING, settle_country

pytestmark = mark_browser("petitions-browser")
TITLE = "Repair the footbridge at Mill Lane"
WINDOWS = (
    {"viewport": {"width": 1100, "height": 800}},
    {"viewport": {"width": 320, "height": 640}},
)


@pytest.fixture
def site(office):  # noqa: F811
    """The public site, served."""
    with office.at_site("petitions"):
        settle_country()
        Petition.objects.create(
            action="Repair the old footbridge",
            state="open",
            created_at=BEGINNING,
            updated_at=BEGINNING,
            opened_at=BEGINNING,
            closes_at=datetime.now(UTC) + timedelta(days=90),
            sponsor_token="t",
            signature_count=12,
        )
        with serve() as address:
            yield address


def fill_details(page, **changed):
    """Who Suzie is."""
    values = {"name": "Suzie Marsh", "email": "suzie@example.org", "email_again": "suzie@example.org", **changed}
    for name, text in values.items():
        page.locator(f"[name={name}]").fill(text)
    page.locator("[name=postcode]").fill("SW1A 1AA")


@pytest.mark.parametrize("prefix", ["", "/ar"])
@pytest.mark.parametrize("window", WINDOWS)
def test_suzie_writes_a_petition_and_axe_finds_nothing_on_her_way(browser, site, prefix, window):  # noqa: F811
    with open_window(browser, site, **window) as page:
        look = partial(assert_accessible, page)
        send = partial(follow, page, page.locator("main form button[type=submit]").first)
        page.goto(f"{prefix}/petitions/start")
        look()
        follow(page, page.locator("main a.button-start"))
        send()
        expect(page.locator(".error-summary")).to_be_focused()
        look()
        page.locator("[name=eligible][value=yes]").check()
        send()
        look()
        send()
        expect(page.locator(".error-summary")).to_be_focused()
        assert page.title().startswith("Error: ") or prefix
        look()
        page.locator("[name=action]").fill(TITLE)
        send()
        expect(page).to_have_url(f"{site}{prefix}/petitions/new/similar")
        look()
        follow(page, page.locator("main .buttons a.button"))
        look()
        page.locator("[name=background]").fill("It has been closed since the flood.")
        send()
        look()
        send()
        look()
        fill_details(page, email_again="susie@example.org")
        send()
        expect(page.locator(".error-summary")).to_be_focused()
        look()
        page.locator("[name=email_again]").fill("suzie@example.org")
        send()
        expect(page).to_have_url(f"{site}{prefix}/petitions/new/check")
        look()
        send()
        expect(page).to_have_url(f"{site}{prefix}/petitions/thank-you")
        look()
        assert Petition.objects.filter(action=TITLE).count() == 1


def test_the_browsers_back_button_shows_what_was_written(browser, site):  # noqa: F811
    with open_window(browser, site) as page:
        page.goto("/petitions/new")
        page.get_by_label("Yes").check()
        page.get_by_role("button", name="Continue").click()
        page.get_by_label("What do you want us to do?").fill(TITLE)
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("link", name="My petition is different").click()
        page.go_back()
        page.go_back()
        expect(page.get_by_label("What do you want us to do?")).to_have_value(TITLE)
        page.go_forward()
        expect(page.get_by_role("link", name="Repair the old footbridge")).to_be_visible()


def test_without_script_everything_works_by_keyboard(browser, site):  # noqa: F811
    with open_window(browser, site, java_script_enabled=False) as page:
        page.goto("/petitions/new")
        page.get_by_label("Yes").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        page.get_by_label("What do you want us to do?").focus()
        page.keyboard.type("Plant trees")
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{site}/petitions/new/background")
        page.get_by_label("Tell us more about what you want to happen").focus()
        page.keyboard.type("More shade.")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.get_by_label("Is there anything else that people should know?").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        fill_details(page)
        expect(page.get_by_label("Your postcode")).to_be_visible()
        page.get_by_label("Your full name").press("Enter")
        expect(page).to_have_url(f"{site}/petitions/new/check")
        page.get_by_role("button", name="Send petition").press("Enter")
        expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
        assert Petition.objects.filter(action="Plant trees").count() == 1


def test_two_quick_clicks_send_one_petition(browser, site):  # noqa: F811
    with open_window(browser, site) as page:
        page.goto("/petitions/new")
        page.get_by_label("Yes").check()
        page.get_by_role("button", name="Continue").click()
        page.get_by_label("What do you want us to do?").fill("Plant trees")
        page.get_by_role("button", name="Continue").click()
        page.get_by_label("Tell us more about what you want to happen").fill("More shade.")
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="Continue").click()
        fill_details(page)
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="Send petition").dblclick()
        expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
        assert Petition.objects.filter(action="Plant trees").count() == 1


def test_the_postcode_is_asked_for_at_home_alone(browser, site):  # noqa: F811
    with open_window(browser, site) as page:
        page.goto("/petitions/new")
        page.get_by_label("Yes").check()
        page.get_by_role("button", name="Continue").click()
        page.goto("/petitions/new/your-details")
        expect(page.get_by_label("Your postcode")).to_be_visible()
        page.get_by_label("Where do you live?").select_option("FR")
        expect(page.get_by_label("Your postcode")).to_be_hidden()


@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_axe_finds_nothing_on_the_pages_beside_the_way(browser, site, prefix):  # noqa: F811
    with open_window(browser, site, viewport={"width": 320, "height": 640}) as page:
        for address in ("/petitions/new/not-eligible", "/petitions/new?lost=1", "/petitions/thank-you"):
            page.goto(f"{prefix}{address}")
            assert_accessible(page)
        SiteSettings.objects.update(accepts_petitions=False)
        page.goto(f"{prefix}/petitions/new")
        assert_accessible(page)
        SiteSettings.objects.update(accepts_petitions=True)
        Parliament.objects.update(dissolution_at=BEGINNING)
        page.goto(f"{prefix}/petitions/new")
        assert_accessible(page)
