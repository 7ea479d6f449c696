"""What one asks of the audit log."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Filters:
    """Which lines are wanted; what is empty does not matter.

    `act` and `subject` match from their beginning (`petitions.`, `petition:700001`), `who` and `text` anywhere.

    Units:   `since` and `until` are aware UTC; `until` is not in it.
    """

    who: str = ""
    act: str = ""
    subject: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
