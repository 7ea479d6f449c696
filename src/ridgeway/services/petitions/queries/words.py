"""Petitions that hold all of the words that somebody looks for, found by the database's own index.

Law: words are data, never a query language: whatever somebody types is looked for. Endings do not count in English
(`mill` finds `mills`), letters' marks never do. The index is kept by triggers (migrations/0002_search.py).
"""

import re

from django.db import connections, models
from django.db.models import F
from django.db.models.expressions import RawSQL

from ridgeway.services.petitions.queries.published import Petitions

MAX_WORDS = 20
LETTER = re.compile(r"\w")
SQLITE = "SELECT rowid FROM petitions_search WHERE petitions_search MATCH %s"
POSTGRESQL = "SELECT petition_id FROM petitions_search WHERE document @@ plainto_tsquery('english', %s)"


def match_words(petitions: Petitions, words: str) -> Petitions:
    """Those of `petitions` that have every word in what they ask for, why, or more of it."""
    sought = [word for word in words.split() if LETTER.search(word)][:MAX_WORDS]
    if not sought:
        return petitions.none()
    if is_sqlite(petitions):
        # `+ 0` keeps SQLite from looking each found number up in the table: a covering index is read instead, which
        # costs little for a rare word, and a quarter of the time for a word that most petitions have.
        found = select_numbers(SQLITE, quote_words(sought))
        return petitions.alias(number=F("pk") + 0).filter(number__in=found)
    return petitions.filter(pk__in=select_numbers(POSTGRESQL, " ".join(sought)))


def select_numbers(statement: str, words: str) -> RawSQL:
    """Petitions' numbers, selected by a statement that is a constant of ours; `words` is its only parameter."""
    return RawSQL(statement, (words,), output_field=models.BigIntegerField())  # noqa: S611


def is_sqlite(petitions: Petitions) -> bool:
    """Whether `petitions` are kept in SQLite."""
    return connections[petitions.db].vendor == "sqlite"


def quote_words(words: list[str], *, between: str = " ") -> str:
    """The words as FTS5 takes them: each a phrase in quotes, so that no letter of it means anything."""
    return between.join('"' + word.replace('"', '""') + '"' for word in words)
