"""What anybody's cache may keep: what is the same for everybody, and for how long; and the files of private mode."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from ridgeway.services.assessments.engine import load
from ridgeway.services.assessments.tests.visitors import WINTER, Visitor, serve_packages


@pytest.fixture(autouse=True, scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The site."""
    with serve_packages(tmp_path_factory.mktemp("site"), WINTER):
        yield


def ask(address: str, **headers: str) -> Any:
    """The answer, as it is."""
    return Visitor().client.get(address, headers=headers)


@pytest.mark.parametrize("address", ["/", "/winter/en/", "/winter/ar/", "/winter/en/arrive", "/robots.txt"])
def test_pages_that_are_the_same_for_everybody_may_be_kept_and_asked_for_again(address: str) -> None:
    first = ask(address)
    assert first["Cache-Control"].startswith("public, max-age=")
    assert "Vary" not in first.headers
    assert not first.cookies
    again = ask(address, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_definition_is_kept_for_ever_under_its_digest() -> None:
    page = ask("/winter/en/").content.decode()
    digest = page.partition("/winter/theme-")[2].partition(".css")[0]
    response = ask(f"/winter/compiled-{digest}.json")
    assert "immutable" in response["Cache-Control"]
    assert load(json.loads(response.content)).digest == digest
    theme = ask(f"/winter/theme-{digest}.css")
    assert "--color-brand:#123456" in theme.content.decode()
    assert "immutable" in theme["Cache-Control"]
    assert ask(f"/winter/theme-{digest[:-1]}0.css").status_code == 404


def test_private_mode_is_served_with_its_own_policy_and_packed() -> None:
    shell = ask("/winter/private/")
    assert "form-action 'none'" in shell["Content-Security-Policy"]
    assert not shell.cookies
    script = shell.content.decode().partition('src="/winter/private/app-')[2].partition('"')[0]
    plain, packed = (ask(f"/winter/private/app-{script}", **{"Accept-Encoding": each}) for each in ("", "gzip, br"))
    assert "immutable" in plain["Cache-Control"]
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed["Vary"] == "Accept-Encoding"
    for name in ("worker.js", "manifest.webmanifest"):
        assert ask(f"/winter/private/{name}").status_code == 200
    assert ask("/winter/private/nothing.js").status_code == 404


def test_machines_are_told_that_the_site_is_up() -> None:
    assert ask("/ping").content == b"ok\n"
    assert ask("/health-check").json() == {"database": "OK", "assessments": 1}
    assert ask("/favicon.ico").status_code == 302
    assert "Disallow: /preview-" in ask("/robots.txt").content.decode()


def test_the_whole_assessment_comes_as_one_file_that_refers_to_nothing() -> None:
    start = ask("/winter/ar/").content.decode()
    address = start.partition('href="/winter/one-file-')[2].partition('"')[0]
    file = ask(f"/winter/one-file-{address}")
    page = file.content.decode()
    assert file["Content-Disposition"] == 'attachment; filename="winter-ar.html"'
    assert "Content-Security-Policy" in page
    assert "src=" not in page.partition("<script")[0]
    assert ask(f"/winter/one-file-{address.replace('-in-ar', '-in-xx')}").status_code == 404


@pytest.mark.parametrize("address", ["/winter/", "/winter/private/", "/winter/private/worker.js"])
def test_what_is_only_read_takes_no_form(address: str) -> None:
    assert Visitor().client.post(address).status_code == 405
