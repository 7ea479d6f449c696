"""A petition as programs read it: the same names, order and nulls as the UK Parliament's service.

Law: what is here is an interface that others have built on; a field is never renamed, moved or left out. Times are
UTC with milliseconds and `Z`, days are `YYYY-MM-DD`.
Source:  petition.parliament.uk/petitions/ID.json, as programs that read it expect it.
"""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from ridgeway.office.design.prose import render_plain
from ridgeway.services.petitions.models import DebateOutcome, GovernmentResponse, OtherBusiness, Petition
from ridgeway.services.petitions.queries.places import Places
from ridgeway.services.petitions.rules.closing import last_day
from ridgeway.services.petitions.states import State

Attributes = dict[str, Any]


def render_time(at: datetime | None) -> str | None:
    """A moment."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def render_local_time(at: datetime | None) -> str | None:
    """A moment with the local offset, as two places of the interface have it."""
    return None if at is None else at.astimezone(ZoneInfo(settings.TIME_ZONE)).isoformat(timespec="milliseconds")


def render_day(day: date | None) -> str | None:
    """A day."""
    return None if day is None else day.isoformat()


def describe_petition(petition: Petition) -> Attributes:
    """What a list says of each petition, and a page first."""
    is_open = petition.state == State.OPEN
    closing = last_day(petition.closes_at, ZoneInfo(settings.TIME_ZONE)) if is_open and petition.closes_at else None
    return {
        "action": petition.action,
        "background": petition.background,
        "additional_details": petition.additional_details,
        "committee_note": petition.committee_note or None,
        "state": str(petition.state),
        "signature_count": petition.signature_count,
        "closing_date": render_day(closing),
        **describe_times(petition),
        "creator_name": petition.creator.name if is_open and petition.creator else None,
        "rejection": describe_rejection(petition),
        "government_response": describe_response(find_response(petition)),
        "debate": describe_debate(find_outcome(petition)),
        "departments": [
            {"acronym": each.acronym, "name": each.name, "url": each.url} for each in petition.departments.all()
        ],
        "topics": [topic.code for topic in petition.topics.all()],
    }


def describe_times(petition: Petition) -> Attributes:
    """When what happened."""
    return {
        "created_at": render_time(petition.created_at),
        "updated_at": render_time(petition.updated_at),
        "rejected_at": render_time(petition.rejected_at),
        "opened_at": render_time(petition.opened_at),
        "closed_at": render_time(petition.closed_at),
        "moderation_threshold_reached_at": render_time(petition.moderation_threshold_reached_at),
        "response_threshold_reached_at": render_time(petition.response_threshold_reached_at),
        "government_response_at": render_time(petition.government_response_at),
        "debate_threshold_reached_at": render_time(petition.debate_threshold_reached_at),
        "debate_scheduled_on": render_time(petition.debate_scheduled_at),
        "scheduled_debate_date": render_day(petition.scheduled_debate_date),
        "debate_outcome_at": render_time(petition.debate_outcome_at),
    }


def describe_rejection(petition: Petition) -> Attributes | None:
    """Why it was refused."""
    if petition.state != State.REJECTED or petition.rejection_reason is None:
        return None
    return {"code": petition.rejection_reason.code, "details": petition.rejection_details or None}


def find_response(petition: Petition) -> GovernmentResponse | None:
    """The government's response, where there is one."""
    found: GovernmentResponse | None = getattr(petition, "government_response", None)
    return found


def find_outcome(petition: Petition) -> DebateOutcome | None:
    """The debate's outcome, where there is one."""
    found: DebateOutcome | None = getattr(petition, "debate_outcome", None)
    return found


def describe_response(response: GovernmentResponse | None) -> Attributes | None:
    """The government's response; its details are plain text."""
    if response is None:
        return None
    return {
        "responded_on": render_day(response.responded_on),
        "summary": response.summary,
        "details": render_plain(response.details),
        "created_at": render_time(response.created_at),
        "updated_at": render_time(response.updated_at),
    }


def describe_debate(outcome: DebateOutcome | None) -> Attributes | None:
    """The debate; of one that was declined, the same fields without values."""
    if outcome is None:
        return None
    return {
        "debated_on": render_day(outcome.debated_on),
        "transcript_url": outcome.transcript_url or None,
        "video_url": outcome.video_url or None,
        "debate_pack_url": outcome.debate_pack_url or None,
        "public_engagement_url": outcome.public_engagement_url or None,
        "debate_summary_url": outcome.debate_summary_url or None,
        "overview": outcome.overview or None,
    }


def describe_places(places: Places) -> Attributes:
    """Where the signatures come from; only the page of one petition says it."""
    return {
        "signatures_by_country": [
            {"name": each.name, "code": each.code, "signature_count": each.count} for each in places.countries
        ],
        "signatures_by_constituency": [
            {
                "name": each.name,
                "ons_code": each.code,
                "mp": each.representative or None,
                "signature_count": each.count,
            }
            for each in places.constituencies
        ],
        "signatures_by_region": [
            {"name": each.name, "ons_code": each.code, "signature_count": each.count} for each in places.regions
        ],
    }


def describe_business(items: list[OtherBusiness]) -> Attributes:
    """Everything else that Parliament did about it."""
    rows = [
        {
            "subject": item.subject,
            "body": render_plain(item.body),
            "occurred_on": render_day(item.occurred_on),
            "created_at": render_time(item.created_at),
            "updated_at": render_time(item.updated_at),
        }
        for item in items
    ]
    return {"other_parliamentary_business": rows}
