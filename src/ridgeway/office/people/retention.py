"""What is forgotten of people: sessions and counts of attempts that are over.

Law: accounts are kept, closed or not, so that the audit log can name who acted; a session is kept for its own time.
"""

from datetime import datetime

from django.contrib.sessions.models import Session

from ridgeway.office.people.models import CacheRow


def forget_sessions(now: datetime) -> str:
    """Sessions and counts that are over are gone."""
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    counts, _ = CacheRow.objects.filter(expires_at__lte=now).delete()
    return f"forgot {sessions} sessions and {counts} counts that were over"
