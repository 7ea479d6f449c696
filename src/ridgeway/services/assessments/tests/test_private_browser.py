"""The private mode and the one file in a real browser: nothing is sent, nothing is lost, everybody can use it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from ridgeway.office.tests.browsing import assert_accessible, browser, mark_browser, open_window
from ridgeway.services.assessments.engine import Assessment, load
from ridgeway.services.assessments.offline import make_bundle
from ridgeway.services.assessments.tests.private_site import (
    BASE,
    fill_in,
    go_on,
    make_site_files,
    serve,
    serve_files,
    walk,
)
from ridgeway.services.assessments.tests.sampled import load_sample

pytestmark = mark_browser("assessments")
__all__ = ["browser"]

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 17, tzinfo=UTC)
UNTIL_GONE = """async (old) => {
  while ((await caches.keys()).includes(old)) await new Promise((resolve) => setTimeout(resolve, 50));
}"""
REBATE = {
    "lives_here": True, "moved_in": "2010-05-01", "pays": "own", "heating": "gas", "used": "", "supports": [],
    "household": [{"born": "1980-01-02", "earns": "24000", "again": False}],
}  # fmt: skip
RESPIRATORY = {
    "on_behalf": False, "protected": True, "emergency": False, "age": "a30", "area": "K1A", "symptoms": ["cough"],
}  # fmt: skip


def find(name: str) -> Assessment:
    """A sample as it comes from JSON."""
    return load(json.loads(json.dumps(load_sample(name).compiled)))


@pytest.fixture(scope="module")
def rebate() -> Assessment:
    return find("energy-rebate-check")


@pytest.fixture(scope="module")
def site(rebate: Assessment) -> Iterator[str]:
    with serve_files(rebate.compiled) as address:
        yield address


@contextmanager
def visit(browser: Browser, address: str, path: str = BASE, **options: Any) -> Iterator[Page]:
    """The private mode, drawn, on the day of the tests."""
    with open_window(browser, address, **options) as page:
        page.clock.set_fixed_time(NOON)
        page.goto(path)
        page.locator("main form, main .panel").first.wait_for()
        yield page


def await_worker(page: Page) -> None:
    """The files are kept for when there is no network."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.wait_for_timeout(500)  # what its requests were is told a little later


def note_requests(context: BrowserContext) -> list[str]:
    """Every request from now on, those of the worker too."""
    requests: list[str] = []
    context.on("request", lambda request: requests.append(f"{request.method} {request.url}"))
    return requests


def test_a_whole_walk_sends_nothing_and_no_address_tells_an_answer(
    browser: Browser, site: str, rebate: Assessment
) -> None:
    with visit(browser, site) as page:
        await_worker(page)
        expect(page.locator(".privacy")).to_contain_text("leaves this device")
        requests = note_requests(page.context)
        go_on(page)
        headings = walk(page, rebate, REBATE, language="en", today=TODAY)
        assert len(headings) > 5
        expect(page.locator(".panel")).to_be_visible()
        assert requests == []
        assert page.url == f"{site}{BASE}#/en/{len(headings)}"
        kept = page.evaluate("[JSON.stringify(localStorage), document.cookie]")
        assert kept == ["{}", ""]


def test_it_works_without_a_network_after_the_first_visit(browser: Browser, site: str, rebate: Assessment) -> None:
    with visit(browser, site) as page:
        await_worker(page)
        page.context.set_offline(True)
        page.reload()
        go_on(page)
        walk(page, rebate, REBATE, language="en", today=TODAY)
        expect(page.locator("#foot-text")).to_contain_text("without the internet")
        page.context.set_offline(False)


def test_a_new_version_takes_the_place_of_the_old_one_and_asks_to_begin_again(
    browser: Browser, rebate: Assessment
) -> None:
    files = make_site_files(rebate.compiled)
    with serve(files) as address, visit(browser, address) as page:
        await_worker(page)
        go_on(page)
        [old] = page.evaluate("caches.keys()")
        newer = {**rebate.compiled, "digest": "0" * 64, "version": "99.0"}
        files.clear()
        files.update(make_site_files(newer))
        page.reload()
        expect(page.locator("main [role=status]")).to_contain_text("has changed since you began")
        expect(page.locator(".stamp")).to_contain_text("99.0")
        page.evaluate(UNTIL_GONE, old)
        page.context.set_offline(True)
        page.reload()
        expect(page.locator(".stamp")).to_contain_text("99.0")
        page.context.set_offline(False)


