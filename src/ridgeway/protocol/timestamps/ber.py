"""From BER to DER: the same octets for the same content, whatever liberties an encoder took.

Law: lengths become definite and as short as they can be, octet strings sent in pieces become whole; nothing else
changes, so DER stays as it is. X-Road's authorities send BER (indefinite lengths, content in pieces), and what is
kept is DER.
Source: X.690 §8.1.3, §8.7 and §10.
"""

from collections.abc import Iterator

MAX_DEPTH = 40
OCTET_STRING, OCTET_STRING_IN_PIECES = 0x04, 0x24
CONSTRUCTED, LONG_TAG, INDEFINITE = 0x20, 0x1F, 0x80
END = b"\x00\x00"


def normalise_ber(data: bytes) -> bytes:
    """The first element of `data` in DER's lengths; what stands after it is left out.

    Raises:  ValueError when it is cut short, too deep, or not BER.
    """
    return read_element(data, 0, depth=0)[0]


def read_element(data: bytes, offset: int, *, depth: int) -> tuple[bytes, int]:
    """The element at `offset` in DER's lengths, and where the next one begins."""
    if depth > MAX_DEPTH:
        raise ValueError(f"it is nested more than {MAX_DEPTH} deep")
    tag, length, start = read_head(data, offset)
    if not tag & CONSTRUCTED:
        if length is None:
            raise ValueError("a primitive element has no length")
        return write_element(tag, data[start : start + length]), start + length
    children, end = read_children(data, start, length, depth=depth)
    if tag == OCTET_STRING_IN_PIECES:
        return write_element(OCTET_STRING, b"".join(read_pieces(children))), end
    return write_element(tag, b"".join(children)), end


def read_head(data: bytes, offset: int) -> tuple[int, int | None, int]:
    """The tag, the length (None when indefinite) and where the content begins."""
    if len(data) < offset + 2:
        raise ValueError("it is cut short")
    tag, first = data[offset], data[offset + 1]
    if tag & LONG_TAG == LONG_TAG:
        raise ValueError("it has a tag of more than one octet")
    if first == INDEFINITE:
        return tag, None, offset + 2
    count = first & 0x7F if first > INDEFINITE else 0
    start = offset + 2 + count
    length = int.from_bytes(data[offset + 2 : start], "big") if count else first
    if count > 4 or start + length > len(data):
        raise ValueError("it is cut short")
    return tag, length, start


def read_children(data: bytes, start: int, length: int | None, *, depth: int) -> tuple[list[bytes], int]:
    """The elements inside one, and where the next one after it begins."""
    children: list[bytes] = []
    offset = start
    end = len(data) if length is None else start + length
    while offset < end:
        if length is None and data[offset : offset + 2] == END:
            return children, offset + 2
        child, offset = read_element(data, offset, depth=depth + 1)
        children.append(child)
    if length is None or offset != end:
        raise ValueError("an element does not end where it should")
    return children, offset


def read_pieces(children: list[bytes]) -> Iterator[bytes]:
    """The contents of the pieces of an octet string."""
    for child in children:
        tag, _, start = read_head(child, 0)
        if tag != OCTET_STRING:
            raise ValueError("an octet string has a piece that is none")
        yield child[start:]


def write_element(tag: int, content: bytes) -> bytes:
    """An element with the shortest length."""
    size = len(content)
    if size < INDEFINITE:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, INDEFINITE | len(octets))) + octets + content
