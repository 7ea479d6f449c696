"""A duty: something a room or service has to do by the clock, as its plate declares it.

Law: pure. The function is named, not imported, so that a plate can be read without Django. Next: `clock.py`.
"""

import re
from dataclasses import dataclass

NAME = re.compile(r"[a-z][a-z0-9]*(?:[._-][a-z0-9]+)+")
CLOCK_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
MAX_NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Duty:
    """Run `function` every day at a time on the wall clock, or again and again after a pause.

    Shapes:  `name` is `room.verb`; `function` is a dotted path to `(now: datetime) -> str`, which returns one line
             about what was done (no personal data in it).
    Units:   `daily_at` is "HH:MM" in the time zone of the site; `every_seconds` counts from start to start.
    Raises:  ValueError when it names no time, or two.
    """

    name: str
    function: str
    daily_at: str = ""
    every_seconds: int = 0

    def __post_init__(self) -> None:
        """A duty that nobody could run is refused where it is written."""
        if not NAME.fullmatch(self.name) or len(self.name) > MAX_NAME_LENGTH:
            raise ValueError(f"a duty is named like petitions.close, not {self.name!r}")
        if self.function.count(".") < 1:
            raise ValueError(f"the duty {self.name} names its function by a dotted path, not {self.function!r}")
        if bool(self.daily_at) == bool(self.every_seconds):
            raise ValueError(f"the duty {self.name} needs daily_at or every_seconds, and not both")
        if self.daily_at and not CLOCK_TIME.fullmatch(self.daily_at):
            raise ValueError(f"the duty {self.name} runs daily_at a time like 07:30, not {self.daily_at!r}")
        if self.every_seconds < 0:
            raise ValueError(f"the duty {self.name} runs every so many seconds, not {self.every_seconds}")
