"""Signatures as staff find them: by one of seven kinds of search, newest first, a page at a time.

Law: a page costs about the same however many signatures there are: each kind has its index, and more than `MANY` are
not counted. Next: `../rules/searching.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Length, Lower

from ridgeway.services.petitions.models import Signature
from ridgeway.services.petitions.models.expressions import DomainOf
from ridgeway.services.petitions.queries.guard import read_domains
from ridgeway.services.petitions.rules.searching import Kind, Search
from ridgeway.services.petitions.states import SignatureState

PAGE_SIZE = 50
MAX_PAGE = 200
MANY = 1000
WINDOWS = (30, 180, 720)
"""Minutes."""
NEIGHBOURHOOD = timedelta(minutes=5)
NEWEST = ("-created_at", "-id")
AFTER_LAST = "~"
"""Sorts behind every letter and digit of a postcode."""
Signatures = QuerySet[Signature]


@dataclass(frozen=True, slots=True)
class Scope:
    """Among which signatures: of one petition, of the last minutes, in one state; 0 and "" are all."""

    petition_id: int = 0
    minutes: int = 0
    state: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One page; `count` is at most `MANY`, and then there may be more."""

    signatures: Sequence[Signature]
    count: int
    number: int
    has_more: bool

    @property
    def is_many(self) -> bool:
        """Whether there are more than were counted."""
        return self.count >= MANY


def narrow(scope: Scope, *, now: datetime) -> Signatures:
    """The signatures of a scope."""
    found = Signature.objects.all()
    if scope.petition_id:
        found = found.filter(petition=scope.petition_id)
    if scope.minutes:
        found = found.filter(created_at__gte=now - timedelta(minutes=scope.minutes))
    return found.filter(state=scope.state) if scope.state else found


def match(found: Signatures, search: Search) -> Signatures:
    """Those that the search asks for."""
    value = search.value
    match search.kind:
        case Kind.NETWORK:
            return found.filter(Q(ip__in_network=value))
        case Kind.DOMAIN:
            return found.alias(domain=DomainOf("canonical_email")).filter(domain=value)
        case Kind.EMAIL:
            return found.filter(canonical_email=read_domains().canonicalise(value))
        case Kind.PETITION:
            return found.filter(petition=int(value))
        case Kind.SECTOR:
            begun = found.filter(postcode__gte=value, postcode__lt=value + AFTER_LAST, postcode__startswith=value)
            if search.rest is None:
                return begun
            return begun.alias(length=Length("postcode")).filter(length=len(value) + search.rest)
        case Kind.POSTCODE:
            return found.filter(postcode=value)
        case Kind.NAME:
            return found.alias(lowered=Lower("name")).filter(lowered=Lower(Value(value)))


def find_signatures(search: Search | None, scope: Scope, *, page: int, now: datetime) -> Found:
    """One page of what is found; with neither a search nor a petition, the newest of all."""
    found = narrow(scope, now=now)
    found = found if search is None else match(found, search)
    number = min(max(page, 1), MAX_PAGE)
    start, stop = (number - 1) * PAGE_SIZE, number * PAGE_SIZE
    of_petition = scope.petition_id or (search is not None and search.kind is Kind.PETITION)
    is_alone = search is None or search.kind is Kind.PETITION
    if of_petition and is_alone and not scope.state and not scope.minutes:
        ids = take_newest(found, stop + 1)[start:]
    else:
        ids = list(found.order_by(*NEWEST).values_list("pk", flat=True)[start : stop + 1])
    rows = Signature.objects.filter(pk__in=ids[:PAGE_SIZE]).select_related("petition", "constituency")
    count = len(found.order_by().values_list("pk", flat=True)[:MANY])
    return Found(list(rows.order_by(*NEWEST)), count, number, len(ids) > PAGE_SIZE)


def take_newest(found: Signatures, limit: int) -> list[int]:
    """The newest of a petition, through its index by state."""
    of_states = (
        found.filter(state=state).order_by("-id").values_list("pk", flat=True)[:limit] for state in SignatureState
    )
    return sorted(chain.from_iterable(of_states), reverse=True)[:limit]


def find_signature(signature_id: int) -> Signature | None:
    """One signature, with what its page says."""
    joined = Signature.objects.select_related("petition", "constituency", "invalidation")
    return joined.filter(pk=signature_id).first()


def list_neighbours(signature: Signature) -> Signatures:
    """What else came from the same place on the net within some minutes, whatever petition it was for."""
    if not signature.source:
        return Signature.objects.none()
    since, until = signature.created_at - NEIGHBOURHOOD, signature.created_at + NEIGHBOURHOOD
    same = Signature.objects.filter(source=signature.source, created_at__range=(since, until))
    return same.exclude(pk=signature.pk).order_by(F("created_at").asc(), "pk")
