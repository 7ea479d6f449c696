"""What `ridgeway trust explain` finds: one line a matter, good or bad, with the cause and who must act.

Law: a sentence a person can act upon, in plain words, with the value that is wrong.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ridgeway.errors import RidgewayError

OPERATOR = "the operator of this server"


@dataclass(frozen=True, slots=True)
class Finding:
    """One matter: whether it is usable, what is so, and if not: who must act, and how."""

    subject: str
    usable: bool
    detail: str
    who: str = ""
    action: str = ""
    code: str = ""

    @property
    def sentence(self) -> str:
        """The finding as one line."""
        line = f"{'ok ' if self.usable else 'BAD'} {self.subject}: {self.detail}"
        if self.usable:
            return line
        line = line if line.endswith(".") else f"{line}."
        return " ".join(part for part in (line, f"To act: {self.who}." if self.who else "", self.action) if part)


def good(subject: str, detail: str) -> Finding:
    """Something that is usable."""
    return Finding(subject, usable=True, detail=detail)


def bad(subject: str, detail: str, *, who: str = OPERATOR, action: str = "") -> Finding:
    """Something that is not usable."""
    return Finding(subject, usable=False, detail=detail, who=who, action=action)


def refused(subject: str, error: RidgewayError) -> Finding:
    """Something that an error says is not usable."""
    return Finding(subject, usable=False, detail=error.detail, who=error.who, action=error.action, code=error.code)


def describe_span(span: timedelta) -> str:
    """A span of time in its two largest units: `2 h 5 min`."""
    seconds = abs(int(span.total_seconds()))
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"


def describe_moment(moment: datetime, now: datetime) -> str:
    """A moment, and how far from now it is."""
    stamp = f"{moment:%Y-%m-%d %H:%M:%S} UTC"
    span = describe_span(moment - now)
    return f"{stamp} (in {span})" if moment > now else f"{stamp} ({span} ago)"
