"""Which Parliament sits now, and whether petitions can be started under it."""

from datetime import datetime

from ridgeway.services.petitions.models import Parliament


def find_parliament() -> Parliament | None:
    """The Parliament that is not archived, the latest where there are several; None in a deployment without any."""
    return Parliament.objects.filter(archived_at=None).order_by("-opening_at", "-pk").first()


def is_dissolved(parliament: Parliament | None, *, now: datetime) -> bool:
    """Whether it has been dissolved."""
    return parliament is not None and parliament.dissolution_at is not None and parliament.dissolution_at <= now


def is_pending(parliament: Parliament | None, *, now: datetime) -> bool:
    """Whether it has not been opened yet."""
    return parliament is not None and parliament.opening_at is not None and parliament.opening_at > now


def is_sitting(parliament: Parliament | None, *, now: datetime) -> bool:
    """Whether petitions can be started: nobody knows of a Parliament, or it is open."""
    return not is_dissolved(parliament, now=now) and not is_pending(parliament, now=now)
