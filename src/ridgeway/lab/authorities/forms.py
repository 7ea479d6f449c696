"""A certificate request as a form uploads it, in the way of X-Road's test authority: fields `type` and `certreq`.

Law: the body was read whole and within a limit before it comes here; whatever it is, it is read or refused.
Source: RFC 7578; X-Road's test authority takes both line ends, and so does this.
"""

import re
from dataclasses import dataclass

from ridgeway.errors import RequestError

BOUNDARY = re.compile(r"""multipart/form-data\s*;.*\bboundary="?([0-9A-Za-z'()+_,./:=? -]{1,70})"?""", re.IGNORECASE)
NAME = re.compile(rb"""content-disposition:\s*form-data\s*;[^\r\n]*\bname="?([A-Za-z]{1,20})"?""", re.IGNORECASE)
MAX_FIELDS = 10


@dataclass(frozen=True, slots=True)
class UploadedRequest:
    """What is uploaded: a certificate request (DER or PEM), and what it is for (`sign`, `auth`, or empty)."""

    request: bytes
    kind: str = ""


def read_upload(content_type: str, body: bytes) -> UploadedRequest:
    """The request in a form, or the body itself when it is no form.

    Raises:  RequestError(invalid_request).
    """
    if not content_type.lower().lstrip().startswith("multipart/form-data"):
        return UploadedRequest(body)
    found = BOUNDARY.match(content_type.strip())
    if found is None:
        raise RequestError("invalid_request", "The form has no boundary that can be used.")
    fields = read_fields(found.group(1).rstrip().encode("ascii"), body)
    if b"certreq" not in fields:
        raise RequestError("invalid_request", "The form has no field certreq.")
    kind = fields.get(b"type", b"").decode("ascii", "replace").strip().lower()
    return UploadedRequest(fields[b"certreq"], "" if kind == "auto" else kind)


def read_fields(boundary: bytes, body: bytes) -> dict[bytes, bytes]:
    """The fields of a form by name; the first of a name counts.

    A form has one kind of line end, that of its first line: a request may itself end in a carriage return.
    """
    first = re.search(rb"--" + re.escape(boundary) + rb"[ \t]*(\r?\n)", body)
    end = b"\n" if first is None else first.group(1)
    pieces = (end + body).split(end + b"--" + boundary, MAX_FIELDS + 1)
    if len(pieces) > MAX_FIELDS + 1:
        raise RequestError("invalid_request", f"The form has more than {MAX_FIELDS} fields.")
    fields: dict[bytes, bytes] = {}
    for piece in pieces[1:]:
        parts = re.split(rb"\r?\n\r?\n", piece, maxsplit=1)
        named = NAME.search(parts[0])
        if named is not None and len(parts) == 2:
            fields.setdefault(named.group(1).lower(), parts[1])
    return fields
