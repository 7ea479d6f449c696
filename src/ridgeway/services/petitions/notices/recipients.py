"""To whom mailings go, a chunk at a time, in the order of signatures.

Law: only to who confirmed, asked for it, and was not anonymised. A person with several signatures gets what is said
once a person under the first of them.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from ridgeway.office.notices import Mailing, Recipient
from ridgeway.services.petitions.models import Signature
from ridgeway.services.petitions.notices.about import SIGNATURE
from ridgeway.services.petitions.states import SignatureRole, SignatureState, State

CREATORS, SIGNERS = "creators", "signers"
"""To whom a mail about the election goes: each gets one of their own."""


def subscribers() -> "QuerySet[Signature]":
    """Everybody who confirmed and wants to hear more."""
    return Signature.objects.filter(state=SignatureState.VALIDATED, wants_updates=True, anonymized_at=None)


def read_chunk(rows: "QuerySet[Signature]", after_key: str, limit: int) -> Sequence[Recipient]:
    """The next recipients of some signatures."""
    after = int(after_key.removeprefix(SIGNATURE) or 0)
    found = rows.filter(pk__gt=after).order_by("pk").values_list("pk", "email", "language")[:limit]
    return [Recipient(f"{SIGNATURE}{number}", address, language) for number, address, language in found]


def find_petition_id(mailing: Mailing) -> int:
    """The petition that a mailing is about."""
    return int(mailing.subject.rpartition(":")[2])


def list_subscribers(mailing: Mailing, after_key: str, limit: int) -> Sequence[Recipient]:
    """The creator and all signers of a petition who asked for it."""
    return read_chunk(subscribers().filter(petition_id=find_petition_id(mailing)), after_key, limit)


def list_shot_at(mailing: Mailing, after_key: str, limit: int) -> Sequence[Recipient]:
    """The same, in some constituencies only where the letter names them."""
    rows = subscribers().filter(petition_id=find_petition_id(mailing))
    codes = mailing.payload.get("constituency_codes") or []
    return read_chunk(rows.filter(constituency__code__in=codes) if codes else rows, after_key, limit)


def once_a_person(rows: "QuerySet[Signature]") -> "QuerySet[Signature]":
    """Of the signatures of one person the first."""
    earlier = rows.filter(canonical_email=OuterRef("canonical_email"), pk__lt=OuterRef("pk"))
    return rows.filter(~Exists(earlier))


def in_open_petitions(rows: "QuerySet[Signature]", whom: str) -> "QuerySet[Signature]":
    """Of some signatures those under petitions that are open: of `creators`, of `signers`, or of both."""
    rows = rows.filter(petition__state=State.OPEN, petition__archived_at=None)
    if whom == CREATORS:
        return rows.filter(role=SignatureRole.CREATOR)
    return rows.exclude(role=SignatureRole.CREATOR) if whom == SIGNERS else rows


def list_signers_of_open(mailing: Mailing, after_key: str, limit: int) -> Sequence[Recipient]:
    """Each person who wants to hear of a petition that is open, once."""
    rows = in_open_petitions(subscribers(), str(mailing.payload.get("whom", "")))
    return read_chunk(once_a_person(rows), after_key, limit)


def list_everybody_once(mailing: Mailing, after_key: str, limit: int) -> Sequence[Recipient]:
    """Each person whose address is kept, once; since a day where the mailing names one."""
    rows = Signature.objects.filter(state=SignatureState.VALIDATED, anonymized_at=None)
    since = mailing.payload.get("since")
    if since:
        rows = rows.filter(validated_at__gte=datetime.fromisoformat(since))
    return read_chunk(once_a_person(rows), after_key, limit)
