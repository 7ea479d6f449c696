"""Lists that staff write: one entry a line, `#` begins a comment.

Law: a list with bad lines is refused whole, and every bad line is named by its number. In a domain `*` stands for one
label (or a part of one), `**` for one or more; a network is written with its own address, as in 10.0.0.0/8.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeVar

from ridgeway.errors import MessageError
from ridgeway.services.petitions.rules.addresses import DomainTable, find_address_fault

T = TypeVar("T")
MAX_ENTRIES = 5000
MAX_LINE_LENGTH = 300
MAX_STARS = 4
PART = re.compile(r"[a-z0-9*_-]{1,63}")


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no entry; `reason` says what one looks like."""

    number: int
    text: str
    reason: str


class ListError(MessageError):
    """A list has lines that are no entries."""

    def __init__(self, lines: tuple[BadLine, ...]) -> None:
        said = "; ".join(f"line {each.number} ({each.text[:60]!r}): {each.reason}" for each in lines[:20])
        super().__init__("invalid_list", f"The list has lines that cannot be read: {said}.")
        self.lines = lines


def list_entries(text: str) -> Iterator[tuple[int, str]]:
    """Each entry with the number of its line."""
    for number, line in enumerate(text.splitlines(), start=1):
        entry = line.partition("#")[0].strip()
        if entry:
            yield number, entry


def scan_list(text: str, parse_one: Callable[[str], T]) -> tuple[list[T], tuple[BadLine, ...]]:
    """The entries that can be read, and the lines that cannot; `parse_one` raises ValueError with the reason."""
    entries: list[T] = []
    bad: list[BadLine] = []
    for number, entry in list_entries(text):
        try:
            if len(entry) > MAX_LINE_LENGTH:
                raise ValueError(f"longer than {MAX_LINE_LENGTH} letters")
            if len(entries) >= MAX_ENTRIES:
                raise ValueError(f"more than {MAX_ENTRIES} entries")
            entries.append(parse_one(entry))
        except ValueError as error:
            bad.append(BadLine(number, entry, str(error)))
    return entries, tuple(bad)


def parse_list(text: str, parse_one: Callable[[str], T]) -> list[T]:
    """Every entry.

    Raises:  ListError naming each bad line.
    """
    entries, bad = scan_list(text, parse_one)
    if bad:
        raise ListError(bad)
    return entries


def parse_network(entry: str) -> str:
    """An address or a network, spelled in one way.

    Raises:  ValueError.
    """
    try:
        return str(ip_network(entry))
    except ValueError as error:
        reason = "write an address or a network, as in 192.0.2.7 or 192.0.2.0/24"
        if "host bits" in str(error):
            reason = f"the network is {ip_network(entry, strict=False)}"
        raise ValueError(reason) from error


def parse_domain_glob(entry: str) -> str:
    """A domain in small letters, perhaps with stars.

    Raises:  ValueError.
    """
    glob = entry.lower().removeprefix("@").rstrip(".")
    if glob.count("*") > MAX_STARS * 2 or "***" in glob:
        raise ValueError("too many stars")
    if not all(PART.fullmatch(part) and ("**" not in part or part == "**") for part in glob.split(".")):
        raise ValueError("write a domain, as in example.org, *.example.org or **.example.org")
    return glob


class NetworkList:
    """Networks, asked whether an address lies in one; as quick for many as for few."""

    def __init__(self, networks: Iterable[str]) -> None:
        self.nets: dict[tuple[int, int], set[int]] = {}
        for text in networks:
            network = ip_network(text)
            key = (network.version, network.prefixlen)
            self.nets.setdefault(key, set()).add(int(network.network_address))

    def has(self, ip: str) -> bool:
        """Whether `ip` lies in one of them; what is no address does not."""
        address = find_ip(ip)
        if address is None or not self.nets:
            return False
        number, bits = int(address), address.max_prefixlen
        return any(
            version == address.version and (number >> (bits - length)) << (bits - length) in starts
            for (version, length), starts in self.nets.items()
        )


class DomainList:
    """Domains, some with stars."""

    def __init__(self, globs: Iterable[str]) -> None:
        listed = list(globs)
        self.exact = frozenset(glob for glob in listed if "*" not in glob)
        starred = [render_pattern(glob) for glob in listed if "*" in glob]
        self.pattern = re.compile("|".join(starred)) if starred else None

    def has(self, domain: str) -> bool:
        """Whether the domain is one of them."""
        return domain in self.exact or (self.pattern is not None and self.pattern.fullmatch(domain) is not None)


def render_pattern(glob: str) -> str:
    """The expression of a glob."""
    return r"\.".join(render_part(part) for part in glob.split("."))


def render_part(part: str) -> str:
    """The expression of one part: all of a label, some of it, or several labels."""
    if part == "**":
        return r"[^.]+(?:\.[^.]+)*"
    if part == "*":
        return r"[^.]+"
    return r"[^.]*".join(re.escape(piece) for piece in part.split("*"))


def find_ip(text: str) -> IPv4Address | IPv6Address | None:
    """The address; one of IPv4 that is written as IPv6 is of IPv4."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def parse_network_list(text: str) -> NetworkList:
    """The networks of a list.

    Raises:  ListError.
    """
    return NetworkList(parse_list(text, parse_network))


def parse_domain_list(text: str) -> DomainList:
    """The domains of a list.

    Raises:  ListError.
    """
    return DomainList(parse_list(text, parse_domain_glob))


def parse_address_list(text: str, table: DomainTable) -> frozenset[str]:
    """The canonical forms of a list's addresses.

    Raises:  ListError.
    """

    def parse_one(entry: str) -> str:
        if find_address_fault(entry, allows_plus=True) is not None:
            raise ValueError("write an e-mail address, as in name@example.org")
        return table.canonicalise(entry)

    return frozenset(parse_list(text, parse_one))


SIXTY_FOUR = 64


def render_source(ip: str) -> str:
    """What stands for everybody behind an address: the address, or of IPv6 the network that one line is given."""
    address = find_ip(ip)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, SIXTY_FOUR), strict=False).network_address)
    return str(address) if address is not None else ip
