"""Atom feeds: what is new in a list, and what happens to one petition.

Law: an entry's id never changes, so that a reader tells nothing twice; a feed's time is that of what it tells, not of
the asking.
"""

import re
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext

from ridgeway.office.design.prose import render_plain
from ridgeway.services.petitions.links import link_to
from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.pages.caching import COUNTS, public
from ridgeway.services.petitions.pages.ids import parse_id
from ridgeway.services.petitions.pages.lists import TITLES
from ridgeway.services.petitions.pages.timeline import list_happenings
from ridgeway.services.petitions.queries.lines import find_lines
from ridgeway.services.petitions.queries.listing import Listing, parse_listing
from ridgeway.services.petitions.queries.published import find_petition
from ridgeway.services.petitions.queries.searching import find_listed
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.states import VISIBLE

ATOM = "application/atom+xml; charset=utf-8"
LIMIT = 50
UNFIT = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
"""Source:  XML 1.0, section 2.2."""


def make_fit(values: dict[str, Any]) -> dict[str, Any]:
    """`values`, its texts without what XML has no letter for: one of them makes a whole feed unreadable."""
    return {name: UNFIT.sub("", each) if isinstance(each, str) else each for name, each in values.items()}


class Feed(Atom1Feed):
    """Atom, its time that of its newest entry, or of the thing itself where nothing has happened yet."""

    def __init__(self, *, began_at: datetime, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.began_at = began_at

    def add_root_elements(self, handler: Any) -> None:
        """What the feed says of itself, in letters that XML has."""
        self.feed = make_fit(self.feed)
        super().add_root_elements(handler)

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        """What the feed says of one thing, in letters that XML has."""
        super().add_item_elements(handler, make_fit(item))

    def latest_post_date(self) -> datetime:
        """When it changed last."""
        times = [item["updateddate"] for item in self.items]
        return max(times, default=self.began_at)


def answer_feed(feed: Feed) -> HttpResponse:
    """The feed as an answer."""
    return HttpResponse(feed.writeString("utf-8"), content_type=ATOM)


@public(COUNTS, cors=True)
def follow_list(request: HttpRequest) -> HttpResponse:
    """`/petitions.atom`: the first petitions of any list, with its facet, words and topic."""
    listing = parse_listing(request.GET)
    language = translation.get_language() or ""
    site = read_site()
    feed = Feed(
        title=f"{TITLES[listing.facet]} – {gettext(site.title)}",
        link=link_to("petitions", language=language) + listing.query(page=1),
        feed_url=link_to("petitions-atom", language=language) + listing.query(page=1),
        description=describe_list(listing),
        language=language,
        author_name=site.parliament_name,
        began_at=site.updated_at,
    )
    for petition in find_listed(listing)[:LIMIT]:
        link = link_to("petition", language=language, petition_id=petition.pk)
        feed.add_item(
            title=petition.action,
            link=link,
            description=petition.background,
            unique_id=link_to("petition", petition_id=petition.pk),
            pubdate=petition.opened_at or petition.created_at,
            updateddate=petition.opened_at or petition.rejected_at or petition.created_at,
        )
    return answer_feed(feed)


def describe_list(listing: Listing) -> str:
    """The words that were looked for, where there were some."""
    return gettext("Petitions about “%(words)s”") % {"words": listing.words} if listing.words else ""


@public(COUNTS, cors=True)
def follow_petition(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/petitions/ID.atom`: what happened to it, newest first; of an archived one too, at the same address."""
    petition = find_petition(parse_id(petition_id))
    if petition is None or petition.state not in VISIBLE:
        raise Http404
    language = translation.get_language() or ""
    page = link_page(petition, language)
    feed = Feed(
        title=petition.action,
        link=page,
        feed_url=link_to("petition-atom", language=language, petition_id=petition.pk),
        description=petition.background,
        language=language,
        author_name=read_site().parliament_name,
        began_at=petition.created_at,
    )
    for each in list_happenings(petition, find_lines(petition.parliament, read_site())):
        feed.add_item(
            title=each.title,
            link=f"{page}{each.anchor}",
            description=render_plain(each.text),
            unique_id=f"{link_page(petition, '')}#{each.anchor.removeprefix('#') or each.code}",
            pubdate=each.at,
            updateddate=each.at,
        )
    return answer_feed(feed)


def link_page(petition: Petition, language: str) -> str:
    """The address of its page."""
    name = "archived-petition" if petition.archived_at else "petition"
    return link_to(name, language=language, petition_id=petition.pk)


urlpatterns = [
    path("petitions.atom", follow_list, name="petitions-atom"),
    path("petitions/<str:petition_id>.atom", follow_petition, name="petition-atom"),
]
