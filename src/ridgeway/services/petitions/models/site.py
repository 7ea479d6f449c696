"""What staff set for the whole site, the pages that they write, and what visitors leave: drafts and feedback.

Law: one row of `SiteSettings`, read through `queries.site.read_site`. A draft lives a day.
"""

from django.db import models

COLOURS = ["default", "green", "red", "amber", "grey"]


class SiteSettings(models.Model):
    """One row."""

    title = models.CharField(max_length=100, default="Petitions")
    parliament_name = models.CharField(max_length=100, default="Parliament")
    government_name = models.CharField(max_length=100, default="Government")
    country_code = models.CharField(max_length=3, default="GB")
    """Whose residents have postcodes and constituencies."""
    mail_from = models.CharField(max_length=255, blank=True)
    """Empty: the setting `web.mail_from`."""
    reply_to = models.CharField(max_length=255, blank=True)
    team_mailbox = models.CharField(max_length=255, blank=True)
    """Where previews, copies and feedback go."""
    minimum_sponsors = models.PositiveSmallIntegerField(default=5)
    maximum_sponsors = models.PositiveSmallIntegerField(default=20)
    threshold_for_moderation = models.PositiveSmallIntegerField(default=5)
    threshold_for_response = models.PositiveIntegerField(default=10_000)
    threshold_for_debate = models.PositiveIntegerField(default=100_000)
    petition_duration_months = models.PositiveSmallIntegerField(default=6)
    moderation_delay_threshold = models.PositiveIntegerField(default=500)
    moderation_near_overdue_days = models.PositiveSmallIntegerField(default=11)
    moderation_overdue_days = models.PositiveSmallIntegerField(default=14)
    needs_four_eyes = models.BooleanField(default=True)

    is_public = models.BooleanField(default=True)
    """False: a page with 503, but for those with the password."""
    access_user = models.CharField(max_length=60, blank=True)
    access_password = models.CharField(max_length=255, blank=True)
    """Hashed; with a name, every visitor is asked for both."""
    accepts_petitions = models.BooleanField(default=True)
    accepts_signatures = models.BooleanField(default=True)
    """False: signing is paused; deadlines move a day each day."""
    pause_message = models.TextField(blank=True)
    home_message = models.TextField(blank=True)
    home_message_colour = models.CharField(max_length=10, default="default")
    petition_message = models.TextField(blank=True)
    petition_message_colour = models.CharField(max_length=10, default="default")
    feedback_message = models.TextField(blank=True)
    feedback_message_colour = models.CharField(max_length=10, default="default")
    shows_trending = models.BooleanField(default=True)
    finds_constituencies = models.BooleanField(default=True)
    allows_plus_addresses = models.BooleanField(default=False)
    locks_petitions = models.BooleanField(default=True)
    mails_feedback = models.BooleanField(default=True)
    checks_counts = models.BooleanField(default=True)
    map_url = models.URLField(max_length=500, blank=True)
    link_domains = models.TextField(default="parliament.example")
    """Domains that links of a debate may lead to, one a line."""
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        """Its title."""
        return self.title


class Page(models.Model):
    """A page that staff write: help, standards, privacy, cookies, accessibility."""

    slug = models.SlugField(max_length=60)
    language = models.CharField(max_length=10, default="en")
    title = models.CharField(max_length=100)
    content = models.TextField()
    """Markdown."""
    is_enabled = models.BooleanField(default=True)
    redirect_url = models.URLField(max_length=500, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        """One a language."""

        constraints = (models.UniqueConstraint(fields=["slug", "language"], name="petitions_page_once"),)

    def __str__(self) -> str:
        """Its title."""
        return self.title


class Draft(models.Model):
    """What somebody has written so far of a petition; known to the browser that holds its token."""

    token_digest = models.CharField(max_length=64, unique=True)
    answers = models.JSONField(default=dict)
    petition = models.ForeignKey("Petition", null=True, on_delete=models.CASCADE, related_name="+")
    """What it became: sent twice it is one petition."""
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        """Its number."""
        return f"draft {self.pk}"


class Feedback(models.Model):
    """What a visitor told the team."""

    comment = models.TextField()
    petition_address = models.CharField(max_length=500, blank=True)
    email = models.CharField(max_length=255, blank=True)
    user_agent = models.CharField(max_length=500, blank=True)
    ip = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        """Its number."""
        return f"feedback {self.pk}"
