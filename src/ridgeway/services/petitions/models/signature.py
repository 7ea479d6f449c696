"""Signatures and what is counted of them.

Law: a signature is counted exactly while it is `validated`: the row, the petition's count, the places' counts and the
minute's tally move in one transaction, in `writer`. Addresses and names stand here and in the outbox, nowhere else.
"""

from django.db import models
from django.db.models.functions import Lower

from ridgeway.services.petitions.models.expressions import DomainOf
from ridgeway.services.petitions.models.petition import Petition
from ridgeway.services.petitions.models.place import Constituency
from ridgeway.services.petitions.states import PlaceKind, SignatureRole, SignatureState


class Signature(models.Model):
    """One person's signature under one petition."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="signatures")
    role = models.CharField(max_length=10, default=SignatureRole.SIGNER)
    state = models.CharField(max_length=15, default=SignatureState.PENDING)
    name = models.CharField(max_length=255)
    email = models.CharField(max_length=255)
    """As typed; mail goes there."""
    canonical_email = models.CharField(max_length=255)
    """One spelling for all that reach the same person, by the domain table."""
    postcode = models.CharField(max_length=50, blank=True)
    country_code = models.CharField(max_length=3, default="GB")
    constituency = models.ForeignKey(Constituency, null=True, on_delete=models.SET_NULL, related_name="+")
    """Found when it is confirmed."""
    wants_updates = models.BooleanField(default=False)
    language = models.CharField(max_length=10, default="en")
    ip = models.GenericIPAddressField(null=True)
    source = models.CharField(max_length=50, blank=True)
    """What stands for everybody behind that address (`rules.lists.render_source`): limits are counted by it."""
    confirmed_ip = models.GenericIPAddressField(null=True)
    number = models.PositiveIntegerField(null=True)
    """The how-manieth it was when it was counted."""
    confirm_token = models.CharField(max_length=64)
    signed_token = models.CharField(max_length=64)
    unsubscribe_token = models.CharField(max_length=64)
    nonce = models.CharField(max_length=64, blank=True)
    """Of the form that was sent; sent twice it is one signature."""
    mails_sent = models.PositiveSmallIntegerField(default=0)
    invalidation = models.ForeignKey("Invalidation", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    validated_at = models.DateTimeField(null=True)
    invalidated_at = models.DateTimeField(null=True)
    anonymized_at = models.DateTimeField(null=True)

    class Meta:
        """Found by petition and state, by address, by where it came from."""

        constraints = (
            models.UniqueConstraint("petition", Lower("email"), "name", name="petitions_signature_once"),
            models.UniqueConstraint(
                fields=["petition", "nonce"], condition=~models.Q(nonce=""), name="petitions_form_once"
            ),
            models.UniqueConstraint(
                fields=["petition"], condition=models.Q(role="creator"), name="petitions_one_creator"
            ),
        )
        indexes = (
            models.Index(fields=["petition", "state", "id"], name="petitions_sig_by_state"),
            models.Index(fields=["petition", "canonical_email"], name="petitions_sig_by_person"),
            models.Index(fields=["canonical_email"], name="petitions_sig_by_address"),
            models.Index(fields=["source", "petition", "created_at"], name="petitions_sig_by_source"),
            models.Index(fields=["ip", "created_at"], name="petitions_sig_by_ip"),
            models.Index(fields=["created_at"], name="petitions_sig_by_time"),
            models.Index(fields=["validated_at"], name="petitions_sig_by_validation"),
            models.Index(fields=["postcode"], name="petitions_sig_by_postcode"),
            models.Index(DomainOf("canonical_email"), "created_at", name="petitions_sig_by_domain"),
            models.Index(Lower("name"), "created_at", name="petitions_sig_by_name"),
        )

    def __str__(self) -> str:
        """Its number; never the name."""
        return f"signature {self.pk}"


class PlaceCount(models.Model):
    """How many validated signatures of a petition come from one place."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="place_counts")
    kind = models.CharField(max_length=15, choices=[(each.value, each.value) for each in PlaceKind])
    code = models.CharField(max_length=20)
    """A constituency's or a country's."""
    count = models.PositiveIntegerField(default=0)

    class Meta:
        """One row a petition and place; a place's petitions by count."""

        constraints = (models.UniqueConstraint(fields=["petition", "kind", "code"], name="petitions_place_once"),)
        indexes = (models.Index(fields=["kind", "code", "-count"], name="petitions_place_by_count"),)

    def __str__(self) -> str:
        """Where."""
        return f"{self.kind} {self.code}"


class Tally(models.Model):
    """How many signatures of a petition were validated in one minute."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="tallies")
    minute_at = models.DateTimeField()
    count = models.IntegerField(default=0)

    class Meta:
        """One row a petition and minute; the last hour of all."""

        constraints = (models.UniqueConstraint(fields=["petition", "minute_at"], name="petitions_tally_once"),)
        indexes = (models.Index(fields=["minute_at"], name="petitions_tally_by_minute"),)

    def __str__(self) -> str:
        """When."""
        return f"{self.minute_at:%Y-%m-%d %H:%M}"
