"""Translations: one PO file a language, each text under the key of its element (msgctxt), its source beside it (msgid).

Law: what was translated from other words than those that stand there now is stale, and a translation that has other
placeholders is not the same text; neither is shown, the source language stands in. Nothing is lost when a catalogue is
brought up to date: a stale translation stays, marked fuzzy, with the words it was made from.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import polib

from ridgeway.services.assessments.definition.elements import SourceText
from ridgeway.services.assessments.definition.faults import Faults, Problem
from ridgeway.services.assessments.definition.inlines import list_placeholders
from ridgeway.services.assessments.definition.limits import MAX_CATALOGUE_ENTRIES, MAX_TEXT_CHARACTERS
from ridgeway.services.assessments.definition.words import PREFIX, WORDS

LINE: Final = re.compile(r"line (\d+)")
WRAP: Final = 100


class State(StrEnum):
    """How a text stands in a language."""

    MISSING = "missing"
    FUZZY = "fuzzy"
    STALE = "stale"
    PLACEHOLDERS = "placeholders"
    IDENTICAL = "identical"
    DONE = "done"


SHOWN: Final = frozenset({State.DONE, State.IDENTICAL})
"""States in which the translation is shown."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a catalogue as it stands there; one of a text that is gone is obsolete, and kept."""

    key: str
    source: str
    text: str
    is_fuzzy: bool
    line: int
    previous: str = ""
    is_obsolete: bool = False


@dataclass(frozen=True, slots=True)
class Translation:
    """How one text stands in a language; `line` is that of its entry in the catalogue, 0 when there is none."""

    state: State
    source: str
    text: str
    line: int


Catalogue = Mapping[str, Entry]
"""The entries of one language by key."""


def read_catalogue(data: bytes, *, name: str, faults: Faults) -> Catalogue:
    """The entries of a PO file; faults are noted with their lines."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        # A line break at its end: what it reads can then never be the name of a file, which polib would open.
        found = polib.pofile(f"{text}\n", wrapwidth=WRAP)
    except UnicodeDecodeError as error:
        faults.add(Problem(name, 1, "", f"it is not UTF-8 at byte {error.start}"))
        return {}
    except (OSError, ValueError, IndexError, KeyError, AttributeError, TypeError) as error:
        line = LINE.search(str(error))
        faults.add(
            Problem(name, max(int(line[1]), 1) if line else 1, "", "this is no PO file; the entry here cannot be read")
        )
        return {}
    if len(found) > MAX_CATALOGUE_ENTRIES:
        faults.add(Problem(name, 1, "", f"there are more than {MAX_CATALOGUE_ENTRIES} entries"))
        return {}
    entries: dict[str, Entry] = {}
    gone: dict[str, Entry] = {}
    for each in found:
        key, number = each.msgctxt, max(each.linenum or 0, 1)
        if each.obsolete:
            if key:
                gone.setdefault(key, make_old(each))
            continue
        if not key:
            why = "this entry has no msgctxt; it is the key of a text, such as page.ID.title"
            faults.add(Problem(name, number, "", why))
        elif max(len(each.msgid), len(each.msgstr)) > MAX_TEXT_CHARACTERS:
            faults.add(Problem(name, number, key, f"a text has at most {MAX_TEXT_CHARACTERS} characters"))
        elif key in entries:
            faults.add(Problem(name, number, key, f"it is there twice, first at line {entries[key].line}"))
        else:
            entries[key] = make_old(each)
    return gone | entries


def make_old(each: polib.POEntry) -> Entry:
    """An entry as it stands there."""
    previous = each.previous_msgid or ""
    return Entry(
        each.msgctxt, each.msgid, each.msgstr, each.fuzzy, max(each.linenum or 0, 1), previous, bool(each.obsolete)
    )


def assess_translations(texts: Iterable[SourceText], catalogue: Catalogue) -> dict[str, Translation]:
    """How each text stands in a language, by key."""
    return {text.key: assess_translation(text.source, catalogue.get(text.key)) for text in texts}


def assess_translation(source: str, entry: Entry | None) -> Translation:
    """How one text stands."""
    if entry is None or not entry.text or entry.is_obsolete:
        return Translation(State.MISSING, source, "", entry.line if entry and not entry.is_obsolete else 0)
    state = State.IDENTICAL if entry.text == entry.source else State.DONE
    if list_placeholders(source) != list_placeholders(entry.text):
        state = State.PLACEHOLDERS
    if entry.is_fuzzy:
        state = State.FUZZY
    if entry.source.strip() != source.strip():
        state = State.STALE
    return Translation(state, source, entry.text, entry.line)


def list_own_words(catalogue: Catalogue) -> dict[str, str]:
    """The words of the engines that a package brings in a language, by id."""
    return {
        key.removeprefix(PREFIX): entry.text
        for key, entry in catalogue.items()
        if key.startswith(PREFIX) and entry.text and not entry.is_fuzzy and not entry.is_obsolete
    }


def list_unknown(texts: Iterable[SourceText], catalogue: Catalogue) -> tuple[Entry, ...]:
    """Entries for texts that are not there."""
    known = {text.key for text in texts} | {PREFIX + name for name in WORDS}
    return tuple(entry for key, entry in catalogue.items() if key not in known and not entry.is_obsolete)


def render_catalogue(texts: Iterable[SourceText], old: Catalogue, *, language: str, package: str) -> bytes:
    """The catalogue of a language, brought up to date: new texts are empty, changed ones fuzzy with what they were."""
    file = polib.POFile(wrapwidth=WRAP)
    file.metadata = {
        "Project-Id-Version": package,
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    known: set[str] = set()
    for text in texts:
        known.add(text.key)
        file.append(make_entry(text, old.get(text.key)))
    for key, entry in sorted(old.items()):
        if key not in known:
            is_kept = key.startswith(PREFIX) and not entry.is_obsolete
            file.append(polib.POEntry(msgctxt=key, msgid=entry.source, msgstr=entry.text, obsolete=not is_kept))
    return f"{file}\n".encode()


def make_entry(text: SourceText, old: Entry | None) -> polib.POEntry:
    """The entry of one text."""
    about = [f"Page: {text.page}"] if text.page else []
    placeholders = sorted(list_placeholders(text.source))
    about += [f"Keep as they are: {', '.join(f'{{{each}}}' for each in placeholders)}"] if placeholders else []
    entry = polib.POEntry(msgctxt=text.key, msgid=text.source, msgstr=old.text if old else "", comment="\n".join(about))
    if old is not None and old.text and (old.is_fuzzy or old.is_obsolete or old.source != text.source):
        entry.flags.append("fuzzy")
        entry.previous_msgid = (old.previous if old.source == text.source else old.source) or None
    return entry
