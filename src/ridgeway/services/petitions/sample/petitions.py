"""Rows of sample petitions, and what they are about."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from ridgeway.services.petitions.models import Department, Parliament, Petition, Tag, Topic
from ridgeway.services.petitions.sample.composing import Text
from ridgeway.services.petitions.sample.plan import Plan
from ridgeway.services.petitions.states import State

TAGS = ("needs advice", "similar to others", "ask the department", "press interest", "young people")
TAGGED = {State.SPONSORED, State.FLAGGED, State.DORMANT}
NOTED = "Asked the department whether this is its business."
DEPARTMENT_OF = {
    "transport": "Ministry of Transport",
    "environment": "Ministry of the Environment",
    "health": "Ministry of Health",
    "education": "Ministry of Education",
    "housing": "Ministry of Housing",
    "work-and-taxes": "Ministry of Finance",
    "culture-and-sport": "Ministry of Culture",
    "digital": "Ministry of Digital Affairs",
    "animals": "Ministry of the Environment",
    "families": "Ministry of Labour",
    "justice": "Ministry of the Interior",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A petition of the sample with all that was drawn for it."""

    petition: Petition
    plan: Plan
    text: Text


def build_petition(plan: Plan, text: Text, parliament: Parliament, reasons: Mapping[str, int]) -> Petition:
    """The row of one petition; its creator comes later."""
    lag = plan.opened_at or plan.rejected_at
    last = max([plan.created_at, *plan.signed_at, *filter(None, (plan.closed_at, plan.rejected_at, plan.removed_at))])
    return Petition(
        action=text.action,
        background=text.background,
        additional_details=text.details,
        language=text.language,
        state=plan.state,
        state_at_removal=plan.state_at_removal,
        response_state=plan.response,
        debate_state=plan.debate,
        sponsor_token=secrets.token_urlsafe(16),
        signature_count=len(plan.signed_at),
        last_signed_at=max(plan.signed_at, default=None),
        created_at=plan.created_at,
        updated_at=last,
        moderation_threshold_reached_at=plan.sponsored_at,
        opened_at=plan.opened_at,
        closes_at=plan.closes_at,
        closed_at=plan.closed_at,
        rejected_at=plan.rejected_at,
        removed_at=plan.removed_at,
        stopped_at=plan.stopped_at,
        response_threshold_reached_at=plan.response_line_at,
        debate_threshold_reached_at=plan.debate_line_at,
        rejection_reason_id=reasons.get(plan.code),
        moderation_lag_days=(lag - plan.sponsored_at) // timedelta(days=1) if lag and plan.sponsored_at else None,
        notes=NOTED if plan.state is State.FLAGGED else "",
        parliament=parliament,
        archived_at=parliament.archived_at,
        anonymized_at=parliament.anonymized_at,
        count_checked_at=last,
    )


def link_subjects(entries: list[Entry], draw: Random) -> None:
    """Topics of all, departments of most, tags of some that wait."""
    topics = dict(Topic.objects.values_list("code", "pk"))
    departments = dict(Department.objects.values_list("name", "pk"))
    tags = [Tag.objects.get_or_create(name=name)[0].pk for name in TAGS]
    about, answering, tagged = [], [], []
    for entry in entries:
        key, topic = entry.petition.pk, entry.text.topic
        if topic in topics:
            about.append(Petition.topics.through(petition_id=key, topic_id=topics[topic]))
        if DEPARTMENT_OF[topic] in departments and draw.random() < 0.8:
            answering.append(
                Petition.departments.through(petition_id=key, department_id=departments[DEPARTMENT_OF[topic]])
            )
        if entry.plan.state in TAGGED and draw.random() < 0.5:
            tagged.append(Petition.tags.through(petition_id=key, tag_id=draw.choice(tags)))
    Petition.topics.through.objects.bulk_create(about, batch_size=1000)
    Petition.departments.through.objects.bulk_create(answering, batch_size=1000)
    Petition.tags.through.objects.bulk_create(tagged, batch_size=1000)
