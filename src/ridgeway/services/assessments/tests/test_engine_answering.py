"""From what people write in a form to answers: every kind of question, in every script, and what is wrong with it."""

import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.services.assessments.engine import (
    FieldError,
    StepError,
    load,
    read_answers,
    replay,
    with_answers,
    without_item,
)
from ridgeway.services.assessments.engine.document import Formats
from ridgeway.services.assessments.engine.numerals import DIGITS, ZEROS, read_typed_number
from ridgeway.services.assessments.expressions import Span
from ridgeway.services.assessments.tests.random_definitions import TODAY as RANDOM_DAY
from ridgeway.services.assessments.tests.random_definitions import make_answered
from ridgeway.services.assessments.tests.running import TODAY, make, run

PAGE = """
- id: asked
  title: "Asked"
  questions: [{{id: q, title: "Q?", {0}}}]
  routes: [{{to: outcome.done}}]
"""
OPTIONS = "options: [{id: a, label: A}, {id: b, label: B}, {id: c, label: All, exclusive: true}]"


def read(question: str, language: str = "en", **form):
    """What is read: the RAW, or the word of the error with its field and arguments."""
    assessment = make(PAGE.format(question))
    fields = {name.replace("_", "-"): value if isinstance(value, list) else [value] for name, value in form.items()}
    found = read_answers(assessment, "asked", fields, today=TODAY, trail=run(assessment, {}), language=language)
    if not found.errors:
        assert run(assessment, found.values).is_over, "what is read must be an answer"
        return found.values["q"]
    assert found.values == {}
    [error] = found.errors
    return error.word if error.field == "q" else (error.word, error.field)


def test_yes_and_no():
    assert [read("type: yes_no", q=each) for each in ("yes", "no")] == [True, False]
    assert [read("type: yes_no", q=each) for each in ("", "maybe", "true")] == ["error_choose"] * 3
    assert read("type: yes_no, optional: true") == ""
    assert read("type: yes_no, unknown: true", q="unknown") is None
    assert read("type: yes_no", q="unknown") == "error_choose"


def test_one_option_by_its_id():
    radios = f"type: radios, {OPTIONS.replace(', exclusive: true', '')}"
    assert read(radios, q="b") == "b"
    assert [read(radios, q=each) for each in ("B", "d", "")] == ["error_choose"] * 3


BOXES = f"type: checkboxes, none: Neither, unknown: true, {OPTIONS}"


def test_ticked_options_are_kept_in_the_order_of_the_question():
    assert read(BOXES, q=["b", "a", "b"]) == ["a", "b"]
    assert read(BOXES, q=["none"]) == []
    assert read(BOXES, q=["unknown"]) is None
    assert read(BOXES) == "error_choose_at_least_one"
    assert read(BOXES.replace("unknown", "optional")) == ""


def test_what_excludes_the_others_stands_alone_even_without_script():
    assert read(BOXES, q=["a", "none"]) == "error_choose_none_alone"
    assert read(BOXES, q=["a", "c"]) == "error_choose_none_alone"
    assert read(BOXES, q=["a", "unknown"]) == "error_unknown_alone"
    assert read(BOXES, q=["c"]) == ["c"]


def test_options_that_are_none_are_not_taken():
    assert read(BOXES, q=["zzz"]) == "error_choose_at_least_one"
    assert read(BOXES, q=["zzz", "a"]) == ["a"]


def test_numbers_with_limits_and_decimals():
    number = "type: number, min: 0, max: 120"
    written = {"7": "7", " 007 ": "7", "+12": "12", "0": "0", "1,0": "1", "-0": "0"}
    assert {each: read(number, q=each) for each in written} == written
    assert [read(number, q=each) for each in ("-1", "121", "1.5", "twelve", "", "1e2", "1 2 x", "--1")] == [
        "error_too_low", "error_too_high", "error_number_whole", "error_number", "error_empty", "error_number",
        "error_number", "error_number",
    ]  # fmt: skip
    assert read("type: number, decimals: 1", q="1.25") == "error_number_decimals"
    assert read("type: number, decimals: 2", q="1.50") == "1.5"
    assert read("type: number", q="9" * 30) == "error_number"


def test_money_as_each_language_writes_it():
    money = "type: money, currency: CAD"
    assert [read(money, q=each) for each in ("$1,234.50", "1234.5", "1 234,5", "CA 5")] == ["1234.5"] * 3 + [
        "error_number"
    ]
    assert [read(money, "fr", q=each) for each in ("1 234,50 $", "1\u202f234,5", "1234.5")] == ["1234.5"] * 3
    assert read(money, "ar", q="١٬٢٣٤٫٥") == "1234.5"
    assert read(money, "en", q="۱۲۳۴") == "1234"


