"""Months, dates, numbers and plurals by language; lists; patterns: what the engines are told."""

import json
import re
from decimal import Decimal
from random import Random

import py_mini_racer
import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.services.assessments.definition.faults import Faults
from ridgeway.services.assessments.definition.formats import describe_formats, describe_language, is_language
from ridgeway.services.assessments.definition.lists import list_countries, read_listing
from ridgeway.services.assessments.definition.patterns import (
    EMAIL,
    PATTERNS,
    PHONE,
    POSTAL_CODES,
    POSTAL_PREFIXES,
    normalise_code,
)
from ridgeway.services.assessments.definition.words import WORDS, list_words

GOOD = (
    "M5V 3A8",
    "M5V",
    "SW1A 1AA",
    "90210",
    "1234 AB",
    "046 454 286",
    "AB 12 34 56 C",
    "+1 (613) 555-0100",
    "a@b.org",
)
LANGUAGES = ("en", "fr", "ar", "uk", "pl", "cs", "ga", "lv", "sl", "ja", "pt", "mt", "is", "da", "iu", "zh-Hant")


def show(text: str, *, day: str = "7", month: str = "March", year: str = "2026") -> str:
    """A pattern with a day in it."""
    return text.replace("{d}", day).replace("{m}", month).replace("{y}", year)


@pytest.mark.parametrize(
    ("code", "place", "day", "month", "decimal", "group"),
    [
        ("en", "CA-ON", "March 7, 2026", "March 2026", ".", ","),
        ("en", "GB", "7 March 2026", "March 2026", ".", ","),
        ("fr", "CA-ON", "7 mars 2026", "mars 2026", ",", "\u00a0"),
        ("fr", "FR", "7 mars 2026", "mars 2026", ",", "\u202f"),
        ("de", "DE", "7. März 2026", "März 2026", ",", "."),
        ("es", "ES", "7 de marzo de 2026", "marzo de 2026", ",", "."),
        ("ja", "JP", "2026年3月7日", "2026年3月", ".", ","),
        ("zh-Hant", "CA", "2026年3月7日", "2026年3月", ".", ","),
        ("ar", "AE", "7 مارس 2026", "مارس 2026", ".", ","),
    ],
)
def test_dates_and_numbers_are_written_as_in_the_language(code, place, day, month, decimal, group):
    formats = describe_formats(code, place)
    assert len(formats["months"]) == 12
    assert show(formats["date"], month=formats["months"][2]) == day
    assert show(formats["month"], month=formats["months"][2]) == month
    assert (formats["decimal"], formats["group"]) == (decimal, group)


def choose_plural(rules, number):
    """The category by our rules, as an engine reckons it."""
    text = f"{abs(number).normalize():f}"
    whole, _, fraction = text.partition(".")
    operands = {"i": int(whole), "v": len(fraction), "w": len(fraction)}
    operands |= {"f": int(fraction or 0), "t": int(fraction or 0)}

    def holds(operand, modulus, is_in, ranges):
        value = operands["i"] if operand == "n" else operands[operand]
        value = value % modulus if modulus else value
        is_whole = operand != "n" or not fraction
        return is_in == (is_whole and any(low <= value <= high for low, high in ranges))

    for category, alternatives in rules:
        if any(all(holds(*relation) for relation in each) for each in alternatives):
            return category
    return "other"


@pytest.mark.parametrize("code", LANGUAGES)
@settings(deadline=None)
@given(number=st.one_of(st.integers(0, 120), st.integers(0, 3_000_000)).map(Decimal))
def test_plurals_are_those_of_the_language(code, number):
    rules = describe_formats(code, "CA")["plural"]
    assert choose_plural(rules, number) == Locale.parse(code, sep="-").plural_form(number)


@pytest.mark.parametrize("code", LANGUAGES)
@settings(deadline=None)
@given(number=st.decimals(0, 1000, places=2))
def test_plurals_of_fractions_are_those_of_the_language(code, number):
    rules = describe_formats(code, "CA")["plural"]
    shown = Decimal(f"{number.normalize():f}")
    assert choose_plural(rules, number) == Locale.parse(code, sep="-").plural_form(shown)


@pytest.mark.parametrize(
    ("code", "is_known"),
    [
        ("en", True),
        ("zh-Hant", True),
        ("en-CA", True),
        ("xx", False),
        ("EN", False),
        ("en_CA", False),
        ("../en", False),
    ],
)
def test_a_language_is_known_by_its_code(code, is_known):
    assert is_language(code) == is_known


def test_a_language_is_called_by_its_own_name():
    assert [describe_language(code)["name"] for code in ("en", "fr", "ar", "uk")] == [
        *("English", "Français", "العربية", "Українська")
    ]
    assert [describe_language(code)["dir"] for code in ("fr", "ar", "fa", "he")] == ["ltr", "rtl", "rtl", "rtl"]


def test_words_keep_their_order_and_their_placeholders():
    assert list(WORDS) == sorted(WORDS)
    for code in ("ar", "fr"):
        for key, text in list_words(code, {}).items():
            assert sorted(re.findall(r"\{\d\}", text)) == sorted(re.findall(r"\{\d\}", WORDS[key])), (code, key)


