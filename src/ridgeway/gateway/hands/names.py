"""Names that are drawn anew: boundaries, request ids, marks of faults."""

import secrets
import string
import uuid

from ridgeway.protocol.transport import BOUNDARY_LETTERS, TOP_PREFIX


def draw_boundary() -> str:
    """A boundary that no content can foresee."""
    return TOP_PREFIX + "".join(secrets.choice(string.ascii_letters) for _ in range(BOUNDARY_LETTERS))


def draw_uuid() -> str:
    """A random identifier of one exchange, or the mark of one fault."""
    return str(uuid.uuid4())
