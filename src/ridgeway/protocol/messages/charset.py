"""The encoding of a SOAP message: what its Content-Type says, or else what the document says of itself.

Law: only encodings are read that have ASCII in its place, one byte a character, and UTF-8. So what one parser finds
at a byte, every other finds there too, and bytes of ASCII can be put between.
Source: RFC 7303 §3 (a charset parameter counts for more than the declaration).
"""

import re

from ridgeway.errors import MessageError
from ridgeway.protocol.messages.media import find_media_type

READ = re.compile(
    r"(?i)(?P<utf8>utf-?8)|(?:us-)?ascii|latin1|iso-8859-(?:[1-9]|1[013456])|(?:windows-|cp)125[0-8]",
)
DECLARED = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([^"'>]*)["']""")
MAX_DECLARATION_BYTES = 500


def find_charset(content_type: str) -> str | None:
    """The encoding that a Content-Type states, None when it states none.

    Raises:  MessageError(invalid_content_type) for one that is not read here.
    """
    media_type = find_media_type(content_type)
    stated = None if media_type is None else media_type.parameters.get("charset")
    return normalise(stated, code="invalid_content_type") if stated else None


def find_declared(data: bytes) -> str | None:
    """The encoding that the XML declaration states, None when it states none.

    Raises:  MessageError(invalid_soap) for one that is not read here.
    """
    declared = DECLARED.match(data[:MAX_DECLARATION_BYTES])
    return None if declared is None else normalise(declared[1].decode("latin-1"), code="invalid_soap")


def normalise(stated: str, *, code: str) -> str:
    """The encoding under a name that every parser knows.

    Raises:  MessageError with this code for one that is not read here.
    """
    found = READ.fullmatch(stated)
    if found is None:
        raise MessageError(code, f"The charset {stated[:40]!r} is not read here; expected UTF-8.")
    return "utf-8" if found["utf8"] else stated
