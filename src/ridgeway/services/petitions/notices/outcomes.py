"""Mails to everybody who asked to hear of a petition: its answer, its debate, other business, letters of the team."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from ridgeway.office.design.prose import render_plain
from ridgeway.office.notices import Mail, Notice
from ridgeway.office.notices.remembering import remember
from ridgeway.services.petitions.models import DebateOutcome, GovernmentResponse, Mailshot, OtherBusiness
from ridgeway.services.petitions.notices.about import About, find_about
from ridgeway.services.petitions.states import DebateState, SignatureState, State

SHOWN = (State.OPEN, State.CLOSED)


def find_subscriber(notice: Notice) -> About | None:
    """What the notice is about, while this person still wants to hear of it and the petition is shown.

    A copy to the team is written in any case.
    """
    about = find_about(notice)
    if about is None or about.is_copy:
        return about
    is_wanted = about.signature.wants_updates and about.signature.state == SignatureState.VALIDATED
    return about if is_wanted and about.petition.state in SHOWN else None


def find_once(about: About, model: type[Any], **which: int) -> Any:
    """The row of `model` about this petition, if it is there; read once a batch."""
    key = (model, about.petition.pk, *which.items())
    return remember(key, lambda: model.objects.filter(petition_id=about.petition.pk, **which).first())


def render_once(markdown: str) -> str:
    """A text without its marks; made once a batch."""
    return remember((render_plain, markdown), partial(render_plain, markdown))


def render_response(notice: Notice) -> Mail | None:
    """The government answered."""
    about = find_subscriber(notice)
    if about is None:
        return None
    response = find_once(about, GovernmentResponse)
    if response is None:
        return None
    return about.write_update("response", summary=response.summary, details=render_once(response.details))


def render_debate_scheduled(notice: Notice) -> Mail | None:
    """There will be a debate; nothing once it is over or off."""
    about = find_subscriber(notice)
    if about is None or not (about.petition.debate_state == DebateState.SCHEDULED or about.is_copy):
        return None
    return about.write_update("debate_scheduled", debate_date=about.petition.scheduled_debate_date)


def render_debated(notice: Notice) -> Mail | None:
    """There was a debate, or there will be none."""
    about = find_subscriber(notice)
    if about is None:
        return None
    outcome = find_once(about, DebateOutcome)
    if outcome is None:
        return None
    return about.write_update(
        "debated",
        debated=outcome.debated,
        debate_date=outcome.debated_on,
        overview=render_once(outcome.overview),
        links=list(list_links(outcome)),
    )


def list_links(outcome: DebateOutcome) -> Iterator[tuple[str, str]]:
    """Where to see and read more."""
    for label, address in (
        (_("Watch the debate"), outcome.video_url),
        (_("Read what was said"), outcome.transcript_url),
        (_("Read the research"), outcome.debate_pack_url),
        (_("What the public said"), outcome.public_engagement_url),
        (_("A summary of the debate"), outcome.debate_summary_url),
    ):
        if address:
            yield label, address


def render_business(notice: Notice) -> Mail | None:
    """Something else that Parliament did about it."""
    about = find_subscriber(notice)
    if about is None:
        return None
    item = find_once(about, OtherBusiness, pk=int(notice.payload["business_id"]))
    return None if item is None else about.write_update("business", subject=item.subject, body=render_once(item.body))


def render_mailshot(notice: Notice) -> Mail | None:
    """A letter of the team to those in some constituencies."""
    about = find_subscriber(notice)
    if about is None:
        return None
    shot = find_once(about, Mailshot, pk=int(notice.payload["mailshot_id"]))
    return None if shot is None else about.write_update("mailshot", subject=shot.subject, body=render_once(shot.body))
