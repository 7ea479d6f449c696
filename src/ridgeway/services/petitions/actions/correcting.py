"""The name and the mail address of a petition's creator, put right by staff.

Law: the address has its canonical form of the rules that hold now; the audit line says which of the two was changed and
neither what it was nor what it is.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from ridgeway.errors import RequestError
from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.opening import Doer, lock_petition
from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.queries.guard import read_domains


class CorrectionError(RequestError):
    """Something that cannot be put right so."""


@transaction.atomic
def correct_creator(petition_id: int, *, name: str, email: str, actor: Actor, now: datetime) -> Petition:
    """The creator is called so and reached there.

    Raises:  UnknownPetitionError; CorrectionError where there is no creator any more, or somebody has signed just so.
    """
    petition = lock_petition(petition_id)
    creator = petition.creator
    if creator is None or creator.anonymized_at is not None:
        raise CorrectionError("conflict", "The creator of this petition is anonymous.", action="Leave it so.")
    before = {"name": creator.name, "email": creator.email}
    changed = sorted(field for field, value in {"name": name, "email": email}.items() if before[field] != value)
    if not changed:
        return petition
    creator.name, creator.email, creator.updated_at = name, email, now
    creator.canonical_email = read_domains().canonicalise(email)
    try:
        with transaction.atomic():
            creator.save(update_fields=["name", "email", "canonical_email", "updated_at"])
    except IntegrityError as error:
        raise CorrectionError(
            "conflict", "Somebody with this name and address has signed already.", action="Look at the signatures."
        ) from error
    petition.updated_at = now
    petition.save(update_fields=["updated_at"])
    Doer(actor, now).note("correct_creator", petition, details={"fields": changed})
    return petition
