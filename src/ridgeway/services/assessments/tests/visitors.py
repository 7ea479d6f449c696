"""Somebody who visits the public pages, with or without cookies, and the site they visit: packages from disk, no table.

Law: a visitor sends what a browser would send: the fields of the page that they see, and nothing that is not on it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

from django.conf import settings as django_settings
from django.test import Client

from ridgeway.office.tests.ready import Office, settings_in
from ridgeway.services.assessments.operating.shelf import clear_shelf
from ridgeway.web.setup import setup_django

HERE = Path(__file__).parent
WINTER = HERE / "examples" / "winter"
PACKAGES = HERE.parent / "packages"
FORM = re.compile(r'<form[^>]*method="post"[^>]*action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
TAGS = re.compile(r"<[^>]+>")


@contextmanager
def serve_packages(folder: Path, *packages: Path, **own: Any) -> Iterator[Office]:
    """The site gives out these packages within; `own` are settings of the service."""
    named = {"packages": ",".join(map(str, packages or (WINTER,))), **own}
    settings = replace(settings_in(folder), services={"assessments": named})
    before = django_settings.RIDGEWAY_SETTINGS
    setup_django(settings, room="office")
    clear_shelf()
    office = Office(settings, "none")
    with office.at_site("assessments"):
        yield office
    django_settings.RIDGEWAY_SETTINGS = before
    clear_shelf()


class Visitor:
    """Somebody with a browser."""

    def __init__(self, *, keeps_cookies: bool = True) -> None:
        self.client = Client(HTTP_HOST="localhost")
        self.keeps_cookies = keeps_cookies
        self.response: Any = None
        self.address = ""

    def get(self, address: str, **headers: Any) -> Any:
        """The page at an address, wherever it leads."""
        return self.take(self.client.get(address, **headers), address)

    def post(self, address: str, data: dict[str, Any], **headers: Any) -> Any:
        """The page that a form leads to."""
        return self.take(self.client.post(address, data, **headers), address)

    def take(self, response: Any, address: str) -> Any:
        """The answer, after its redirects."""
        for _ in range(5):
            if not self.keeps_cookies:
                self.client.cookies.clear()
            if response.status_code not in {301, 302, 303, 307} or not response["Location"].startswith("/"):
                break
            address = response["Location"]
            response = self.client.get(address)
        self.response, self.address = response, address
        return response

    @property
    def html(self) -> str:
        """What they see, with its tags."""
        text: str = self.response.content.decode()
        return text

    @property
    def text(self) -> str:
        """What they read."""
        main = self.html.partition("<body")[2]
        return " ".join(unescape(TAGS.sub(" ", main)).split())

    @property
    def heading(self) -> str:
        """The heading of the page."""
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.html, re.DOTALL)
        return unescape(TAGS.sub("", found[1])).strip() if found else ""

    def forms(self) -> list[tuple[str, dict[str, str]]]:
        """Each form's address and hidden fields."""
        return [(unescape(action), dict(HIDDEN.findall(inside))) for action, inside in FORM.findall(self.html)]

    def start(self, name: str = "winter", language: str = "en") -> Any:
        """From the start page to the first question."""
        self.get(f"/{name}/{language}/")
        return self.send()

    def send(self, **answers: Any) -> Any:
        """The first form of the page, filled in."""
        action, hidden = self.forms()[0]
        return self.post(action, hidden | {name.replace("__", "-"): value for name, value in answers.items()})

    def press(self, label: str) -> Any:
        """A link or a button of the page outside its first form."""
        for tag, attributes, inside in re.findall(r"<(a|button)\b([^>]*)>(.*?)</\1>", self.html, re.DOTALL):
            if label not in unescape(TAGS.sub("", inside)):
                continue
            if tag == "a":
                return self.get(unescape(re.search(r'href="([^"]*)"', attributes)[1]))
            action, hidden = self.forms()[-1]
            found = re.search(r'formaction="([^"]*)"', attributes)
            return self.post(unescape(found[1]) if found else action, hidden)
        raise AssertionError(f"there is no {label!r} on {self.address}")


def walk_ill(visitor: Visitor) -> Visitor:
    """To the check page, as somebody who is ill."""
    visitor.start()
    visitor.send(ill="yes")
    visitor.send(symptoms=["fever", "cough"])
    visitor.send(since__day="20", since__month="11", since__year="2026")
    visitor.send(age="30", town="Thule")
    return visitor
