"""Every page that a link leads to, on the public site and on the desk, in both languages, as axe sees it at 320 px.

A page that somebody adds is tried here by itself, as soon as another page leads to it.
"""

import re
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from ridgeway.office.people.tests.cast import make_account, signed_in
from ridgeway.office.tests.browsing import assert_accessible, browser, mark_browser, open_window, serve  # noqa: F401
from ridgeway.office.tests.ready import migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.operating.preparing import prepare
from ridgeway.services.petitions.sample.loading import load_sample

pytestmark = [*mark_browser("petitions-browser"), pytest.mark.slow, pytest.mark.timeout(600)]
NO_PAGES = re.compile(r"\.(json|csv|atom|xlsx?|png|jpg|svg|webmanifest|txt|yaml)$|sign-out|/export|/images/")
SMALL = {"width": 320, "height": 640}


@pytest.fixture
def sample(office):  # noqa: F811
    """A service with petitions in every state."""
    now = timezone.now()
    prepare(email="admin@parliament.example", has_places=True, now=now)
    load_sample(now=now)
    return office


def kind_of(path):
    """The page that an address is of: numbers and names of places stand for one another."""
    numbered = re.sub(r"\d[\d-]*", "N", path)
    return re.sub(r"(/local|/constituencies)/[a-z-]+", r"\1/PLACE", numbered)


def walk(page, start):
    """Open one page of each kind, in the language of `start`, and look at it closely; return the kinds."""
    prefix = "/ar/" if start.startswith("/ar") else "/"
    waiting, met = [start], set()
    while waiting:
        path = waiting.pop(0)
        if kind_of(path) in met:
            continue
        met.add(kind_of(path))
        answer = page.goto(path)
        if "html" not in answer.headers.get("content-type", ""):
            continue
        assert answer.status == 200, (answer.status, path)
        assert_accessible(page)
        for href in page.eval_on_selector_all("a[href]", "all => all.map(each => each.getAttribute('href'))"):
            found = urlsplit(href).path
            if (
                href.startswith(prefix)
                and not NO_PAGES.search(found)
                and (prefix != "/" or not found.startswith("/ar"))
            ):
                waiting.append(found)
    return met


@pytest.mark.parametrize("start", ["/", "/ar/"])
def test_every_public_page_is_for_everybody(sample, browser, start):  # noqa: F811
    with sample.at_site("petitions"), serve() as address, open_window(browser, address, viewport=SMALL) as page:
        met = walk(page, start)
    assert {f"{start}petitions", f"{start}petitions/N", f"{start}petitions/N/signatures/new", f"{start}help"} <= met
    assert len(met) > 12


@pytest.mark.parametrize("start", ["/petitions/", "/ar/petitions/"])
def test_every_page_of_the_desk_is_for_everybody_who_works_there(sample, browser, start):  # noqa: F811
    with sample.at_site("desk"), serve() as address, open_window(browser, address, viewport=SMALL) as page:
        boss = make_account("boss@parliament.example", "Boss", ["petitions.sysadmin"])
        cookies = signed_in(boss).cookies
        page.context.add_cookies([{"name": c.key, "value": c.value, "url": address} for c in cookies.values()])
        met = walk(page, start)
    assert {f"{start}N", f"{start}list"} <= met
    assert len(met) > 25
