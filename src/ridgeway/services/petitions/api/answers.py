"""Answers to programs: JSON, with the links that lists and items have."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from ridgeway.services.petitions.api.attributes import Attributes, describe_petition, render_local_time
from ridgeway.services.petitions.links import link_to
from ridgeway.services.petitions.models import Parliament, Petition, SiteSettings
from ridgeway.services.petitions.queries.lines import find_lines
from ridgeway.services.petitions.queries.listing import Listing
from ridgeway.services.petitions.queries.published import Listed
from ridgeway.services.petitions.queries.site import read_site

JSON = "application/json; charset=utf-8"
WITHOUT_WHEN_ARCHIVED = ("creator_name", "closing_date")


def answer_json(value: Any, *, status: int = 200) -> HttpResponse:
    """The value as JSON, without spaces, in the order it was made."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text, status=status, content_type=JSON)


def link_petition(petition: Petition, *, suffix: str = "") -> str:
    """The address of a petition's page, or with `.json` of what programs read."""
    name = "archived-petition" if petition.archived_at else "petition"
    return f"{link_to(name, petition_id=petition.pk)}{suffix}"


def describe_item(petition: Petition) -> Attributes:
    """The attributes of a petition, archived or not."""
    attributes = describe_petition(petition)
    if petition.archived_at:
        for name in WITHOUT_WHEN_ARCHIVED:
            attributes.pop(name)
    return attributes


def type_of(petition: Petition) -> str:
    """What programs call it."""
    return "archived-petition" if petition.archived_at else "petition"


def describe_addressee(petition: Petition) -> Attributes:
    """Of an archived petition: the Parliament that it was addressed to."""
    if not petition.archived_at or petition.parliament is None:
        return {}
    return {"parliament": describe_parliament(petition.parliament, read_site())}


def describe_parliament(parliament: Parliament, site: SiteSettings) -> Attributes:
    """A Parliament; the lines of one that is archived are its own, of any other those of the site."""
    lines = find_lines(parliament, site)
    return {
        "period": parliament.period,
        "government": parliament.government,
        "dissolution_at": render_local_time(parliament.dissolution_at),
        "response_threshold": lines.response,
        "debate_threshold": lines.debate,
    }


def describe_list(listing: Listing, listed: Listed) -> dict[str, Any]:
    """A page of a list with the links to the others."""
    return {
        "links": link_pages(listing, listed),
        "data": [
            {
                "type": type_of(petition),
                "id": petition.pk,
                "links": {"self": link_petition(petition, suffix=".json")},
                **describe_addressee(petition),
                "attributes": describe_item(petition),
            }
            for petition in listed.petitions
        ],
    }


def link_pages(listing: Listing, listed: Listed) -> dict[str, str | None]:
    """The page itself, the first, the last, and those beside it; null at either end."""
    base = f"{settings.RIDGEWAY_SITES['petitions']}{'/archived' if listing.is_archive else ''}/petitions.json"

    def link(number: int) -> str:
        return f"{base}{listing.query(page=number)}"

    return {
        "self": link(listed.number),
        "first": link(1),
        "last": link(listed.pages),
        "next": link(listed.number + 1) if listed.number < listed.pages else None,
        "prev": link(listed.number - 1) if listed.number > 1 else None,
    }
