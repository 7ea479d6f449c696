"""A version taken up to be changed: locked, and with the audit line that its change must have."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ridgeway.errors import RequestError
from ridgeway.office.audit.append import append_entry
from ridgeway.office.people.actor import Actor
from ridgeway.services.assessments.models import Version
from ridgeway.services.assessments.states import Event, State, get_next

SERVICE_NAME = "the service"


class UnknownVersionError(RequestError):
    """There is no such version."""

    who = "whoever asked"
    status = 404


class RefusedError(RequestError):
    """The act is not possible now; the detail says why, to a person."""

    who = "whoever asked"
    status = 409


@dataclass(frozen=True, slots=True)
class Doer:
    """Who acts, and when; `actor` is None for the operator by a command and for the service's own duties."""

    actor: Actor | None
    now: datetime
    name: str = SERVICE_NAME

    @property
    def account_id(self) -> int | None:
        """The account, where a person acts at the desk."""
        return self.actor.account_id if self.actor else None

    @property
    def shown_name(self) -> str:
        """Their name."""
        return self.actor.name if self.actor else self.name

    def note(self, act: str, version: Version, *, reason: str = "", details: Mapping[str, Any] | None = None) -> None:
        """The audit line of the act; within its transaction."""
        append_entry(
            self.shown_name,
            f"assessments.{act}",
            f"assessment:{version.package}",
            now=self.now,
            account_id=self.account_id,
            reason=reason,
            details={"version": version.version, "digest": version.digest} | dict(details or {}),
        )


def lock_version(version_id: int) -> Version:
    """The version, which nobody else changes until the transaction ends.

    Raises:  UnknownVersionError.
    """
    found = Version.objects.select_for_update().defer("archive", "compiled").filter(pk=version_id).first()
    if found is None:
        raise UnknownVersionError("unknown_version", f"There is no version {version_id}.", action="Look in the list.")
    return found


def move(version: Version, event: Event) -> None:
    """The version is in the state that follows; to be saved by the caller.

    Raises:  StateError.
    """
    version.state = get_next(State(version.state), event)
