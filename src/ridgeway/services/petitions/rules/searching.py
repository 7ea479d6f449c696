"""What staff look for among signatures: one line of text, read as one of seven kinds.

Law: a kind is decided by what the text looks like, unless the person has said which it is. Pure.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ridgeway.services.petitions.rules.addresses import encode_domain
from ridgeway.services.petitions.rules.lists import parse_network
from ridgeway.services.petitions.rules.postcodes import tidy_postcode

MAX_TEXT = 255
SECTOR = re.compile(r"(?P<start>[A-Z0-9]{1,9}?)(?P<rest>X{2,3}|\*)")
MAX_DIGITS = 18


class Kind(StrEnum):
    """By what a signature is found."""

    NETWORK = "network"
    DOMAIN = "domain"
    EMAIL = "email"
    PETITION = "petition"
    SECTOR = "sector"
    POSTCODE = "postcode"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for.

    Shapes:  `value` is a network, a domain, an address as typed, a number, a tidied postcode or its beginning, a name;
             `rest` is how many letters follow the beginning of a postcode, None for any.
    """

    kind: Kind
    value: str
    rest: int | None = None


def read_search(text: str, by: str = "") -> Search | None:
    """What the text asks for; None where it cannot be that, or is nothing."""
    text = " ".join(text.split())[:MAX_TEXT]
    if not text:
        return None
    if by:
        return READERS[Kind(by)](text) if by in READERS else None
    found = (READERS[kind](text) for kind in KINDS if LOOKS_LIKE[kind](text))
    return next((each for each in found if each is not None), Search(Kind.NAME, text))


def read_network(text: str) -> Search | None:
    """An address of the net or a network."""
    try:
        return Search(Kind.NETWORK, parse_network(text))
    except ValueError:
        return None


def read_domain(text: str) -> Search | None:
    """A domain, with or without its `@`."""
    domain = encode_domain(text.rpartition("@")[2])
    return Search(Kind.DOMAIN, domain) if domain else None


def read_email(text: str) -> Search | None:
    """A whole address."""
    local, at, domain = text.rpartition("@")
    return Search(Kind.EMAIL, text) if local and at and domain else None


def read_petition(text: str) -> Search | None:
    """A petition's number."""
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    return Search(Kind.PETITION, text) if is_number else None


def read_sector(text: str) -> Search | None:
    """The beginning of a postcode: `RG1 XXX`, `RG1 2XX`, `RG1*`."""
    found = SECTOR.fullmatch("".join(text.upper().split()))
    if found is None:
        return None
    return Search(Kind.SECTOR, found["start"], None if found["rest"] == "*" else len(found["rest"]))


def read_postcode(text: str) -> Search | None:
    """A whole postcode."""
    key = tidy_postcode(text)
    return Search(Kind.POSTCODE, key) if key else None


def read_name(text: str) -> Search | None:
    """A whole name."""
    return Search(Kind.NAME, text)


def has_digit(text: str) -> bool:
    """Whether a digit is in it, as names have none."""
    return any(letter.isdigit() for letter in text)


READERS: Mapping[str, Callable[[str], Search | None]] = {
    Kind.NETWORK: read_network,
    Kind.DOMAIN: read_domain,
    Kind.EMAIL: read_email,
    Kind.PETITION: read_petition,
    Kind.SECTOR: read_sector,
    Kind.POSTCODE: read_postcode,
    Kind.NAME: read_name,
}
KINDS = tuple(Kind)
"""The order in which a text is tried."""
LOOKS_LIKE: Mapping[Kind, Callable[[str], bool]] = {
    Kind.NETWORK: lambda text: "." in text or ":" in text,
    Kind.DOMAIN: lambda text: text.startswith("@"),
    Kind.EMAIL: lambda text: "@" in text,
    Kind.PETITION: lambda _text: True,
    Kind.SECTOR: has_digit,
    Kind.POSTCODE: has_digit,
    Kind.NAME: lambda _text: True,
}
