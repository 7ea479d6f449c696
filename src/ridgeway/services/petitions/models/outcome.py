"""What became of a petition: the government's response, the debate, other business; and acts that two must agree to."""

from django.conf import settings
from django.db import models

from ridgeway.services.petitions.models.petition import Petition


class GovernmentResponse(models.Model):
    """The government's answer."""

    petition = models.OneToOneField(Petition, on_delete=models.CASCADE, related_name="government_response")
    responded_on = models.DateField()
    summary = models.CharField(max_length=500)
    details = models.TextField(blank=True)
    """Markdown."""
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        """Its summary."""
        return self.summary


class DebateOutcome(models.Model):
    """Whether a petition was debated, and where to see it; `debated` false: the committee declined."""

    petition = models.OneToOneField(Petition, on_delete=models.CASCADE, related_name="debate_outcome")
    debated = models.BooleanField(default=True)
    debated_on = models.DateField(null=True)
    overview = models.TextField(blank=True)
    transcript_url = models.URLField(max_length=500, blank=True)
    video_url = models.URLField(max_length=500, blank=True)
    debate_pack_url = models.URLField(max_length=500, blank=True)
    public_engagement_url = models.URLField(max_length=500, blank=True)
    debate_summary_url = models.URLField(max_length=500, blank=True)
    image = models.BinaryField(null=True)
    """JPEG, checked; in the row, for processes that share no disk."""
    image_digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        """Of which petition."""
        return f"debate of petition {self.petition_id}"


class OtherBusiness(models.Model):
    """Anything else that Parliament did about a petition."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="other_business")
    subject = models.CharField(max_length=150)
    body = models.TextField()
    """Markdown."""
    occurred_on = models.DateField()
    mailed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        """Its subject."""
        return self.subject


class Mailshot(models.Model):
    """A letter to those in some constituencies who signed a petition and want to hear of it."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="mailshots")
    constituency_codes = models.JSONField(default=list)
    """Empty: everywhere."""
    subject = models.CharField(max_length=150)
    body = models.TextField()
    mailed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        """Its subject."""
        return self.subject


class Proposal(models.Model):
    """An act that waits for a second person: hiding, removing."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="proposals")
    act = models.CharField(max_length=20)
    details = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)
    """`agreed`, `declined` or `withdrawn`; empty while it waits."""

    class Meta:
        """One of a kind waits at a time."""

        constraints = (
            models.UniqueConstraint(
                fields=["petition", "act"], condition=models.Q(outcome=""), name="petitions_one_proposal_an_act"
            ),
        )

    def __str__(self) -> str:
        """What, and of which petition."""
        return f"{self.act} petition {self.petition_id}"
