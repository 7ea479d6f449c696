"""Signing and supporting in a real browser: every page and every problem, by keyboard, without script."""

from functools import partial

import pytest
from playwright.sync_api import expect

from ridgeway.office.tests.browsing import assert_accessible, browser, follow, mark_browser, open_window, serve  # noqa: F401
from ridgeway.office.tests.ready import migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import Petition, Signature, SiteSettings
from ridgeway.services.petitions.tests.citizens import publish, settle_country
from ridgeway.services.petitions.tests.writers import writing

pytestmark = mark_browser("petitions-browser")
TITLE = "Repair the footbridge at Mill Lane"
WINDOWS = ({"viewport": {"width": 1100, "height": 800}}, {"viewport": {"width": 320, "height": 640}})


@pytest.fixture
def site(office):  # noqa: F811
    """The public site, served, with a petition that is open."""
    with office.at_site("petitions"), writing():
        settle_country()
        publish(TITLE)
        with serve() as address:
            yield address


def fill_details(page, *, again="suzie@example.org"):
    """Who Suzie is."""
    page.locator("[name=name]").fill("Suzie Marsh")
    page.locator("[name=email]").fill("suzie@example.org")
    page.locator("[name=email_again]").fill(again)
    page.locator("[name=postcode]").fill("M1 1AE")


def link_of(signature, folder="signatures"):
    """What the mail leads to."""
    return f"/{folder}/{signature.pk}/verify?token={signature.confirm_token}"


def walk(page, start, *, folder, prefix):
    """The whole way from the question to the page after, axe looking at each page."""
    look = partial(assert_accessible, page)
    submit = page.locator("main form button[type=submit]")
    page.goto(start)
    look()
    submit.first.click()
    expect(page.locator(".error-summary")).to_be_focused()
    look()
    page.locator("[name=eligible][value=no]").check()
    follow(page, submit.first)
    look()
    page.goto(start)
    page.locator("[name=eligible][value=yes]").check()
    follow(page, submit.first)
    look()
    submit.first.click()
    expect(page.locator(".error-summary")).to_be_focused()
    look()
    fill_details(page, again="susie@example.org")
    submit.first.click()
    expect(page.locator(".error-summary a")).to_have_count(1)
    page.locator("[name=email_again]").fill("suzie@example.org")
    follow(page, submit.first)
    look()
    submit.nth(1).click()
    expect(page.locator("[name=name]")).to_have_value("Suzie Marsh")
    submit.first.click()
    submit.first.click()
    page.wait_for_url("**/thank-you")
    look()
    signature = Signature.objects.get(email="suzie@example.org")
    page.goto(f"{prefix}{link_of(signature, folder)}")
    expect(page.locator(".panel")).to_be_visible()
    look()
    return signature


@pytest.mark.parametrize("prefix", ["", "/ar"])
@pytest.mark.parametrize("window", WINDOWS)
def test_suzie_signs_and_axe_finds_nothing_on_her_way(browser, site, prefix, window):  # noqa: F811
    petition = Petition.objects.get()
    with open_window(browser, site, **window) as page:
        walk(page, f"{prefix}/petitions/{petition.pk}/signatures/new", folder="signatures", prefix=prefix)
        petition.refresh_from_db()
        assert petition.signature_count == 2


@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_dana_supports_and_axe_finds_nothing_on_her_way(browser, site, prefix):  # noqa: F811
    petition = Petition.objects.get()
    Petition.objects.update(state="validated", opened_at=None, additional_details="More.\n\nAnd more.")
    token = petition.sponsor_token.replace(" ", "%20")
    with open_window(browser, site, viewport={"width": 320, "height": 640}) as page:
        start = f"{prefix}/petitions/{petition.pk}/sponsors/new?token={token}"
        walk(page, start, folder="sponsors", prefix=prefix)
        for state, address in (("validated", "gathering-support"), ("sponsored", "moderation-info")):
            Petition.objects.update(state=state)
            page.goto(f"{prefix}/petitions/{petition.pk}/{address}")
            assert_accessible(page)


@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_axe_finds_nothing_on_the_pages_beside_the_way(browser, site, prefix):  # noqa: F811
    petition = Petition.objects.get()
    creator = petition.creator
    with open_window(browser, site, viewport={"width": 320, "height": 640}) as page:
        SiteSettings.objects.update(accepts_signatures=False)
        page.goto(f"{prefix}/petitions/{petition.pk}/signatures/new")
        assert_accessible(page)
        SiteSettings.objects.update(accepts_signatures=True)
        Signature.objects.update(wants_updates=True)
        unsubscribe = f"{prefix}/signatures/{creator.pk}/unsubscribe?token={creator.unsubscribe_token}"
        page.goto(unsubscribe)
        assert_accessible(page)
        page.locator("main form button").click()
        expect(page.locator(".panel")).to_be_visible()
        assert_accessible(page)
        page.goto(unsubscribe)
        assert_accessible(page)


def test_bob_signs_without_script_by_keyboard_alone(browser, site):  # noqa: F811
    petition = Petition.objects.get()
    with open_window(browser, site, java_script_enabled=False) as page:
        page.goto(f"/petitions/{petition.pk}/signatures/new")
        page.get_by_label("Yes").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        page.get_by_label("Your full name").focus()
        for text in ("Bob Hill", "bob@example.org", "bob@example.org"):
            page.keyboard.type(text)
            page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.type("SW1A 1AA")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Check your details")).to_be_visible()
        page.get_by_role("button", name="Sign this petition").press("Enter")
        expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
        assert Signature.objects.get(email="bob@example.org").wants_updates


def test_two_quick_clicks_are_one_signature(browser, site):  # noqa: F811
    petition = Petition.objects.get()
    with open_window(browser, site) as page:
        page.goto(f"/petitions/{petition.pk}/signatures/new?step=details")
        fill_details(page)
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="Sign this petition").dblclick()
        expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
        assert Signature.objects.filter(email="suzie@example.org").count() == 1


def test_while_the_writer_is_away_the_page_says_so_and_trying_again_works(browser, office):  # noqa: F811
    with office.at_site("petitions"):
        settle_country()
        petition = publish(TITLE)
        with serve() as address, open_window(browser, address, statuses=(503,)) as page:
            page.goto(f"/petitions/{petition.pk}/signatures/new?step=details")
            fill_details(page)
            page.get_by_role("button", name="Continue").click()
            page.get_by_role("button", name="Sign this petition").click()
            expect(page.locator(".banner")).to_be_focused()
            assert_accessible(page)
            with writing():
                page.get_by_role("button", name="Sign this petition").click()
                expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
