"""Translations: what is missing, stale or different, that nothing is lost, and what is shown instead."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.services.assessments.definition import (
    PackageError,
    State,
    compile_package,
    read_package,
    update_catalogue,
    write_catalogue,
)
from ridgeway.services.assessments.definition.catalogues import list_unknown, read_catalogue
from ridgeway.services.assessments.definition.faults import Faults
from ridgeway.services.assessments.tests.written import SMALL, change, list_problems, read

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
FRENCH = f"""{HEAD}
msgctxt "start.title"
msgid "Should you stay home?"
msgstr "Devriez-vous rester à la maison?"

msgctxt "question.urgent.title"
msgid "Is it very urgent?"
msgstr "Est-ce très urgent?"

msgctxt "question.age.title"
msgid "How old are you?"
msgstr "How old are you?"

#, fuzzy
msgctxt "question.signs.title"
msgid "Which of these?"
msgstr "Lesquels?"

msgctxt "outcome.call.title"
msgid "Call {{number}}"
msgstr "Appelez {{numero}}"

msgctxt "word.continue"
msgid "Continue"
msgstr "Poursuivre"

msgctxt "page.gone.title"
msgid "Gone"
msgstr "Parti"
""".replace("{{", "{").replace("}}", "}")


def french(text: str = FRENCH, source: str = SMALL):
    """The small package with this French catalogue."""
    return read(source, {"locale/fr.po": text})


def test_the_state_of_each_text_is_known():
    package = french()
    states = {key: each.state for key, each in package.translations("fr").items()}
    assert {key: state for key, state in states.items() if state is not State.MISSING} == {
        "start.title": State.DONE,
        "question.urgent.title": State.STALE,
        "question.age.title": State.IDENTICAL,
        "question.signs.title": State.FUZZY,
        "outcome.call.title": State.PLACEHOLDERS,
    }
    assert [each.key for each in list_unknown(package.texts.values(), package.catalogues["fr"])] == ["page.gone.title"]
    assert str(package.locate_translation("fr", "question.urgent.title")) == "locale/fr.po:8"
    assert str(package.locate_translation("fr", "outcome.go.title")) == "locale/fr.po:1"
    assert {each.state for each in package.translations("uk").values()} == {State.MISSING}


def test_only_what_was_made_from_the_words_of_today_is_shown():
    compiled = compile_package(french())
    assert compiled["texts"]["fr"] == {
        "start.title": [["p", ["Devriez-vous rester à la maison?"]]],
        "question.age.title": [["p", ["How old are you?"]]],
    }
    assert compiled["texts"]["uk"] == {}
    assert compiled["words"]["fr"]["continue"] == "Poursuivre"
    assert compiled["words"]["en"]["continue"] == "Continue"
    assert [each["code"] for each in compiled["languages"]] == ["en", "fr", "uk"]


def test_bringing_a_catalogue_up_to_date_loses_nothing():
    data = update_catalogue(french(), "fr").decode()
    assert 'msgid "Is it urgent?"\nmsgstr "Est-ce très urgent?"' in data
    assert '#| msgid "Is it very urgent?"' in data
    assert '#~ msgstr "Parti"' in data
    assert 'msgctxt "word.continue"' in data
    assert 'msgctxt "outcome.go.title"\nmsgid "Go out"\nmsgstr ""' in data
    again = french(data)
    assert update_catalogue(again, "fr").decode() == data
    assert again.translations("fr")["question.urgent.title"].state is State.FUZZY
    assert again.translations("fr")["start.title"].state is State.DONE


def test_a_catalogue_that_was_filled_is_whole():
    package = read()
    empty = update_catalogue(package, "fr").decode()
    sources = iter(text.source for text in package.texts.values())
    filled = re.sub(
        r'(msgid "[^"]+"\n(?:"[^"]*"\n)*)msgstr ""', lambda match: match[1] + 'msgstr "' + next(sources) + '"', empty
    )
    states = {each.state for each in french(filled).translations("fr").values()}
    assert states == {State.IDENTICAL}


def test_a_catalogue_is_written_into_the_folder(tmp_path):
    (tmp_path / "service.yaml").write_text(SMALL)
    package = read_package(tmp_path)
    assert write_catalogue(package, "fr") == tmp_path / "locale" / "fr.po"
    assert set(read_package(tmp_path).catalogues["fr"]) == set(package.texts)
    with pytest.raises(PackageError, match="there is no language 'xx'"):
        write_catalogue(package, "xx")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what is this\n", "p/locale/fr.po:1: this is no PO file"),
        (HEAD + '\nmsgid "a"\nmsgstr "b"\n', "p/locale/fr.po:4: this entry has no msgctxt"),
        (
            FRENCH + '\nmsgctxt "start.title"\nmsgid "a"\nmsgstr "b"\n',
            "start.title: it is there twice, first at line 4",
        ),
        ("/etc/hostname", "p/locale/fr.po:1: this is no PO file"),
        (FRENCH.replace("Devriez-vous", "<b>"), "p/locale/fr.po:4: start.title: HTML is not read"),
        (FRENCH.replace("Devriez-vous", "*Devriez"), "p/locale/fr.po:4: start.title: * is opened and not closed"),
    ],
)
def test_faults_of_a_catalogue_have_lines(text, expected):
    assert expected in "\n".join(list_problems(SMALL, {"locale/fr.po": text}))


def test_a_catalogue_of_a_language_that_is_not_declared_is_a_fault():
    (problem,) = list_problems(SMALL, {"locale/es.po": HEAD})
    assert problem == (
        "p/locale/es.po:1: the language es is not declared; add it to languages.complete or languages.partial"
    )


def test_a_text_with_two_forms_is_shown_in_one_language_alone():
    source = change('"Is it urgent?"', '{self: "Is it urgent?", other: "Is it urgent for them?"}')
    source = change('start: {title: "Should you stay home?"}', 'start: {title: "Stay?", on_behalf: true}', source)
    half = f'{HEAD}\nmsgctxt "question.urgent.title"\nmsgid "Is it urgent?"\nmsgstr "Est-ce urgent?"\n'
    other = 'msgctxt "question.urgent.title@other"\nmsgid "Is it urgent for them?"\nmsgstr "Est-ce urgent pour elle?"\n'
    both = f"{half}\n{other}"
    assert set(compile_package(french(half, source))["texts"]["fr"]) == {"question.on_behalf.title"}
    assert "question.urgent.title@other" in compile_package(french(both, source))["texts"]["fr"]


@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(0, len(FRENCH)))
def test_garbage_is_refused_and_never_crashes(garbage, position):
    whole = FRENCH.encode()
    for data in (garbage, whole[:position] + garbage + whole[position:], whole[:position]):
        faults = Faults()
        entries = read_catalogue(data, name="x", faults=faults)
        assert all(each.key == key and each.line > 0 for key, each in entries.items())
        assert all(each.line > 0 for each in faults.problems)
