"""What is kept about one person, by their address of mail: all of it told, or all of it erased.

Law: an erased signature goes on counting and says nothing of anybody; one that was never confirmed is gone. The audit
log says that somebody was erased, never who. Nothing is told of anybody else.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from ridgeway.office.notices.retention import forget_recipient
from ridgeway.office.notices.tables import notices
from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.anonymising import anonymise_signatures
from ridgeway.services.petitions.actions.opening import Doer
from ridgeway.services.petitions.models import Draft, Feedback, Petition, Signature
from ridgeway.services.petitions.queries.guard import read_domains
from ridgeway.services.petitions.states import SignatureRole, SignatureState

TOLD = (
    "petition_id",
    "role",
    "state",
    "name",
    "email",
    "postcode",
    "country_code",
    "wants_updates",
    "language",
    "ip",
    "confirmed_ip",
    "created_at",
    "validated_at",
    "invalidated_at",
)
FEEDBACK_TOLD = ("comment", "petition_address", "email", "user_agent", "ip", "created_at")
PETITION_TOLD = ("id", "action", "background", "additional_details", "state", "created_at", "opened_at", "closed_at")


def find_signatures(email: str) -> Any:
    """Every signature with the address, however it was spelled."""
    same = Q(email__iexact=email) | Q(canonical_email=read_domains().canonicalise(email))
    return Signature.objects.filter(same, anonymized_at=None).order_by("pk")


def find_drafts(email: str) -> list[Draft]:
    """Drafts in which the address was typed; there are never more than a day's."""
    return [draft for draft in Draft.objects.order_by("pk") if draft.answers.get("email", "").lower() == email.lower()]


def export_person(email: str) -> dict[str, Any]:
    """All that is kept about the person, as values that JSON holds."""
    signatures = find_signatures(email)
    keys = [f"signature:{each}" for each in signatures.values_list("pk", flat=True)]
    begun = Petition.objects.filter(creator__in=signatures)
    sent = notices().filter(recipient_key__in=keys).order_by("id")
    return {
        "email": email,
        "signatures": list(signatures.values(*TOLD)),
        "petitions": list(begun.order_by("pk").values(*PETITION_TOLD)),
        "mails": list(sent.values("kind", "subject", "state", "created_at_ms", "settled_at_ms")),
        "feedback": list(Feedback.objects.filter(email__iexact=email).order_by("pk").values(*FEEDBACK_TOLD)),
        "drafts": [draft.answers for draft in find_drafts(email)],
    }


@transaction.atomic
def erase_person(email: str, *, actor: Actor | None, now: datetime) -> dict[str, int]:
    """Nothing that is kept says anything of the person any more; how much there was."""
    found = find_signatures(email)
    ids = list(found.values_list("pk", flat=True))
    petitions = list(found.order_by().values_list("petition_id", flat=True).distinct())
    list(Petition.objects.select_for_update().filter(pk__in=petitions).order_by("pk"))
    for signature_id in ids:
        forget_recipient(f"signature:{signature_id}", now=now)
    theirs = Signature.objects.filter(pk__in=ids)
    deleted = theirs.filter(state=SignatureState.PENDING).exclude(role=SignatureRole.CREATOR).delete()[0]
    erased = {
        "signatures": anonymise_signatures(Signature.objects.filter(pk__in=ids), now=now),
        "unconfirmed": deleted,
        "feedback": Feedback.objects.filter(email__iexact=email).delete()[0],
        "drafts": sum(draft.delete()[0] for draft in find_drafts(email)),
    }
    if any(erased.values()):
        Doer(actor, now).note("erase", "person", details=erased)
    Petition.objects.filter(pk__in=petitions).update(updated_at=now)
    return erased
