"""Who renders which kind of notice, and who knows its recipients.

Law: the owner of a kind registers it when its package is imported; a kind has one owner. Next: `values.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ridgeway.office.notices.values import Mail, Mailing, Notice, Recipient

Render = Callable[[Notice], Mail | None]
ReadRecipients = Callable[[Mailing, str, int], Sequence[Recipient]]


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of a kind of notice."""

    name: str
    render: Render
    recipients: ReadRecipients | None = None


kinds: dict[str, Kind] = {}


def register(kind: str, *, render: Render, recipients: ReadRecipients | None = None) -> None:
    """Notices of `kind` are rendered by `render`; a mailing of it goes to those whom `recipients` returns.

    Shapes:  `recipients(mailing, after_key, limit)` gives at most `limit` recipients that come after the one with
             `after_key` ("" at first) in an order of its own that does not change; none means that there are no more.
    Raises:  ValueError when another owner has this kind.
    """
    known = kinds.get(kind)
    new = Kind(kind, render, recipients)
    if known is not None and known != new:
        raise ValueError(f"the kind of notice {kind} is registered twice")
    kinds[kind] = new


def find_kind(name: str) -> Kind | None:
    """The kind of this name, when its owner is installed."""
    return kinds.get(name)
