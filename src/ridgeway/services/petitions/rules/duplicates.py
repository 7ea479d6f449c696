"""Who has signed already: at most two signatures of one address under one petition.

Law: the second only of another name and from the same postcode, which is a household with one address. Nobody is told
on the screen; which mail goes out says it to the one who reads the address's mail.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ridgeway.services.petitions.rules.names import slugify_name
from ridgeway.services.petitions.rules.postcodes import tidy_postcode

MAX_SIGNATURES_AN_ADDRESS = 2


@dataclass(frozen=True, slots=True)
class Signer:
    """What tells one signer of an address from another."""

    name: str
    postcode: str


def find_duplicate(new: Signer, earlier: Sequence[Signer]) -> int | None:
    """Which of the address's `earlier` signatures this one repeats, by its place; None when it is a new one."""
    slug = slugify_name(new.name)
    alike = [at for at, each in enumerate(earlier) if slugify_name(each.name) == slug]
    if alike:
        return alike[0]
    if not earlier:
        return None
    is_household = all(tidy_postcode(each.postcode) == tidy_postcode(new.postcode) for each in earlier)
    return None if is_household and len(earlier) < MAX_SIGNATURES_AN_ADDRESS else 0
