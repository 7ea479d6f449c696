"""REST messages made from what a system sent over HTTP: headers of one connection removed, X-Road's own added last.

Law: everything else is carried as it came, order, case and repetition kept. What is made is read back by the same
strict reader that peers use, so nothing leaves that a peer would refuse.
Source: PR-REST §4.3 to §4.6.
"""

from collections.abc import Iterable
from urllib.parse import quote

from ridgeway.errors import MessageError
from ridgeway.protocol.identifiers import render_path
from ridgeway.protocol.messages.paths import check_unambiguous_path
from ridgeway.protocol.messages.rest import (
    CLIENT,
    QUERY_ID,
    REMOVED_HEADERS,
    REPRESENTED_PARTY,
    REQUEST_HASH,
    REQUEST_ID,
    SERVER,
    SERVICE,
    Headers,
    RestRequest,
    RestResponse,
    check_header,
    find_header,
    invalid,
    read_rest_message,
    write_message,
)

MEANT_FOR_A_PROXY = frozenset({"proxy-connection"})
"""What X-Road carries in the message although it belongs to one connection: signed, and not sent on."""

BELIEVED = frozenset({CLIENT, SERVICE, SERVER, QUERY_ID, REQUEST_ID, REQUEST_HASH, REPRESENTED_PARTY})
"""What a receiver goes by, and so must find as it was read here, once."""

REMOVED_FROM_REQUESTS = REMOVED_HEADERS | {REQUEST_ID, REQUEST_HASH}
REMOVED_FROM_RESPONSES = REMOVED_HEADERS | {QUERY_ID, REQUEST_HASH, CLIENT, REQUEST_ID}


def build_rest_request(
    method: str, target: str, headers: Iterable[tuple[str, str]], *, new_request_id: str, new_query_id: str
) -> RestRequest:
    """The message that carries an information system's request.

    `target` is the raw request target; `new_query_id` (own instance, `-`, a UUID) is used when the system gave none.

    Raises:  MessageError.
    """
    if not target.isascii():
        raise MessageError("bad_request", "The request target has a character that must be written as %HH.")
    kept = keep_headers(headers, removed=REMOVED_FROM_REQUESTS)
    query_id = find_header(kept, QUERY_ID)
    if query_id == "":
        raise invalid("the header X-Road-Id is empty; leave it out, and the server makes one")
    added = [(REQUEST_ID, new_request_id)]
    if query_id is None:
        added.append((QUERY_ID, new_query_id))
    message = read_rest_message(write_rest_request(method, target, (*kept, *added)))
    if not isinstance(message, RestRequest):
        raise MessageError("invalid_http_method", f"{method[:40]!r} is no method.")
    check_unambiguous_path(message.path)
    return message


def build_rest_response(
    status: int, reason: str, headers: Iterable[tuple[str, str]], *, request: RestRequest, request_hash: str
) -> RestResponse:
    """The message that carries a service's response to `request`, of whatever status.

    Raises:  MessageError.
    """
    added = (
        (QUERY_ID, request.query_id),
        (CLIENT, render_path(request.client)),
        (SERVICE, render_path(request.service)),
        (REQUEST_ID, request.request_id),
        (REQUEST_HASH, request_hash),
    )
    kept = keep_headers(headers, removed=REMOVED_FROM_RESPONSES)
    message = read_rest_message(write_rest_response(status, reason, (*kept, *added)))
    if not isinstance(message, RestResponse):
        raise invalid(f"{status} is no HTTP status")
    return message


def write_rest_request(method: str, target: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """The serialised request of these parts, nothing added or removed."""
    return write_message(method, target, headers)


def write_rest_response(status: int, reason: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """The serialised response of these parts, nothing added or removed."""
    return write_message(str(status), reason, headers)


def keep_headers(headers: Iterable[tuple[str, str]], *, removed: frozenset[str]) -> Headers:
    """The headers without those in `removed`, order, case and repetition kept.

    Raises:  MessageError(invalid_rest) for a name or value that would not stay one header.
    """
    kept = tuple((name, value) for name, value in headers if name.lower() not in removed)
    for name, value in kept:
        check_header(name, value)
    return kept


def render_service_url(base: str, request: RestRequest) -> str:
    """The address at which the service is called: its own, then the request's path and query as they were sent.

    Letters beyond ASCII, which X-Road lets pass in a message, go out as %HH of their UTF-8, as its HTTP client has it.
    """
    path = request.service_path
    if base.endswith("/") and path.startswith("/"):
        path = path[1:]
    return base + escape_letters(path + ("" if request.query is None else f"?{request.query}"))


def escape_letters(text: str) -> str:
    """`text` in ASCII, each other character as %HH of its UTF-8."""
    if text.isascii():
        return text
    return "".join(letter if letter.isascii() else quote(letter, errors="replace") for letter in text)


def render_http_headers(message: RestRequest | RestResponse) -> Headers:
    """The headers of a message as HTTP can carry them: every character one byte, none that was meant for a proxy.

    Of each header by which a request says who asks whom for what there is one, the one that counted here; none that a
    receiver which takes `_` for `-`, as CGI does, would take for it.
    """
    believed = find_believed(message.headers) if isinstance(message, RestRequest) else {}
    return tuple(
        (name, render_http_text(value))
        for at, (name, value) in enumerate(message.headers)
        if name.lower() not in MEANT_FOR_A_PROXY and believed.get(plain_name(name), at) == at
    )


def find_believed(headers: Headers) -> dict[str, int]:
    """Where the headers stand that were read here, by name; -1 for one of which there is only a likeness."""
    believed = {name: -1 for written, _ in headers if (name := plain_name(written)) in BELIEVED}
    for at, (written, _) in enumerate(headers):
        name = written.lower()
        if name in believed and not (name == REQUEST_ID != written and believed[name] >= 0):
            believed[name] = at
    return believed


def plain_name(name: str) -> str:
    """The name as a receiver may take it."""
    return name.lower().replace("_", "-")


def render_http_text(text: str) -> str:
    """A value or a reason as HTTP can carry it.

    What came in bytes goes out in the same bytes; what holds other characters goes out as UTF-8.
    """
    return text if is_latin(text) else text.encode("utf-8", "replace").decode("latin-1")


def is_latin(text: str) -> bool:
    """Whether each character is one byte of Latin-1."""
    return text.isascii() or all(ord(character) < 256 for character in text)
