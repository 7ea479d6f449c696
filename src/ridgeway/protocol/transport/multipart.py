"""Parts out of a multipart stream, whatever the pieces in which its bytes arrive.

Law: bytes are held back only while they may turn out to be a delimiter, so a body of any size needs the memory of
one piece. The line end before a delimiter belongs to the delimiter, exactly one. Line ends are CR LF, and LF is
read too. What stands before the first delimiter and after the last is passed over.

    OUTSIDE ──delimiter──▶ HEADERS ──empty line──▶ INSIDE ──delimiter──▶ HEADERS …
       any state but HEADERS ──last delimiter──▶ OVER

Source: RFC 2046 §5.1.1; PR-MESSTRANSP §3.1.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from ridgeway.errors import TransportError
from ridgeway.protocol.transport.limits import DEFAULT_LIMITS, TransportLimits

PADDING = b" \t"
CARRIAGE_RETURN = 0x0D
DASH = 0x2D
REMEMBERED_BLOCKS = 256
MAX_REMEMBERED_BYTES = 256
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class PartBegins:
    """A part begins; its headers in the order and case in which they came, values without space around."""

    headers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PartData:
    """Bytes of the part."""

    data: bytes


@dataclass(frozen=True, slots=True)
class PartEnds:
    """The part is complete."""


@dataclass(frozen=True, slots=True)
class AllEnds:
    """The last delimiter was read."""


MultipartEvent = PartBegins | PartData | PartEnds | AllEnds
PART_ENDS, ALL_ENDS = PartEnds(), AllEnds()


class State(Enum):
    """Where the reader stands."""

    OUTSIDE = auto()
    HEADERS = auto()
    INSIDE = auto()
    OVER = auto()


@dataclass(frozen=True, slots=True)
class Delimiter:
    """A delimiter in the data: where the content before it ends, where it ends itself, and whether it is the last."""

    content_end: int
    end: int
    is_last: bool


class MultipartReader:
    """Reads one multipart with `boundary`."""

    def __init__(self, boundary: str, *, limits: TransportLimits = DEFAULT_LIMITS) -> None:
        self.dashed = b"--" + boundary.encode("latin-1")
        self.needle = b"\n" + self.dashed
        self.limits = limits
        self.state = State.OUTSIDE
        self.held = b""
        self.at_line_start = True
        """Whether the held bytes begin a line, so that a delimiter may stand there without a line end before it."""
        self.outside_bytes = 0
        self.scanned = 0

    def feed(self, data: bytes) -> Iterator[MultipartEvent]:
        """What the next bytes bring; take every event before feeding again, so that the first error wins.

        Raises:  TransportError(mime_parsing_failed).
        """
        if self.held:
            data = self.held + data
        self.held = b""
        at = 0
        while at < len(data):
            if self.state is State.OVER:
                self.count_outside(len(data) - at)
                return
            if self.state is State.HEADERS:
                end = self.find_headers_end(data, at)
                if end < 0:
                    break
                yield PartBegins(read_part_headers(data[at:end]))
                self.state, self.at_line_start, at = State.INSIDE, True, end
                continue
            found = self.scan(data, at)
            end = found if isinstance(found, int) else found.content_end
            if end > at:
                self.at_line_start = False
                if self.state is State.INSIDE:
                    yield PartData(data[at:end])
                else:
                    self.count_outside(end - at)
            if isinstance(found, int):
                at = found
                break
            if self.state is State.INSIDE:
                yield PART_ENDS
            self.scanned = 0
            self.state = State.OVER if found.is_last else State.HEADERS
            if found.is_last:
                yield ALL_ENDS
            at = found.end
        self.held = data[at:]

    def count_outside(self, size: int) -> None:
        """Let only so much pass outside of parts."""
        self.outside_bytes += size
        if self.outside_bytes > self.limits.max_outside_bytes:
            raise malformed(f"more than {self.limits.max_outside_bytes} bytes stand outside of its parts")

    def find_headers_end(self, data: bytes, at: int) -> int:
        """Where the header block ends, the empty line included; -1 while that is not known."""
        line = at + self.scanned
        while (end := data.find(b"\n", line)) >= 0:
            if end + 1 - at > self.limits.max_header_block_bytes:
                break
            if data[line:end] in (b"", b"\r"):
                self.scanned = 0
                return end + 1
            line = end + 1
        if max(end + 1, len(data)) - at > self.limits.max_header_block_bytes:
            raise malformed(f"the headers of a part have more than {self.limits.max_header_block_bytes} bytes")
        self.scanned = line - at
        return -1

    def scan(self, data: bytes, at: int) -> Delimiter | int:
        """The first whole delimiter at or after `at`, or else the place from which on bytes must be held back."""
        if self.at_line_start and data[at] == DASH:
            found = self.try_delimiter(data, at, content_end=at)
            if found is not None:
                return found
        start = at
        while (line_end := data.find(self.needle, start)) >= 0:
            found = self.try_delimiter(data, line_end + 1, content_end=before_line_end(data, line_end, at))
            if found is not None:
                return found
            start = line_end + 1
        line_end = data.rfind(b"\n", max(start, len(data) - len(self.needle) + 1))
        if line_end >= 0 and self.needle.startswith(data[line_end:]):
            return before_line_end(data, line_end, at)
        return len(data) - data.endswith(b"\r")

    def try_delimiter(self, data: bytes, at: int, *, content_end: int) -> Delimiter | int | None:
        """The delimiter that begins at `at`; `content_end` while more bytes must tell; None when there is none."""
        if not data.startswith(self.dashed, at):
            is_beginning = len(data) - at < len(self.dashed) and self.dashed.startswith(data[at:])
            return content_end if is_beginning else None
        after = at + len(self.dashed)
        if data.startswith(b"\r\n", after):
            return Delimiter(content_end, after + 2, is_last=False)
        if data.startswith(b"--", after):
            return Delimiter(content_end, after + 2, is_last=True)
        end = self.skip_padding(data, after)
        rest = data[end : end + 2]
        if rest[:1] == b"\n" or rest == b"\r\n":
            return Delimiter(content_end, end + (1 if rest[:1] == b"\n" else 2), is_last=False)
        return content_end if rest in (b"", b"\r") or (rest == b"-" and end == after) else None

    def skip_padding(self, data: bytes, at: int) -> int:
        """The place after the spaces that may follow a boundary."""
        limit = min(len(data), at + self.limits.max_padding_bytes)
        while at < limit and data[at] in PADDING:
            at += 1
        return at


def before_line_end(data: bytes, line_end: int, start: int) -> int:
    """Where the line end begins whose LF is at `line_end`."""
    return line_end - 1 if line_end > start and data[line_end - 1] == CARRIAGE_RETURN else line_end


def read_part_headers(block: bytes) -> tuple[tuple[str, str], ...]:
    """As `parse_part_headers`; the same few short blocks come with every message, and are remembered."""
    return remember_part_headers(block) if len(block) <= MAX_REMEMBERED_BYTES else parse_part_headers(block)


@lru_cache(maxsize=REMEMBERED_BLOCKS)
def remember_part_headers(block: bytes) -> tuple[tuple[str, str], ...]:
    """As `parse_part_headers`."""
    return parse_part_headers(block)


def parse_part_headers(block: bytes) -> tuple[tuple[str, str], ...]:
    """The headers of a part; a line that begins with a space continues the one before.

    Raises:  TransportError(mime_parsing_failed) for a line that is none.
    """
    headers: list[tuple[str, str]] = []
    for line in block.decode("latin-1").split("\n"):
        text = line.removesuffix("\r")
        if text[:1] in (" ", "\t") and headers and not CONTROL.search(text):
            name, value = headers[-1]
            headers[-1] = (name, f"{value} {text.strip()}")
        elif text:
            name, colon, value = text.partition(":")
            if not colon or not name.strip() or CONTROL.search(text):
                raise malformed(f"{text[:80]!r} is no header of a part")
            headers.append((name.strip(), value.strip()))
    return tuple(headers)


def malformed(why: str) -> TransportError:
    """The error for a stream that is no multipart."""
    return TransportError("mime_parsing_failed", f"The multipart message cannot be read: {why}.")
