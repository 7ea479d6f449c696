"""How hard a text is to read, by the formula of its language.

Law: formulas are exact as published; syllables are counted by the hyphenation patterns of the language. A figure says
something from some twenty words on, so shorter texts have none. Languages without a formula of their own get LIX, those
written without spaces none.
Source: Kincaid et al. 1975; Kandel & Moles 1958; Szigriszt-Pazos 1993; Amstad 1978; Lucisano & Piemontese 1988;
Björnsson 1968.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

import pyphen

from ridgeway.services.assessments.checks.plain import split_sentences

MIN_WORDS: Final = 20
"""Shorter texts are not graded."""
MAX_SENTENCE_WORDS: Final = 25
LONG_WORD: Final = 6
WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
WITHOUT_SPACES: Final = frozenset({"zh", "ja", "th", "lo", "km", "my", "bo"})


@dataclass(frozen=True, slots=True)
class Counts:
    """What the formulas read of a text."""

    sentences: int
    words: int
    syllables: int
    letters: int
    long_words: int


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula: its name, how it reckons, the budget, and whether a higher figure is harder."""

    name: str
    reckon: Callable[[Counts], float]
    budget: float
    is_rising: bool


@dataclass(frozen=True, slots=True)
class Grade:
    """How hard a text is."""

    formula: str
    value: float
    budget: float
    is_hard: bool


FORMULAS: Final = {
    "en": Formula(
        "Flesch-Kincaid",
        lambda c: 0.39 * c.words / c.sentences + 11.8 * c.syllables / c.words - 15.59,
        9,
        is_rising=True,
    ),
    "fr": Formula(
        "Kandel-Moles",
        lambda c: 207 - 1.015 * c.words / c.sentences - 73.6 * c.syllables / c.words,
        50,
        is_rising=False,
    ),
    "es": Formula(
        "Szigriszt-Pazos", lambda c: 206.835 - 62.3 * c.syllables / c.words - c.words / c.sentences, 55, is_rising=False
    ),
    "de": Formula("Amstad", lambda c: 180 - c.words / c.sentences - 58.5 * c.syllables / c.words, 50, is_rising=False),
    "it": Formula("Gulpease", lambda c: 89 + (300 * c.sentences - 10 * c.letters) / c.words, 50, is_rising=False),
}
LIX: Final = Formula("LIX", lambda c: c.words / c.sentences + 100 * c.long_words / c.words, 45, is_rising=True)


def grade_text(texts: Iterable[str], language: str) -> Grade | None:
    """How hard some texts are together; None when they are too short, or nothing can be said."""
    base = language.split("-", maxsplit=1)[0]
    if base in WITHOUT_SPACES:
        return None
    counts = count(texts, language)
    if counts.words < MIN_WORDS:
        return None
    formula = FORMULAS.get(base, LIX)
    value = round(formula.reckon(counts), 1)
    is_hard = value > formula.budget if formula.is_rising else value < formula.budget
    return Grade(formula.name, value, formula.budget, is_hard)


def count(texts: Iterable[str], language: str) -> Counts:
    """What the formulas read; a text without a full stop is a sentence, too."""
    sentences = [sentence for text in texts for sentence in split_sentences(text)]
    words = [word for sentence in sentences for word in list_words(sentence)]
    return Counts(
        sentences=len(sentences),
        words=len(words),
        syllables=sum(count_syllables(word, language) for word in words),
        letters=sum(map(len, words)),
        long_words=sum(len(word) > LONG_WORD for word in words),
    )


def list_words(text: str) -> list[str]:
    """The words of a text, numbers left out."""
    return WORD.findall(text)


@cache
def find_hyphenation(language: str) -> pyphen.Pyphen | None:
    """The hyphenation patterns of a language, when there are any."""
    name = pyphen.language_fallback(language.replace("-", "_"))
    return pyphen.Pyphen(lang=name, left=1, right=1) if name else None


def count_syllables(word: str, language: str) -> int:
    """Syllables of a word, one at least."""
    patterns = find_hyphenation(language)
    return 1 if patterns is None else len(patterns.positions(word.lower())) + 1
