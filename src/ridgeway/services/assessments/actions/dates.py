"""What the clock does: versions whose time has come go live, and those whose time is over end.

Law: each is one transaction; one that cannot go live stays scheduled, is logged, and holds up no other.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from ridgeway.errors import RequestError
from ridgeway.services.assessments.actions.doing import Doer
from ridgeway.services.assessments.actions.publishing import activate, end
from ridgeway.services.assessments.models import Version
from ridgeway.services.assessments.states import State

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """How many versions moved, and how many could not."""

    activated: int = 0
    ended: int = 0
    refused: int = 0


def keep_dates(*, now: datetime) -> Kept:
    """What is due at `now` is done; the version that was due first goes first."""
    by = Doer(None, now)
    activated = ended = refused = 0
    due = Version.objects.filter(state=State.SCHEDULED, activates_at__lte=now).order_by("activates_at", "pk")
    for version_id in due.values_list("pk", flat=True):
        try:
            activate(version_id, by=by, reason="scheduled", is_due=True)
            activated += 1
        except RequestError as error:
            refused += 1
            log.warning("version %s does not go live: %s", version_id, error.detail)
    over = Version.objects.filter(state=State.LIVE, ends_at__lte=now).order_by("pk")
    for version_id in over.values_list("pk", flat=True):
        end(version_id, by=by, reason="its validity is over")
        ended += 1
    return Kept(activated, ended, refused)
