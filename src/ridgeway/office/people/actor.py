"""The person who acts, as every page and verb of a desk sees them.

Law: an actor is a value, read anew for each request; what it may do was true when the request came in.
"""

from dataclasses import dataclass
from typing import Final

SIGNED_IN: Final = "people.signed_in"
"""What each person who is signed in may do: see their own account."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, with all that their roles permit."""

    account_id: int
    name: str
    email: str
    permissions: frozenset[str]


def may(actor: Actor | None, permission: str) -> bool:
    """Whether `actor` is permitted to do this; nobody (None) is permitted anything."""
    return actor is not None and permission in actor.permissions
