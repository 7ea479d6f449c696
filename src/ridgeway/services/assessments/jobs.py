"""The duties that the plate names: each fetches what is due, calls one verb, and says in one line what was done.

Law: no duty has a law of its own; what it does may be done again, late, and after it was cut off.
"""

from datetime import datetime

from ridgeway.services.assessments.actions.dates import keep_dates as keep_all_dates
from ridgeway.services.assessments.deployment import read_own_settings
from ridgeway.services.assessments.statistics.forgetting import forget_before


def keep_dates(now: datetime) -> str:
    """Versions whose time has come are live, and those whose time is over have ended."""
    kept = keep_all_dates(now=now)
    return f"{kept.activated} live, {kept.ended} ended, {kept.refused} refused"


def forget_counts(now: datetime) -> str:
    """Counts that are too old are gone."""
    return f"{forget_before(now=now, days=read_own_settings().counts_days)} forgotten"
