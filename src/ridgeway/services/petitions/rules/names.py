"""Names of people, in any script.

Law: a name is one line, no formula and no link. Two names are the same person's when they are alike without case,
accents and signs; so a household's second signature must differ in more than that.
"""

import re
import unicodedata

from ridgeway.services.petitions.rules.faults import Fault, Wrong
from ridgeway.services.petitions.rules.texts import find_line_fault

NAME_LIMIT = 255
LINK = re.compile(r"[a-z][a-z0-9+.-]{0,20}://|\bwww\.", re.IGNORECASE)


def find_name_fault(name: str) -> Fault | None:
    """What is wrong with a name; None when nothing is."""
    fault = find_line_fault(name, limit=NAME_LIMIT, is_required=True)
    if fault is not None:
        return fault
    return Fault(Wrong.LINK) if LINK.search(name) else None


def slugify_name(name: str) -> str:
    """The letters and digits of a name without case and accents, its parts joined by `-`; any script stays itself."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    kept = (letter if letter.isalnum() else " " for letter in plain if not unicodedata.category(letter).startswith("M"))
    return "-".join("".join(kept).split()) or " ".join(name.split())
