"""What happened to a petition, newest first, as its page and its feed tell it."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext
from markupsafe import Markup

from ridgeway.office.design.formats import render_day, render_number
from ridgeway.office.design.prose import render_markdown
from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.queries.lines import Lines
from ridgeway.services.petitions.states import DebateState

EMPTY = Markup()


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry. `anchor` is where the page says more, or empty; `text` is safe HTML."""

    code: str
    title: str
    at: datetime
    text: Markup = EMPTY
    anchor: str = ""

    def describe(self) -> dict[str, Any]:
        """As the part `timeline` draws it."""
        return {"title": self.title, "at": self.at, "text": self.text, "href": self.anchor}


def start_of(day: date) -> datetime:
    """A day as a moment, to stand in order with the others."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(settings.TIME_ZONE))


def list_happenings(petition: Petition, lines: Lines) -> list[Happening]:
    """Everything that happened, newest first; `lines` are those that hold for it."""
    found = [*list_thresholds(petition, lines), *list_outcomes(petition)]
    for item in petition.other_business.all():
        text = render_markdown(item.body)
        found.append(Happening("business", item.subject, start_of(item.occurred_on), text, f"#business-{item.pk}"))
    if petition.opened_at:
        found.append(Happening("published", gettext("Published"), petition.opened_at))
    if petition.closed_at:
        found.append(Happening("closed", gettext("Closed"), petition.closed_at))
    return sorted(found, key=lambda each: each.at, reverse=True)


def list_thresholds(petition: Petition, lines: Lines) -> list[Happening]:
    """The lines that it reached."""
    reached = [
        ("response_threshold", petition.response_threshold_reached_at, lines.response),
        ("debate_threshold", petition.debate_threshold_reached_at, lines.debate),
    ]
    text = gettext("Reached %(count)s signatures")
    return [Happening(code, text % {"count": render_number(line)}, at) for code, at, line in reached if at is not None]


def list_outcomes(petition: Petition) -> list[Happening]:
    """What the government and Parliament did."""
    found = []
    if petition.government_response_at:
        found.append(
            Happening(
                "response", gettext("The government responded"), petition.government_response_at, anchor="#response"
            )
        )
    if petition.debate_scheduled_at and petition.scheduled_debate_date:
        title = gettext("Debate scheduled for %(day)s") % {"day": render_day(petition.scheduled_debate_date)}
        found.append(Happening("scheduled", title, petition.debate_scheduled_at))
    if (
        petition.debate_state == DebateState.DEBATED
        and petition.scheduled_debate_date
        and not petition.debate_outcome_at
    ):
        title = gettext("Debated; what was said will stand here soon")
        found.append(Happening("debated", title, start_of(petition.scheduled_debate_date)))
    if petition.debate_outcome_at:
        debated = petition.debate_state == DebateState.DEBATED
        title = gettext("Debated in Parliament") if debated else gettext("Parliament decided not to debate it")
        found.append(Happening("debate", title, petition.debate_outcome_at, anchor="#debate"))
    return found