def test_countries_are_in_the_order_of_their_names():
    countries = list_countries(("de", "en"))
    assert len(countries.ids) == len(countries.labels["en"])
    assert countries.labels["de"][:4] == ("Afghanistan", "Ägypten", "Ålandinseln", "Albanien")
    assert {"CA", "DE", "XK", "TW"} <= set(countries.ids)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "x.csv:1: the first line must be id,en"),
        ("id,fr\na,b\n", "x.csv:1: the first line must be id,en"),
        ("id,en,xx\na,b,c\n", "x.csv:1: the first line must be id,en"),
        ("id,en\na,b\na,c\n", "x.csv:3: id: the id 'a' is there twice"),
        ("id,en\na\n", "x.csv:2: there are 1 cells; the first line has 2"),
        ("id,en\na b,c\n", "x.csv:2: id: 'a b' is no id"),
        ('id,en\na,"b\nc"\n', "x.csv:2: a label is one line"),
        ('id,en\n"a,b\n', "x.csv:1: this is no CSV in UTF-8"),
        ("id,en\na,\n", "x.csv:1: en: each row needs a label in the source language"),
    ],
)
def test_a_fault_of_a_list_has_its_line(text, expected):
    faults = Faults()
    read_listing(text.encode(), name="x.csv", source="en", faults=faults)
    assert expected in "\n".join(map(str, faults.problems))


def test_a_language_with_a_missing_label_is_left_out_of_a_list():
    faults = Faults()
    listing = read_listing(b"id,en,fr\na,A,\nb,B,B\n", name="x", source="en", faults=faults)
    assert (listing.labels, faults.problems) == ({"en": ("A", "B")}, [])


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (POSTAL_CODES["CA"], ["m5v 3a8", "K1A-0B1", "X0A0A0"], ["D5V 3A8", "M5V 3D8", "M5V3A", "W1A 1A1"]),
        (POSTAL_PREFIXES["CA"], ["m5v", "K1A"], ["M5", "5M5", "Z1A", "M5O"]),
        (POSTAL_CODES["GB"], ["SW1A 1AA", "m1 1ae", "gir 0aa"], ["SW1A 1A", "1AA SW1"]),
        (POSTAL_CODES["US"], ["90210", "90210-1234"], ["9021", "902101"]),
        (POSTAL_CODES["NL"], ["1234 ab"], ["0123 AB", "1234"]),
        (PATTERNS["ca_sin"], ["046 454 286", "046-454-286"], ["04645428", "0464542867"]),
        (PATTERNS["gb_national_insurance"], ["QQ 12 34 56 C".replace("QQ", "AB")], ["DA123456C", "AB123456E"]),
        (PATTERNS["us_ssn"], ["123-45-6789"], ["900-12-3456"]),
        (PATTERNS["fr_nir"], ["1 85 05 78 006 084 36"], ["3 85 05 78 006 084 36 0"]),
        (PHONE, ["+1 (613) 555-0100", "0123 456 789", "613.555.0100 x12"], ["12", "call me", "+"]),
    ],
)
def test_codes_are_matched_in_their_normal_form(pattern, good, bad):
    assert [each for each in good if not re.fullmatch(pattern, normalise_code(each), re.ASCII)] == []
    assert [each for each in bad if re.fullmatch(pattern, normalise_code(each), re.ASCII)] == []


def test_an_address_is_matched_as_it_is():
    assert re.fullmatch(EMAIL, "first.last+x@mail.example.org")
    assert [each for each in ("a@b", "a b@c.org", "@c.org", "a@c..org") if re.fullmatch(EMAIL, each)] == []


def test_patterns_use_only_what_means_the_same_everywhere():
    for name, source in {**PATTERNS, "email": EMAIL}.items():
        assert source.isascii(), name
        assert (source[0], source[-1]) == ("^", "$"), name
        assert not re.search(r"\\|\(\?[^:]|[*+?}][+?]|[^\\\]][*]", source.replace(".!#$%&'*+/=?^_`{|}~-", "")), name


def test_patterns_mean_the_same_in_a_browser():
    random = Random(7)
    pairs = []
    for source in (*PATTERNS.values(), EMAIL):
        for _ in range(40):
            text = "".join(random.choice("AZBDFIOQU0159x+@.() -é٣\n") for _ in range(random.randint(1, 12)))
            pairs.append((source, text))
        pairs += [(source, normalise_code(each)) for each in GOOD]
    asked = json.dumps(pairs)
    with py_mini_racer.mini_racer() as context:
        answered = context.eval(f"JSON.stringify({asked}.map(([s, t]) => new RegExp(s, 'u').test(t)))")
    expected = [re.fullmatch(source, text) is not None for source, text in pairs]
    assert json.loads(str(answered)) == expected
    assert sum(expected) > len(GOOD)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_no_pattern_takes_long(text):
    for source in PATTERNS.values():
        re.fullmatch(source, normalise_code(text) * 50)
