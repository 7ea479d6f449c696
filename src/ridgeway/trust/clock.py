"""The one place of this room that reads the clock; everything else is given the time.

Law: aware UTC, always.
"""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def read_clock() -> datetime:
    """The time now."""
    return datetime.now(UTC)  # noqa: TID251  the room's clock
