"""What became of sample petitions: answers, debates, other business."""

from datetime import datetime, timedelta
from random import Random

from ridgeway.services.petitions.models import DebateOutcome, GovernmentResponse, OtherBusiness, Petition
from ridgeway.services.petitions.sample.petitions import DEPARTMENT_OF, Entry
from ridgeway.services.petitions.states import DebateState, ResponseState

DAY = timedelta(days=1)
SUMMARIES = (
    "We share the aim of this petition, and will set out a plan before the summer.",
    "The government has no plans to change the law, and explains why.",
    "Money has been set aside, and work begins next year.",
    "This is being tried in three towns; the results will be published.",
)
PARAGRAPHS = (
    "Thank you to everybody who signed this petition.",
    "We have looked at what it would cost, and at what other countries do. Both are in the report that we published.",
    "* A first report is due in spring.\n* Councils get the money in two parts.\n* Parliament is told each year.",
    "If you want to tell us more, please write to the ministry.",
)
OVERVIEW = "Members of all parties spoke. The minister promised to write to the committee within a month."
BUSINESS = (
    ("The committee hears witnesses", "The committee asked four people about what this petition asks for."),
    ("A question to the minister", "A member asked the minister when the plan will be published."),
    ("The committee writes to the government", "The committee found the answer too short, and asked for another."),
)
OUTCOME_SITE = "https://www.parliament.example"


def add_outcomes(entries: list[Entry], draw: Random, *, now: datetime) -> None:
    """Every answer, debate and item of business is a row, and the petitions say so."""
    responses, debates, business = [], [], []
    changed = []
    for entry in entries:
        petition, plan = entry.petition, entry.plan
        end = min(now, petition.archived_at or now)
        if plan.response is ResponseState.RESPONDED and plan.response_line_at:
            responses.append(build_response(entry, draw, min(end - DAY / 24, plan.response_line_at + 14 * DAY)))
        if plan.debate is DebateState.SCHEDULED:
            petition.debate_scheduled_at = end - 2 * DAY
            petition.scheduled_debate_date = (now + draw.randint(5, 40) * DAY).date()
        if plan.debate in {DebateState.DEBATED, DebateState.NOT_DEBATED} and plan.debate_line_at:
            debates.append(build_debate(entry, min(end - DAY / 24, plan.debate_line_at + 30 * DAY)))
        if plan.has_business and plan.opened_at:
            business.append(build_business(entry, draw, min(end, plan.opened_at + 20 * DAY)))
        if plan.response is not ResponseState.PENDING or plan.debate is not DebateState.PENDING:
            changed.append(petition)
    GovernmentResponse.objects.bulk_create(responses)
    DebateOutcome.objects.bulk_create(debates)
    OtherBusiness.objects.bulk_create(business)
    fields = ["government_response_at", "debate_scheduled_at", "scheduled_debate_date", "debate_outcome_at"]
    Petition.objects.bulk_update(changed, fields, batch_size=100)


def build_response(entry: Entry, draw: Random, at: datetime) -> GovernmentResponse:
    """The answer of the department."""
    entry.petition.government_response_at = at
    text = [*PARAGRAPHS[:2], f"This answer was given by the {DEPARTMENT_OF[entry.text.topic]}.", *PARAGRAPHS[2:]]
    return GovernmentResponse(
        petition=entry.petition,
        responded_on=at.date(),
        summary=draw.choice(SUMMARIES),
        details="\n\n".join(text),
        created_at=at,
        updated_at=at,
    )


def build_debate(entry: Entry, at: datetime) -> DebateOutcome:
    """The debate with where to see it, or that there was none."""
    petition = entry.petition
    petition.debate_outcome_at = at
    outcome = DebateOutcome(petition=petition, debated=False, created_at=at, updated_at=at)
    if entry.plan.debate is DebateState.NOT_DEBATED:
        outcome.overview = "The committee decided not to hold a debate, since one on the same was held lately."
        return outcome
    petition.debate_scheduled_at = at - 10 * DAY
    petition.scheduled_debate_date = at.date()
    outcome.debated, outcome.debated_on, outcome.overview = True, at.date(), OVERVIEW
    outcome.transcript_url = f"{OUTCOME_SITE}/transcripts/{petition.pk}"
    outcome.video_url = f"{OUTCOME_SITE}/video/{petition.pk}"
    outcome.debate_pack_url = f"{OUTCOME_SITE}/research/{petition.pk}"
    return outcome


def build_business(entry: Entry, draw: Random, at: datetime) -> OtherBusiness:
    """Something else that Parliament did."""
    subject, body = draw.choice(BUSINESS)
    return OtherBusiness(
        petition=entry.petition, subject=subject, body=body, occurred_on=at.date(), created_at=at, updated_at=at
    )
