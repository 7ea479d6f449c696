"""The heads of HTTP requests and responses between security servers.

Law: X-Road reads the names of response headers in their exact case, so all are written in lower case but
Content-Type; what arrives is read whatever its case, the last of equal names.
Source: PR-MESSTRANSP §3.1; X-Road's consumer looks `x-hash-algorithm` and `x-original-content-type` up by exact name.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ridgeway.errors import PeerError, TransportError

Heads = tuple[tuple[str, str], ...]

MESSAGE_TYPE = "x-road-message-type"
REQUEST_ID = "x-road-request-id"
HASH_ALGORITHM = "x-hash-algorithm"
PROXY_VERSION = "x-proxy-version"
ORIGINAL_CONTENT_TYPE = "x-original-content-type"
ORIGINAL_SOAP_ACTION = "x-original-soapaction"
CONTENT_TYPE = "Content-Type"

XROAD_RELEASE = "7.8.0"
"""The release of X-Road whose protocol we speak: peers compare it with their minimum, and monitoring tells it."""

REST = "REST"
DEFAULT_HASH_ALGORITHM = "SHA-512"
HASH_NAMES = {"SHA-224": "sha224", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
"""X-Road's name → hashlib's. SHA-1 is not among them."""

ACCEPTED_STATUSES = (200, 500)
MAX_VERSION_CHARACTERS = 200
VERSION = re.compile(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})(-[0-9A-Za-z.\-]+)?(?:\+[0-9A-Za-z.\-]+)?")


@dataclass(frozen=True, slots=True)
class RequestHeads:
    """What the head of a request says. `hash_name` is hashlib's; `proxy_version` is None when it was not said."""

    is_rest: bool
    content_type: str
    hash_name: str
    request_id: str
    proxy_version: str | None
    original_content_type: str
    soap_action: str | None


@dataclass(frozen=True, slots=True)
class ResponseHeads:
    """What the head of a response says; `hash_name` is None in a bare fault that does not say it."""

    content_type: str
    hash_name: str | None
    original_content_type: str | None


def render_request_heads(
    *,
    content_type: str,
    request_id: str,
    proxy_version: str,
    is_rest: bool = True,
    original_content_type: str = "",
    soap_action: str = "",
) -> Heads:
    """The headers of a request to another security server, besides those that HTTP itself needs."""
    return (
        *(((MESSAGE_TYPE, REST),) if is_rest else ()),
        (REQUEST_ID, request_id),
        (HASH_ALGORITHM, DEFAULT_HASH_ALGORITHM),
        (PROXY_VERSION, proxy_version),
        (ORIGINAL_CONTENT_TYPE, original_content_type),
        *(() if is_rest else ((ORIGINAL_SOAP_ACTION, soap_action),)),
        (CONTENT_TYPE, content_type),
    )


def render_response_heads(*, content_type: str, original_content_type: str | None = None) -> Heads:
    """The headers of a response to another security server; `original_content_type` only with SOAP."""
    original = () if original_content_type is None else ((ORIGINAL_CONTENT_TYPE, original_content_type),)
    return ((CONTENT_TYPE, content_type), (HASH_ALGORITHM, DEFAULT_HASH_ALGORITHM), *original)


def read_request_heads(headers: Iterable[tuple[str, str]]) -> RequestHeads:
    """Read the head of a request from another security server.

    Raises:  TransportError(internal_error) without a known hash algorithm, (invalid_content_type) without a type.
    """
    found = index_headers(headers)
    return RequestHeads(
        is_rest=found.get(MESSAGE_TYPE) == REST,
        content_type=get_content_type(found),
        hash_name=get_hash_name(found.get(HASH_ALGORITHM)),
        request_id=found.get(REQUEST_ID, ""),
        proxy_version=found.get(PROXY_VERSION),
        original_content_type=found.get(ORIGINAL_CONTENT_TYPE, ""),
        soap_action=found.get(ORIGINAL_SOAP_ACTION),
    )


def read_response_heads(status: int, headers: Iterable[tuple[str, str]]) -> ResponseHeads:
    """Read the head of a response from another security server.

    Raises:  TransportError(http_error) for a status that no security server sends, (invalid_content_type) without a
             type, (internal_error) without a known hash algorithm where there is more than a fault.
    """
    if status not in ACCEPTED_STATUSES:
        raise TransportError("http_error", f"The other security server answered with status {status}; expected 200.")
    found = index_headers(headers)
    content_type = get_content_type(found)
    name = found.get(HASH_ALGORITHM)
    is_bare_fault = not content_type.lower().startswith("multipart/")
    return ResponseHeads(
        content_type=content_type,
        hash_name=None if is_bare_fault and name is None else get_hash_name(name),
        original_content_type=found.get(ORIGINAL_CONTENT_TYPE),
    )


def index_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The headers by name in lower case; of equal names the last."""
    return {name.lower(): value for name, value in headers}


def get_content_type(found: dict[str, str]) -> str:
    """The Content-Type, which must be there."""
    content_type = found.get("content-type", "")
    if not content_type:
        raise TransportError("invalid_content_type", "The message between the servers has no Content-Type.")
    return content_type


def get_hash_name(text: str | None) -> str:
    """hashlib's name of the algorithm that the parts are hashed with."""
    name = HASH_NAMES.get((text or "").strip().upper())
    if name is None:
        raise TransportError(
            "internal_error", f"{HASH_ALGORITHM} is {(text or 'absent')[:80]}; expected {', '.join(HASH_NAMES)}."
        )
    return name


def check_proxy_version(version: str | None, *, minimum: str | None) -> None:
    """Let only peers pass whose release is at least `minimum`; without a minimum, all.

    Raises:  PeerError(internal_error) when the version is missing or none,
             (client_proxy_version_not_supported) when it is too low.
    """
    if minimum is None:
        return
    found, wanted = find_version(version or ""), find_version(minimum)
    assert wanted is not None
    if found is None:
        raise PeerError("internal_error", f"{PROXY_VERSION} is {(version or 'absent')[:80]}; expected as in {minimum}.")
    if found < wanted:
        raise PeerError(
            "client_proxy_version_not_supported",
            f"The other security server is of release {version}; this one serves {minimum} and later.",
        )


def find_version(text: str) -> tuple[int, int, int, bool] | None:
    """A release as numbers that compare as releases do; one before a release is lower than it."""
    match = VERSION.fullmatch(text) if len(text) <= MAX_VERSION_CHARACTERS else None
    if match is None:
        return None
    return int(match[1]), int(match[2]), int(match[3]), match[4] is None