GERMAN = Formats(months=(), decimal=",", group=".")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1.234", "1234"), ("1.234,5", "1234.5"), ("1.5", "1.5"), ("1,5", "1.5"), ("12.34.5", None), ("1.2345", "1.2345"),
     ("1’234", "1234"), ("−3", "-3"), ("1,2,3", None), (".5", None), ("5.", None), ("", None), ("٣", "3"),
     ("€ 5", "5")],
)  # fmt: skip
def test_point_and_comma_are_told_apart_by_the_language_or_not_at_all(text, expected):
    assert read_typed_number(text, GERMAN) == expected


def test_the_digits_of_every_listed_script_are_those_that_unicode_says():
    assert all(int(chr(zero + value)) == value for zero in ZEROS for value in range(10))
    assert len(DIGITS) == 10 * len(ZEROS)


DATE = "type: date, min: 2020-01-01, max: today"


def day(day="", month="", year=""):
    return {"q_day": day, "q_month": month, "q_year": year}


def test_dates_in_parts():
    assert read(DATE, **day("5", "3", "2026")) == "2026-03-05"
    assert read(DATE, **day(" 05", "March", "2026")) == "2026-03-05"
    assert read(DATE, **day("5", "mar", "٢٠٢٦")) == "2026-03-05"
    assert read(DATE, "fr", **day("5", "mars", "2026")) == "2026-03-05"
    assert read(DATE.replace("date,", "date, optional: true,")) == ""


def test_what_is_wrong_with_a_date_is_said_at_its_part():
    expected = {
        ("", "", ""): ("error_date", "q-day"), ("", "3", "2026"): ("error_date_day", "q-day"),
        ("5", "", "2026"): ("error_date_month", "q-month"), ("5", "3", ""): ("error_date_year", "q-year"),
        ("30", "2", "2026"): ("error_date", "q-day"), ("5", "13", "2026"): ("error_date", "q-month"),
        ("5", "ma", "2026"): ("error_date", "q-month"), ("5", "3", "26"): ("error_year", "q-year"),
        ("x", "3", "2026"): ("error_date", "q-day"), ("25", "11", "2026"): ("error_too_late", "q-day"),
        ("31", "12", "2019"): ("error_too_early", "q-day"), ("1", "1", "0000"): ("error_year", "q-year"),
    }  # fmt: skip
    assert {parts: read(DATE, **day(*parts)) for parts in expected} == expected


def test_a_limit_is_handed_on_for_the_message():
    assessment = make(PAGE.format(DATE))
    form = {"q-day": ["25"], "q-month": ["11"], "q-year": ["2026"]}
    found = read_answers(assessment, "asked", form, today=TODAY, trail=run(assessment, {}))
    assert found.errors == (FieldError("q-day", "q", "error_too_late", (("date", Span(20781, 20781)),)),)


def test_an_approximate_date_may_be_a_month_or_a_year():
    about = DATE.replace("date,", "date, approximate: true,")
    assert [read(about, **day(*parts)) for parts in (("", "11", "2026"), ("", "", "2026"))] == ["2026-11", "2026"]
    assert read(about, **day("5", "", "2026")) == ("error_date_month", "q-month")
    assert read(about, **day("", "", "2027")) == ("error_too_late", "q-day")


def test_months_and_years():
    assert read("type: month, max: today", q_month="11", q_year="2026") == "2026-11"
    assert read("type: month, max: today", q_month="12", q_year="2026") == ("error_too_late", "q-month")
    assert read("type: month", q_month="", q_year="2026") == ("error_date_month", "q-month")
    assert [read("type: year, min: 1900, max: 2026", q=each) for each in ("1999", "1899", "99", "")] == [
        "1999", "error_too_low", "error_year", "error_empty",
    ]  # fmt: skip


def test_amounts_with_their_unit():
    duration = "type: duration, units: [days, weeks], max: 30"
    assert read(duration, q_amount="3", q_unit="weeks") == ["3", "weeks"]
    assert read(duration, q_amount="5", q_unit="weeks") == ("error_too_high", "q-amount")
    assert read(duration, q_amount="3") == ("error_unit", "q-unit")
    assert read(duration, q_amount="3", q_unit="months") == ("error_unit", "q-unit")
    assert read(duration, q_unit="weeks") == ("error_empty", "q-amount")
    assert read("type: duration, units: [days]", q_amount="3") == ["3", "days"]
    assert read("type: salary, currency: CAD, periods: [month]", q_amount="1 200,5") == ["1200.5", "month"]
    assert read("type: salary, currency: CAD, periods: [month]", q_amount="-1") == ("error_too_low", "q-amount")


