"""A package adopted, changed, and brought up to date, in a folder."""

import os
from contextlib import suppress

import pytest

from ridgeway.catalogue.adoption.keeping import NEXT, READY, Adopted, Lock, read_adopted, write_adopted
from ridgeway.catalogue.adoption.trees import read_package_tree, write_files
from ridgeway.catalogue.adoption.verbs import Release, adapt, adopt, find_edits, plan_update, update
from ridgeway.catalogue.overlays.merging import Choice, Decision
from ridgeway.errors import RequestError

SERVICE = b"""# The author's own words about this file.
id: check
pages:
  - id: urgent   # first
    question: {title: "Is it urgent?"}
  - id: age
    question: {title: "How old?"}
"""
FRENCH = b"""msgid ""
msgstr "Language: fr"

msgctxt "question.urgent.title"
msgid "Is it urgent?"
msgstr "Est-ce urgent ?"
"""
FILES = {
    "service.yaml": SERVICE,
    "tables/advice.yaml": b"hit: first\n",
    "locale/fr.po": FRENCH,
    "logo.png": b"\x89PNG\xff",
}


def release(version="1.0", **changed):
    files = {**FILES, **{name.replace("__", "/").replace("_yaml", ".yaml"): data for name, data in changed.items()}}
    return Release(Lock("check", version, "assessments", "0" * 64, "a folder", "Health", "2026-11-24"), files)


@pytest.fixture
def folder(tmp_path):
    adopt(release(), tmp_path / "adopted")
    return tmp_path / "adopted"


def edit(folder, old, new, name="service.yaml"):
    file = folder / "package" / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def read(folder, name="service.yaml"):
    return (folder / "package" / name).read_text("utf-8")


def test_what_was_adopted_lies_there_to_the_byte(folder):
    assert {name: (folder / "package" / name).read_bytes() for name in FILES} == FILES


def test_a_file_that_nothing_touches_stays_as_it_came():
    tree = read_package_tree(FILES)
    assert write_files(FILES, tree) == FILES
    tree["service"]["id"] = "other"
    assert {name for name, data in write_files(FILES, tree).items() if FILES[name] != data} == {"service.yaml"}


def test_an_edit_is_recorded_with_who_made_it_and_why(folder):
    edit(folder, "Is it urgent?", "Do you need help now?")
    (operation,) = adapt(folder, reason="Plainer", author="ada")
    assert (operation.place, operation.author) == ("service/pages/urgent/question/title", "ada")
    assert adapt(folder, reason="Again", author="bob") == ()
    assert read_adopted(folder).operations == (operation,)
    assert "Do you need help now?" in read(folder)


def test_a_translation_is_changed_by_its_key(folder):
    edit(folder, "Est-ce urgent ?", "Est-ce une urgence ?", "locale/fr.po")
    (operation,) = adapt(folder, reason="Better", author="ada")
    assert operation.place == "locale/fr/question.urgent.title"


def test_an_update_brings_what_is_new_and_keeps_what_is_ours(folder):
    edit(folder, "Is it urgent?", "Do you need help now?")
    adapt(folder, reason="Plainer", author="ada")
    newer = release("1.1", service_yaml=SERVICE.replace(b"How old?", b"How old are you?"))
    update(folder, newer, plan_update(folder, newer, {}))
    assert "Do you need help now?" in read(folder)
    assert "How old are you?" in read(folder)
    assert read_adopted(folder).lock.version == "1.1"


def test_nothing_is_written_before_a_conflict_is_decided(folder):
    edit(folder, "Is it urgent?", "Do you need help now?")
    adapt(folder, reason="Plainer", author="ada")
    newer = release("1.1", service_yaml=SERVICE.replace(b"Is it urgent?", b"Is this an emergency?"))
    merge = plan_update(folder, newer, {})
    with pytest.raises(RequestError, match="unsettled_conflicts"):
        update(folder, newer, merge)
    assert read_adopted(folder).lock.version == "1.0"
    place = merge.conflicts[0].place
    update(folder, newer, plan_update(folder, newer, {place: Decision(Choice.OURS, by="ada")}))
    assert "Do you need help now?" in read(folder)
    assert read_adopted(folder).lock.version == "1.1"


def test_what_was_edited_and_not_recorded_is_never_overwritten(folder):
    edit(folder, "Is it urgent?", "Do you need help now?")
    with pytest.raises(RequestError, match="unrecorded_edits"):
        plan_update(folder, release("1.1"), {})


def test_a_package_of_another_name_is_refused(folder):
    other = Release(Lock("other", "1", "assessments", "0" * 64, "", "", ""), FILES)
    with pytest.raises(RequestError, match="other_package"):
        plan_update(folder, other, {})


@pytest.mark.parametrize("steps", range(1, 80))
def test_a_crash_at_any_moment_leaves_the_old_state_or_the_new_one(folder, steps, monkeypatch):
    class Crash(BaseException):
        pass

    newer = release("1.1", service_yaml=SERVICE.replace(b"How old?", b"How old are you?"))
    left = [steps]

    def count(function):
        def counted(*args, **kwargs):
            left[0] -= 1
            if left[0] < 0:
                raise Crash
            return function(*args, **kwargs)

        return counted

    with monkeypatch.context() as patch:
        for name in ("fsync", "rename", "replace", "mkdir", "rmdir", "unlink"):
            patch.setattr(os, name, count(getattr(os, name)))
        with suppress(Crash):
            write_adopted(folder, Adopted(newer.lock, newer.files, ()))
    adopted = read_adopted(folder)
    assert adopted.lock.version in {"1.0", "1.1"}
    assert find_edits(folder, adopted) == ()
    assert ("How old are you?" in read(folder)) == (adopted.lock.version == "1.1")
    assert not (folder / NEXT / READY).exists()
