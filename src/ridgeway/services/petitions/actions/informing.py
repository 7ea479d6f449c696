"""A changed privacy notice is told to everybody whose address is kept: one mail a person.

Law: asked for again on the same day it is the same mailing, and nobody gets it twice.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from ridgeway.office.notices import request_mailing
from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.mailing import decide_mailing_time
from ridgeway.services.petitions.actions.opening import Doer

KIND = "petitions.privacy"


@transaction.atomic
def mail_privacy_notice(since: date | None, *, actor: Actor | None, now: datetime) -> None:
    """Everybody who has signed since that day (ever, without one) is told."""
    zone = ZoneInfo(settings.TIME_ZONE)
    begin = None if since is None else datetime(since.year, since.month, since.day, tzinfo=zone).isoformat()
    day = now.astimezone(zone).date().isoformat()
    request_mailing(
        KIND, subject="privacy", version=day, not_before=decide_mailing_time(now), payload={"since": begin}, now=now
    )
    Doer(actor, now).note("mail_privacy_notice", "site", details={"since": begin})