def test_texts_are_kept_in_one_form():
    assert read("type: text", q="  Ana \t  Lima\x00 ") == "Ana Lima"
    assert read("type: text", q="e\u0301") == "\u00e9"
    assert read("type: text, max_length: 3", q="abcd") == "error_too_long"
    assert read("type: text", q=" \u00a0 ") == "error_empty"
    assert read("type: long_text", q="one\r\n\r\n two  ") == "one\n\ntwo"
    assert read("type: text", q="\ud800x") == "x"


def test_addresses_and_codes():
    assert read("type: email", q=" ana@example.org ") == "ana@example.org"
    assert [read("type: email", q=each) for each in ("ana", "a@b", "@x.y", "a b@c.d", "a@b..c")] == ["error_email"] * 5
    assert read("type: phone", q="+1 (613) 555-0100") == "+16135550100"
    assert read("type: phone", q="call me") == "error_phone"
    assert read("type: postal_code, country: CA", q="k1a-0b1") == "K1A0B1"
    assert read("type: postal_code, country: CA", q="D1A 0B1") == "error_code"
    assert read("type: postal_code, country: CA, prefix_only: true", q="k1a") == "K1A"
    assert read("type: identifier, pattern: ca_sin", q="٠٤٦ 454 286") == "046454286"
    assert read("type: identifier, pattern: ca_sin", q="1" * 500) == "error_too_long"


def test_an_entry_of_a_list_by_name_in_either_language_or_by_id():
    countries = "type: list, list: countries"
    assert [read(countries, "fr", q=each) for each in ("Allemagne", " germany ", "de")] == ["DE"] * 3
    assert read(countries, q="Atlantis") == "error_list"


def test_i_do_not_know_beside_an_answer_is_a_contradiction():
    number = "type: number, unknown: true"
    assert read(number, q_unknown="yes") is None
    assert read(number, q="5", q_unknown="yes") == "error_unknown_alone"


ITEMS = """
- id: children
  title: "Child"
  repeat: {min: 1, max: 2, again: "Another?"}
  questions: [{id: age, type: number, title: "Age?"}]
  routes: [{to: outcome.done}]
"""


def test_an_item_asks_for_another_until_there_are_enough():
    assessment = make(ITEMS)
    trail = run(assessment, {})
    read_one = read_answers(assessment, "children", {"age": ["5"]}, today=TODAY, trail=trail, item=0)
    assert read_one.errors == (FieldError("again", "again", "error_choose"),)
    form = {"age": ["5"], "again": ["yes"]}
    first = read_answers(assessment, "children", form, today=TODAY, trail=trail, item=0)
    answers = with_answers({}, "children", 0, first.values)
    assert answers == {"children": [{"age": "5", "again": True}]}
    trail = run(assessment, answers)
    second = read_answers(assessment, "children", {"age": ["7"]}, today=TODAY, trail=trail, item=1)
    answers = with_answers(answers, "children", 1, second.values)
    assert run(assessment, answers).outcome == "done"
    assert without_item(answers, "children", 0) == {"children": [{"age": "7"}]}


def test_putting_answers_in_changes_no_other_and_nothing_that_was_there():
    before = {"a": True, "children": [{"age": "5"}, {"age": "6"}]}
    after = with_answers(before, "children", 0, {"age": "9"})
    assert (before["children"][0], after) == ({"age": "5"}, {"a": True, "children": [{"age": "9"}, {"age": "6"}]})
    assert with_answers({"children": "odd"}, "children", 1, {"age": "1"}) == {"children": [{}, {"age": "1"}]}


def test_a_page_that_is_not_on_the_trail_is_not_read():
    with pytest.raises(StepError, match="no_such_step"):
        read_answers(make(ITEMS), "children", {}, today=TODAY, trail=run(make(ITEMS), {}), item=3)


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 2**32), texts=st.lists(st.text(max_size=12), min_size=1, max_size=4))
def test_whatever_is_sent_is_read_as_an_answer_or_an_error_and_never_fails(seed, texts):
    compiled, answers = make_answered(seed)
    assessment, random = load(compiled), Random(seed)
    trail = replay(assessment, answers, today=RANDOM_DAY)
    step = trail.steps[-1]
    names = [question.id for question in assessment.pages[step.page].questions]
    parts = ("", "-day", "-month", "-year", "-amount", "-unit", "-unknown")
    common = [*texts, "yes", "none", "unknown", "5", "fever", "other", "2026", "days", "K1A 0B1", "a@b.ca", "Canada"]
    form = {name + part: random.sample(common, random.randint(0, 2)) for name in names for part in parts}
    found = read_answers(assessment, step.page, form, today=RANDOM_DAY, trail=trail, item=step.item, language="fr")
    assert {error.question for error in found.errors} | set(found.values) >= set(names)
    json.dumps(found.values)
    scope = trail.scope_before(len(trail.steps))
    for name, raw in found.values.items():
        if name in names:
            assert repr(assessment.questions[name].accept(raw, scope)) != "REFUSED"
