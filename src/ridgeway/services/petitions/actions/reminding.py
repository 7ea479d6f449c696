"""The team is reminded of petitions that have reached the line of a debate, and about which nobody has decided.

Law: one letter a week, and none when nothing waits.
"""

from datetime import datetime

from django.db import transaction

from ridgeway.office.notices import post_notice
from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.states import PUBLISHED, DebateState

KIND = "petitions.debate_reminder"


def remind_of_debates(*, now: datetime) -> int:
    """How many petitions wait for a debate; the team has a letter about them, unless it had one this week."""
    waiting = Petition.objects.filter(
        state__in=sorted(PUBLISHED), debate_state=DebateState.AWAITING, archived_at=None
    ).count()
    mailbox = read_site().team_mailbox
    if waiting and mailbox:
        year, week, _ = now.isocalendar()
        with transaction.atomic():
            post_notice(
                KIND,
                subject="debates",
                recipient_key="team",
                version=f"{year}-W{week:02}",
                address=mailbox,
                payload={},
                now=now,
            )
    return waiting
