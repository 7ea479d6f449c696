"""The one row of what staff set for the whole site."""

from datetime import UTC, datetime

from ridgeway.services.petitions.models import RateLimits, SiteSettings

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def read_site() -> SiteSettings:
    """What staff set; the defaults, unsaved, where nobody has set anything yet."""
    return SiteSettings.objects.order_by("pk").first() or SiteSettings(updated_at=NEVER)


def read_limits() -> RateLimits:
    """How often somebody may do what, and who may always or never; the defaults where nobody has set them yet."""
    return RateLimits.objects.order_by("pk").first() or RateLimits(updated_at=NEVER)
