"""The public pages in a real browser: for everybody, by keyboard, from right to left, without a script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from ridgeway.office.tests.browsing import assert_accessible, browser, follow, mark_browser, open_window, serve
from ridgeway.services.assessments.tests.visitors import WINTER, serve_packages

pytestmark = mark_browser("assessments")
__all__ = ["browser"]
PHONE = {"viewport": {"width": 320, "height": 640}}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve_packages(tmp_path_factory.mktemp("site"), WINTER, quick_exit="/ping"), serve() as address:
        yield address


def press_on(page: Page, *, keeps_cookies: bool = True) -> None:
    """The form of the page is sent, by a browser that keeps no cookie where it is said so."""
    if not keeps_cookies:
        page.context.clear_cookies()
    follow(page, page.locator("main form .button-primary").first)


def walk(page: Page, *, language: str = "en", keeps_cookies: bool = True) -> None:
    """From the start to the check page."""
    page.goto(f"/winter/{language}/")
    press_on(page)
    page.check("#ill")
    press_on(page, keeps_cookies=keeps_cookies)
    page.check("#symptoms")
    press_on(page, keeps_cookies=keeps_cookies)
    for part, value in (("day", "20"), ("month", "11"), ("year", "2025")):
        page.fill(f"#since-{part}", value)
    press_on(page, keeps_cookies=keeps_cookies)
    page.fill("#age", "30")
    press_on(page, keeps_cookies=keeps_cookies)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_is_for_everybody_on_a_small_screen_too(browser: Browser, address: str, language: str) -> None:
    with open_window(browser, address, statuses=(422,), **PHONE) as page:
        page.goto("/")
        assert_accessible(page)
        page.goto(f"/winter/{language}/")
        assert_accessible(page)
        press_on(page)
        press_on(page)
        expect(page.locator(".error-summary")).to_be_focused()
        assert_accessible(page)
        walk(page, language=language)
        assert_accessible(page)
        press_on(page)
        assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
        page.locator("details.why summary").click()
        assert_accessible(page)
        follow(page, page.locator(f'a[href="/winter/{language}/continue"]'))
        assert_accessible(page)
        page.goto(f"/winter/{language}/arrive")
        assert_accessible(page)


def test_the_keyboard_alone_leads_to_the_result(browser: Browser, address: str) -> None:
    with open_window(browser, address) as page:
        page.goto("/winter/en/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
        page.keyboard.press("Enter")
        with page.expect_navigation():
            reach(page, "button.button-start")
            page.keyboard.press("Enter")
        reach(page, "#ill")
        page.keyboard.press("ArrowDown")
        assert page.is_checked("#ill-2")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        reach(page, "#age")
        page.keyboard.type("30")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        with page.expect_navigation():
            reach(page, "main form .button-primary")
            page.keyboard.press("Space")
        assert page.inner_text("h1") == "Go out and play"


def reach(page: Page, selector: str) -> None:
    """The focus is at this part, by Tab alone."""
    for _ in range(40):
        if page.evaluate("at => document.activeElement.matches(at)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}")


def test_all_works_without_a_script_and_another_device_takes_over_with_one(browser: Browser, address: str) -> None:
    with open_window(browser, address, java_script_enabled=False) as page:
        walk(page)
        press_on(page)
        assert page.inner_text("h1") == "Stay at home"
        follow(page, page.get_by_role("link", name="Continue on another device"))
        code = page.input_value("#code")
        follow(page, page.get_by_role("button", name="Delete my answers"))
        assert page.context.cookies() == []
    with open_window(browser, address) as other:
        other.goto(f"/winter/ar/arrive#{code}")
        expect(other.locator(".panel-title")).to_have_text("ابق في البيت")
        assert code not in other.evaluate("JSON.stringify(history.state) + location.href + document.referrer")


def test_a_browser_without_cookies_goes_all_the_way_and_changes_the_language(browser: Browser, address: str) -> None:
    with open_window(browser, address) as page:
        walk(page, keeps_cookies=False)
        assert page.inner_text("h1") == "Check your answers"
        assert_accessible(page)
        page.context.clear_cookies()
        follow(page, page.get_by_role("button", name="العربية"))
        press_on(page, keeps_cookies=False)
        assert page.locator(".panel-title").inner_text() == "ابق في البيت"
        assert_accessible(page)


def test_the_way_out_leaves_nothing_behind(browser: Browser, address: str) -> None:
    with open_window(browser, address) as page:
        walk(page)
        page.get_by_role("link", name="Leave this page now").click()
        page.wait_for_url("**/ping")
        assert page.context.cookies() == []
        page.go_back()
        assert "Fever" not in page.content()


def test_the_result_is_printed_without_its_ways(browser: Browser, address: str) -> None:
    with open_window(browser, address) as page:
        walk(page)
        press_on(page)
        page.emulate_media(media="print")
        for hidden in (".quick-exit", ".back-link", "form.kept", ".masthead nav", ".skip-link"):
            expect(page.locator(hidden).first).not_to_be_visible()
        expect(page.locator(".panel-title")).to_be_visible()
        expect(page.locator(".stamp")).to_contain_text("Version 1.2.0")