def test_back_forward_reload_change_and_language_lose_nothing(browser: Browser, site: str, rebate: Assessment) -> None:
    with visit(browser, site) as page:
        go_on(page)
        last = len(walk(page, rebate, REBATE, language="en", today=TODAY))
        title = page.locator("h1").inner_text()
        page.go_back()
        page.go_back()
        page.wait_for_function("step => location.hash === `#/en/${step}`", arg=last - 2)
        page.go_forward()
        page.go_forward()
        expect(page.locator("h1")).to_have_text(title)
        page.reload()
        expect(page.locator("h1")).to_have_text(title)
        page.get_by_role("link", name="Français").click()
        expect(page.locator("html")).to_have_attribute("lang", "fr")
        expect(page.locator(".panel")).to_be_visible()
        expect(page.locator(".answers .summary-row")).not_to_have_count(0)
        page.locator(".answers .summary-actions a").first.click()
        page.wait_for_function("location.hash.endsWith('/1/change')")
        expect(page.locator("input[value=yes]")).to_be_checked()
        go_on(page)
        expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_a_step_that_is_not_reached_yet_leads_to_the_one_that_is(browser: Browser, site: str) -> None:
    with visit(browser, site, f"{BASE}#/en/9") as page:
        page.wait_for_function("location.hash === '#/en/1'")
        page.evaluate("location.hash = '#/xx/3/change'")
        page.wait_for_function("location.hash === '#/en/1'")


def test_what_is_wrong_is_said_and_has_the_focus(browser: Browser, site: str) -> None:
    with visit(browser, site) as page:
        go_on(page)
        page.locator("main form button").click()
        expect(page.locator(".error-summary")).to_be_focused()
        assert page.title().startswith("Error:")
        page.locator(".error-summary a").click()
        expect(page.locator("main input").first).to_be_focused()
        assert page.url.endswith("#/en/1")
        assert_accessible(page)


def test_a_calendar_file_is_made_on_the_device(browser: Browser, site: str, rebate: Assessment) -> None:
    with visit(browser, site) as page:
        requests = note_requests(page.context)
        go_on(page)
        walk(page, rebate, REBATE, language="en", today=TODAY)
        with page.expect_download() as waiting:
            page.locator("[data-calendar]").click()
        text = Path(waiting.value.path()).read_text("utf-8")
        assert text.startswith("BEGIN:VCALENDAR")
        assert "DTSTART;VALUE=DATE:202" in text
        assert [each for each in requests if not each.startswith("GET blob:") and BASE not in each] == []


def test_a_result_on_paper_has_what_was_answered_and_nothing_to_press(
    browser: Browser, site: str, rebate: Assessment
) -> None:
    with visit(browser, site) as page:
        go_on(page)
        walk(page, rebate, REBATE, language="en", today=TODAY)
        page.emulate_media(media="print")
        for shown in (".panel-title", ".answers", ".stamp"):
            expect(page.locator(shown)).to_be_visible()
        for hidden in (".quick-exit", ".back-link", ".buttons", ".languages", ".answers .summary-actions a"):
            expect(page.locator(hidden).first).not_to_be_visible()


def test_leaving_quickly_and_deleting_forget_everything(browser: Browser, site: str, rebate: Assessment) -> None:
    with visit(browser, site) as page:
        go_on(page)
        walk(page, rebate, REBATE, language="en", today=TODAY)
        page.locator("[data-forget]").click()
        expect(page.locator(".button-start")).to_be_visible()
        assert page.evaluate("sessionStorage.length") == 0
        go_on(page)
        fill_in(page, [{"id": "lives_here", "options": [{"id": "lives_here", "checked": True}], "values": {}}])
        go_on(page)
        page.keyboard.press("Shift")
        page.keyboard.press("Shift")
        page.keyboard.press("Shift")
        page.wait_for_url("**/away")
        page.go_back()
        page.locator("main form").wait_for()
        assert page.evaluate("sessionStorage.length") == 0
        expect(page.locator("input:checked")).to_have_count(0)


