"""Counts are kept for so many days."""

from datetime import datetime, timedelta

from ridgeway.services.assessments.models import Count


def forget_before(*, now: datetime, days: int) -> int:
    """Counts older than `days` are gone; returns how many rows."""
    number, _ = Count.objects.filter(day__lt=(now - timedelta(days=days)).date()).delete()
    return number
