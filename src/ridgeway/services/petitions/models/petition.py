"""A petition, and what is said about it: tags, departments, topics, reasons for rejection.

Law: `state` moves by `states.PETITION` alone, in `actions`; `signature_count` moves in the transaction that moves a
signature, in `writer`. An archived petition stays in its row: `archived_at` is set and its Parliament says which lines
held for it.
"""

from django.conf import settings
from django.db import models

from ridgeway.services.petitions.states import DebateState, ResponseState, State


class RejectionReason(models.Model):
    """Why a petition is refused; one that was used cannot be deleted."""

    code = models.SlugField(max_length=50, unique=True)
    title = models.CharField(max_length=100)
    description = models.TextField()
    """Markdown, shown to the public."""
    is_hidden = models.BooleanField(default=False)
    """Whether a petition refused for it is kept from the public."""
    position = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        """Its title."""
        return self.title


class Tag(models.Model):
    """A moderators' mark."""

    name = models.CharField(max_length=60, unique=True)
    description = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Topic(models.Model):
    """What a petition is about, for the public."""

    code = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Department(models.Model):
    """Who in the government answers."""

    external_id = models.CharField(max_length=40, blank=True)
    acronym = models.CharField(max_length=10, blank=True)
    name = models.CharField(max_length=100, unique=True)
    url = models.URLField(max_length=500, blank=True)
    email = models.EmailField(blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)

    def __str__(self) -> str:
        """Its name."""
        return self.name


def choices_of(states: type[State] | type[ResponseState] | type[DebateState]) -> list[tuple[str, str]]:
    """A field's choices."""
    return [(each.value, each.value) for each in states]


class Petition(models.Model):
    """One petition, from the draft's submission to anonymity."""

    action = models.CharField(max_length=150)
    background = models.CharField(max_length=500)
    additional_details = models.TextField(blank=True)
    committee_note = models.TextField(blank=True)
    language = models.CharField(max_length=10, default="en")
    state = models.CharField(max_length=20, choices=choices_of(State), default=State.PENDING)
    state_at_removal = models.CharField(max_length=20, blank=True)
    response_state = models.CharField(max_length=20, choices=choices_of(ResponseState), default=ResponseState.PENDING)
    debate_state = models.CharField(max_length=20, choices=choices_of(DebateState), default=DebateState.PENDING)
    creator = models.ForeignKey("Signature", null=True, on_delete=models.SET_NULL, related_name="+")
    sponsor_token = models.CharField(max_length=64, unique=True)
    """The creator's private link."""
    signature_count = models.PositiveIntegerField(default=0)
    last_signed_at = models.DateTimeField(null=True)

    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    moderation_threshold_reached_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    """The first time; kept when it is published again."""
    closes_at = models.DateTimeField(null=True)
    """Its deadline, while the dissolution does not come first."""
    closed_at = models.DateTimeField(null=True)
    rejected_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    response_threshold_reached_at = models.DateTimeField(null=True)
    government_response_at = models.DateTimeField(null=True)
    debate_threshold_reached_at = models.DateTimeField(null=True)
    debate_scheduled_at = models.DateTimeField(null=True)
    """When the date was announced."""
    scheduled_debate_date = models.DateField(null=True)
    debate_outcome_at = models.DateTimeField(null=True)
    extension_days = models.PositiveIntegerField(default=0)
    """Days added while signing was paused."""

    rejection_reason = models.ForeignKey(RejectionReason, null=True, on_delete=models.PROTECT, related_name="+")
    rejection_details = models.TextField(blank=True)

    moderated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    moderation_lag_days = models.PositiveIntegerField(null=True)
    locked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    locked_at = models.DateTimeField(null=True)
    notes = models.TextField(blank=True)
    special_consideration = models.BooleanField(default=False)
    do_not_anonymize = models.BooleanField(default=False)
    tags = models.ManyToManyField(Tag, related_name="petitions")
    departments = models.ManyToManyField(Department, related_name="petitions")
    topics = models.ManyToManyField(Topic, related_name="petitions")

    parliament = models.ForeignKey("Parliament", null=True, on_delete=models.PROTECT, related_name="petitions")
    archived_at = models.DateTimeField(null=True)
    anonymized_at = models.DateTimeField(null=True)
    count_checked_at = models.DateTimeField(null=True)

    class Meta:
        """Lists read by state and one order each; the archive by Parliament."""

        indexes = (
            models.Index(fields=["state", "-signature_count", "id"], name="petitions_by_count"),
            models.Index(fields=["-signature_count", "id", "state", "archived_at"], name="petitions_by_signatures"),
            models.Index(fields=["archived_at", "state", "response_state", "debate_state"], name="petitions_by_states"),
            models.Index(fields=["state", "-opened_at"], name="petitions_by_opening"),
            models.Index(fields=["state", "-created_at"], name="petitions_by_creation"),
            models.Index(fields=["response_state", "response_threshold_reached_at"], name="petitions_by_response"),
            models.Index(fields=["debate_state", "debate_threshold_reached_at"], name="petitions_by_debate"),
            models.Index(fields=["parliament", "archived_at", "-signature_count"], name="petitions_archived"),
            models.Index(fields=["state", "closes_at"], name="petitions_by_deadline"),
            models.Index(fields=["state", "moderation_threshold_reached_at"], name="petitions_queue"),
        )

    def __str__(self) -> str:
        """What it asks for."""
        return self.action
