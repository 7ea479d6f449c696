"""Mails to who started a petition and to its sponsors, up to the decision on it."""

from collections.abc import Collection
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from ridgeway.office.design.prose import render_plain
from ridgeway.office.notices import Mail, Notice
from ridgeway.services.petitions.links import link_to
from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.notices.about import About, find_about
from ridgeway.services.petitions.queries.parliaments import find_parliament
from ridgeway.services.petitions.rules.closing import clip_deadline, last_day
from ridgeway.services.petitions.states import PUBLISHED, UNPUBLISHED, State


def find_in(notice: Notice, states: Collection[str]) -> About | None:
    """What the notice is about, while the petition is in one of `states`; a copy to the team is written in any case."""
    about = find_about(notice)
    return about if about is not None and (about.is_copy or about.petition.state in states) else None


def link_to_support(about: About) -> str:
    """The private link of the creator."""
    return about.token_link("sponsor", about.petition.sponsor_token, petition_id=about.petition.pk)


def render_gather_support(notice: Notice) -> Mail | None:
    """How to find supporters: the private link."""
    about = find_in(notice, UNPUBLISHED)
    if about is None:
        return None
    return about.write("gather_support", link=link_to_support(about), delayed=bool(notice.payload.get("delayed")))


def render_supported(notice: Notice) -> Mail | None:
    """Somebody supports it, and so many more are needed."""
    about = find_in(notice, UNPUBLISHED)
    if about is None:
        return None
    supporters, needed = int(notice.payload["supporters"]), int(notice.payload["needed"])
    return about.write("supported", link=link_to_support(about), supporters=supporters, needed=needed)


def render_threshold_reached(notice: Notice) -> Mail | None:
    """Enough support it; it is being checked."""
    about = find_in(notice, UNPUBLISHED)
    if about is None:
        return None
    return about.write("threshold_reached", delayed=bool(notice.payload.get("delayed")))


def render_said(notice: Notice) -> Mail | None:
    """What staff wrote, about a petition that is still being checked."""
    about = find_in(notice, UNPUBLISHED)
    if about is None:
        return None
    return about.write("said", subject=notice.payload["subject"], body=notice.payload["body"])


def render_published(notice: Notice) -> Mail | None:
    """It can be signed."""
    about = find_in(notice, PUBLISHED)
    return None if about is None else about.write("published", last_day=find_last_day(about.petition))


def find_last_day(petition: Petition) -> date | None:
    """The last day on which it can be signed, where that is known; a dissolution that was announced may come first."""
    if petition.state != State.OPEN or petition.closes_at is None:
        return None
    parliament = find_parliament()
    announced = parliament.dissolution_at if parliament is not None and parliament.shows_dissolution else None
    return last_day(clip_deadline(petition.closes_at, announced), ZoneInfo(settings.TIME_ZONE))


def render_rejected(notice: Notice) -> Mail | None:
    """It was refused, and why."""
    about = find_in(notice, {State.REJECTED})
    if about is None:
        return None
    start = link_to("start-petition", language=notice.language)
    return about.write("rejected", start_link=start, **describe_reason(about))


def render_hidden(notice: Notice) -> Mail | None:
    """It was refused and is not shown, and why."""
    about = find_in(notice, {State.HIDDEN})
    return None if about is None else about.write("hidden", **describe_reason(about))


def describe_reason(about: About) -> dict[str, Any]:
    """Why a petition was refused."""
    reason = about.petition.rejection_reason
    return {
        "reason_title": "" if reason is None else reason.title,
        "reason_description": "" if reason is None else render_plain(reason.description),
        "details": render_plain(about.petition.rejection_details),
    }


def render_stopped(notice: Notice) -> Mail | None:
    """The dissolution stopped it."""
    about = find_in(notice, {State.STOPPED})
    if about is None:
        return None
    parliament = about.petition.parliament
    faq = parliament.dissolution_faq_url if parliament is not None else ""
    return about.write("stopped", was_checked=notice.payload.get("state") == State.SPONSORED, faq=faq)
