"""The engines speak French: each of their words is translated, with the same places to put things in."""

import re

import polib

from ridgeway.services.assessments.definition.words import WORDS
from ridgeway.services.assessments.tests.sampled import SERVICE

CATALOGUE = SERVICE / "locale/fr/LC_MESSAGES/django.po"
PLACE = re.compile(r"\{[^}]*\}")


def test_every_word_has_its_french() -> None:
    french = {entry.msgid: entry.msgstr for entry in polib.pofile(str(CATALOGUE)) if not entry.fuzzy}
    assert [name for name, english in WORDS.items() if not french.get(english)] == []
    for english in WORDS.values():
        assert sorted(PLACE.findall(english)) == sorted(PLACE.findall(french[english])), english


def test_what_is_compiled_is_what_is_written() -> None:
    assert CATALOGUE.with_suffix(".mo").read_bytes() == polib.pofile(str(CATALOGUE)).to_binary()
