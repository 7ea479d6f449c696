"""Parliaments and the places that signatures come from.

Law: places are data that is imported, never code. A constituency row is one stretch of time of one constituency, so a
redistribution adds rows and old petitions keep theirs. A postcode may lie in several constituencies.
"""

from typing import Any

from django.db import models


class Parliament(models.Model):
    """One sitting of the body that petitions go to; its lines are frozen when it is archived."""

    period = models.CharField(max_length=30, unique=True)
    """As in 2024-2029; also its address."""
    government = models.CharField(max_length=100)
    opening_at = models.DateTimeField(null=True)
    dissolution_at = models.DateTimeField(null=True)
    """When it is dissolved; announced before, when `shows_dissolution`."""
    shows_dissolution = models.BooleanField(default=False)
    dissolution_heading = models.CharField(max_length=200, blank=True)
    dissolution_message = models.TextField(blank=True)
    dissolved_heading = models.CharField(max_length=200, blank=True)
    dissolved_message = models.TextField(blank=True)
    dissolution_faq_url = models.URLField(max_length=500, blank=True)
    registration_closes_at = models.DateTimeField(null=True)
    election_on = models.DateField(null=True)
    notification_cutoff_at = models.DateTimeField(null=True)
    """Creators of unpublished petitions begun after it get a mail when these are stopped."""
    closure_scheduled_at = models.DateTimeField(null=True)
    notified_at = models.DateTimeField(null=True)
    threshold_for_response = models.PositiveIntegerField(null=True)
    threshold_for_debate = models.PositiveIntegerField(null=True)
    petition_duration_months = models.PositiveSmallIntegerField(null=True)
    archiving_started_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    anonymized_at = models.DateTimeField(null=True)
    constituencies: "models.ManyToManyField[Constituency, Any]" = models.ManyToManyField(
        "Constituency", related_name="parliaments"
    )
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        """Its period."""
        return self.period


class Region(models.Model):
    """A group of constituencies."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Constituency(models.Model):
    """One constituency during one stretch of time, and who represents it; no representative is a vacancy."""

    code = models.CharField(max_length=20)
    """The statistical office's code, `ons_code` in the programs' pages."""
    external_id = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=100)
    region = models.ForeignKey(Region, null=True, on_delete=models.PROTECT, related_name="constituencies")
    representative_id = models.CharField(max_length=40, blank=True)
    representative_name = models.CharField(max_length=200, blank=True)
    representative_party = models.CharField(max_length=100, blank=True)
    representative_url = models.URLField(max_length=500, blank=True)
    representative_since = models.DateField(null=True)
    example_postcode = models.CharField(max_length=20, blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)

    class Meta:
        """A code and a slug are unique among those in force."""

        constraints = (
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(ends_on=None), name="petitions_one_current_constituency_a_code"
            ),
            models.UniqueConstraint(
                fields=["slug"], condition=models.Q(ends_on=None), name="petitions_one_current_constituency_a_slug"
            ),
        )

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Country(models.Model):
    """A country that a signer may name."""

    code = models.CharField(max_length=3, unique=True)
    name = models.CharField(max_length=100)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Postcode(models.Model):
    """A postcode lies in a constituency; several rows where it lies in several."""

    key = models.CharField(max_length=12)
    """In capitals, letters and digits alone."""
    constituency_code = models.CharField(max_length=20)

    class Meta:
        """Read by key."""

        constraints = (models.UniqueConstraint(fields=["key", "constituency_code"], name="petitions_postcode_once"),)

    def __str__(self) -> str:
        """The key."""
        return self.key
