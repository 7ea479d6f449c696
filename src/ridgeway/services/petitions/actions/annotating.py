"""What staff put to a petition beside decisions: corrected texts, the committee's note, flags, marks and notes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.opening import Doer, lock_petition
from ridgeway.services.petitions.models import Petition

MARKS = ("tags", "departments", "topics")


@transaction.atomic
def correct_text(petition_id: int, values: Mapping[str, Any], *, actor: Actor, now: datetime) -> Petition:
    """The texts and flags are these; the audit line names the fields that changed, not their words."""
    petition = lock_petition(petition_id)
    changed = [name for name, value in values.items() if getattr(petition, name) != value]
    for name in changed:
        setattr(petition, name, values[name])
    if changed:
        petition.updated_at = now
        petition.save(update_fields=[*changed, "updated_at"])
        Doer(actor, now).note("correct_text", petition, details={"fields": sorted(changed)})
    return petition


@transaction.atomic
def annotate(petition_id: int, values: Mapping[str, Any], *, actor: Actor, now: datetime) -> Petition:
    """The marks and notes are these; departments and topics are public, tags and notes are not."""
    petition = lock_petition(petition_id)
    changed = []
    for name in MARKS:
        if name in values and set(getattr(petition, name).all()) != set(values[name]):
            getattr(petition, name).set(values[name])
            changed.append(name)
    if "notes" in values and petition.notes != values["notes"]:
        petition.notes = values["notes"]
        changed.append("notes")
    if changed:
        petition.updated_at = now
        petition.save(update_fields=["notes", "updated_at"])
        Doer(actor, now).note("annotate", petition, details={"fields": changed})
    return petition
