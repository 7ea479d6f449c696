"""The country page in a real browser: with and without script, small, by keyboard, and as axe sees it."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from tests.stories.country import http

from ridgeway.lab.country import PARLIAMENT

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("country"),
    pytest.mark.timeout(240),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed"),
]
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield running
        running.close()


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def page(browser, country, request):
    context = browser.new_context(java_script_enabled=request.param, viewport={"width": 1000, "height": 800})
    shown = context.new_page()
    shown.goto(country.country.page_url)
    yield shown
    context.close()


def test_a_newcomer_sees_it_proven_then_unproven_then_proven_again(page):
    told = page.inner_text("h1")
    assert told.startswith("The Parliament asked the Population Register who NM000001 is.")
    assert re.search(r"(?<!NOT )PROVEN$", told.strip())
    for check in ("Signed", "Certificate good then", "Time-stamped", "Access right"):
        assert check in page.inner_text(".checks")
    page.click("text=Flip one byte")
    assert "NOT PROVEN" in page.inner_text("h1")
    told = page.inner_text("dl")
    assert "malformed_signature.invalid_hash_chain_ref" in told
    assert "Who must act" in told
    page.click("text=Undo")
    assert "NOT PROVEN" not in page.inner_text("h1")
    assert "PROVEN" in page.inner_text("h1")


def test_asking_again_asks_again_and_reloading_does_not(page):
    page.click("text=Open the evidence")
    first = page.inner_text("dl >> nth=0")
    page.click("text=Back to the country")
    page.click("text=Ask again")
    page.click("text=Open the evidence")
    second = page.inner_text("dl >> nth=0")
    page.goto(page.url.replace("/evidence", "/"))
    page.reload()
    page.click("text=Open the evidence")
    assert second != first
    assert page.inner_text("dl >> nth=0") == second


def test_asking_over_soap_shows_the_extract_that_was_attached(page):
    page.click("text=over SOAP")
    told = page.inner_text("h1")
    assert told.startswith("The Parliament asked the Population Register who NM000001 is over SOAP")
    assert re.search(r"(?<!NOT )PROVEN$", told.strip())
    assert "Attached" in page.inner_text(".checks")
    page.click("text=Flip one byte")
    assert "NOT PROVEN" in page.inner_text("h1")
    page.click("text=Undo")
    page.click("text=over REST")
    assert "over SOAP" not in page.inner_text("h1")


def test_everything_is_reached_by_keyboard_alone(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the main part"
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim().slice(0, 20)"))
    assert {"Ask again", "Flip one byte", "Open the evidence"} <= set(reached)
    page.focus("text=Flip one byte")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=NOT PROVEN")
    page.click("text=Undo")


@pytest.mark.parametrize("width", [320, 1000])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/evidence", "flipped"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser, country, width, scheme, path):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    shown = context.new_page()
    shown.goto(country.country.page_url + ("/" if path == "flipped" else path))
    if path == "flipped":
        shown.click("text=Flip one byte")
    found = Axe().run(shown)
    assert found.violations_count == 0, found.generate_report()
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    if path == "flipped":
        shown.click("text=Undo")
    context.close()


def test_the_last_exchanges_appear_as_they_happen(browser, country):
    shown = browser.new_page()
    shown.goto(country.country.page_url)
    country.ask(PARLIAMENT, "GOV/1001/persons/persons/NM000777")
    shown.wait_for_selector("#live >> text=NM000777", timeout=15_000)
    shown.close()


def test_another_site_can_give_no_orders(country):
    base = country.country.page_url
    assert http("POST", f"{base}/ask/rest", body=b"", headers=[("Origin", "http://evil.example")]).status == 403
    assert http("GET", base, headers=[("Host", "evil.example")]).status == 403
    assert http("GET", f"{base}/evidence/..%2f..%2fstatus.json").status == 404
