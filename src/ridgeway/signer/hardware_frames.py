"""What travels between the signer and the child process of a hardware token: a length, then MessagePack.

Law: the signer imports this and never the PKCS#11 library, so that no vendor's code is loaded where keys of others are.
"""

from typing import Any

import msgspec

LENGTH_BYTES = 4
MAX_FRAME_BYTES = 4 * 1024 * 1024


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """One request to the child."""

    verb: str
    arguments: dict[str, Any] = {}


class Answered(msgspec.Struct, frozen=True, array_like=True):
    """Its answer: a value, or a code and what the module said."""

    value: Any = None
    code: str = ""
    detail: str = ""
