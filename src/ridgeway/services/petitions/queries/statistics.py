"""The signatures of one petition in figures: how many in which state, how many addresses twice, who wants updates.

Law: figures alone, no address of anybody. Each is read through an index of the petition's signatures.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count

from ridgeway.services.petitions.models import Petition, Signature
from ridgeway.services.petitions.states import SignatureState


@dataclass(frozen=True, slots=True)
class Statistics:
    """Figures of one petition."""

    by_state: Mapping[str, int]
    subscribers: int
    twice: int
    """Addresses that stand under more than one signature."""

    @property
    def total(self) -> int:
        """All signatures, counted or not."""
        return sum(self.by_state.values())

    @property
    def counted(self) -> int:
        """Those that count."""
        return self.by_state[SignatureState.VALIDATED]

    @property
    def pending_rate(self) -> float:
        """Which part of those who asked for a link has not used it."""
        pending = self.by_state[SignatureState.PENDING]
        asked = pending + self.counted
        return pending / asked if asked else 0.0

    @property
    def subscriber_rate(self) -> float:
        """Which part of those who count wants updates."""
        return self.subscribers / self.counted if self.counted else 0.0


def measure(petition: Petition) -> Statistics:
    """The figures as they are now."""
    signatures = Signature.objects.filter(petition=petition).order_by()
    found = dict(signatures.values_list("state").annotate(Count("pk")))
    repeated = signatures.values("canonical_email").annotate(number=Count("pk")).filter(number__gt=1)
    wanting = signatures.filter(state=SignatureState.VALIDATED, wants_updates=True)
    by_state = {str(state): int(found.get(state, 0)) for state in SignatureState}
    return Statistics(by_state, wanting.count(), repeated.count())
