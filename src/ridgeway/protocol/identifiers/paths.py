"""Identifiers as they stand in REST paths and headers: codes joined by `/`, each percent-encoded as UTF-8.

Law: decoding is strict (RFC 3986 pchar or `%HH` that is UTF-8, nothing else; `+` is a plus) and encoding leaves what
X-Road's own encoder leaves. Compare decoded identifiers, never their encoded text.
Source: PR-REST §4.2 and §4.8; RFC 3986 §3.3.
"""

import re
from urllib.parse import quote, unquote_to_bytes

from ridgeway.errors import MessageError
from ridgeway.protocol.identifiers.values import (
    ClientId,
    MemberId,
    RepresentedParty,
    ServerId,
    ServiceId,
    SubsystemId,
    XRoadId,
)

MAX_CODE_CHARACTERS = 3060
"""The longest encoded code: X-Road's database keeps 255 characters, each at most four bytes escaped as `%HH`."""

UNESCAPED = "-._~!$'()*,;&=@:+"
PLAIN_CODE = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@]+")
"""A code that is its own escaped form, as nearly all are."""
PLAIN_CODES = re.compile(rf"{PLAIN_CODE.pattern}(?:/{PLAIN_CODE.pattern})*")
PCHAR_SEGMENT = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})*")


def encode_code(code: str) -> str:
    """One code as a path segment, escaped as X-Road's own encoder does (upper-case hex)."""
    return code if PLAIN_CODE.fullmatch(code) else quote(code, safe=UNESCAPED)


def decode_code(segment: str) -> str:
    """The code that one path segment stands for; an empty one stands for nothing.

    Raises:  MessageError(invalid_request) when it is too long, or holds anything but pchar and `%HH` of UTF-8.
    """
    if len(segment) <= MAX_CODE_CHARACTERS and PCHAR_SEGMENT.fullmatch(segment):
        try:
            return unquote_to_bytes(segment).decode("utf-8")
        except UnicodeDecodeError:
            pass
    raise MessageError(
        "invalid_request",
        f"{segment[:80]!r} is not one code of an identifier; expected letters, digits or UTF-8 escaped as %HH "
        f"(at most {MAX_CODE_CHARACTERS} characters).",
    )


def render_path(identifier: XRoadId) -> str:
    """The identifier as in a REST header: its codes, escaped, joined by `/`."""
    return "/".join(encode_code(code) for code in identifier.codes)


def parse_client_path(text: str) -> ClientId:
    """Read the value of `X-Road-Client`: three codes name a member, four a subsystem.

    Raises:  MessageError(invalid_client_identifier).
    """
    codes = split_codes(text, code="invalid_client_identifier", what="INSTANCE/CLASS/MEMBER/SUBSYSTEM", sizes=(3, 4))
    return MemberId(*codes) if len(codes) == 3 else SubsystemId(*codes)


def parse_service_path(text: str) -> ServiceId:
    """Read the value of `X-Road-Service`: exactly five codes, the subsystem among them.

    Raises:  MessageError(invalid_request).
    """
    return ServiceId(*split_codes(text, what="INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE", sizes=(5,)))


def parse_server_path(text: str) -> ServerId:
    """Read the value of `X-Road-Security-Server`: exactly four codes.

    Raises:  MessageError(invalid_security_server).
    """
    return ServerId(*split_codes(text, code="invalid_security_server", what="INSTANCE/CLASS/MEMBER/SERVER", sizes=(4,)))


def parse_represented_party(text: str) -> RepresentedParty:
    """Read the value of `X-Road-Represented-Party`: a code, or a class and a code.

    Raises:  MessageError(invalid_request).
    """
    codes = split_codes(text, what="CODE or CLASS/CODE", sizes=(1, 2))
    return RepresentedParty(codes[-1], codes[0] if len(codes) == 2 else None)


def split_codes(text: str, *, what: str, sizes: tuple[int, ...], code: str = "invalid_request") -> list[str]:
    """The decoded codes of `text`, as many as one of `sizes`."""
    segments = text.split("/", max(sizes) + 1)
    if len(segments) not in sizes or not all(segments):
        raise MessageError(code, f"{text[:200]!r} is not an identifier; expected {what}.")
    if len(text) <= MAX_CODE_CHARACTERS and PLAIN_CODES.fullmatch(text):
        return segments
    try:
        codes = [decode_code(segment) for segment in segments]
    except MessageError as error:
        raise MessageError(code, f"{text[:200]!r} is not an identifier: {error.detail}") from error
    if not all(each.strip() for each in codes):
        raise MessageError(code, f"{text[:200]!r} has a code of spaces alone; expected {what}.")
    return codes
