"""The texts that people read, room by room and language by language: found, brought up to date, compiled.

Law: a room's texts lie in its own `locale/LANGUAGE/LC_MESSAGES/django.po`; nothing is guessed, so a new text is empty
until somebody translates it and one that is gone is removed. The compiled `.mo` lies beside it; both are committed.
Used by scripts/locale and tests/architecture/test_locale.py.
"""

import csv
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polib
from babel.messages.extract import extract

ROOT: Final = Path(__file__).parents[1] / "src" / "ridgeway"
LANGUAGES: Final = {
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
    "n%100>=11 && n%100<=99 ? 4 : 5;"
}
CONTEXT: Final = (1, "c")
KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": (CONTEXT, 2),
    "pgettext_lazy": (CONTEXT, 2),
    "npgettext": (CONTEXT, 2, 3),
    "npgettext_lazy": (CONTEXT, 2, 3),
    # Plates are pure: their titles are marked by where they stand, and translated where they are shown.
    "Role": (2,),
    "MenuEntry": (1,),
}
JINJA_OPTIONS: Final = {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
FOUNDING_TABLES: Final = {
    "departments": ("name",),
    "reasons": ("title", "description"),
    "regions": ("name",),
    "topics": ("name",),
}
NOT_SHOWN: Final = frozenset({"tests", "migrations", "locale", "static", "__pycache__"})
PLACEHOLDER: Final = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z_]*\}")
COUNTS: Final = frozenset({"%(num)s", "%(count)s", "%(number)s", "%(shown)s", "%d"})
TAG: Final = re.compile(r"</?[a-z]+")


@dataclass(slots=True)
class Text:
    """One text of a room: what it says in English, and where."""

    single: str
    plural: str = ""
    context: str | None = None
    files: set[str] = field(default_factory=set)

    @property
    def key(self) -> tuple[str | None, str]:
        """What tells this text from others of its catalogue."""
        return (self.context, self.single)


def list_rooms() -> list[Path]:
    """The folders whose texts make a catalogue: each room of the office, each service, and the sites."""
    rooms = [folder for above in ("office", "services") for folder in sorted((ROOT / above).iterdir())]
    return [room for room in (*rooms, ROOT / "web") if (room / "__init__.py").is_file()]


def find_texts(room: Path) -> dict[tuple[str | None, str], Text]:
    """Every text of a room, from its code, its templates and its founding tables."""
    found: dict[tuple[str | None, str], Text] = {}
    for file in list_files(room):
        for message, context in extract_texts(file):
            single, plural = message if isinstance(message, tuple) else (message, "")
            text = found.setdefault((context, single), Text(single, plural, context))
            text.plural = text.plural or plural
            text.files.add(file.relative_to(ROOT.parent).as_posix())
    for said, file in list_founding_texts(room):
        found.setdefault((None, said), Text(said)).files.add(file.relative_to(ROOT.parent).as_posix())
    return found


def list_founding_texts(room: Path) -> Iterator[tuple[str, Path]]:
    """What the tables that a service comes with say to people."""
    for name, columns in FOUNDING_TABLES.items():
        for file in sorted(room.glob(f"founding/data/{name}.csv")):
            with file.open(encoding="utf-8", newline="") as rows:
                yield from ((row[column], file) for row in csv.DictReader(rows) for column in columns if row[column])


def list_files(room: Path) -> list[Path]:
    """The code and templates of a room, without its tests."""
    files = [*room.rglob("*.py"), *(file for file in room.rglob("templates/**/*") if file.is_file())]
    return sorted(file for file in files if not NOT_SHOWN & set(file.relative_to(room).parts))


