"""The formulas of reading levels, reckoned by hand, and the words by which weak texts are found."""

import pytest

from ridgeway.services.assessments.checks.phrases import count_noes, joins_by_or, says_kept, says_statistics
from ridgeway.services.assessments.checks.plain import list_passages, say_plainly, split_sentences
from ridgeway.services.assessments.checks.reading import FORMULAS, LIX, Counts, count, count_syllables, grade_text

COUNTS = Counts(sentences=5, words=100, syllables=150, letters=450, long_words=20)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        (FORMULAS["en"], 0.39 * 20 + 11.8 * 1.5 - 15.59),
        (FORMULAS["fr"], 207 - 1.015 * 20 - 73.6 * 1.5),
        (FORMULAS["es"], 206.835 - 62.3 * 1.5 - 20),
        (FORMULAS["de"], 180 - 20 - 58.5 * 1.5),
        (FORMULAS["it"], 89 + (300 * 5 - 10 * 450) / 100),
        (LIX, 20 + 100 * 20 / 100),
    ],
)
def test_formulas_are_as_published(formula, value):
    assert formula.reckon(COUNTS) == pytest.approx(value)


@pytest.mark.parametrize(
    ("word", "language", "syllables"),
    [("home", "en", 1), ("symptom", "en", 2), ("remember", "en", 3), ("maison", "fr", 2), ("Krankheit", "de", 2)],
)
def test_syllables_are_those_of_the_language(word, language, syllables):
    assert count_syllables(word, language) == syllables


def test_a_text_is_counted_by_sentences_and_points():
    found = count(["Stay home. Call us!", "Wash your hands"], "en")

    assert (found.sentences, found.words) == (3, 7)


def test_short_texts_and_scripts_without_spaces_have_no_grade():
    assert grade_text(["Stay home."], "en") is None
    assert grade_text(["字" * 100], "zh-Hant") is None


def test_plain_words_pass_and_long_ones_do_not():
    easy = grade_text(
        ["You are ill. Stay at home for five days. Call us if you feel worse. We can help you at any time."], "en"
    )
    hard = grade_text(
        ["Notwithstanding aforementioned administrative considerations, isolation requirements " * 4], "en"
    )

    assert easy is not None
    assert (easy.is_hard, easy.value < 4) == (False, True)
    assert hard is not None
    assert hard.is_hard


def test_a_text_becomes_plain_sentences():
    nodes = [
        ["h", 2, ["Stay home"]],
        ["p", ["for ", ["b", [["x", ["param", "days"], "number"]]], " days. ", ["a", "#", ["Why?"]]]],
    ]

    passages = list(list_passages(nodes))

    assert [(each.text, each.level, each.links) for each in passages] == [
        ("Stay home", 2, ()),
        ("for 0 days. Why?", 0, ("Why?",)),
    ]
    assert say_plainly(nodes) == "Stay home for … days. Why?"
    assert split_sentences("One. Two? Three") == ["One.", "Two?", "Three"]


@pytest.mark.parametrize(
    ("sentence", "language", "noes"),
    [
        ("Is it not true that you did not call?", "en", 2),
        ("Say no if you have no fever.", "en", 1),
        ("Vous n’avez jamais toussé ?", "fr", 1),
        ("N’êtes-vous pas sans abri ?", "fr", 2),
        ("Haben Sie kein Fieber?", "de", 1),
        ("不", "zh", 0),
    ],
)
def test_noes_are_counted(sentence, language, noes):
    assert count_noes(sentence, language) == noes


@pytest.mark.parametrize(
    ("title", "language", "joins"),
    [
        ("Do you cough or sneeze?", "en", True),
        ("Are you 65 or older?", "en", False),
        ("Toussez-vous ou avez-vous de la fièvre ?", "fr", True),
        ("Avez-vous 65 ans ou plus ?", "fr", False),
    ],
)
def test_two_facts_are_found_and_amounts_are_not_two(title, language, joins):
    assert joins_by_or(title, language) is joins


def test_promises_are_read_with_their_no():
    assert says_kept("Your answers are stored for 30 days.", "en")
    assert not says_kept("Your answers are not stored.", "en")
    assert says_kept("Vos réponses sont conservées un an.", "fr")
    assert says_statistics("This is for statistics.", "en")
    assert not says_statistics("This is not for statistics.", "en")
