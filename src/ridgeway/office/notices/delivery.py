"""Where mail goes, and what becomes of handing one over.

Law: a delivery says of each mail exactly one of three things. What it says of itself (no server answers, the folder
cannot be written) it raises: then no mail was at fault, and none is held responsible. Next: `folder.py`, `smtp.py`.
"""

from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from ridgeway.office.notices.mails import Envelope


@dataclass(frozen=True, slots=True)
class Delivered:
    """It is in the hands of the mail server, or a finished file."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never be taken; `note` says why, without address or text."""

    note: str


@dataclass(frozen=True, slots=True)
class Postponed:
    """It may be taken later; `note` says why it was not."""

    note: str


Handover = Delivered | Refused | Postponed


class Delivery(Protocol):
    """Open within `with`; used by one thread."""

    @property
    def is_repeatable(self) -> bool:
        """Whether handing the same mail over twice leaves one."""

    def hand_over(self, envelope: Envelope) -> Handover:
        """Hand one mail over, in bounded time.

        Raises:  WorldError(mail_unavailable) when no mail at all can be handed over now.
        """

    def finish(self) -> None:
        """What was handed over since the last time is durable.

        Raises:  WorldError(mail_unavailable); then none of it may count as delivered.
        """

    def __enter__(self) -> Self:
        """Nothing is opened before it is needed."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Connections are closed."""
