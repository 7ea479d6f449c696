"""Addresses and header texts that may stand in a mail.

Law: nothing with a control character or a line break ever reaches a header, and an address is exactly one address.
This is no judgement on who may sign up with which address: that is for services. Next: `mails.py`.
"""

import re

from ridgeway.errors import RequestError

MAX_ADDRESS_LENGTH = 254
MAX_LOCAL_PART_LENGTH = 64
# RFC 5321's dot-string and a domain of labels; quoted local parts and address literals are nobody's real address.
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\uffff-]+"
LABEL = r"[A-Za-z0-9\u0080-\uffff](?:[A-Za-z0-9\u0080-\uffff-]{0,61}[A-Za-z0-9\u0080-\uffff])?"
ADDRESS = re.compile(rf"{ATOM}(?:\.{ATOM})*@{LABEL}(?:\.{LABEL})*")


def is_address(text: str) -> bool:
    """Whether `text` is one plain address, and nothing else."""
    return (
        len(text) <= MAX_ADDRESS_LENGTH
        and text.isprintable()
        and ADDRESS.fullmatch(text) is not None
        and len(text.partition("@")[0]) <= MAX_LOCAL_PART_LENGTH
    )


def verify_address(text: str) -> None:
    """Prove that `text` is one plain address.

    Raises:  RequestError(invalid_address), which does not say the address.
    """
    if not is_address(text):
        raise RequestError("invalid_address", "This is not one e-mail address like name@example.org.")


def is_header_text(text: str) -> bool:
    """Whether `text` may be the value of a header: no line break, no control character."""
    return all(character.isprintable() or character in "\u200e\u200f\u00a0" for character in text)
