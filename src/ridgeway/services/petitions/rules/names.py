"""Names of people, in any script.

Law: a name is one line, no formula, and nothing that a mail program would make a link of: whoever signs with another
person's address chooses what that person is greeted with. Two names are the same person's when they are alike without
case, accents and signs; so a household's second signature must differ in more than that.
"""

import re
import unicodedata

from linkify_it.tlds import TLDS

from ridgeway.services.petitions.rules.faults import Fault, Wrong
from ridgeway.services.petitions.rules.texts import find_line_fault

NAME_LIMIT = 255
LINK = re.compile(r"[a-z][a-z0-9+.-]{0,20}://|\bwww\.")
HOST = re.compile(r"[\w-]{2}\.([^\W\d_]{2,24})(?![\w.])|\w\.([^\W\d_]{2,24})[/:?#]")
"""A label, a dot, a top level; one letter is an initial unless a path follows."""
DOTS = str.maketrans({"\u3002": "."})
TOP_LEVELS = frozenset(name.lower() for name in TLDS)


def find_name_fault(name: str) -> Fault | None:
    """What is wrong with a name; None when nothing is."""
    fault = find_line_fault(name, limit=NAME_LIMIT, is_required=True)
    if fault is not None:
        return fault
    return Fault(Wrong.LINK) if has_link(name) else None


def has_link(name: str) -> bool:
    """Whether a mail program may find a web address in the name, however its letters are drawn."""
    plain = unicodedata.normalize("NFKC", name).casefold().translate(DOTS)
    hosts = (found[1] or found[2] for found in HOST.finditer(plain))
    return bool(LINK.search(plain)) or any(top in TOP_LEVELS for top in hosts)


def slugify_name(name: str) -> str:
    """The letters and digits of a name without case and accents, its parts joined by `-`; any script stays itself."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    kept = (letter if letter.isalnum() else " " for letter in plain if not unicodedata.category(letter).startswith("M"))
    return "-".join("".join(kept).split()) or " ".join(name.split())
