"""Any site in a real browser: served by this process, looked at by axe, in every size and direction."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.wsgi import get_wsgi_application
from django.db import connections
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from ridgeway.web.static import serve_static

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def mark_browser(group: str) -> list[pytest.MarkDecorator]:
    """The marks of tests with a browser; those of one group run one after the other."""
    return [
        pytest.mark.browser,
        pytest.mark.xdist_group(group),
        pytest.mark.timeout(240),
        pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed"),
    ]


class Server(ThreadingMixIn, WSGIServer):
    """A WSGI server with a thread a request."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """One request, of which nothing is written."""

    def log_message(self, *_args: Any) -> None:
        """Nothing."""


@contextmanager
def serve() -> Iterator[str]:
    """The site answers within, at an address that browsers hold for safe."""
    application = serve_static(get_wsgi_application())

    def answer(environ: Any, start: Any) -> Any:
        body = application(environ, start)
        try:
            return list(body)
        finally:
            getattr(body, "close", lambda: None)()
            connections.close_all()

    server = make_server("127.0.0.1", 0, answer, server_class=Server, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for all tests of a module."""
    # Playwright's loop runs in this thread, where tests also ask the database.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield running
        running.close()


@contextmanager
def open_window(browser: Browser, address: str, *, statuses: tuple[int, ...] = (), **options: Any) -> Iterator[Page]:
    """A window at `address`; whatever its scripts or its policy complain of fails the test, but for these statuses."""
    context = browser.new_context(base_url=address, **options)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.set_default_timeout(15_000)
    yield page
    context.close()
    forgiven = [f"status of {status}" for status in statuses]
    assert [each for each in complaints if not any(words in each for words in forgiven)] == []


def follow(page: Page, link: Locator) -> None:
    """The page that a link or a button leads to has loaded; a click alone returns before the old page is gone."""
    with page.expect_navigation():
        link.click()


def assert_accessible(page: Page) -> None:
    """Axe finds nothing, and nothing has to be scrolled sideways, in light and dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
        assert found.violations_count == 0, f"{page.url} {scheme}\n{found.generate_report()}"
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide, f"{page.url} scrolls sideways"
