"""A petition taken up to be changed: locked, and with the audit line that its change must have."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ridgeway.errors import RequestError
from ridgeway.office.audit.append import append_entry
from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.models import Petition


class UnknownPetitionError(RequestError):
    """There is no petition of that number."""

    status = 404


@dataclass(frozen=True, slots=True)
class Doer:
    """Who changes a petition, and when; `actor` is None for the service's own duties."""

    actor: Actor | None
    now: datetime

    @property
    def account_id(self) -> int | None:
        """The account, where a person acts."""
        return self.actor.account_id if self.actor else None

    def note(
        self, act: str, petition: Petition | str, *, reason: str = "", details: Mapping[str, Any] | None = None
    ) -> None:
        """The audit line of the act; within its transaction."""
        subject = petition if isinstance(petition, str) else f"petition:{petition.pk}"
        name = self.actor.name if self.actor else "the service"
        append_entry(
            name, f"petitions.{act}", subject, now=self.now, account_id=self.account_id, reason=reason, details=details
        )


def lock_petition(petition_id: int) -> Petition:
    """The petition, which nobody else changes until the transaction ends.

    Raises:  UnknownPetitionError.
    """
    petition = Petition.objects.select_for_update().filter(pk=petition_id).first()
    if petition is None:
        raise UnknownPetitionError(
            "unknown_petition", f"There is no petition {petition_id}.", action="Look for it in the list."
        )
    return petition
