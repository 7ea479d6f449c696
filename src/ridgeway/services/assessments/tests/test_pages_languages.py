"""Any language of a package: its direction, its words, and changing it on the way without losing an answer."""

import re
from collections.abc import Iterator

import pytest

from ridgeway.services.assessments.tests.visitors import PACKAGES, WINTER, Visitor, serve_packages, walk_ill


@pytest.fixture(autouse=True, scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The site."""
    with serve_packages(tmp_path_factory.mktemp("site"), WINTER, PACKAGES / "respiratory-check-2021"):
        yield


@pytest.mark.parametrize("keeps_cookies", [True, False])
def test_the_language_changes_on_the_way_and_every_answer_stays(keeps_cookies: bool) -> None:
    visitor = walk_ill(Visitor(keeps_cookies=keeps_cookies))
    visitor.press("العربية")
    assert visitor.address == "/winter/ar/5"
    assert '<html lang="ar" dir="rtl"' in visitor.html
    assert visitor.response["Content-Language"] == "ar"
    assert "حمى" in visitor.text
    visitor.send()
    assert visitor.heading == "ابق في البيت"
    visitor.press("English")
    assert visitor.heading == "Stay at home"


def test_the_page_speaks_the_language_of_the_package_alone() -> None:
    visitor = Visitor()
    visitor.start("winter", "ar")
    assert visitor.heading == "هل أنت مريض؟"
    assert "نعم" in visitor.text
    assert "Continue" not in visitor.text
    visitor.send()
    assert "<title>خطأ" in visitor.html or "Error" not in visitor.html


def test_words_that_nobody_translated_are_marked_with_their_language() -> None:
    visitor = Visitor()
    visitor.start("winter", "uk")
    assert '<html lang="uk" dir="ltr"' in visitor.html
    assert visitor.heading == "Ви хворі?"
    assert '<a class="skip-link" href="#main" lang="en" dir="ltr">' in visitor.html
    visitor.send(ill="yes")
    assert 'lang="en"' in re.search(r"<h1.*?</h1>", visitor.html, re.DOTALL)[0]
    assert "What do you have?" in visitor.heading


def test_a_language_that_the_package_does_not_have_is_not_there() -> None:
    visitor = Visitor()
    for address in ("/winter/fr/", "/winter/fr/1", "/winter/EN/", "/winter/xx/arrive"):
        assert visitor.get(address).status_code == 404


def test_the_language_of_the_site_has_no_part_in_these_addresses() -> None:
    visitor = Visitor()
    visitor.get("/ar/")
    assert 'href="/winter/ar/"' in visitor.html
    visitor.get("/ar/winter/en/")
    assert visitor.address == "/winter/en/"


def test_an_answer_for_somebody_else_changes_the_texts_that_follow() -> None:
    visitor = Visitor()
    visitor.start("respiratory-check-2021")
    visitor.send(on_behalf="yes")
    for _ in range(3):
        if "the person" in visitor.heading:
            break
        visitor.send(**dict.fromkeys(re.findall(r'type="radio" id="(\w+)"', visitor.html), "no"))
    assert "Is the person well protected against the virus?" in visitor.heading
