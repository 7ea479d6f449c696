"""Signing in as people do: with a passkey, with an app, by keyboard; and what the pages look like to axe."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from ridgeway.office.people.models import Account
from ridgeway.office.people.tests.cast import PASSWORD, make_account, make_code
from ridgeway.office.people.tests.oidc import serve_works
from ridgeway.office.people.tests.test_sign_on import write_sign_on
from ridgeway.office.tests.browsing import RULES, browser, mark_browser, open_window, serve  # noqa: F401
from ridgeway.office.tests.ready import Office, migrated_file, office, with_settings  # noqa: F401

pytestmark = mark_browser("people-browser")


@pytest.fixture
def desk(browser: Browser, office: Office) -> Iterator[str]:  # noqa: F811
    from dataclasses import replace

    from django.test import override_settings

    strict = with_settings(office, lambda web: replace(web, require_second_factor=True))
    with strict.at_site("desk"), serve() as address, override_settings(CSRF_TRUSTED_ORIGINS=[address]):
        yield address


@pytest.fixture
def page(browser: Browser, desk: str) -> Iterator[Page]:  # noqa: F811
    with open_window(browser, desk, statuses=(403,)) as page:
        yield page


def give_key(page: Page) -> Any:
    """A key in the browser that proves its owner by itself."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def run_axe(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    assert found.violations_count == 0, found.generate_report()
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def follow(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.click(selector)


def press_enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def type_password(page: Page) -> None:
    page.goto("/people/sign-in")
    page.fill("input[name=login]", "ann@parliament.example")
    page.fill("input[name=password]", PASSWORD)
    follow(page, "button:text-is('Sign in')")


def sign_out(page: Page) -> None:
    follow(page, "header button:has-text('Sign out')")
    page.wait_for_url("**/people/sign-in")


def test_a_passkey_is_set_up_and_then_signs_in_alone(page: Page):
    make_account()
    give_key(page)
    type_password(page)
    page.wait_for_url("**/my-account/second-factor")
    follow(page, "text=Add a passkey")
    page.fill("input[name=name]", "Ann's laptop")
    page.check("input[name=passwordless]")
    run_axe(page)
    follow(page, "button:has-text('Add the passkey')")
    page.wait_for_url("**/second-factor/codes")
    run_axe(page)
    assert page.locator(".recovery-codes li").count() == 10
    follow(page, "text=Continue")
    expect(page.locator("main")).to_contain_text("Ann's laptop")
    sign_out(page)
    follow(page, "button:has-text('Sign in with a passkey')")
    page.wait_for_url(re.compile(r"localhost:\d+/$"))
    page.goto("/people/my-account")
    expect(page.locator("main")).to_contain_text("Ann Archer")
    assert Account.objects.get().sign_in_mark


def test_who_rests_is_warned_stays_by_a_click_and_else_is_signed_out(page: Page, desk: str, office: Office):  # noqa: F811
    from dataclasses import replace

    with_settings(office, lambda web: replace(web, require_second_factor=False, session_idle_seconds=124))
    account = make_account()
    type_password(page)
    page.goto("/people/my-account")
    dialog = page.locator("dialog[data-idle]")
    assert not dialog.is_visible()
    expect(dialog).to_be_visible(timeout=20_000)
    run_axe(page)
    before = Account.objects.get().last_seen
    with page.expect_response("**/people/session/stay"):
        page.click("text=Stay signed in")
    assert not dialog.is_visible()
    assert Account.objects.get().last_seen > before
    Account.objects.filter(pk=account.pk).update(last_seen=before - timedelta(seconds=124))
    page.evaluate("localStorage.setItem('idle.told', String(Date.now() - 124 * 1000))")
    page.wait_for_url("**/people/sign-in?ended=idle")
    expect(page.locator("main")).to_contain_text("You were signed out")


def test_who_has_a_sign_on_service_comes_by_no_passkey(page: Page):
    account = make_account()
    give_key(page)
    type_password(page)
    follow(page, "text=Add a passkey")
    page.check("input[name=passwordless]")
    follow(page, "button:has-text('Add the passkey')")
    sign_out(page)
    Account.objects.filter(pk=account.pk).update(provider="works")
    follow(page, "button:has-text('Sign in with a passkey')")
    expect(page.locator("main")).to_contain_text("no passkey")
    page.goto("/people/my-account")
    page.wait_for_url("**/people/sign-in?**")


def test_a_security_key_is_the_second_factor_after_the_password(page: Page):
    make_account()
    give_key(page)
    type_password(page)
    follow(page, "text=Add a passkey")
    follow(page, "button:has-text('Add the passkey')")
    page.wait_for_url("**/second-factor/codes")
    follow(page, "text=Continue")
    sign_out(page)
    type_password(page)
    page.wait_for_url("**/sign-in/second-factor")
    run_axe(page)
    follow(page, "button:has-text('Use a passkey or security key')")
    page.wait_for_url(re.compile(r"localhost:\d+/$"))
    page.goto("/people/my-account/second-factor/keys")
    run_axe(page)
    follow(page, "text=Rename")
    page.fill("input[name=name]", "Blue key")
    follow(page, "button:has-text('Save')")
    follow(page, "a:has-text('Remove')")
    expect(page.locator("main")).to_contain_text("“Blue key” counts no more.")
    follow(page, "button:has-text('Remove the passkey')")
    page.goto("/people/my-account")
    page.wait_for_url("**/my-account/second-factor")


def test_a_key_that_fails_says_so_and_leaves_the_other_ways(page: Page):
    make_account()
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    page.goto("/people/sign-in")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('no key')); }")
    page.click("button:has-text('Sign in with a passkey')")
    expect(page.locator("[data-passkey-failed]")).to_be_visible()
    run_axe(page)


