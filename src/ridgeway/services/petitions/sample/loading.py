"""Loading the sample: everything is made in memory, then written in bulk in one transaction.

Law: only where there is no petition yet; what is counted is counted from the very rows that are written.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from ridgeway.services.petitions.actions.numbering import start_numbers
from ridgeway.services.petitions.deployment import read_own_settings
from ridgeway.services.petitions.founding.places import add_northmark
from ridgeway.services.petitions.founding.rows import add_first_rows
from ridgeway.services.petitions.models import Constituency, Parliament, Petition, RejectionReason, SiteSettings
from ridgeway.services.petitions.sample.composing import Composer, Text
from ridgeway.services.petitions.sample.outcomes import add_outcomes
from ridgeway.services.petitions.sample.petitions import Entry, build_petition, link_subjects
from ridgeway.services.petitions.sample.plan import (
    DEBATE_LINE,
    MONTHS,
    PAST_SCALE,
    RESPONSE_LINE,
    Plan,
    Planner,
    Term,
    list_terms,
)
from ridgeway.services.petitions.sample.signatures import Signers, write_signatures

SEED = 700_000
DISSOLVED_AFTER = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded; nothing where there were petitions."""

    petitions: int = 0
    signatures: int = 0


def load_sample(*, now: datetime) -> Loaded:
    """The sample is there; an empty `Loaded` where there were petitions before."""
    add_first_rows(now=now)
    add_northmark(now=now)
    draw = Random(SEED)  # noqa: S311 - a sample, not a secret
    current = Parliament.objects.filter(archived_at=None).order_by("-pk").first()
    if current is None or Petition.objects.exists():
        return Loaded()
    terms = list_terms(now, current.opening_at or now, current.period)
    drawn = draw_everything(draw, terms, now)
    with transaction.atomic():
        if Petition.objects.exists():
            return Loaded()
        SiteSettings.objects.update(threshold_for_response=RESPONSE_LINE, threshold_for_debate=DEBATE_LINE)
        start_numbers(read_own_settings().first_id)
        reasons = dict(RejectionReason.objects.values_list("code", "pk"))
        sitting = {term.period: find_parliament(term, current, now) for term in terms}
        entries = [
            Entry(build_petition(plan, text, sitting[term.period], reasons), plan, text) for term, (plan, text) in drawn
        ]
        Petition.objects.bulk_create([entry.petition for entry in entries], batch_size=500)
        link_subjects(entries, draw)
        signatures = write_signatures(entries, Signers(draw, now=now))
        add_outcomes(entries, draw, now=now)
        name_creators()
    return Loaded(len(entries), signatures)


def draw_everything(draw: Random, terms: list[Term], now: datetime) -> list[tuple[Term, tuple[Plan, Text]]]:
    """Each petition's plan and text, the oldest Parliament first."""
    composer = Composer(draw, list(Constituency.objects.order_by("code").values_list("name", flat=True)))
    zone = ZoneInfo(settings.TIME_ZONE)
    return [(term, (plan, composer.write())) for term in terms for plan in Planner(draw, term, zone, now).draw()]


def find_parliament(term: Term, current: Parliament, now: datetime) -> Parliament:
    """The Parliament of a term: the one that sits, or one that is in the archive, made when first asked for."""
    if not term.is_over:
        return current
    return Parliament.objects.filter(period=term.period).first() or add_archived(term, current, now)


def add_archived(term: Term, current: Parliament, now: datetime) -> Parliament:
    """A Parliament that is over, archived and anonymous."""
    parliament = Parliament.objects.create(
        period=term.period,
        government="Union of Towns",
        opening_at=term.begins_at,
        dissolution_at=term.ends_at,
        threshold_for_response=int(RESPONSE_LINE * PAST_SCALE),
        threshold_for_debate=int(DEBATE_LINE * PAST_SCALE),
        petition_duration_months=MONTHS,
        notified_at=term.ends_at - timedelta(days=20),
        archiving_started_at=term.ends_at + DISSOLVED_AFTER,
        archived_at=term.ends_at + DISSOLVED_AFTER,
        anonymized_at=min(term.ends_at + timedelta(days=190), now),
        created_at=term.begins_at,
    )
    parliament.constituencies.set(current.constituencies.all())
    return parliament


def name_creators() -> None:
    """Every petition knows its creator's signature."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE petitions_petition SET creator_id = (SELECT s.id FROM petitions_signature s "
            "WHERE s.petition_id = petitions_petition.id AND s.role = 'creator') WHERE creator_id IS NULL"
        )
