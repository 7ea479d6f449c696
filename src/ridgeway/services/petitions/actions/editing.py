"""What staff keep beside petitions: reasons for rejection, tags, departments, topics, and the pages that they write.

Law: one transaction and one audit line. A reason that was used is never deleted. What else is deleted is taken off
every petition that has it, archived ones too.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction

from ridgeway.errors import RequestError
from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.opening import Doer
from ridgeway.services.petitions.models import Department, Page, Petition, RejectionReason, Tag, Topic

Subject = RejectionReason | Tag | Department | Topic
KINDS: Mapping[str, type[Subject]] = {
    "reasons": RejectionReason,
    "tags": Tag,
    "departments": Department,
    "topics": Topic,
}
SHOWN = frozenset({"departments", "topics"})
"""What readers see of a petition: its deletion changes the petition for them."""


class EditingError(RequestError):
    """Something that cannot be changed so."""


def find_petitions(kind: str, pk: int) -> "models.QuerySet[Petition]":
    """The petitions that have it."""
    return Petition.objects.filter(**{"rejection_reason" if kind == "reasons" else kind: pk})


@transaction.atomic
def keep_subject(kind: str, subject: Subject, values: Mapping[str, Any], *, actor: Actor, now: datetime) -> Subject:
    """One of a kind is added, or changed: what petitions show of it is new.

    Raises:  EditingError when there is one of that name or code already.
    """
    is_new = subject.pk is None
    changed = sorted(name for name, value in values.items() if is_new or getattr(subject, name) != value)
    for name, value in values.items():
        setattr(subject, name, value)
    try:
        with transaction.atomic():
            subject.save()
    except IntegrityError as error:
        raise EditingError("conflict", "There is one of that name already.", action="Choose another.") from error
    if kind in SHOWN and not is_new and changed:
        find_petitions(kind, subject.pk).update(updated_at=now)
    act = "add" if is_new else "change"
    Doer(actor, now).note(f"{kind}.{act}", f"{kind}:{subject.pk}", details={"fields": changed, "name": str(subject)})
    return subject


@transaction.atomic
def delete_subject(kind: str, pk: int, *, actor: Actor, now: datetime) -> int:
    """It is gone, and off every petition; how many had it.

    Raises:  EditingError for a reason that was used, or what is not there.
    """
    subject = KINDS[kind].objects.select_for_update().filter(pk=pk).first()
    if subject is None:
        raise EditingError("unknown", "It is not there any more.", action="Look at the list.")
    having = find_petitions(kind, pk)
    count = having.count()
    if kind == "reasons" and count:
        raise EditingError(
            "conflict",
            f"{count} petitions were rejected for this reason, so it cannot be deleted.",
            action="Change its words instead.",
        )
    if kind in SHOWN:
        having.update(updated_at=now)
    Doer(actor, now).note(f"{kind}.delete", f"{kind}:{pk}", details={"name": str(subject), "petitions": count})
    subject.delete()
    return count


@transaction.atomic
def keep_page(page: Page, values: Mapping[str, Any], *, actor: Actor, now: datetime) -> Page:
    """The page is written so.

    Raises:  EditingError when that address has a page in that language already.
    """
    is_new = page.pk is None
    changed = sorted(name for name, value in values.items() if is_new or getattr(page, name) != value)
    for name, value in values.items():
        setattr(page, name, value)
    page.updated_at = now
    try:
        with transaction.atomic():
            page.save()
    except IntegrityError as error:
        raise EditingError("conflict", "There is such a page already.", action="Change that one.") from error
    act = "add" if is_new else "change"
    details = {"fields": changed, "slug": page.slug, "language": page.language}
    Doer(actor, now).note(f"pages.{act}", f"page:{page.pk}", details=details)
    return page
