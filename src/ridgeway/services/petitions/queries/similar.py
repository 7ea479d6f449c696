"""Petitions that ask for something alike."""

import re

from django.db.models import Q

from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.states import State

WORD = re.compile(r"\w{4,}")
MAX_WORDS = 12
MAX_CANDIDATES = 200
LIMIT = 5


def list_similar(text: str, *, limit: int = LIMIT) -> list[Petition]:
    """Open petitions that share the most words with `text`, those with more signatures first; at most `limit`."""
    words = list(dict.fromkeys(word.lower() for word in WORD.findall(text)))[:MAX_WORDS]
    if not words:
        return []
    any_word = Q()
    for word in words:
        any_word |= Q(action__icontains=word)
    found = Petition.objects.filter(any_word, state=State.OPEN, archived_at=None)
    candidates = found.only("pk", "action", "signature_count").order_by("-signature_count")[:MAX_CANDIDATES]
    needed = 1 if len(words) == 1 else 2
    scored = [(sum(word in each.action.lower() for word in words), each) for each in candidates]
    alike = [(score, each) for score, each in scored if score >= needed]
    return [each for _, each in sorted(alike, key=lambda pair: -pair[0])][:limit]
