"""The whole life of a petition by clicking, in a service that was started as a new user starts it.

The cast: Carla who starts it, five supporters, Mona the moderator, Suzie who signs, Karim the minister's clerk, Sofia
and Sam, system administrators. What they do they do in a browser; mails are read in the folder that the service names.
"""

import email
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ridgeway.office.people.tests.cast import make_code

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
START_SECONDS, MAIL_SECONDS = 60, 30
PASSWORD = "a long word for every desk"
STAFF = {"Mona": "moderator", "Karim": "clerk", "Sofia": "sysadmin", "Sam": "sysadmin"}
SETTINGS = """mode = "lab"
[web]
desk_address = "http://localhost:{desk}"
desk_port = {desk}
[services.petitions]
address = "http://localhost:{port}"
port = {port}
socket = "{folder}/w.sock"
"""
ACTION = "Repair the footbridge at Mill Lane"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("petitions-life"),
    pytest.mark.timeout(300),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed"),
]


@dataclass(frozen=True, slots=True)
class Service:
    """A running service."""

    folder: Path
    site: str
    desk: str

    def run(self, *arguments: str, said: str = "") -> str:
        """The output of a command of the operator."""
        command = [sys.executable, "-m", "ridgeway.cli", *arguments]
        done = subprocess.run(command, cwd=self.folder, input=said, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def read_mail(self, address: str, subject: str) -> str:
        """The text of the newest mail to that address whose subject has these words; it is waited for."""
        end = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < end:
            for file in sorted((self.folder / "mail").glob("*.eml"), key=os.path.getmtime, reverse=True):
                mail = email.message_from_bytes(file.read_bytes(), policy=policy.default)
                if address in str(mail["To"]) and subject.lower() in str(mail["Subject"]).lower():
                    body = mail.get_body(("plain",))
                    assert body is not None
                    return str(body.get_content())
            time.sleep(0.2)
        names = [file.name for file in (self.folder / "mail").glob("*.eml")]
        raise AssertionError(f"no mail to {address} about {subject!r} among {names}")


def find_port() -> int:
    """Two free ports that follow one another."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """`ridgeway petitions up` in a folder of its own, with staff of each role; in a lab, where mailings do not wait."""
    folder = tmp_path_factory.mktemp("life") / "p"
    folder.mkdir()
    port = find_port()
    (folder / "ridgeway.toml").write_text(SETTINGS.format(port=port, desk=port + 1, folder=folder))
    command = [sys.executable, "-m", "ridgeway.cli", "petitions", "up"]
    said = folder.parent / "said"
    with said.open("wb") as log:
        running = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        end = time.monotonic() + START_SECONDS
        while "Up after" not in said.read_text():
            assert running.poll() is None, said.read_text()
            assert time.monotonic() < end, said.read_text()
            time.sleep(0.2)
        up = Service(folder, f"http://localhost:{port}", f"http://localhost:{port + 1}")
        for name, role in STAFF.items():
            address = f"{name.lower()}@parliament.example"
            options = ["--name", name, "--role", f"petitions.{role}", "--password-stdin"]
            up.run("people", "add", address, *options, said=f"{PASSWORD}\n")
        yield up
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(60)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """A button or a link of that name."""
    page.locator("main").get_by_role("button", name=name).or_(
        page.locator("main").get_by_role("link", name=name)
    ).first.click()


def introduce(page: Page, name: str) -> None:
    """Somebody says who they are."""
    address = f"{name.lower()}@example.org"
    page.locator("[name=name]").fill(f"{name} Marsh")
    page.locator("[name=email]").fill(address)
    page.locator("[name=email_again]").fill(address)
    page.locator("[name=postcode]").fill("NM1 1AA")


def link_in(text: str, part: str) -> str:
    """The link of a mail that has this in it."""
    found = re.search(rf"https?://\S*{part}\S*", text)
    assert found, text
    return found[0].rstrip(".,)>")


def sign_in(browser: Browser, service: Service, name: str) -> Page:
    """Somebody at the desk."""
    page = browser.new_context(base_url=service.desk).new_page()
    page.goto("/")
    page.locator("[name=login]").fill(f"{name.lower()}@parliament.example")
    if page.locator("[name=password]").is_visible():
        page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    if page.locator("[name=password]").is_visible():
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Sign in")
    page.goto("/people/my-account/second-factor/app/add")
    page.locator("[name=code]").fill(make_code(page.locator("[data-secret]").inner_text()))
    page.locator("main form button[type=submit]").last.click()
    expect(page).not_to_have_url(re.compile("app/add"))
    page.goto("/")
    return page


def start_petition(browser: Browser, service: Service) -> str:
    """Carla starts a petition; the address that her supporters get."""
    page = browser.new_context(base_url=service.site).new_page()
    page.goto("/petitions/start")
    page.locator("main a.button-start").click()
    page.locator("[name=eligible][value=yes]").check()
    press(page, "Continue")
    page.locator("[name=action]").fill(ACTION)
    press(page, "Continue")
    if page.url.endswith("/similar"):
        page.locator("main .buttons a.button").click()
    page.locator("[name=background]").fill("It has been closed since the flood.")
    press(page, "Continue")
    press(page, "Continue")
    introduce(page, "Carla")
    press(page, "Continue")
    press(page, "Send petition")
    expect(page).to_have_url(f"{service.site}/petitions/thank-you")
    return link_in(service.read_mail("carla@example.org", ""), "/sponsors/new")


def sign_form(page: Page, name: str) -> None:
    """Somebody fills in the form of a signature or a sponsor."""
    page.locator("[name=eligible][value=yes]").check()
    page.locator("main form button[type=submit]").last.click()
    introduce(page, name)
    page.locator("[name=wants_updates]").check()
    page.locator("main form button[type=submit]").last.click()
    page.locator("main form button[type=submit]:not([name=change])").last.click()
    expect(page).to_have_url(re.compile("thank-you"))


def test_a_petition_lives_from_its_first_word_to_the_governments_answer(browser: Browser, service: Service):
    link = start_petition(browser, service)
    for name in ("Ada", "Ben", "Cem", "Dee", "Eve"):
        page = browser.new_context().new_page()
        page.goto(link)
        sign_form(page, name)
        page.goto(link_in(service.read_mail(f"{name.lower()}@example.org", ""), "/sponsors/"))
        expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("thank", re.IGNORECASE))

    mona = sign_in(browser, service, "Mona")
    mona.goto("/petitions/list?pile=in_moderation")
    mona.get_by_role("link", name=ACTION).first.click()
    press(mona, "Publish and mail")
    expect(mona.locator("main, .desk-page").first).to_contain_text("published")
    number = mona.url.rpartition("/")[2]
    mona.goto("/petitions/")
    service.read_mail("carla@example.org", "published")
    service.read_mail("ada@example.org", "published")

    suzie = browser.new_context(base_url=service.site).new_page()
    suzie.goto(f"/petitions/{number}")
    press(suzie, "Sign this petition")
    sign_form(suzie, "Suzie")
    suzie.goto(link_in(service.read_mail("suzie@example.org", ""), "/signatures/"))
    expect(suzie.get_by_role("heading", level=1)).to_contain_text("Your signature counts")
    time.sleep(1.2)
    answer = suzie.request.get(f"/petitions/{number}/count.json")
    assert answer.json()["signature_count"] == 7

    karim = sign_in(browser, service, "Karim")
    karim.goto(f"/petitions/{number}")
    press(karim, "Government response")
    karim.locator("[name=summary]").fill("We will repair it this year.")
    press(karim, "Save and mail")
    expect(karim.locator(".desk-page")).to_contain_text("The response is published")
    karim.goto("/petitions/")
    assert service.site in service.read_mail("suzie@example.org", "answered a petition")

    press_debate(mona, number)
    page = browser.new_context(base_url=service.site).new_page()
    time.sleep(1.2)
    page.goto(f"/petitions/{number}")
    expect(page.locator("main")).to_contain_text("We will repair it this year.")
    expect(page.locator("main")).to_contain_text("Evidence was heard")
    remove_with_four_eyes(browser, service, number)


def press_debate(mona: Page, number: str) -> None:
    """Mona sets a date, tells the outcome, and notes other business."""
    mona.goto(f"/petitions/{number}")
    press(mona, "Date of the debate")
    for part, value in (("day", "1"), ("month", "12"), ("year", "2030")):
        mona.locator(f"[name=day_{part}]").fill(value)
    press(mona, "Save and mail")
    expect(mona.locator(".desk-page")).to_contain_text("date of the debate is set")
    press(mona, "Outcome of the debate")
    mona.locator("[name=debated][value=no]").check()
    press(mona, "Save without mail")
    expect(mona.locator(".desk-page")).to_contain_text("outcome of the debate is published")
    press(mona, "Add other business")
    mona.locator("[name=subject]").fill("Evidence was heard")
    mona.locator("[name=body]").fill("From **three** engineers.")
    press(mona, "Save and mail")
    expect(mona.locator(".desk-page")).to_contain_text("The entry is published")
    mona.goto("/petitions/")


def remove_with_four_eyes(browser: Browser, service: Service, number: str) -> None:
    """Sofia proposes to remove the petition, Sam agrees; then it is gone (410) and a line of the audit log says who."""
    sofia = sign_in(browser, service, "Sofia")
    sofia.goto(f"/petitions/{number}")
    press(sofia, "Remove")
    sofia.locator("[name=reason]").fill("The end of this story.")
    press(sofia, "Save")
    expect(sofia.locator(".desk-page")).to_contain_text("A second person has to agree")
    sofia.goto("/petitions/")
    sam = sign_in(browser, service, "Sam")
    sam.goto(f"/petitions/{number}")
    press(sam, "Agree")
    expect(sam.locator(".desk-page")).to_contain_text("It is done")
    sam.goto("/audit/")
    expect(sam.locator("main")).to_contain_text("Sofia")
    time.sleep(1.2)
    page = browser.new_context(base_url=service.site).new_page()
    gone = page.goto(f"/petitions/{number}")
    assert gone is not None
    assert gone.status == 410
