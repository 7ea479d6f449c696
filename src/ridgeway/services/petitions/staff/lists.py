"""Lists of petitions for staff: by pile, found by words, number, tag and department."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ridgeway.office.people.gates import gate
from ridgeway.services.petitions.models import Department, Petition, Tag
from ridgeway.services.petitions.queries.desk import PILES, Marks, Match, count_piles, find_petitions
from ridgeway.services.petitions.queries.listing import MAX_WORDS_LENGTH, parse_number
from ridgeway.services.petitions.service import VIEW
from ridgeway.services.petitions.staff.labels import PETITION_STATES
from ridgeway.services.petitions.staff.saying import show

PAGE_SIZE = 50
MAX_NUMBER = 10**12
MAX_MARKS = 50
TITLES: dict[str, Promise] = {
    "all": _("All petitions"),
    "in_moderation": _("Waiting for moderation"),
    "tagged": _("Waiting, with tags"),
    "untagged": _("Waiting, without tags"),
    "flagged": _("Flagged"),
    "dormant": _("Parked"),
    "collecting_sponsors": _("Gathering supporters"),
    "open": _("Open"),
    "closed": _("Closed"),
    "rejected": _("Rejected"),
    "hidden": _("Hidden"),
    "removed": _("Removed"),
    "stopped": _("Stopped"),
    "awaiting_response": _("Waiting for a response"),
    "with_response": _("With a response"),
    "awaiting_debate": _("Waiting for a debate"),
    "debate_scheduled": _("Debate scheduled"),
    "awaiting_outcome": _("Debated, outcome to be told"),
    "debated": _("Debated"),
    "not_debated": _("Not debated"),
    "archived": _("Archived"),
}
MATCHES: dict[str, Promise] = {
    Match.ANY: _("any of these"),
    Match.ALL: _("all of these"),
    Match.NONE: _("none of these"),
}


def link_pile(name: str, **more: object) -> str:
    """The address of a pile's list."""
    values: dict[str, object] = {"pile": "" if name == "all" else name, **more}
    query = urlencode({key: value for key, value in values.items() if value}, doseq=True)
    return f"{reverse('petitions-staff:list')}{'?' if query else ''}{query}"


@gate(VIEW)
def list_petitions(request: HttpRequest) -> HttpResponse:
    """`/petitions/list`."""
    words = " ".join(request.GET.get("q", "").split())[:MAX_WORDS_LENGTH]
    pile = request.GET.get("pile", "all")
    pile = pile if pile in PILES else "all"
    named = find_by_number(words)
    if named is not None:
        return redirect(reverse("petitions-staff:petition", kwargs={"petition_id": named.pk}))
    tags, departments = read_marks(request.GET, "tag"), read_marks(request.GET, "department")
    found = find_petitions(words=words, pile=pile, tags=tags, departments=departments)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    kept = {"q": words, **keep_marks("tag", tags), **keep_marks("department", departments)}
    context: dict[str, Any] = {
        "page": page,
        "title": TITLES[pile],
        "pile": pile,
        "words": words,
        "marks": list_marks(tags, departments),
        "is_narrowed": len(kept) > 1,
        "facets": list_facets(pile),
        "labels": PETITION_STATES,
        "page_href": lambda number: link_pile(pile, **kept, page=number),
        "csv_href": f"{reverse('petitions-staff:export')}?{urlencode({'pile': pile, **kept}, doseq=True)}",
    }
    return show(request, "list.html", context)


def read_marks(asked: QueryDict, name: str) -> Marks:
    """The marks of an address: `tag=1&tag=2&tag_match=all`; what is none is as if it were not there."""
    given = (parse_number(text, usual=0, most=MAX_NUMBER) for text in asked.getlist(name)[:MAX_MARKS])
    match = asked.get(f"{name}_match", "")
    return Marks(tuple(sorted({number for number in given if number})), Match(match) if match in MATCHES else Match.ANY)


def keep_marks(name: str, marks: Marks) -> dict[str, object]:
    """The marks for another address; what is usual is left out."""
    match = {} if marks.match is Match.ANY else {f"{name}_match": str(marks.match)}
    return {**({name: list(marks.ids)} if marks.ids else {}), **match}


def list_marks(tags: Marks, departments: Marks) -> list[dict[str, Any]]:
    """What may be asked for, and what is."""
    of_tags = {"name": "tag", "title": _("Tags"), "marks": tags, "all": Tag.objects.order_by("name")}
    of_departments = {"name": "department", "title": _("Departments"), "marks": departments}
    groups = [of_tags, {**of_departments, "all": Department.objects.order_by("name")}]
    return [{**group, "matches": MATCHES} for group in groups if group["all"]]


def list_facets(here: str) -> list[dict[str, Any]]:
    """Every pile with its count."""
    counts = count_piles()
    return [
        {"href": link_pile(name), "label": title, "current": name == here, "count": counts[name]}
        for name, title in TITLES.items()
    ]


def find_by_number(words: str) -> Petition | None:
    """The petition whose number was typed."""
    number = parse_number(words, usual=0, most=MAX_NUMBER)
    return Petition.objects.filter(pk=number).first() if number else None


urlpatterns = [path("list", list_petitions, name="list")]
