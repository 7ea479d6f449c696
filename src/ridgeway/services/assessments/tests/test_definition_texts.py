"""What authors may write in texts, and what it becomes."""

import contextlib
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ridgeway.services.assessments.definition.elements import Form
from ridgeway.services.assessments.definition.inlines import (
    TextFault,
    explain_bad_href,
    list_placeholders,
)
from ridgeway.services.assessments.definition.limits import MAX_TEXT_CHARACTERS, MAX_TITLE_CHARACTERS
from ridgeway.services.assessments.definition.texts import parse_text

TYPES = {"n": "number", "b": "bool", "t": "text", 'x == "}"': "bool"}


def read(source: str):
    """Expressions of this test: a few names."""
    if source not in TYPES:
        raise TextFault(f"no {source}")
    return ["answer", source], TYPES[source]


def blocks(text: str):
    """The nodes of paragraphs."""
    return parse_text(text, Form.BLOCKS, read)


def line(text: str):
    """What stands in one line."""
    ((kind, inline),) = parse_text(text, Form.LINE, read)
    assert kind == "p"
    return inline


N, B = ["answer", "n"], ["answer", "b"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", ["plain"]),
        ("a **b** c", ["a ", ["b", ["b"]], " c"]),
        ("a *b* c", ["a ", ["i", ["b"]], " c"]),
        ("**a *b* c**", [["b", ["a ", ["i", ["b"]], " c"]]]),
        ("*a **b***", [["i", ["a ", ["b", ["b"]]]]]),
        ("2 * 3 * 4", ["2 * 3 * 4"]),
        ("2 < 3 > 1 & _x_ `y`", ["2 < 3 > 1 & _x_ `y`"]),
        (r"\*a\* \{n\} \[x\](y)", ["*a* {n} [x](y)"]),
        ("{n}", [["x", N, "number"]]),
        ("{ n } and {b}", [["x", N, "number"], " and ", ["x", B, "bool"]]),
        ("{{n}} }}", ["{n} }"]),
        ('{x == "}"}', [["x", ["answer", 'x == "}"'], "bool"]]),
        ("[text](https://example.org/a?b=c#d)", [["a", "https://example.org/a?b=c#d", ["text"]]]),
        ("[call **{n}**](tel:+1-800)", [["a", "tel:+1-800", ["call ", ["b", [["x", N, "number"]]]]]]),
        ("[write](mailto:a@example.org?subject=x)", [["a", "mailto:a@example.org?subject=x", ["write"]]]),
        ("[down](#part)", [["a", "#part", ["down"]]]),
        ("[not a link] (x)", ["[not a link] (x)"]),
        (
            "{n, plural, one {# day} other {# **days** of {t}}}",
            [
                [
                    "plural",
                    N,
                    {
                        "one": [["#"], " day"],
                        "other": [["#"], " ", ["b", ["days"]], " of ", ["x", ["answer", "t"], "text"]],
                    },
                ]
            ],
        ),
        ("{n, plural, other {it's \"#}}", [["plural", N, {"other": ["it's \"", ["#"]]}]]),
        ("# one", ["# one"]),
        ("one\n  two\n", ["one two"]),
        ("soft\u00adhyphen 38\u00a0°C \u200f", ["soft\u00adhyphen 38\u00a0°C \u200f"]),
        ("مرحبا {n}", ["مرحبا ", ["x", N, "number"]]),
    ],
)
def test_a_line_becomes_data(text, expected):
    assert line(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb\n\nc", [["p", ["a b"]], ["p", ["c"]]]),
        ("a  \nb\\\nc", [["p", ["a", ["br"], "b", ["br"], "c"]]]),
        ("## Title\ntext", [["h", 2, ["Title"]], ["p", ["text"]]]),
        ("### Title {n}", [["h", 3, ["Title ", ["x", N, "number"]]]]),
        ("- a\n- b\n  goes on\n\ntext", [["ul", [[["p", ["a"]]], [["p", ["b goes on"]]]]], ["p", ["text"]]]),
        ("1. a\n2. b", [["ol", [[["p", ["a"]]], [["p", ["b"]]]]]]),
        ("- a\n  - b\n- c", [["ul", [[["p", ["a"]], ["ul", [[["p", ["b"]]]]]], [["p", ["c"]]]]]]),
        ("> a\n> b\n\ntext", [["inset", [["p", ["a b"]]]], ["p", ["text"]]]),
        ("!> **now**\n!>\n!> - a", [["warning", [["p", [["b", ["now"]]]], ["ul", [[["p", ["a"]]]]]]]]),
        (":::when b\na\n:::\nc", [["when", B, [["p", ["a"]]]], ["p", ["c"]]]),
        ("::: when b\n:::when b\na\n:::\n:::", [["when", B, [["when", B, [["p", ["a"]]]]]]]),
        ("- a\n\n  second\n- b", [["ul", [[["p", ["a"]], ["p", ["second"]]], [["p", ["b"]]]]]]),
        ("text\n- a", [["p", ["text"]], ["ul", [[["p", ["a"]]]]]]),
        ("", []),
        ("\n \n", []),
        ("a | b\n--- | ---", [["p", ["a | b --- | ---"]]]),
    ],
)
def test_paragraphs_become_data(text, expected):
    assert blocks(text) == expected


