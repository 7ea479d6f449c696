"""Six months after a Parliament's end its signers are nobody any more; how many they were, and from where, stays.

Law: petitions that must be kept as they are (`do_not_anonymize`) are left, and everything after them is done all the
same. Some signatures in each transaction; stopped at any moment, it goes on where it was. What was to be mailed to them
is forgotten with them.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import CharField, F, QuerySet, Subquery, Value
from django.db.models.expressions import OuterRef
from django.db.models.functions import Cast, Coalesce, Concat

from ridgeway.office.notices.tables import notices
from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.dissolving import lock_parliament, require, subject_of_parliament
from ridgeway.services.petitions.actions.opening import Doer
from ridgeway.services.petitions.models import Constituency, Parliament, Petition, Signature
from ridgeway.services.petitions.operating.progress import SILENT, Progress

KEPT = timedelta(days=183)
CHUNK = 1000
PETITIONS = 100
NAME, DOMAIN = "Anonymous", "@anonymous.invalid"


def anonymise_due(*, now: datetime, progress: Progress = SILENT) -> int:
    """The signers of every archived Parliament that ended six months ago are anonymous; how many signatures it took."""
    due = Parliament.objects.exclude(archived_at=None).filter(anonymized_at=None, dissolution_at__lte=now - KEPT)
    return sum(anonymise_parliament(parliament, now=now, progress=progress) for parliament in due.order_by("pk"))


def require_anonymisable(parliament_id: int, *, now: datetime) -> Parliament:
    """The Parliament, where its signers may be made anonymous.

    Raises:  ParliamentError.
    """
    with transaction.atomic():
        parliament = lock_parliament(parliament_id)
    require(parliament, parliament.archived_at, "archive it first.")
    ended = parliament.dissolution_at
    require(parliament, ended and ended + KEPT <= now, "its signers become anonymous six months after its end.")
    return parliament


def anonymise_parliament(
    parliament: Parliament, *, now: datetime, progress: Progress = SILENT, actor: Actor | None = None
) -> int:
    """The signers of its petitions, but for those to be kept, are anonymous; how many signatures that took."""
    left = Petition.objects.filter(parliament=parliament, anonymized_at=None, do_not_anonymize=False).order_by("pk")
    total, done = Signature.objects.filter(petition__in=left, anonymized_at=None).count(), 0
    while not progress.is_stopped and (ids := list(left.values_list("pk", flat=True)[:PETITIONS])):
        for number in anonymise_petitions(ids, now=now, progress=progress):
            done += number
            progress.report(done, total)
    if progress.is_stopped:
        return done
    with transaction.atomic():
        locked = lock_parliament(parliament.pk)
        if locked.anonymized_at is None:
            locked.anonymized_at = now
            locked.save(update_fields=["anonymized_at"])
            kept = Petition.objects.filter(parliament=parliament, do_not_anonymize=True).count()
            Doer(actor, now).note("anonymise", subject_of_parliament(locked), details={"kept": kept})
    return done


def anonymise_petitions(petition_ids: list[int], *, now: datetime, progress: Progress = SILENT) -> Iterator[int]:
    """The signers of these petitions are anonymous, then the petitions say so; how many signatures each step took."""
    known = Signature.objects.filter(petition_id__in=petition_ids, anonymized_at=None)
    while not progress.is_stopped and (ids := list(known.values_list("pk", flat=True)[:CHUNK])):
        with transaction.atomic():
            number = anonymise_signatures(Signature.objects.filter(pk__in=ids), now=now)
            forget_notices(ids)
        yield number
    if not progress.is_stopped:
        Petition.objects.filter(pk__in=petition_ids).update(anonymized_at=now)


def anonymise_signatures(signatures: "QuerySet[Signature]", *, now: datetime) -> int:
    """These say nothing of a person any more; in the caller's transaction. They count as before."""
    nobody = Concat(Cast(F("pk"), CharField()), Value(DOMAIN))
    example = Constituency.objects.filter(pk=OuterRef("constituency")).values("example_postcode")[:1]
    values: dict[str, Any] = {
        "name": NAME,
        "email": nobody,
        "canonical_email": nobody,
        "postcode": Coalesce(Subquery(example), Value("")),
        "ip": None,
        "confirmed_ip": None,
        "source": "",
        "wants_updates": False,
        "confirm_token": "",
        "signed_token": "",
        "unsubscribe_token": "",
        "nonce": "",
        "anonymized_at": now,
        "updated_at": now,
    }
    return signatures.update(**values)


def forget_notices(signature_ids: list[int]) -> None:
    """No notice says where these people were reached; their state as notices was settled long ago."""
    keys = [f"signature:{each}" for each in signature_ids]
    notices().filter(recipient_key__in=keys).exclude(address="").update(address="", payload="{}")
