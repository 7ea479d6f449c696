"""Going on with another device: a code for an hour, a picture of it, a landing page; nothing kept in between."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from ridgeway.services.assessments.pages import place as places
from ridgeway.services.assessments.tests.visitors import WINTER, Visitor, serve_packages, walk_ill

CODE = re.compile(r"<textarea[^>]*readonly[^>]*>\s*([A-Za-z0-9_-]+)</textarea>")


@pytest.fixture(autouse=True, scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The site."""
    with serve_packages(tmp_path_factory.mktemp("site"), WINTER):
        yield


def make_code(*, keeps_cookies: bool = True) -> str:
    """What the first device shows."""
    visitor = walk_ill(Visitor(keeps_cookies=keeps_cookies))
    visitor.send()
    visitor.press("Continue on another device")
    assert visitor.heading == "Go on with another device"
    assert "<svg" in visitor.html
    return CODE.search(visitor.html)[1]


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("second", [True, False])
def test_another_device_goes_on_with_the_answers(first: bool, second: bool) -> None:
    code = make_code(keeps_cookies=first)
    other = Visitor(keeps_cookies=second)
    other.get("/winter/ar/arrive")
    assert other.response["Cache-Control"].startswith("public")
    other.send(code=f"  http://localhost/winter/en/arrive#{code[:30]}\n{code[30:]} ")
    assert other.heading == "ابق في البيت"
    assert "Thule" in other.text
    other.press("عنك" if "عنك" in other.html else "كم عمرك؟")
    assert 'value="30"' in other.html


def test_a_code_is_good_for_an_hour_and_for_its_assessment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    code = make_code()
    other = Visitor()
    other.get("/winter/en/arrive")
    other.send(code=code[:-9])
    assert other.response.status_code == 422
    assert "This code is not complete" in other.text
    later = timezone.now() + timedelta(minutes=61)
    monkeypatch.setattr(places, "timezone", type("Later", (), {"now": staticmethod(lambda: later)}))
    other.send(code=code)
    assert other.response.status_code == 422


def test_what_a_cookie_or_a_page_holds_is_no_code() -> None:
    visitor = walk_ill(Visitor())
    cookie = visitor.client.cookies["assessment-winter"].value
    visitor.get("/winter/en/arrive")
    visitor.send(code=cookie)
    assert visitor.response.status_code == 422


def test_nothing_is_shown_without_answers() -> None:
    visitor = Visitor()
    visitor.get("/winter/en/continue")
    assert visitor.heading == "Your answers are not here"
