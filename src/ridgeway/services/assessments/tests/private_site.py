"""A site that serves the files of one assessment's private mode, and a person who walks through it."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import Page

from ridgeway.services.assessments.engine import Assessment, build_view, replay
from ridgeway.services.assessments.offline import File, make_files

BASE = "/check/private/"


@contextmanager
def serve_files(compiled: Mapping[str, Any]) -> Iterator[str]:
    """The address of a site with the files of this assessment; `/away` is where the way out leads."""
    with serve(make_site_files(compiled)) as address:
        yield address


def make_site_files(compiled: Mapping[str, Any]) -> dict[str, File]:
    """The files of an assessment as the site has them."""
    return make_files(compiled, base=BASE, exit_href="/away", home_href="")


@contextmanager
def serve(files: Mapping[str, File]) -> Iterator[str]:
    """The address of a site with these files, which may change while it serves."""

    class Handler(BaseHTTPRequestHandler):
        """Answers with a file as the site would."""

        def do_GET(self) -> None:
            """A file, or a page that is elsewhere."""
            path = self.path.split("?")[0]
            file = files.get(path.removeprefix(BASE)) if path.startswith(BASE) else None
            self.send_response(200 if file or path == "/away" else 404)
            self.send_header("Content-Type", file.content_type if file else "text/html")
            self.send_header("Cache-Control", file.cache_control if file else "no-store")
            if file and file.policy:
                self.send_header("Content-Security-Policy", file.policy)
            self.end_headers()
            self.wfile.write(file.body if file else b"<link rel=icon href=data:,><title>Weather</title>Sunny.")

        def log_message(self, *_args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fill_in(page: Page, fields: list[Mapping[str, Any]]) -> None:
    """Put into the page what stands in these fields of a view."""
    for field in fields:
        for option in field["options"]:
            if option["checked"]:
                page.locator(f"#{option['id']}").check(force=True)
        for part, text in field["values"].items():
            place = page.locator(f"#{field['id']}-{part}" if part else f"#{field['id']}")
            if part == "unit":
                place.select_option(text)
            else:
                place.fill(text)


def go_on(page: Page) -> None:
    """Press the button of the page; the address has changed."""
    before = page.url
    page.locator("main form button[type=submit]").click()
    page.wait_for_function("before => location.href !== before", arg=before)


def walk(page: Page, assessment: Assessment, answers: Mapping[str, Any], *, language: str, today: date) -> list[str]:
    """Answer page after page as in `answers`; gives the heading of each page, the last of which is the result."""
    trail = replay(assessment, answers, today=today)
    headings = []
    for step in range(1, trail.last_step + 1):
        view = build_view(assessment, trail, step=step, language=language, answers=answers)
        page.wait_for_function("step => location.hash.endsWith(`/${step}`)", arg=step)
        headings.append(page.locator("main h1").inner_text())
        assert headings[-1].startswith(view["title"])
        if step <= len(trail.steps):
            fill_in(page, view["fields"])
            go_on(page)
    return headings
