import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.services.petitions.rules.faults import Fault, Wrong
from ridgeway.services.petitions.rules.names import NAME_LIMIT, find_name_fault, slugify_name
from ridgeway.services.petitions.rules.texts import (
    ACTION_LIMIT,
    FORMULA_MARKS,
    find_line_fault,
    find_text_fault,
    tidy_line,
    tidy_text,
)


def test_a_text_is_counted_as_it_is_stored_line_breaks_as_one_letter():
    text = tidy_text("  first\r\nsecond\rthird  ")
    assert text == "first\nsecond\nthird"
    assert find_text_fault("x" * ACTION_LIMIT, limit=ACTION_LIMIT) is None
    assert find_text_fault("x" * (ACTION_LIMIT + 1), limit=ACTION_LIMIT) == Fault(Wrong.TOO_LONG, ACTION_LIMIT)


@pytest.mark.parametrize("mark", sorted(FORMULA_MARKS))
def test_what_a_spreadsheet_takes_for_a_formula_is_refused(mark: str):
    assert find_line_fault(f"{mark}cmd|'/C calc'!A0", limit=80) in {Fault(Wrong.FORMULA), Fault(Wrong.CONTROL)}
    assert find_text_fault(f"  {mark}1", limit=80) is not None or not mark.strip()


def test_a_mark_within_a_text_is_no_formula():
    assert find_line_fault("Tax 5 - 3 = 2 @ home + abroad", limit=80) is None


@pytest.mark.parametrize("letter", ["\x00", "\n", "\r", "\x1b", "\x7f", "\u202e", "\u2066", "\u2028", "\ud800"])
def test_a_line_with_a_letter_that_nobody_sees_is_refused(letter: str):
    assert find_line_fault(f"a{letter}b", limit=80) == Fault(Wrong.CONTROL)


def test_a_text_may_have_lines_and_marks_of_right_to_left_scripts():
    assert find_text_fault("one\ntwo\tthree \u200f", limit=80) is None
    assert find_line_fault("مرحبا\u200f بالعالم", limit=80) is None


def test_nothing_is_a_fault_only_where_something_is_asked_for():
    assert find_text_fault(" \n ", limit=80) is None
    assert find_text_fault(" \n ", limit=80, is_required=True) == Fault(Wrong.MISSING)


@given(st.text(max_size=400))
def test_tidying_twice_is_tidying_once(text: str):
    assert tidy_text(tidy_text(text)) == tidy_text(text)
    assert tidy_line(tidy_line(text)) == tidy_line(text)


@given(st.text(max_size=300))
def test_a_line_that_is_taken_can_stand_in_a_header_and_in_a_spreadsheet(text: str):
    line = tidy_line(text)
    if line and find_line_fault(line, limit=255) is None:
        assert line[0] not in "=+-@\t\r"
        assert not any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in line)
        line.encode()


@pytest.mark.parametrize(
    "name", ["Suzie", "O'Brien", "J. R. R. Tolkien", "محمد", "王", "Nguyễn Văn A", "Sukarno", "Md.Rahman", "S.Li"]
)
def test_names_of_any_script_and_of_one_word_are_taken(name: str):
    assert find_name_fault(name) is None


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("", Wrong.MISSING),
        ("x" * (NAME_LIMIT + 1), Wrong.TOO_LONG),
        ("=HYPERLINK()", Wrong.FORMULA),
        ("See https://spam.example", Wrong.LINK),
        ("WWW.spam.example", Wrong.LINK),
        ("Win at evil.com", Wrong.LINK),
        ("evil\uff0ecom", Wrong.LINK),
        ("evil\u3002com", Wrong.LINK),
        ("evil.co.uk now", Wrong.LINK),
        ("t.co/x", Wrong.LINK),
        ("ann@evil.org", Wrong.LINK),
        ("\uff28ttp://evil", Wrong.LINK),
        ("Suzie\r\nBcc: all@example.org", Wrong.CONTROL),
    ],
)
def test_what_is_no_name_is_refused(name: str, wrong: Wrong):
    fault = find_name_fault(name)
    assert fault is not None
    assert fault.wrong is wrong


@pytest.mark.parametrize(
    ("one", "other"),
    [("Suzie  Smith", "suzie smith"), ("JOSÉ", "jose\u0301"), ("O'Brien", "O Brien"), ("Straße", "STRASSE")],
)
def test_names_are_alike_without_case_accents_and_signs(one: str, other: str):
    assert slugify_name(one) == slugify_name(other)


def test_names_of_other_scripts_stay_apart():
    assert len({slugify_name(name) for name in ("محمد", "أحمد", "王", "李", "Ivan", "Иван")}) == 6


@given(st.text(max_size=80))
def test_a_slug_is_the_slug_of_itself_and_of_a_shouted_name(name: str):
    slug = slugify_name(name)
    assert slugify_name(slug) == slug
    assert slugify_name(f"  {name} ") == slug
