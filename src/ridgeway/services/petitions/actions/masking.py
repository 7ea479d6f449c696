"""The creator of a petition that nobody may see any more is made anonymous, when that is asked for.

Law: only of a petition that is hidden or removed; the signature goes on counting.
"""

from datetime import datetime

from django.db import transaction

from ridgeway.office.notices.retention import forget_recipient
from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.anonymising import anonymise_signatures
from ridgeway.services.petitions.actions.opening import Doer, lock_petition
from ridgeway.services.petitions.models import Petition, Signature
from ridgeway.services.petitions.states import SignatureRole, State, StateError

MASKABLE = frozenset({State.HIDDEN, State.REMOVED})


def may_mask(petition: Petition) -> bool:
    """Whether its creator may be made anonymous now."""
    creator = petition.creator
    return petition.state in MASKABLE and creator is not None and creator.anonymized_at is None


@transaction.atomic
def mask_creator(petition_id: int, *, actor: Actor, now: datetime) -> Petition:
    """Nothing says any more who started the petition.

    Raises:  UnknownPetitionError; StateError(conflict) while the petition may be seen.
    """
    petition = lock_petition(petition_id)
    if not may_mask(petition):
        raise StateError(
            "conflict",
            f"The creator of a petition that is {petition.state} cannot be made anonymous, or is so already.",
            action="Hide or remove the petition first.",
        )
    creators = Signature.objects.filter(petition=petition, role=SignatureRole.CREATOR)
    anonymise_signatures(creators, now=now)
    forget_recipient(f"signature:{petition.creator_id}", now=now)
    petition.updated_at = now
    petition.save(update_fields=["updated_at"])
    Doer(actor, now).note("mask_creator", petition)
    return petition
