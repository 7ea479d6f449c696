"""The request hash in a SOAP answer: one element more, every other byte as the service wrote it.

Law: nothing is serialised anew. The places are found by a parser that builds no tree, and the bytes are spliced there.
Source: PR-MESS §2.2 (requestHash); X-Road puts it behind `id`, with that element's prefix and attributes.
"""

import re
from dataclasses import dataclass
from xml.parsers import expat

from ridgeway.errors import MessageError
from ridgeway.protocol.messages.charset import find_declared

XROAD = "http://x-road.eu/xsd/xroad.xsd"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
SHA512_URI = "http://www.w3.org/2001/04/xmlenc#sha512"
SPACE = re.compile(rb"[ \t\r\n]+")
SPACES = b" \t\r\n"
START_TAG = re.compile(
    rb"""<(?P<name>[^\s/>]+)(?P<attributes>(?:\s+[^\s=/>]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(?P<empty>/?)>"""
)
ALGORITHM = re.compile(rb"""\s+algorithmId\s*=\s*(?:"[^"]*"|'[^']*')""")
ATTRIBUTE = re.compile(rb"""\s+[^\s=/>]+\s*=\s*(?:"[^"]*"|'[^']*')""")
HEADER_DEPTH = 2


@dataclass(slots=True)
class Places:
    """Where things stand in a document, in bytes: behind `id`, its start tag, a hash that is there, first space."""

    behind_id: int = -1
    id_tag: int = -1
    hash_start: int = -1
    hash_end: int = -1
    space: bytes = b""


class PlaceFinder:
    """Finds the places of one document."""

    def __init__(self, data: bytes, *, encoding: str | None) -> None:
        self.data = data
        self.places = Places()
        self.depth = 0
        self.in_header = False
        self.parser = expat.ParserCreate(encoding, namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self.refuse_doctype

    def find(self) -> Places:
        """The places.

        Raises:  MessageError(invalid_soap) when it is no XML, (missing_header_field) without an id.
        """
        try:
            parse_whole(self.parser, self.data)
        finally:
            del self.parser  # it holds every name of the document, and a circle would keep it
        if self.places.behind_id < 0:
            raise MessageError("missing_header_field", "The SOAP header lacks id.")
        return self.places

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        """An element begins."""
        self.depth += 1
        if self.depth == HEADER_DEPTH:
            self.in_header = name == f"{SOAP} Header"
        elif self.depth == HEADER_DEPTH + 1 and self.in_header:
            at = self.parser.CurrentByteIndex
            if name == f"{XROAD} id" and self.places.id_tag < 0:
                self.places.id_tag = at
            elif name == f"{XROAD} requestHash":
                self.places.hash_start = at

    def end(self, name: str) -> None:
        """An element ends."""
        if self.depth == HEADER_DEPTH + 1 and self.in_header:
            if name == f"{XROAD} id" and self.places.behind_id < 0:
                self.places.behind_id = self.find_tag_end(self.places.id_tag)
            elif name == f"{XROAD} requestHash":
                self.places.hash_end = self.find_tag_end(self.places.hash_start)
        if self.depth == HEADER_DEPTH and self.in_header:
            self.ignore_rest()
        self.depth -= 1

    def ignore_rest(self) -> None:
        """Nothing that is looked for comes behind the header; the parser goes on to the end by itself."""
        self.in_header = False
        self.parser.StartElementHandler = self.parser.EndElementHandler = self.parser.CharacterDataHandler = None

    def find_tag_end(self, start: int) -> int:
        """Where the element ends that began at `start` and ends now: behind its closing tag, or its empty one."""
        tag = START_TAG.match(self.data, start)
        if tag is not None and tag["empty"]:
            return tag.end()
        return self.data.index(b">", self.parser.CurrentByteIndex) + 1

    def text(self, _text: str) -> None:
        """Text; the first run of space between header fields is how they are set apart."""
        if self.in_header and self.depth == HEADER_DEPTH and not self.places.space:
            run = SPACE.match(self.data, self.parser.CurrentByteIndex)
            self.places.space = b"" if run is None else run[0]

    def refuse_doctype(self, name: str, *_rest: object) -> None:
        """A DOCTYPE is refused, whatever it says."""
        raise MessageError("invalid_soap", f"A SOAP message may not carry a DOCTYPE ({name}).")


def parse_whole(parser: expat.XMLParserType, data: bytes) -> None:
    """The parser has seen the whole document.

    Raises:  MessageError(invalid_soap) when it is no XML, or in an encoding that cannot be read.
    """
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise MessageError("invalid_soap", f"The SOAP message cannot be read as XML in UTF-8: {error}.") from error


def add_request_hash(response: bytes, request_hash: str, *, encoding: str | None = None) -> bytes:
    """`response` with the hash of its request (base64) behind its id; a hash that was there is gone.

    An `encoding` counts for more than what the document says of itself.

    Raises:  MessageError(invalid_soap | missing_header_field).
    """
    if b"\0" in response:
        raise MessageError("invalid_soap", "The SOAP message is in UTF-16 or UTF-32; expected UTF-8.")
    places = PlaceFinder(response, encoding=encoding or find_declared(response)).find()
    element = places.space + render_request_hash(response, places.id_tag, request_hash)
    pieces = [(places.behind_id, places.behind_id, element)]
    if places.hash_end >= 0:
        before = len(response[: places.hash_start].rstrip(SPACES))
        pieces.append((before, places.hash_end, b""))
    return splice(response, sorted(pieces))


def render_request_hash(response: bytes, id_tag: int, request_hash: str) -> bytes:
    """The element, named and declared as the id whose start tag is at `id_tag`."""
    tag = START_TAG.match(response, id_tag)
    if tag is None:
        raise MessageError("invalid_soap", "The start tag of the SOAP header's id cannot be read.")
    prefix, colon, _ = tag["name"].rpartition(b":")
    name = prefix + colon + b"requestHash"
    attributes = b"".join(each for each in ATTRIBUTE.findall(tag["attributes"]) if not ALGORITHM.fullmatch(each))
    opening = b"<" + name + attributes + b' algorithmId="' + SHA512_URI.encode() + b'">'
    return opening + request_hash.encode("ascii") + b"</" + name + b">"


def splice(data: bytes, pieces: list[tuple[int, int, bytes]]) -> bytes:
    """`data` with each range (start, end, in order) replaced by other bytes."""
    kept, at = [], 0
    for start, end, new in pieces:
        kept += [data[at:start], new]
        at = max(at, end)
    return b"".join([*kept, data[at:]])
