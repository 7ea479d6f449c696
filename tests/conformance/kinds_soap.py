"""The kinds of SOAP that is split or added to: mime, soap-request-hash.

Law: as `outcome.py` says; every kind runs through the public names of `ridgeway.protocol`.
"""

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

from tests.conformance.kinds_messages import describe_soap, split_parts
from tests.conformance.outcome import Outcome, Vector, valid

from ridgeway.errors import MessageError
from ridgeway.protocol.messages import add_request_hash, read_soap_message

MARK = b"\xef\xbb\xbf"
OLD_HASH = re.compile(rb"\s*<xroad:requestHash[^>]*>[^<]*</xroad:requestHash>")
ID = re.compile(rb"(\s*)<xroad:id>[^<]*</xroad:id>")
ALGORITHM = b"http://www.w3.org/2001/04/xmlenc#sha512"


def check_mime(vector: Vector, root: Path) -> Outcome:
    """A SOAP message with its attachments, split into its parts; the first of them is read."""
    parts = list(split_parts(vector.read(root), vector.context["content_type"]))
    described = [describe_part(description, content) for description, content in parts]
    values: dict[str, Any] = {"mime": described}
    try:
        found = describe_soap(read_soap_message(parts[0][1]))
    except MessageError as error:
        values["soap_error"] = error.code.upper()
    else:
        values["soap"] = lambda expected: all(found[key] == value for key, value in expected.items())
    return valid(values, result="parsed")


def describe_part(description: dict[str, Any], content: bytes) -> dict[str, Any]:
    """A part with the parts within it, where it is a multipart itself."""
    content_type = description["content_type"] or ""
    if not content_type.startswith("multipart/"):
        return description
    return {**description, "parts": [inner for inner, _ in split_parts(content, content_type)]}


def check_soap_request_hash(vector: Vector, root: Path) -> Outcome:
    """The hash of a request, added to its response; a mark of the byte order stays, as our messages keep theirs."""
    response = vector.read(root)
    request_hash = base64.b64encode(vector.context["request_hash_bytes_utf8"].encode()).decode()
    added = add_request_hash(response, request_hash)
    if added != add_by_rule(response, request_hash.encode()):
        return Outcome("valid", wrong=f"{hashlib.sha256(added).hexdigest()} is not what the rule makes")
    return valid(describe_soap(read_soap_message(response)))


def add_by_rule(response: bytes, request_hash: bytes) -> bytes:
    """What must come out, by the plainest means."""
    clean = OLD_HASH.sub(b"", response)
    return ID.sub(
        lambda found: (
            found[0]
            + found[1]
            + b'<xroad:requestHash algorithmId="'
            + ALGORITHM
            + b'">'
            + request_hash
            + b"</xroad:requestHash>"
        ),
        clean,
        count=1,
    )
