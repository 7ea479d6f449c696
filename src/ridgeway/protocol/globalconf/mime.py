"""The two multiparts of a signed directory, cut at their delimiters without changing a byte.

Law: nothing is normalised, since what was signed is what was sent; a line may end CRLF or LF. The line end before a
delimiter belongs to the delimiter. A delimiter is a whole line, so no boundary can be a prefix of another.
Source: RFC 2046 §5.1; PR-GCONF §3.2.
"""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ridgeway.errors import TrustError

MAX_PARTS = 1000
MAX_HEADER_LINES = 32
MAX_HEADER_LINE_BYTES = 16 * 1024

UNREADABLE = "global_conf_parsing_downloaded_conf_directory_failure"
MISSING_HEADER = "global_conf_header_field_missing"
MISSING_PARAMETER = "global_conf_header_field_missing_parameter"
WRONG_VALUE = "global_conf_header_field_wrong_value"

PARAMETER = re.compile(r"""\s*([!#$%&*+.^_`|~\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^;]*))\s*(?:;|$)""", re.ASCII)
BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{1,70}", re.ASCII)


@dataclass(frozen=True, slots=True)
class MimePart:
    """The headers of a part, by lower-case name, and its body as sent."""

    headers: Mapping[str, str]
    body: bytes


def split_multipart(data: bytes, boundary: str) -> list[bytes]:
    """The parts between delimiters, each with its headers; a missing last delimiter ends with the data.

    Raises:  TrustError(global_conf_parsing_downloaded_conf_directory_failure).
    """
    line = re.compile(rb"(?:^|(\r?\n))--" + re.escape(boundary.encode("ascii")) + rb"(--)?[ \t]*(?=\r?\n|$)", re.DOTALL)
    parts: list[bytes] = []
    start: int | None = None
    for found in line.finditer(data):
        if start is not None:
            parts.append(data[start : max(start, found.start())])
        if len(parts) > MAX_PARTS:
            raise TrustError(UNREADABLE, f"The directory has more than {MAX_PARTS} parts.")
        if found[2]:
            return parts
        start = after_line(data, found.end())
    if start is not None:
        parts.append(data[start:])
    return parts


def after_line(data: bytes, position: int) -> int:
    """Where the next line starts, given the position of a line end."""
    if data[position : position + 2] == b"\r\n":
        return position + 2
    return position + 1 if data[position : position + 1] == b"\n" else position


def read_part(data: bytes) -> MimePart:
    """The headers and the body of one part; a header that stands twice is refused.

    Raises:  TrustError(global_conf_parsing_downloaded_conf_directory_failure).
    """
    headers: dict[str, str] = {}
    position, name = 0, ""
    for count in itertools.count():
        end = data.find(b"\n", position)
        line = data[position : len(data) if end < 0 else end].removesuffix(b"\r")
        position = len(data) if end < 0 else end + 1
        if not line:
            break
        if len(line) > MAX_HEADER_LINE_BYTES or count >= MAX_HEADER_LINES:
            raise TrustError(
                UNREADABLE,
                f"A part's headers exceed {MAX_HEADER_LINES} lines, or one {MAX_HEADER_LINE_BYTES} bytes.",
            )
        text = line.decode("utf-8", "replace")
        if text[0] in " \t" and name:
            headers[name] += " " + text.strip()
            continue
        name, colon, value = text.partition(":")
        name = name.strip().lower()
        if not colon or not name or name in headers:
            raise TrustError(UNREADABLE, f"{text[:80]!r} is not a header line, or stands twice in its part.")
        headers[name] = value.strip()
    return MimePart(headers, data[position:])


def get_header(part: MimePart, name: str) -> str:
    """The value of a header that must be there.

    Raises:  TrustError(global_conf_header_field_missing).
    """
    value = part.headers.get(name.lower(), "")
    if not value:
        raise TrustError(MISSING_HEADER, f"The header {name} is missing in a part of the signed directory.")
    return value


def require_header(part: MimePart, name: str, value: str) -> None:
    """Hold only while a header has the one value that is known.

    Raises:  TrustError(global_conf_header_field_missing | global_conf_header_field_wrong_value).
    """
    stated = get_header(part, name)
    if stated.partition(";")[0].strip().lower() != value:
        raise TrustError(WRONG_VALUE, f"The header {name} is {stated[:80]!r}; expected {value}.")


def split_parameters(value: str) -> tuple[str, Mapping[str, str]]:
    """The value before the first semicolon, and the parameters after it, by lower-case name; any quotes are undone."""
    head, _, rest = value.partition(";")
    parameters: dict[str, str] = {}
    position = 0
    while position < len(rest):
        found = PARAMETER.match(rest, position)
        if found is None:
            break
        double, single, plain = found[2], found[3], found[4]
        text = double if double is not None else single if single is not None else plain.strip()
        parameters.setdefault(found[1].lower(), text)
        position = found.end()
    return head.strip(), parameters


def get_boundary(part: MimePart) -> str:
    """The boundary that a multipart's Content-Type states.

    Raises:  TrustError(global_conf_parsing_downloaded_conf_directory_failure).
    """
    content_type, parameters = split_parameters(part.headers.get("content-type", ""))
    boundary = parameters.get("boundary", "")
    if not content_type.lower().startswith("multipart/") or not BOUNDARY.fullmatch(boundary):
        stated = part.headers.get("content-type", "")
        raise TrustError(UNREADABLE, f"Content-Type is {stated[:80]!r}; expected a multipart type with its boundary.")
    return boundary
