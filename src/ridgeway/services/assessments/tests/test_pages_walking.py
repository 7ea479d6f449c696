"""People go through an assessment: with cookies and without, forwards and back, changing their minds."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from ridgeway.services.assessments.pages import place as places
from ridgeway.services.assessments.tests.visitors import WINTER, Visitor, serve_packages, walk_ill


@pytest.fixture(autouse=True, scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The site, with one assessment."""
    with serve_packages(tmp_path_factory.mktemp("site")):
        yield


@pytest.fixture(params=[True, False], ids=["cookies", "no cookies"])
def visitor(request: pytest.FixtureRequest) -> Visitor:
    """Somebody whose browser keeps cookies, then somebody whose browser keeps none."""
    return Visitor(keeps_cookies=request.param)


def pass_hours(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    """It is later."""
    later = timezone.now() + timedelta(hours=hours)
    monkeypatch.setattr(places, "timezone", type("Later", (), {"now": staticmethod(lambda: later)}))


def test_the_list_leads_to_the_start_page_which_says_what_happens_to_answers() -> None:
    visitor = Visitor()
    visitor.get("/")
    assert 'href="/winter/en/"' in visitor.html
    assert 'href="/winter/ar/" lang="ar"' in visitor.html

    visitor.get("/winter/")
    assert visitor.address == "/winter/en/"
    assert visitor.heading == "Should you stay at home?"
    for said in ("Ministry of Winter", "1.2.0", "about 2 minutes", "Your answers are not stored.", "call 911", "Start"):
        assert said in visitor.text
    assert 'href="/winter/private/#/en/"' in visitor.html
    assert 'href="mailto:help@winter.example"' in visitor.html


def test_somebody_ill_is_led_to_the_result_and_told_why(visitor: Visitor) -> None:
    walk_ill(visitor)
    assert visitor.heading == "Check your answers"
    for said in ("Fever", "Cough", "November 20, 2026", "30", "Thule"):
        assert said in visitor.text

    visitor.send()
    assert visitor.heading == "Stay at home"
    for said in ("Why this result", "You are ill, and have signs of it.", "Order 12, s. 1", "Version 1.2.0", "Fever"):
        assert said in visitor.text
    assert "data-print" in visitor.html


def test_no_address_and_no_page_of_the_way_names_what_was_answered_or_found(visitor: Visitor) -> None:
    walk_ill(visitor)
    visitor.send()
    addresses = re.findall(r'(?:href|action|formaction)="(/winter[^"]*)"', visitor.html)

    assert len(addresses) > 8
    assert all(
        re.fullmatch(r"/winter/((en|ar|uk)/(\d+(/change)?|continue|calendar|forget|leave)?|theme-[0-9a-f]+\.css)", each)
        for each in addresses
    )


def test_what_is_missing_or_wrong_is_said_in_a_summary_and_at_its_field(visitor: Visitor) -> None:
    visitor.start()
    visitor.send()
    assert visitor.response.status_code == 422
    assert 'role="alert"' in visitor.html
    assert '<a href="#ill">' in visitor.html
    assert "<title>Error: Are you ill?" in visitor.html

    visitor.send(ill="no")
    visitor.send(age="two hundred", town="Thule")
    assert visitor.response.status_code == 422
    assert 'value="two hundred"' in visitor.html
    assert 'value="Thule"' in visitor.html
    visitor.send(age="200")
    assert "120" in visitor.text
    visitor.send(age="20")
    assert visitor.heading == "Check your answers"


def test_back_and_forth_loses_nothing(visitor: Visitor) -> None:
    walk_ill(visitor)
    visitor.press("Back")
    assert 'value="30"' in visitor.html
    visitor.press("Back")
    visitor.press("Back")
    assert visitor.heading == "What do you have?"
    assert visitor.html.count("checked") == 2
    visitor.send(symptoms=["cough"])
    assert visitor.heading == "Since when?"
    assert 'value="20"' in visitor.html


def test_a_changed_answer_leads_back_to_the_check_and_names_what_no_longer_counts(visitor: Visitor) -> None:
    walk_ill(visitor)
    visitor.press("Change your answer: Are you ill?" if "Change your answer" in visitor.html else "Are you ill?")
    visitor.send(ill="no")
    assert visitor.heading == "Check your answers"
    assert "These answers no longer count" in visitor.text
    assert "What do you have?" in visitor.text
    visitor.send()
    assert visitor.heading == "Go out and play"
    assert "Have fun, Thule." in visitor.text

    visitor.press("Are you ill?")
    visitor.send(ill="yes")
    assert visitor.heading == "Check your answers"
    visitor.send()
    assert visitor.heading == "Stay at home"


def test_a_changed_answer_that_asks_for_more_leads_to_what_is_missing_and_then_to_the_check(visitor: Visitor) -> None:
    visitor.start()
    visitor.send(ill="no")
    visitor.send(age="30")
    visitor.press("Are you ill?")
    visitor.send(ill="yes")
    assert visitor.heading == "What do you have?"
    visitor.send(symptoms=["fever"])
    assert visitor.heading == "Since when?"
    visitor.send(since__day="1", since__month="11", since__year="2026")
    assert visitor.heading == "Check your answers"


def test_a_step_that_was_not_reached_leads_to_the_furthest_with_a_sentence() -> None:
    visitor = Visitor()
    visitor.start()
    visitor.send(ill="yes")
    visitor.get("/winter/en/5")
    assert visitor.address == "/winter/en/2?said=moved"
    assert "That page comes later" in visitor.text
    visitor.get("/winter/en/499/change")
    assert visitor.heading == "What do you have?"
    action, hidden = visitor.forms()[0]
    visitor.post("/winter/en/4", hidden | {"age": "3"})
    assert visitor.address == "/winter/en/2?said=moved"
    assert action == "/winter/en/2"


def test_a_page_may_be_loaded_again(visitor: Visitor) -> None:
    walk_ill(visitor)
    if visitor.keeps_cookies:
        assert visitor.get(visitor.address).status_code == 200
    else:
        visitor.press("Give me more time")
    assert visitor.heading == "Check your answers"


def test_the_page_says_until_when_answers_stay_and_gives_more_time(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.start()
    visitor.send(ill="yes")
    before = re.search(r"until (\d\d:\d\d)", visitor.text)[1]
    pass_hours(monkeypatch, 3)
    visitor.press("Give me more time")
    assert visitor.heading == "What do you have?"
    assert "You have more time" in visitor.text
    assert re.search(r"until (\d\d:\d\d)", visitor.text)[1] != before
    pass_hours(monkeypatch, 6)
    visitor.send(symptoms=["fever"])
    assert visitor.heading == "Since when?"


def test_when_the_time_is_over_the_page_says_so_and_offers_to_start_again(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.start()
    visitor.send(ill="yes")
    pass_hours(monkeypatch, 4.1)
    visitor.send(symptoms=["fever"])
    assert visitor.heading == "Your answers are not here"
    assert "240 minutes" in visitor.text
    visitor.send()
    assert visitor.heading == "Are you ill?"
    assert "checked" not in visitor.html


def test_answers_can_be_deleted(visitor: Visitor) -> None:
    walk_ill(visitor)
    visitor.press("Delete my answers")
    assert visitor.address == "/winter/en/"
    assert "assessment-winter" not in {name for name, each in visitor.client.cookies.items() if each.value}
    visitor.get("/winter/en/4")
    assert visitor.heading == "Your answers are not here"


def test_leaving_forgets_the_answers_and_says_nothing_to_where_it_leads() -> None:
    visitor = walk_ill(Visitor())
    response = visitor.client.get("/winter/en/leave", headers={"Sec-Fetch-Site": "cross-site"})
    assert "assessment-winter" not in response.cookies
    visitor.press("Leave this page")
    assert visitor.response["Location"] == "https://www.wikipedia.org/"
    assert visitor.response["Referrer-Policy"] == "same-origin"
    assert visitor.response.cookies["assessment-winter"].value == ""


def test_the_way_out_is_not_offered_where_the_site_names_none(tmp_path: Path) -> None:
    with serve_packages(tmp_path, WINTER, quick_exit=""):
        visitor = Visitor()
        visitor.get("/winter/en/")
        assert "data-quick-exit" not in visitor.html


def test_answers_too_long_for_a_cookie_travel_in_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ridgeway.services.assessments.pages.cookies.MAX_COOKIE", 260)
    visitor = Visitor()
    visitor.start()
    visitor.send(ill="no")
    visitor.send(age="30", town="".join(chr(0x4E00 + 37 * number) for number in range(200)))
    assert visitor.heading == "Check your answers"
    assert 'name="answers"' in visitor.html
    visitor.send()
    assert visitor.heading == "Go out and play"


def test_a_result_is_put_into_a_calendar(visitor: Visitor) -> None:
    walk_ill(visitor)
    visitor.send()
    visitor.press("Add to your calendar")
    lines = visitor.response.content.decode().split("\r\n")
    assert visitor.response["Content-Type"] == "text/calendar; charset=utf-8"
    assert visitor.response["Cache-Control"] == "no-store"
    assert 'SUMMARY:Home\\; rest\\, "tea"' in lines
    assert any(re.fullmatch(r"DTSTART;VALUE=DATE:\d{8}", line) for line in lines)


def test_a_calendar_is_there_for_a_result_alone() -> None:
    visitor = Visitor()
    visitor.start()
    assert visitor.get("/winter/en/calendar").status_code == 404
