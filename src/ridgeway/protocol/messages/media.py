"""Media types as they stand in Content-Type: a name, and parameters that may be quoted and folded.

Law: the name may hold more than one slash (`signature/bdoc-1.0/ts`), so no library reads it; parameter names are
compared without regard to case and the first of two equal ones counts.
Source: RFC 2045 §5.1; PR-MESSTRANSP §3.1.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

MAX_MEDIA_TYPE_CHARACTERS = 4096
REMEMBERED_TYPES = 256
PARAMETER = re.compile(r';[ \t\r\n]*(?:([^\s;="]+)[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^\s;"]*)[ \t\r\n]*)?', re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type: its name and its parameters' names in lower case, the values as sent."""

    name: str
    parameters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def find_media_type(text: str) -> MediaType | None:
    """Read the value of a Content-Type; None when it is not one."""
    return read_media_type(text) if len(text) <= MAX_MEDIA_TYPE_CHARACTERS else None


@lru_cache(maxsize=REMEMBERED_TYPES)
def read_media_type(text: str) -> MediaType | None:
    """As `find_media_type`, for a text of bounded length; the same few come with every message."""
    name, semicolon, rest = text.partition(";")
    name = name.strip().lower()
    if "/" not in name or name.split() != [name]:
        return None
    parameters = find_parameters(semicolon + rest)
    return None if parameters is None else MediaType(name, MappingProxyType(parameters))


def find_parameters(text: str) -> dict[str, str] | None:
    """The parameters after the name; None when the text is not made of parameters."""
    parameters: dict[str, str] = {}
    at = 0
    while at < len(text):
        match = PARAMETER.match(text, at)
        if match is None:
            return None
        at = match.end()
        if match[1] is not None:
            parameters.setdefault(match[1].lower(), unquote(match[2]))
    return parameters


def unquote(value: str) -> str:
    """A parameter's value without its quotes."""
    return ESCAPED.sub(r"\1", value[1:-1]) if value.startswith('"') else value
