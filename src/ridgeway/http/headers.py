"""Header fields as they stood on the wire: exact case, exact order, duplicates kept.

Law: names and values are text of one byte a character (latin-1). What cannot stand in a head is refused when it is
rendered, so nobody can smuggle a line into a head through a value.
Source: RFC 9110 §5, RFC 9112 §5.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
"""RFC 9110 §5.6.2: what a header name or a method may be."""

TARGET = re.compile(r"[!-~]+")
"""RFC 9112 §3.2: what may stand between method and version; all that is not printable ASCII is escaped there."""

FIELD_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
"""RFC 9110 §5.5: no CR, LF, NUL or other control character."""


class Headers(Sequence[tuple[str, str]]):
    """The header fields of one message, in order, in their case; looked up without regard to case."""

    __slots__ = ("by_name", "pairs")

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self.pairs = tuple(pairs)
        self.by_name: dict[str, list[str]] = {}
        for name, value in self.pairs:
            self.by_name.setdefault(name.lower(), []).append(value)

    def get(self, name: str, default: str = "") -> str:
        """The value of the last field of that name, or `default`."""
        values = self.by_name.get(name.lower())
        return values[-1] if values else default

    def get_all(self, name: str) -> tuple[str, ...]:
        """Every value under that name, in order."""
        return tuple(self.by_name.get(name.lower(), ()))

    def has(self, name: str) -> bool:
        """Whether there is a field of that name."""
        return name.lower() in self.by_name

    def get_tokens(self, name: str) -> tuple[str, ...]:
        """The comma-separated items under that name, in lower case."""
        values = self.by_name.get(name.lower())
        if not values:
            return ()
        return tuple(item.strip().lower() for item in ",".join(values).split(",") if item.strip())

    @overload
    def __getitem__(self, index: int) -> tuple[str, str]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[tuple[str, str]]: ...
    def __getitem__(self, index: int | slice) -> tuple[str, str] | Sequence[tuple[str, str]]:
        return self.pairs[index]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self.pairs == other.pairs

    def __hash__(self) -> int:
        return hash(self.pairs)

    def __repr__(self) -> str:
        return f"Headers({[name for name, _ in self.pairs]})"


def render_head(start_line: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """The start line and the header fields as bytes, with the empty line that ends them.

    Raises:  ValueError if a name is no token, or the start line or a value would break the head.
    """
    if not FIELD_VALUE.fullmatch(start_line):
        raise ValueError("The start line of a head holds a control character or one beyond latin-1.")
    lines = [start_line]
    for name, value in headers:
        if not TOKEN.fullmatch(name):
            raise ValueError(f"{name!r} cannot be a header name; use letters, digits and !#$%&'*+-.^_`|~.")
        if not FIELD_VALUE.fullmatch(value):
            raise ValueError(f"The value of header {name} holds a control character or one beyond latin-1.")
        lines.append(f"{name}: {value}")
    lines.append("\r\n")
    return "\r\n".join(lines).encode("latin-1")
