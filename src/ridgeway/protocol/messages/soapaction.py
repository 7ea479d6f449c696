"""The HTTP header SOAPAction, which is handed on to the service as it came.

Source: SOAP 1.1 §6.1.1; PR-MESS §2.3.
"""

import re

from ridgeway.errors import MessageError

MAX_ACTION_CHARACTERS = 4096
QUOTED_URI = re.compile(r'"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&\'()*+,;=]|%[0-9A-Fa-f]{2}|[^\x00-\x9f\s])*"')


def check_soap_action(value: str | None) -> str:
    """The value as it is handed on: empty, or an address in double quotes.

    Raises:  MessageError(invalid_soap_action).
    """
    text = value or ""
    if text and (len(text) > MAX_ACTION_CHARACTERS or not QUOTED_URI.fullmatch(text)):
        raise MessageError(
            "invalid_soap_action", f'SOAPAction is {text[:100]!r}; expected an address in quotes, as in "urn:x", or "".'
        )
    return text