def test_a_keyboard_is_enough_and_a_new_page_is_read_from_its_heading(browser: Browser, site: str) -> None:
    with visit(browser, site) as page:
        page.locator(".button-start").focus()
        page.keyboard.press("Enter")
        page.wait_for_function("location.hash === '#/en/1'")
        expect(page.locator("h1")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        expect(page.locator("input[value=yes]")).to_be_checked()
        page.keyboard.press("Enter")
        page.wait_for_function("location.hash === '#/en/2'")


@pytest.mark.parametrize(("language", "width"), [("en", 1200), ("ar", 360)])
def test_every_page_is_accessible_in_both_directions(browser: Browser, language: str, width: int) -> None:
    assessment = find("respiratory-check-2021")
    size = {"width": width, "height": 800}
    with (
        serve_files(assessment.compiled) as address,
        visit(browser, address, f"{BASE}#/{language}/", viewport=size) as page,
    ):
        assert page.evaluate("document.dir") == ("rtl" if language == "ar" else "ltr")
        assert_accessible(page)
        go_on(page)
        page.locator("main form button").click()
        assert_accessible(page)
        walk(page, assessment, RESPIRATORY, language=language, today=TODAY)
        page.locator("details.why summary").click()
        assert_accessible(page)


@pytest.fixture(scope="module")
def one_file(tmp_path_factory: pytest.TempPathFactory, rebate: Assessment) -> Path:
    file = tmp_path_factory.mktemp("one") / "check.html"
    file.write_bytes(make_bundle(rebate.compiled, language="fr", idle_seconds=60))
    return file


def test_one_file_works_from_a_disk_and_asks_for_nothing(browser: Browser, one_file: Path, rebate: Assessment) -> None:
    with open_window(browser, one_file.as_uri()) as page:
        requests = note_requests(page.context)
        page.clock.install(time=NOON)
        page.goto(one_file.as_uri())
        page.locator(".button-start").wait_for()
        expect(page.locator("html")).to_have_attribute("lang", "fr")
        go_on(page)
        walk(page, rebate, REBATE, language="fr", today=TODAY)
        assert_accessible(page)
        assert {each.split("#")[0] for each in requests} == {f"GET {one_file.as_uri()}"}


def test_a_kiosk_asks_and_then_forgets_who_went_away(browser: Browser, one_file: Path) -> None:
    with open_window(browser, one_file.as_uri()) as page:
        page.clock.install(time=NOON)
        page.goto(one_file.as_uri())
        page.locator(".button-start").wait_for()
        go_on(page)
        page.clock.fast_forward(61_000)
        expect(page.locator("dialog.idle")).to_be_visible()
        page.locator("dialog.idle button").click()
        expect(page.locator("dialog.idle")).not_to_be_visible()
        assert page.evaluate("location.hash") == "#/fr/1"
        page.clock.fast_forward(61_000)
        page.clock.fast_forward(21_000)
        expect(page.locator(".button-start")).to_be_visible()
        assert page.evaluate("sessionStorage.length") == 0


def test_a_definition_that_was_tampered_with_is_refused(browser: Browser, rebate: Assessment) -> None:
    files = make_site_files(rebate.compiled)
    name = next(each for each in files if each.startswith("definition"))
    files[name] = replace(files[name], body=files[name].body.replace(b"24000", b"99000"))
    context = browser.new_context()
    with serve(files) as address:
        page = context.new_page()
        page.goto(address + BASE)
        expect(page.locator("#waiting")).to_contain_text("could not be loaded")
        expect(page.locator("form")).to_have_count(0)
    context.close()


def test_without_a_script_the_page_says_so(browser: Browser, site: str) -> None:
    with open_window(browser, site, java_script_enabled=False) as page:
        page.goto(BASE)
        expect(page.locator("main")).to_contain_text("JavaScript")
