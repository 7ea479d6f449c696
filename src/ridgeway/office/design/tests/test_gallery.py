"""Every part in a real browser: as axe sees it, in all sizes, directions and schemes, by keyboard, without script."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
SERVER = Path(__file__).parent / "gallery" / "serve.py"
PAGES = ("home", "text", "form", "failed", "question", "check", "done", "list", "subject", "desk", "desk-form")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOK_AT_FOCUS = """() => {
  const at = document.activeElement;
  if (at === document.body) return "end";
  const box = at.classList.contains("option-input");
  const near = box ? getComputedStyle(at.nextElementSibling, "::before") : getComputedStyle(at);
  const seen = near.outlineStyle !== "none" && parseFloat(near.outlineWidth) >= 2;
  return seen ? "" : at.outerHTML.slice(0, 120);
}"""
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("gallery"),
    pytest.mark.timeout(240),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed"),
]


@pytest.fixture(scope="module")
def site():
    process = subprocess.Popen([sys.executable, str(SERVER), "0"], stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield running
        running.close()


@pytest.fixture
def look(browser, site):
    """Open a page of the gallery; whatever its script or policy complains of fails the test."""
    contexts, complaints = [], []

    def open_page(path, *, width=1100, height=800, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        answer = page.goto(site + path)
        assert answer.status == 200
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def scrolls_sideways(page):
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def run_axe(page, *, without=()):
    from axe_playwright_python.sync_playwright import Axe

    rules = {rule: {"enabled": False} for rule in without}
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}, "rules": rules})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_either_scheme_direction_or_size(look, name):
    for language, scheme, width in (
        ("en", "light", 1100),
        ("en", "dark", 320),
        ("ar", "light", 320),
        ("ar", "dark", 1100),
    ):
        page = look(f"/{language}/{name}", width=width, color_scheme=scheme)
        run_axe(page)
        assert not scrolls_sideways(page), (language, scheme, width)


@pytest.mark.parametrize("name", PAGES)
def test_four_hundred_per_cent_and_wide_letters_hide_nothing(look, name):
    page = look(f"/en/{name}", width=320, height=256)
    page.evaluate(
        """for (const each of document.querySelectorAll("body *")) {
          each.style.lineHeight = "1.5"; each.style.letterSpacing = "0.12em"; each.style.wordSpacing = "0.16em";
        }"""
    )
    assert not scrolls_sideways(page)


def test_the_way_by_keyboard_begins_with_a_step_past_the_menus(look):
    page = look("/en/list")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "search-q"


@pytest.mark.parametrize("name", ["form", "text", "desk"])
def test_focus_is_seen_on_everything_that_takes_it(look, name):
    page = look(f"/en/{name}")
    unseen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen = page.evaluate(LOOK_AT_FOCUS)
        if seen == "end":
            break
        if seen:
            unseen.append(seen)
    assert unseen == []


def test_a_failed_form_begins_at_its_errors_and_a_link_leads_into_the_field(look):
    page = look("/en/failed")
    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.click(".error-summary >> text=Enter a valid date")
    assert page.evaluate("document.activeElement.id") == "id_born-day"


def test_letters_are_counted_as_they_are_written(look):
    page = look("/en/form")
    assert page.inner_text("#id_background-info") == "Characters left: 300"
    page.fill("#id_background", "ab\ncd 👍")
    assert page.inner_text("#id_background-info") == "Characters left: 293"
    page.fill("#id_background", "x" * 1301)
    assert page.inner_text("#id_background-info") == "Characters too many: 1,001"
    expect(page.locator("#id_background-info + [role=status]")).to_have_text("Characters too many: 1,001")


def test_what_a_choice_asks_for_opens_with_it(look):
    page = look("/en/form")
    assert not page.is_visible("#id_place")
    page.check("#id_where-2", force=True)
    assert page.is_visible("#id_place")


def test_without_a_script_everything_is_there_but_what_needs_one(look):
    page = look("/en/form", java_script_enabled=False)
    assert page.inner_text("#id_background-info") == "You can write up to 300 characters."
    page.check("#id_where-2", force=True)
    assert page.is_visible("#id_place")
    page = look("/en/subject", java_script_enabled=False)
    assert not page.is_visible(".share")
    assert page.inner_text("[data-live-number]") == "104,199"


def test_the_number_moves_while_the_page_is_open(look):
    page = look("/en/subject")
    expect(page.locator("[data-live-number]")).to_have_text("104,250")
    assert page.eval_on_selector("progress", "each => each.value") == 104250


def test_the_link_is_copied(look, browser):
    page = look("/en/subject", permissions=["clipboard-read", "clipboard-write"])
    page.click("text=Copy the link")
    expect(page.locator(".share-said")).to_have_text("The link is copied.")
    assert page.evaluate("navigator.clipboard.readText()").endswith("/en/subject")


def test_notes_save_themselves(look):
    page = look("/en/desk-form")
    with page.expect_response("**/alive") as answered:
        page.fill("#id_details", "seen")
    assert answered.value.request.method == "POST"
    expect(page.locator("[data-autosave-said]")).to_have_text("Saved")


def test_a_form_that_is_clicked_twice_is_sent_once(look):
    page = look("/en/question")
    sent = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.route("**/out", lambda route: page.wait_for_timeout(50) or route.fulfill(status=204))
    page.dblclick("text=Continue")
    page.wait_for_timeout(300)
    assert len(sent) == 1


def test_who_rests_is_warned_may_stay_and_else_leaves(look):
    page = look("/en/desk", height=900)
    dialog = page.locator("dialog")
    assert not dialog.is_visible()
    page.evaluate("localStorage.setItem('idle.told', String(Date.now() - 1700 * 1000))")
    expect(dialog).to_be_visible()
    assert re.fullmatch(r"1:[34]\d", page.inner_text("[data-idle-left]"))
    run_axe(page)
    with page.expect_response("**/alive"):
        page.click("text=Stay signed in")
    assert not dialog.is_visible()
    page.evaluate("localStorage.setItem('idle.told', String(Date.now() - 1801 * 1000))")
    page.wait_for_url("**/out")


def test_colours_forced_by_the_reader_keep_every_control(look):
    page = look("/en/form", forced_colors="active")
    assert page.eval_on_selector("#id_where", "each => getComputedStyle(each).opacity") == "1"
    run_axe(page, without=["color-contrast"])  # which it reads from our sheet, not from what is drawn


def test_on_paper_the_menus_are_left_out(look):
    page = look("/en/subject")
    page.emulate_media(media="print")
    assert not page.is_visible(".navigation")
    assert not page.is_visible(".share")
    assert page.is_visible("h1")
