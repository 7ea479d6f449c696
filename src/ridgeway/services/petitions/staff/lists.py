"""Lists of petitions for staff: by pile, found by words, number, tag and department."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ridgeway.office.people.gates import gate
from ridgeway.services.petitions.models import Department, Petition, Tag
from ridgeway.services.petitions.queries.desk import PILES, count_piles, find_petitions
from ridgeway.services.petitions.queries.listing import MAX_WORDS_LENGTH, parse_number
from ridgeway.services.petitions.service import VIEW
from ridgeway.services.petitions.staff.labels import PETITION_STATES
from ridgeway.services.petitions.staff.saying import show

PAGE_SIZE = 50
MAX_NUMBER = 10**12
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
}


def link_pile(name: str, **more: object) -> str:
    """The address of a pile's list."""
    values = {"pile": "" if name == "all" else name, **more}
    query = urlencode([(key, str(value)) for key, value in values.items() if value])
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
    tag = parse_number(request.GET.get("tag", ""), usual=0, most=MAX_NUMBER)
    department = parse_number(request.GET.get("department", ""), usual=0, most=MAX_NUMBER)
    found = find_petitions(words=words, pile=pile, tags=[tag] if tag else None, department=department or None)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    kept = {"q": words, "tag": tag or "", "department": department or ""}
    context: dict[str, Any] = {
        "page": page,
        "labels": PETITION_STATES,
        "title": TITLES[pile],
        "pile": pile,
        "words": words,
        "tag": tag,
        "department": department,
        "tags": Tag.objects.order_by("name"),
        "departments": Department.objects.order_by("name"),
        "facets": list_facets(pile),
        "page_href": lambda number: link_pile(pile, **kept, page=number),
        "csv_href": f"{reverse('petitions-staff:export')}?{urlencode({'pile': pile, **kept})}",
    }
    return show(request, "list.html", context)


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
