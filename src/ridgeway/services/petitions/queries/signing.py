"""What a page asks of a petition before somebody signs or supports it."""

from django.utils.crypto import constant_time_compare

from ridgeway.services.petitions.models import Constituency, Petition, Postcode, Signature, SiteSettings
from ridgeway.services.petitions.rules.closing import clip_deadline
from ridgeway.services.petitions.rules.postcodes import tidy_postcode
from ridgeway.services.petitions.rules.signing import Signable
from ridgeway.services.petitions.states import SignatureRole, SignatureState, State


def describe_signable(petition: Petition, site: SiteSettings) -> Signable:
    """All of `petition` that decides about signing."""
    dissolution_at = petition.parliament.dissolution_at if petition.parliament is not None else None
    closes_at = petition.closes_at
    return Signable(
        state=State(petition.state),
        deadline=None if closes_at is None else clip_deadline(closes_at, dissolution_at),
        closed_at=petition.closed_at,
        accepts_signatures=site.accepts_signatures,
        sponsors=count_sponsors(petition),
        max_sponsors=site.maximum_sponsors,
    )


def count_sponsors(petition: Petition) -> int:
    """How many sponsors are confirmed; nobody asks once the petition is published."""
    if petition.opened_at is not None:
        return 0
    confirmed = Signature.objects.filter(petition=petition, state=SignatureState.VALIDATED)
    return confirmed.filter(role=SignatureRole.SPONSOR).count()


def count_needed(petition: Petition, site: SiteSettings) -> int:
    """How many more must support it before it is checked; the creator counts without being asked."""
    return max(0, site.threshold_for_moderation + 1 - max(1, petition.signature_count))


def is_token_of(token: str, kept: str) -> bool:
    """Whether the two secrets are the same; an empty one is nobody's."""
    return bool(kept) and constant_time_compare(token, kept)


def list_constituencies_of(signature: Signature, *, home_code: str) -> list[Constituency]:
    """Where the signer votes: the constituencies in force of the postcode, of which there may be several or none."""
    if signature.country_code != home_code:
        return []
    codes = Postcode.objects.filter(key=tidy_postcode(signature.postcode)).values("constituency_code")
    found = list(Constituency.objects.filter(code__in=codes, ends_on=None).order_by("name"))
    return found or ([signature.constituency] if signature.constituency is not None else [])
