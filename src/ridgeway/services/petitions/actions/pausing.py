"""While signing is paused no petition loses time: each day of the pause moves every open deadline a day.

Law: once a day of the calendar, whatever runs twice or late: the audit log says which days were added, and a day that
stands there is not added again. All in one transaction.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from ridgeway.office.audit.models import Entry
from ridgeway.services.petitions.actions.opening import Doer
from ridgeway.services.petitions.models import Petition, SiteSettings
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.rules.closing import extend_deadline
from ridgeway.services.petitions.states import State

ACT = "extend"


@transaction.atomic
def extend_for_today(*, today: date, now: datetime) -> int:
    """Every open petition has a day more, if signing is paused and today was not added before; how many."""
    list(SiteSettings.objects.select_for_update())
    subject = f"day:{today.isoformat()}"
    if read_site().accepts_signatures or Entry.objects.filter(act=f"petitions.{ACT}", subject=subject).exists():
        return 0
    zone, extended = ZoneInfo(settings.TIME_ZONE), []
    for petition in Petition.objects.select_for_update().filter(state=State.OPEN).exclude(closes_at=None):
        petition.closes_at = petition.closes_at and extend_deadline(petition.closes_at, days=1, zone=zone)
        petition.extension_days += 1
        petition.updated_at = now
        extended.append(petition)
    Petition.objects.bulk_update(extended, ["closes_at", "extension_days", "updated_at"], batch_size=100)
    Doer(None, now).note(ACT, subject, details={"petitions": len(extended)})
    return len(extended)
