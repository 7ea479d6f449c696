"""What a process keeps of people, which is nothing that they answered, and what it makes of their answers."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ridgeway.services.assessments.pages.calendar import render_calendar
from ridgeway.services.assessments.pages.continuing import MAX_PICTURE, draw_picture
from ridgeway.services.assessments.pages.drawing import find_press, tells_answers
from ridgeway.services.assessments.tests.visitors import Visitor, serve_packages

TOWN = "Sekrettown"
TELLING = """format: assessment/1
id: telling
version: 1.0.0
jurisdiction: CA-ON
publisher: {name: "Ministry"}
languages: {source: en}
parameters: {number: {type: text, value: "911"}}
facts: {at_home: 'town'}
start: {title: "Telling", body: "It tells what you say."}
pages:
  - {id: town, question: {type: text, title: "Where do you live?", hint: "Or call {number}."}}
  - {id: about, kind: information, title: "About you", body: "You live in {town}."}
  - {id: fact, kind: information, title: "In {at_home}"}
  - {id: ill, question: {type: yes_no, title: "Are you ill in {town}?"}, routes: [{to: outcome.fine}]}
outcomes:
  - {id: fine, kind: outcome, title: "Fine", body: "Good."}
"""


@pytest.fixture
def visitor(tmp_path: Path) -> Iterator[Visitor]:
    """Somebody who has walked through a package that repeats what they say."""
    (tmp_path / "telling").mkdir()
    (tmp_path / "telling" / "service.yaml").write_text(TELLING, "utf-8")
    with serve_packages(tmp_path, tmp_path / "telling"):
        visitor = Visitor()
        visitor.start("telling")
        visitor.send(town=TOWN)
        for step in (2, 3, 4):
            visitor.get(f"/telling/en/{step}")
            assert TOWN in visitor.text
        yield visitor


def test_a_page_that_repeats_an_answer_is_not_kept_for_the_next_person(visitor: Visitor) -> None:
    visitor.get("/telling/en/1")
    Visitor().start("telling")
    kept = repr([(key, frame.pieces) for key, frame in find_press().drawn.items()])
    assert TOWN not in kept
    assert "Or call 911" in kept


def test_only_words_made_from_answers_are_drawn_for_each_person_anew() -> None:
    assert tells_answers([["p", ["In ", ["x", ["call", "size", [["answer", "signs"]]], "number"]]]])
    assert tells_answers([["when", ["not", ["fact", "ill"]], [["p", ["Stay."]]]]])
    assert not tells_answers([["p", ["Call ", ["x", ["param", "number"], "text"]]]])


def test_a_picture_of_answers_is_drawn_up_to_its_limit_and_no_further() -> None:
    assert draw_picture("A" * MAX_PICTURE).startswith("<svg")
    assert not draw_picture("A" * (MAX_PICTURE + 1))


def test_the_last_day_that_there_is_has_a_calendar_file_and_nothing_breaks_its_lines() -> None:
    title = "Home\r\nATTACH:https://evil.example\x85;,"
    file = render_calendar(date.max, title, name="telling", host="localhost", now=datetime.now(UTC)).decode()
    assert "DTSTART;VALUE=DATE:99991231\r\n" in file
    assert "DTEND" not in file
    assert not [line for line in file.split("\r\n") if line.startswith("ATTACH")]
