"""Names that are drawn anew: boundaries, request ids, marks of faults."""

import secrets
import string
import uuid

from ridgeway.protocol.transport import BOUNDARY_LETTERS, NESTED_PREFIX, TOP_PREFIX

TO_LETTERS = bytes(string.ascii_letters.encode()[number % len(string.ascii_letters)] for number in range(256))
"""Any byte → an ASCII letter; a little uneven, which leaves thirty letters far beyond guessing."""


def draw_boundary() -> str:
    """A boundary that no content can foresee."""
    return TOP_PREFIX + draw_letters()


def draw_nested_boundary() -> str:
    """A boundary for the attachments within a message."""
    return NESTED_PREFIX + draw_letters()


def draw_letters() -> str:
    """Thirty random letters."""
    return secrets.token_bytes(BOUNDARY_LETTERS).translate(TO_LETTERS).decode("ascii")


def draw_uuid() -> str:
    """A random identifier of one exchange, or the mark of one fault."""
    return str(uuid.uuid4())
