"""A team brings the service up by one command; somebody without script or account takes an assessment to its end."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from lxml import html

from ridgeway.services.assessments.commands import assessments
from ridgeway.services.assessments.tests.versions import write_package

LIMIT_SECONDS = 60.0


def free_port() -> int:
    """Of two free ports that follow one another, the first."""
    for _ in range(50):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise AssertionError("no two free ports follow one another")


def wait_for(condition: Callable[[], object], what: str) -> None:
    limit = time.monotonic() + LIMIT_SECONDS
    while not condition():
        assert time.monotonic() < limit, what
        time.sleep(0.1)


class Service:
    """One `ridgeway assessments` that stays up, with what it printed."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder, self.log = folder, folder / "up.log"
        command = [sys.executable, "-m", "ridgeway.cli", "assessments", *arguments]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True)

    @property
    def said(self) -> str:
        return self.log.read_text("utf-8")

    def wait_until_up(self) -> None:
        wait_for(lambda: self.said.endswith("\n") or self.process.poll() is not None, "it is not up")
        assert self.process.poll() is None, self.said

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LIMIT_SECONDS)


class Browser:
    """One without script: it keeps cookies, fills forms, and goes where it is sent."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        connection = HTTPConnection("localhost", self.port, timeout=20)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        for said in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(said).items()}
        connection.close()
        if answer.status in {302, 303}:
            return self.ask("GET", answer.headers["Location"])
        self.path = path
        return answer.status, text

    def send(self, page: str, **values: str) -> tuple[int, str]:
        """The first form of the page that posts, filled."""
        form = next(each for each in html.fromstring(page).iter("form") if each.get("method") == "post")
        hidden = [each for each in form.iter("input") if each.get("type") == "hidden"]
        fields = {each.get("name", ""): each.get("value", "") for each in hidden}
        return self.ask("POST", form.get("action") or self.path, urlencode(fields | values))


def run(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "ridgeway.cli", "assessments", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=LIMIT_SECONDS)
    return done.stdout


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "check").mkdir()
    file = tmp_path / "check" / "service.yaml"
    file.write_bytes(write_package())
    return file


@pytest.fixture
def up(tmp_path: Path, package: Path) -> Iterator[tuple[Service, Path, int]]:
    port = free_port()
    service = Service(tmp_path, "up", "check", "--state", "here", "--port", str(port), "--json")
    try:
        service.wait_until_up()
        yield service, tmp_path / "here", port
    finally:
        service.stop()


def read_counts(folder: Path) -> dict[tuple[str, str], int]:
    with sqlite3.connect(f"file:{folder}/office.sqlite3?mode=ro", uri=True) as tables:
        rows = tables.execute("SELECT kind, what, sum(number) FROM assessments_count GROUP BY kind, what")
        return {(kind, what): number for kind, what, number in rows}


def take(browser: Browser) -> str:
    """From the start to the outcome."""
    status, page = browser.ask("GET", "/home-check/en/")
    assert status == 200
    status, page = browser.send(page)
    assert "Do you feel ill today?" in page
    status, page = browser.send(page, ill="yes")
    assert status == 200
    return page


def test_an_assessment_is_served_taken_counted_and_withdrawn(up):
    service, folder, port = up
    told = json.loads(service.said)
    assert told["packages"][0]["address"] == f"http://localhost:{port}/home-check/"
    assert told["seconds"] < 20
    browser = Browser(port)
    page = take(browser)
    assert "Stay home (1.0.0)" in page
    assert "ill" not in browser.path
    wait_for(lambda: ("outcome", "stay") in read_counts(folder), "nothing is counted")
    counted = read_counts(folder)
    assert counted[("start", "")] == counted[("outcome", "stay")] == 1
    run(folder, "withdraw", "home-check", "--reason", "wrong advice", "--json")
    limit = time.monotonic() + 30
    while browser.ask("GET", "/home-check/en/")[0] == 200:
        assert time.monotonic() < limit, "it is shown though it is withdrawn"
        time.sleep(0.1)
    run(folder, "restore", "home-check", "1.0.0")
    assert "live" in run(folder, "add", str(folder.parent / "check"), "--activate")
    wait_for(lambda: browser.ask("GET", "/home-check/en/")[0] == 200, "it did not come back")
    take(Browser(port))
    assert service.stop() == 0
    assert read_counts(folder)[("outcome", "stay")] == 2  # what was counted just before the end is there
    assert stat_others(folder) == []


def stat_others(folder: Path) -> list[Path]:
    """What somebody else than its owner could read."""
    return [path for path in folder.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o077]


def test_a_package_with_an_error_is_refused_with_its_line(tmp_path, package):
    package.write_bytes(write_package().replace(b"routes:", b"rutes:"))
    command = [sys.executable, "-m", "ridgeway.cli", "assessments", "up", "check", "--state", "here"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert "service.yaml:" in done.stderr
    assert "rutes" in done.stderr
    assert not (tmp_path / "here" / "office.sqlite3").exists()


def test_a_preview_shows_the_day_asked_for_changes_and_faults_and_counts_nothing(tmp_path, package):
    port = free_port()
    service = Service(tmp_path, "serve", "check", "--port", str(port), "--today", "2027-03-01", "--json")
    try:
        service.wait_until_up()
        assert json.loads(service.said)["today"] == "2027-03-01"
        browser = Browser(port)
        assert "Stay home (1.0.0)" in take(browser)
        status, page = browser.ask("GET", "/home-check/en/")
        assert "preview.js" in page
        package.write_bytes(write_package("1.0.1", valid="until: 2027-02-01"))
        wait_for(lambda: "This check has ended" in browser.ask("GET", "/home-check/en/")[1], "it was not read again")
        before = json.loads(browser.ask("GET", "/preview-state")[1])["number"]
        package.write_bytes(write_package().replace(b"routes:", b"rutes:"))
        status, page = browser.ask("GET", "/home-check/en/")
        assert status == 422
        assert "rutes" in page
        assert json.loads(browser.ask("GET", "/preview-state")[1])["number"] == before + 1
        package.write_bytes(write_package("1.0.2"))
        assert browser.ask("GET", "/home-check/en/")[0] == 200
    finally:
        assert service.stop() == 0
    assert not list(tmp_path.glob("**/office.sqlite3"))


def ask(*arguments: str) -> Any:
    """What a command says as JSON, in this process."""
    done = CliRunner().invoke(assessments, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def test_whoever_is_alone_with_a_shell_begins_packs_and_bundles_a_package(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    begun = ask("new", "rent-help", "--json")
    packed = ask("pack", begun["folder"], "--json")
    again = ask("pack", packed["file"], "-o", "again.zip", "--json")
    assert packed["digest"] == again["digest"]
    assert Path(packed["file"]).read_bytes() == Path("again.zip").read_bytes()
    bundled = ask("bundle", begun["folder"], "--json")
    assert Path(bundled["file"]).read_text("utf-8").lower().startswith("<!doctype html>")
    catalogue = ask("catalogue", begun["folder"], "de", "--json")
    assert catalogue["is_declared"] is False
    assert 'msgctxt "start.title"' in Path(catalogue["file"]).read_text("utf-8")
    assert "$schema" in ask("schema")
