"""Every text that people read is there in every language, says the same, and is compiled."""

import shutil

import polib
import pytest
from scripts import catalogues
from scripts.catalogues import (
    LANGUAGES,
    ROOT,
    catalogue_path,
    find_texts,
    list_entry_faults,
    list_faults,
    list_rooms,
    update_catalogue,
)

ROOMS = [room for room in list_rooms() if find_texts(room)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_text_of_a_room_is_translated(room, language):
    assert list_faults(room, language) == []


def test_the_rooms_with_texts_are_found():
    assert ROOT / "office" / "design" in ROOMS


def test_updating_keeps_what_is_translated_and_marks_what_is_new(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    room = tmp_path / "hall"
    (room / "templates").mkdir(parents=True)
    (room / "texts.py").write_text('A = _("One")\nB = ngettext("%(num)s door", "%(num)s doors", 2)\n', "utf-8")
    (room / "templates" / "page.html").write_text('{{ _("Old") }}{% trans %}\n  Two\n  lines\n{% endtrans %}', "utf-8")
    catalogue = update_catalogue(room, "ar")
    assert {entry.msgid for entry in catalogue} == {"One", "%(num)s door", "Old", "Two lines"}
    for entry in catalogue:
        if entry.msgid_plural:
            entry.msgstr_plural = dict.fromkeys(range(6), "%(num)s باب")
        else:
            entry.msgstr = "واحد"
    catalogue.save(str(catalogue_path(room, "ar")))
    assert list_faults(room, "ar") == ["the .mo is not what the .po says"]
    (room / "templates" / "page.html").write_text('{{ _("New") }}', "utf-8")
    update_catalogue(room, "ar")
    assert list_faults(room, "ar") == ["not translated: 'New'"]
    shutil.rmtree(room / "locale")
    assert "missing: 'One'" in list_faults_without_files(room)


def list_faults_without_files(room):
    update_catalogue(room, "ar")
    entries = polib.pofile(str(catalogue_path(room, "ar")))
    entries.clear()
    entries.save(str(catalogue_path(room, "ar")))
    return list_faults(room, "ar")


@pytest.mark.parametrize(
    ("english", "arabic", "fault"),
    [
        ("%(name)s signed", "وقّع", "other placeholders"),
        ("Signed", "%(name)s وقّع", "other placeholders"),
        ("<a href=''>x</a>", "س", "other tags"),
        ("Signed", "", "not translated"),
    ],
)
def test_a_translation_that_says_something_else_is_told(english, arabic, fault):
    assert list_entry_faults(polib.POEntry(msgid=english, msgstr=arabic)) == [fault]