def test_an_app_is_set_up_and_asked_for_by_keyboard_alone(page: Page):
    make_account(roles=["hall.warden"])
    page.goto("/people/sign-in")
    page.focus("input[name=login]")
    page.keyboard.type("ann@parliament.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    press_enter(page)
    page.wait_for_url("**/my-account/second-factor")
    run_axe(page)
    page.focus("a:has-text('Set up an app')")
    press_enter(page)
    run_axe(page)
    secret = page.inner_text("[data-secret]")
    assert page.evaluate("document.querySelector('img.qr').naturalWidth") > 0
    page.focus("input[name=code]")
    page.keyboard.type(make_code(secret))
    press_enter(page)
    page.wait_for_url("**/second-factor/codes")
    sign_out(page)
    type_password(page)
    page.wait_for_url("**/sign-in/second-factor")
    page.focus("input[name=code]")
    page.keyboard.type("000000")
    press_enter(page)
    expect(page.locator(".error-summary")).to_contain_text("did not work")
    run_axe(page)
    page.fill("input[name=code]", make_code(secret, steps=1))
    press_enter(page)
    page.wait_for_url(re.compile(r"localhost:\d+/$"))
    for path in ("/people/", "/people/add", f"/people/{Account.objects.get().pk}", "/audit/", "/people/my-account"):
        for width in (1100, 320):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(path)
            run_axe(page)


def test_every_page_of_the_way_in_passes_axe_in_both_directions(page: Page):
    make_account()
    for path in ("/people/sign-in", "/people/sign-in?ended=idle", "/people/sign-on-failed", "/people/sign-in/closed"):
        for prefix in ("", "/ar"):
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.set_viewport_size({"width": 320, "height": 700})
                page.goto(prefix + path)
                run_axe(page)


@pytest.mark.parametrize("has_script", [True, False])
def test_one_goes_to_the_sign_on_service_and_comes_back(browser: Browser, desk: str, office: Office, has_script: bool):  # noqa: F811
    with serve_works() as works:
        works.claims = {"sub": "bea-1", "email": "bea@works.example", "name": "Bea Builder", "groups": ["porters"]}
        write_sign_on(office.settings.state_dir, works.address, "asks_second_factor = true")
        context = browser.new_context(base_url=desk, java_script_enabled=has_script)
        page = context.new_page()
        page.goto("/people/sign-in?next=/people/my-account")
        page.fill("input[name=login]", "bea@works.example")
        page.click("button:text-is('Continue')")
        page.wait_for_url("**/people/my-account")
        expect(page.locator("main")).to_contain_text("Bea Builder")
        assert "/userinfo" in works.asked
        context.close()


def test_without_script_one_signs_in_all_the_same(browser: Browser, desk: str):  # noqa: F811
    make_account()
    context = browser.new_context(base_url=desk, java_script_enabled=False)
    page = context.new_page()
    type_password(page)
    page.wait_for_url("**/my-account/second-factor")
    assert "Loading any page keeps you signed in" in page.content()
    context.close()