def extract_texts(file: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """The texts of one file with their contexts."""
    of_code = file.suffix == ".py"
    method = "python" if of_code else "jinja2.ext:babel_extract"
    with file.open("rb") as source:
        texts = extract(method, source, keywords=KEYWORDS, options={} if of_code else JINJA_OPTIONS)
        for _line, message, _comments, context in texts:
            if message:
                yield message, context


def catalogue_path(room: Path, language: str) -> Path:
    """Where the texts of a room stand in a language."""
    return room / "locale" / language / "LC_MESSAGES" / "django.po"


def make_catalogue(language: str) -> polib.POFile:
    """A catalogue with nothing in it."""
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Project-Id-Version": "Ridgeway",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": LANGUAGES[language],
    }
    return catalogue


def read_catalogue(path: Path) -> dict[tuple[str | None, str], polib.POEntry]:
    """What is translated already."""
    if not path.is_file():
        return {}
    return {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(path)) if not entry.obsolete}


def update_catalogue(room: Path, language: str) -> polib.POFile:
    """The texts of a room with the translations that there are, written and compiled; nothing where it has no texts."""
    path, texts = catalogue_path(room, language), find_texts(room)
    known, catalogue = read_catalogue(path), make_catalogue(language)
    for key in sorted(texts, key=lambda key: (min(texts[key].files), key[1], key[0] or "")):
        catalogue.append(make_entry(texts[key], known.get(key), language))
    if texts:
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(path))
        path.with_suffix(".mo").write_bytes(compile_catalogue(catalogue))
    return catalogue


def make_entry(text: Text, known: polib.POEntry | None, language: str) -> polib.POEntry:
    """A text with the translation that is known of it."""
    entry = polib.POEntry(msgid=text.single, msgctxt=text.context, msgstr="")
    entry.occurrences = [(file, "") for file in sorted(text.files)]
    if text.plural:
        entry.msgid_plural = text.plural
        forms = known.msgstr_plural if known else {}
        entry.msgstr_plural = {at: forms.get(at, "") for at in range(count_forms(language))}
    elif known:
        entry.msgstr = known.msgstr
    if known:
        entry.tcomment = known.tcomment
    return entry


def count_forms(language: str) -> int:
    """How many plural forms a language has."""
    return int(LANGUAGES[language].split(";")[0].removeprefix("nplurals="))


def compile_catalogue(catalogue: polib.POFile) -> bytes:
    """The bytes of the `.mo`."""
    return bytes(catalogue.to_binary())


def list_faults(room: Path, language: str) -> list[str]:
    """What is wrong with the catalogue of a room: missing, left over, fuzzy, not translated, saying something else."""
    path, texts = catalogue_path(room, language), find_texts(room)
    known = read_catalogue(path)
    faults = [f"missing: {key[1]!r}" for key in texts if key not in known]
    faults += [f"left over: {key[1]!r}" for key in known if key not in texts]
    for entry in known.values():
        faults += [f"{fault}: {entry.msgid!r}" for fault in list_entry_faults(entry)]
    compiled = path.with_suffix(".mo")
    if texts and (not compiled.is_file() or compiled.read_bytes() != compile_catalogue(polib.pofile(str(path)))):
        faults.append("the .mo is not what the .po says")
    return faults


def list_entry_faults(entry: polib.POEntry) -> list[str]:
    """What is wrong with one translation."""
    forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    faults = ["fuzzy"] if "fuzzy" in entry.flags else []
    if not all(forms):
        return [*faults, "not translated"]
    given = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
    for at, form in enumerate(forms):
        used = set(PLACEHOLDER.findall(form))
        # One and two are words in Arabic, and zero may be: their forms need not repeat the number.
        optional = COUNTS if entry.msgid_plural and at < 3 else set()
        if used - given or given - used - optional:
            faults.append("other placeholders")
        if sorted(TAG.findall(form)) != sorted(TAG.findall(entry.msgid)):
            faults.append("other tags")
    return faults


def main(verb: str) -> int:
    """Bring every catalogue up to date, or say what is wrong; 1 when something is."""
    wrong = 0
    for room in list_rooms():
        for language in LANGUAGES:
            if verb == "update":
                update_catalogue(room, language)
            for fault in list_faults(room, language):
                wrong += 1
                print(f"{room.name} ({language}): {fault}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))
