"""DER turned into the loosest BER: every length indefinite, every long octet string in two pieces."""

from collections.abc import Iterator

from ridgeway.protocol.timestamps.ber import (
    CONSTRUCTED,
    END,
    OCTET_STRING,
    OCTET_STRING_IN_PIECES,
    read_head,
    write_element,
)

LONG = 20


def loosen(data: bytes) -> bytes:
    """The elements of `data`, loosely."""
    return b"".join(loosen_element(tag, content) for tag, content in read_elements(data))


def loosen_element(tag: int, content: bytes) -> bytes:
    """One element, loosely."""
    if tag & CONSTRUCTED:
        return bytes((tag, 0x80)) + loosen(content) + END
    if tag == OCTET_STRING and len(content) > LONG:
        half = len(content) // 2
        pieces = write_element(OCTET_STRING, content[:half]) + write_element(OCTET_STRING, content[half:])
        return bytes((OCTET_STRING_IN_PIECES, 0x80)) + pieces + END
    return write_element(tag, content)


def read_elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The tag and content of each element of DER."""
    offset = 0
    while offset < len(data):
        tag, length, start = read_head(data, offset)
        offset = start + (length or 0)
        yield tag, data[start:offset]