@pytest.mark.parametrize(
    ("text", "why", "row"),
    [
        ("a\n\n<b>x</b>", "HTML is not read", 2),
        ("<script>", "HTML is not read", 0),
        ("<!-- x -->", "HTML is not read", 0),
        ("# Title", "a heading of level 1 is not read; write ## or ###", 0),
        ("#### Title", "a heading of level 4 is not read", 0),
        ("![alt](https://example.org/a.png)", "images are not read", 0),
        ("a **b", "** is opened and not closed", 0),
        ("a *b", "* is opened and not closed", 0),
        ("[x](javascript:alert(1))", "is no address that a link may lead to", 0),
        ("[x](//example.org)", "is no address that a link may lead to", 0),
        ("[x](data:text/html,x)", "is no address that a link may lead to", 0),
        ("[x](https://a b)", "is no address that a link may lead to", 0),
        ("[x](/relative)", "is no address that a link may lead to", 0),
        ("text\n{m}", "no m", 0),
        ("\n\n{m}", "no m", 2),
        ("{n", "a { without its }", 0),
        ("n}", "a } without its {", 0),
        ("{}", "an empty placeholder", 0),
        ("{n, plural, one {day}}", "a plural needs the form other", 0),
        ("{n, plural, several {x} other {y}}", "there is no plural 'several'; known are zero, one", 0),
        ("{n, plural, one day}", "a plural is written {n, plural,", 0),
        ("{t, plural, other {x}}", "'t' is no number, so it has no plural", 0),
        (":::when n\nx\n:::", "'n' is not true or false", 0),
        ("a\n\n:::when b\nx", "the block that :::when begins has no end", 2),
        ("a\n:::\n", "expected :::when EXPRESSION here", 1),
        ("a\u202eb", "the character U+202E cannot be seen", 0),
        ("a\u0007b", "the character U+0007 cannot be seen", 0),
        ("> " * 12 + "x", "deep", 0),
        ("**" + "*a **b " * 8, "deep", 0),
    ],
)
def test_what_is_not_read_is_told_with_its_line(text, why, row):
    with pytest.raises(TextFault) as caught:
        blocks(text)
    assert why in str(caught.value)
    assert caught.value.line == row


def test_long_texts_are_refused():
    for size, form in ((MAX_TITLE_CHARACTERS, Form.LINE), (MAX_TEXT_CHARACTERS, Form.BLOCKS)):
        parse_text("x" * size, form, read)
        with pytest.raises(TextFault, match="are the most"):
            parse_text("x" * (size + 1), form, read)


@pytest.mark.parametrize(
    ("href", "is_good"),
    [
        ("https://example.org", True),
        ("http://[2001:db8::1]:8080/x", True),
        ("HTTPS://example.org", False),
        ("https:example.org", False),
        ("https://user@example.org", False),
        ("https://example.org/\nx", False),
        ("https://example.org/`x`", False),
        ("https://example.org/ü", True),
        ("tel:911", True),
        ("tel:javascript", False),
        ("mailto:nobody", False),
        ("vbscript:x", False),
        ("#", False),
        ("https://" + "a" * 2000, False),
    ],
)
def test_links_lead_where_links_may(href, is_good):
    assert (explain_bad_href(href) == "") == is_good


def test_placeholders_are_found_wherever_they_stand():
    text = "a {n} {{x}} \\{y}\n:::when b && t\n{n, plural, one {# {t}} other {#}}\n:::"
    assert list_placeholders(text) == {"n", "b&&t", "t"}
    assert list_placeholders("{ n  + 1 }") == list_placeholders("{n+1}")


PIECES = st.sampled_from(
    [*'{}*[]()#:>!-\n\\" ', "**", "{n}", ":::when b\n", ":::", ", plural, other {", "[a](tel:1)", "x"]
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
@example("{n, plural, other {" * 400)
@example("{" * 5000)
@example("[" * 5000)
@example("- " * 5000)
@example("> " * 5000)
@example(":::when b\n" * 900)
@example("\n" * 9999)
@example("*a" * 3000)
def test_any_text_is_read_or_refused(text):
    list_placeholders(text)
    for form in Form:
        with contextlib.suppress(TextFault):
            json.dumps(parse_text(text, form, read), allow_nan=False)
