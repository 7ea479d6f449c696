"""Which signatures a batch withdraws: those that fit all of its conditions, and are none of a creator."""

from typing import Any

from django.db.models import Q

from ridgeway.services.petitions.models import Invalidation, Signature
from ridgeway.services.petitions.models.expressions import DomainOf
from ridgeway.services.petitions.queries.signatures import Signatures
from ridgeway.services.petitions.rules.postcodes import tidy_postcode
from ridgeway.services.petitions.states import SignatureRole, SignatureState

CONDITIONS = (
    "petition",
    "name",
    "postcode",
    "ip",
    "email",
    "domain",
    "constituency_code",
    "country_code",
    "created_after",
    "created_before",
)
WITHDRAWN = (SignatureState.PENDING, SignatureState.VALIDATED)


def has_condition(batch: Invalidation) -> bool:
    """Whether it says anything at all about what it withdraws."""
    return any(getattr(batch, name if name != "petition" else "petition_id") for name in CONDITIONS)


def match_conditions(batch: Invalidation) -> Signatures:
    """The signatures that fit; none where there is no condition."""
    if not has_condition(batch):
        return Signature.objects.none()
    found = Signature.objects.filter(state__in=WITHDRAWN, petition__archived_at=None, anonymized_at=None)
    found = found.exclude(role=SignatureRole.CREATOR)
    if batch.domain:
        found = found.alias(domain=DomainOf("canonical_email"))
    return found.filter(*list_conditions(batch))


def list_conditions(batch: Invalidation) -> list[Q]:
    """Each condition that is there."""
    given: dict[str, Any] = {
        "petition": batch.petition_id,
        "name__fits": batch.name,
        "postcode": tidy_postcode(batch.postcode),
        "ip__in_network": batch.ip,
        "email__fits": batch.email,
        "domain__fits": batch.domain.removeprefix("@"),
        "constituency__code": batch.constituency_code,
        "country_code": batch.country_code,
        "created_at__gte": batch.created_after,
        "created_at__lte": batch.created_before,
    }
    return [Q(**{name: value}) for name, value in given.items() if value]


def count_matching(batch: Invalidation) -> int:
    """How many it would withdraw now."""
    return match_conditions(batch).count()


def is_over(batch: Invalidation) -> bool:
    """Whether nothing of it is to come."""
    return bool(batch.completed_at or batch.cancelled_at)
