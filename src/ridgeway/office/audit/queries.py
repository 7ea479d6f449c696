"""Reading the audit log: newest first, in pages that stay right while lines are added."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet

from ridgeway.office.audit.models import Entry
from ridgeway.office.audit.values import Filters

CHUNK = 1_000


def select_entries(filters: Filters) -> QuerySet[Entry]:
    """The lines that fit, newest first."""
    entries: QuerySet[Entry] = Entry.objects.all().order_by("-id")
    if filters.who:
        entries = entries.filter(actor_name__icontains=filters.who)
    if filters.act:
        entries = entries.filter(act__startswith=filters.act)
    if filters.subject:
        entries = entries.filter(choose_subject(filters.subject))
    if filters.text:
        entries = entries.filter(Q(reason__icontains=filters.text))
    if filters.since:
        entries = entries.filter(at__gte=filters.since)
    if filters.until:
        entries = entries.filter(at__lt=filters.until)
    return entries


def choose_subject(subject: str) -> Q:
    """`petition:7` is that one alone; `petition` or `petition:` are all of the kind."""
    kind, _, key = subject.partition(":")
    return Q(subject=subject) if key else Q(subject__startswith=f"{kind}:")


def list_entries(filters: Filters, *, before: int | None = None, limit: int) -> list[Entry]:
    """At most `limit` lines that fit, newest first, from before the line of that number."""
    entries = select_entries(filters)
    if before is not None:
        entries = entries.filter(id__lt=before)
    return list(entries[:limit])


def iterate_entries(filters: Filters) -> Iterator[Entry]:
    """Every line that fits, newest first, in constant memory and without holding the database."""
    before: int | None = None
    while True:
        chunk = list_entries(filters, before=before, limit=CHUNK)
        yield from chunk
        if len(chunk) < CHUNK:
            return
        before = chunk[-1].pk
