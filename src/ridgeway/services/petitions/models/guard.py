"""What keeps signatures honest: limits on how often, lists of who may, rules of domains, and withdrawals in bulk."""

from django.conf import settings
from django.db import models


class RateLimits(models.Model):
    """One row: how often an address may sign, and who may always or never; lists hold one entry a line, # comments."""

    burst_rate = models.PositiveIntegerField(default=1)
    burst_period_seconds = models.PositiveIntegerField(default=60)
    sustained_rate = models.PositiveIntegerField(default=5)
    sustained_period_seconds = models.PositiveIntegerField(default=300)
    creator_rate = models.PositiveIntegerField(default=2)
    sponsor_rate = models.PositiveIntegerField(default=5)
    feedback_rate = models.PositiveIntegerField(default=2)
    allowed_domains = models.TextField(blank=True)
    allowed_ips = models.TextField(blank=True)
    blocked_domains = models.TextField(blank=True)
    blocked_ips = models.TextField(blank=True)
    blocked_emails = models.TextField(blank=True)
    trending_threshold = models.PositiveIntegerField(default=100)
    trending_alert_threshold = models.PositiveIntegerField(default=200)
    logs_trending = models.BooleanField(default=False)
    ignored_domains = models.TextField(blank=True)
    ignored_ips = models.TextField(blank=True)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        """What it is."""
        return "rate limits"


class DomainRule(models.Model):
    """How addresses of a domain are spelled in one way: an exact domain, `*.parent`, or `*`."""

    pattern = models.CharField(max_length=255, unique=True)
    strip_characters = models.CharField(max_length=20, blank=True)
    """As in `.`, where dots do not count."""
    strip_extension = models.CharField(max_length=5, default="+")
    """What begins an extension that does not count; empty: nothing does."""
    aliased_to = models.CharField(max_length=255, blank=True)
    """The domain that it is the same as."""

    def __str__(self) -> str:
        """Its pattern."""
        return self.pattern


class Invalidation(models.Model):
    """A batch of signatures to be withdrawn: at least one condition, counted first, stopped when wanted."""

    summary = models.CharField(max_length=255)
    details = models.TextField(blank=True)
    petition = models.ForeignKey("Petition", null=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=255, blank=True)
    postcode = models.CharField(max_length=50, blank=True)
    ip = models.CharField(max_length=50, blank=True)
    email = models.CharField(max_length=255, blank=True)
    domain = models.CharField(max_length=255, blank=True)
    constituency_code = models.CharField(max_length=20, blank=True)
    country_code = models.CharField(max_length=3, blank=True)
    created_after = models.DateTimeField(null=True)
    created_before = models.DateTimeField(null=True)
    matching_count = models.PositiveIntegerField(default=0)
    invalidated_count = models.PositiveIntegerField(default=0)
    last_signature_id = models.BigIntegerField(default=0)
    """How far it came; it goes on from there."""
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    counted_at = models.DateTimeField(null=True)
    enqueued_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Its summary."""
        return self.summary


class TrendingSource(models.Model):
    """An address or domain from which a petition was signed remarkably often within one hour."""

    kind = models.CharField(max_length=10)
    """`ip` or `domain`."""
    source = models.CharField(max_length=255)
    petition = models.ForeignKey("Petition", on_delete=models.CASCADE, related_name="trending_sources")
    count = models.PositiveIntegerField()
    starts_at = models.DateTimeField()

    class Meta:
        """One row an hour."""

        constraints = (
            models.UniqueConstraint(
                fields=["kind", "source", "petition", "starts_at"], name="petitions_trending_source_once"
            ),
        )

    def __str__(self) -> str:
        """When."""
        return f"{self.kind} at {self.starts_at:%Y-%m-%d %H}"
