"""Petitions that ask for something alike: those that share most words with a text.

Law: only open petitions, since those are the ones that one can sign instead. The index proposes, the words that are
really shared decide; both databases find the same.
"""

import re

from django.db import connections

from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.queries.words import quote_words
from ridgeway.services.petitions.states import State

WORD = re.compile(r"[^\W_]{3,}")
MAX_WORDS = 12
MAX_CANDIDATES = 60
LIMIT = 5
ENDINGS = re.compile(r"(?:e?s|e?d|ing|ments?|ly|e)$")
STEM_LETTERS = 4
"""What is left of a word without its ending has at least so many letters."""
USUAL = frozenset(
    """
    about act after again all allow and any are aren ban because been being but can change could did does for from
    get give government had has have her him his how into its law let make many may more must need new not now off
    one only our out over parliament people petition please should some stop such than that the their them then there
    these they this those through too under until use very want was were what when where which while who why will
    with without would you your
    """.split()  # noqa: SIM905 - a text reads better than a hundred quotes
)
"""Words that petitions share without asking for the same."""
SQLITE = """
SELECT petition.id FROM petitions_search JOIN petitions_petition AS petition ON petition.id = petitions_search.rowid
WHERE petitions_search MATCH %s AND petition.state = %s AND petition.archived_at IS NULL
ORDER BY bm25(petitions_search, 10, 2, 1) LIMIT %s
"""
POSTGRESQL = """
SELECT petition.id FROM petitions_search AS search JOIN petitions_petition AS petition ON petition.id = petition_id,
to_tsquery('english', %s) AS sought
WHERE document @@ sought AND petition.state = %s AND petition.archived_at IS NULL
ORDER BY ts_rank('{0, 0.1, 0.2, 1}', document, sought) DESC, petition.id LIMIT %s
"""


def list_similar(text: str, *, limit: int = LIMIT) -> list[Petition]:
    """Open petitions that share words with `text`: most words first, then most signatures; at most `limit`."""
    words = list_telling(text)
    if not words:
        return []
    stems = {find_stem(word) for word in words}
    needed = 1 if len(stems) == 1 else 2
    scored = [(count_shared(stems, petition), petition) for petition in list_candidates(words)]
    alike = [pair for pair in scored if pair[0] >= needed]
    alike.sort(key=lambda pair: (-pair[0], -pair[1].signature_count, pair[1].pk))
    return [petition for _, petition in alike[:limit]]


def list_telling(text: str) -> list[str]:
    """The words that say what it is about, each once."""
    words = dict.fromkeys(word.casefold() for word in WORD.findall(text))
    return [word for word in words if word not in USUAL][:MAX_WORDS]


def list_candidates(words: list[str]) -> list[Petition]:
    """The open petitions that have any of the words, best first."""
    connection = connections[Petition.objects.db]
    is_sqlite = connection.vendor == "sqlite"
    sought = quote_words(words, between=" OR ") if is_sqlite else " | ".join(words)
    with connection.cursor() as cursor:
        cursor.execute(SQLITE if is_sqlite else POSTGRESQL, (sought, str(State.OPEN), MAX_CANDIDATES))
        numbers = [number for (number,) in cursor.fetchall()]
    wanted = ("pk", "action", "background", "signature_count")
    return list(Petition.objects.filter(pk__in=numbers).only(*wanted))


def count_shared(stems: set[str], petition: Petition) -> float:
    """How many of the words the petition asks with; one that only its background has counts half."""
    asked = {find_stem(word) for word in list_telling(petition.action)}
    told = {find_stem(word) for word in WORD.findall(petition.background.casefold())} - asked
    return len(stems & asked) + len(stems & told) / 2


def find_stem(word: str) -> str:
    """A word without its English ending; other languages' words stay as they are."""
    stem = ENDINGS.sub("", word)
    return stem if len(stem) >= STEM_LETTERS else word
