"""REST messages as they are signed, hashed and logged: read strictly, written in the one canonical form.

    POST␍␊/r1/EE/GOV/1234/sub/service/path?query␍␊Name:Value␍␊…        request
    200␍␊OK␍␊Content-Type:application/json␍␊x-road-id:…␍␊…              response

Law: the bytes as received are what was signed, so every value keeps them; no value is trimmed; of several headers of
one x-road name the last counts. A message that X-Road's own parser would refuse is refused here too.
Source: PR-REST §4; PR-MESSTRANSP §3.1. Read next: `restmaking.py`, which makes them from what a system sent.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NoReturn

from ridgeway.errors import MessageError, PeerError
from ridgeway.protocol.identifiers import (
    ClientId,
    RepresentedParty,
    ServerId,
    ServiceId,
    parse_client_path,
    parse_represented_party,
    parse_server_path,
    parse_service_path,
)

MAX_MESSAGE_BYTES = 256 * 1024
MAX_HEADERS = 512

VERBS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})
VERBS_WITH_BODY = frozenset({"PATCH", "POST", "PUT"})
"""The verbs whose body is sent on to the service; the body of any other is signed and logged only."""

REMOVED_HEADERS = frozenset(
    {"connection", "content-length", "expect", "host", "keep-alive", "proxy-authenticate", "proxy-authorization"}
    | {"server", "te", "trailer", "transfer-encoding", "upgrade", "user-agent"}
)
"""Headers of one connection: never carried, and an error in a message that arrives."""

CLIENT = "x-road-client"
SERVICE = "x-road-service"
SERVER = "x-road-security-server"
QUERY_ID = "x-road-id"
REQUEST_ID = "x-road-request-id"
REQUEST_HASH = "x-road-request-hash"
REPRESENTED_PARTY = "x-road-represented-party"

Octets = bytes
Headers = tuple[tuple[str, str], ...]

LINE_END = re.compile(r"\r\n|\r|\n")
HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+")
HEADER_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")
HEADER = re.compile(rf"({HEADER_NAME.pattern}):({HEADER_VALUE.pattern})")
STATUS = re.compile(r"[2-9][0-9]{2}")
"""A status below 200 is no answer: whoever asked would go on waiting for one."""
NOT_ASCII = r"[^\x00-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
PATH = re.compile(rf"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{{2}}|{NOT_ASCII})*")
QUERY = re.compile(rf"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?\[\]]|%[0-9A-Fa-f]{{2}}|{NOT_ASCII})*")


@dataclass(frozen=True, slots=True)
class RestRequest:
    """A request. `path` and `query` stand as they were sent, still escaped; `bytes` is the message as received.

    `service_path` is what follows the service code: "" when nothing does, else it begins with `/`. `query_id` and
    `request_id` are "" when the message has none.
    """

    verb: str
    path: str
    query: str | None
    headers: Headers = field(repr=False)
    client: ClientId
    service: ServiceId
    service_path: str
    query_id: str
    request_id: str
    server: ServerId | None
    represented_party: RepresentedParty | None
    bytes: Octets = field(repr=False)

    @property
    def sender(self) -> ClientId:
        """Whoever signs it."""
        return self.client

    @property
    def is_response(self) -> bool:
        """A request is none."""
        return False


@dataclass(frozen=True, slots=True)
class RestResponse:
    """A response. `request_hash` is base64 as sent; `bytes` is the message as received."""

    status: int
    reason: str
    headers: Headers = field(repr=False)
    client: ClientId
    service: ServiceId
    query_id: str
    request_id: str
    request_hash: str
    bytes: Octets = field(repr=False)

    @property
    def sender(self) -> ClientId:
        """Whoever signs it."""
        return self.service.provider

    @property
    def is_response(self) -> bool:
        """A response is one."""
        return True


def read_rest_message(data: Octets) -> RestRequest | RestResponse:
    """Read a serialised message; one whose first byte is a digit from 1 to 9 is a response.

    Raises:  MessageError(invalid_rest), or with the code of the identifier that is wrong.
    """
    if not data or len(data) > MAX_MESSAGE_BYTES:
        raise invalid(f"it has {len(data)} bytes; expected 1 to {MAX_MESSAGE_BYTES}")
    first, second, *rest = split_lines(data)
    headers = parse_headers(rest)
    if data[0] in b"123456789":
        return read_response(data, status=first, reason=second, headers=headers)
    return read_request(data, verb=first, target=second, headers=headers)


def split_lines(data: Octets) -> list[str]:
    """The lines of a message, at least two.

    Raises:  MessageError(invalid_rest) when it is not UTF-8, or has one line only or too many.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise invalid(f"it is not UTF-8 at byte {error.start}") from error
    lines = LINE_END.split(text, MAX_HEADERS + 3)
    if lines[-1] == "":
        lines.pop()
    if not 2 <= len(lines) <= MAX_HEADERS + 2:
        raise invalid(f"it has {len(lines)} lines or more; expected two and at most {MAX_HEADERS} headers")
    return lines


def parse_headers(lines: Iterable[str]) -> Headers:
    """The headers of a message that arrived, each `Name:Value`."""
    headers = []
    for line in lines:
        found = HEADER.fullmatch(line)
        if found is None:
            refuse_header(line)
        name = found[1]
        if name.lower() in REMOVED_HEADERS:
            raise invalid(f"the header {name} belongs to one connection and may not be in a message")
        headers.append((name, found[2]))
    return tuple(headers)


def refuse_header(line: str) -> NoReturn:
    """Say why a line is no header."""
    name, colon, value = line.partition(":")
    if colon:
        check_header(name, value)
    raise invalid(f"the line {line[:80]!r} is no header; expected Name:Value and no empty line")


def check_header(name: str, value: str) -> None:
    """Let only names and values pass that stay one header wherever they are written.

    Raises:  MessageError(invalid_rest).
    """
    if not HEADER_NAME.fullmatch(name):
        raise invalid(f"{name[:80]!r} is no name of a header")
    if not HEADER_VALUE.fullmatch(value):
        raise invalid(f"the value of the header {name[:80]} has a control character")


def find_header(headers: Headers, name: str) -> str | None:
    """The value of the last header of that name (in lower case), whatever the case it is written in."""
    return next((value for written, value in reversed(headers) if written.lower() == name), None)


def index_headers(headers: Headers) -> dict[str, str]:
    """The headers by name in lower case; of equal names the last."""
    return {name.lower(): value for name, value in headers}


def read_request(data: Octets, *, verb: str, target: str, headers: Headers) -> RestRequest:
    """The request that these parts make."""
    if verb not in VERBS:
        raise MessageError("invalid_http_method", f"{verb[:40]!r} is no method; expected {', '.join(sorted(VERBS))}.")
    path, query = split_target(target)
    service, service_path = parse_request_path(path)
    found = index_headers(headers)
    client = found.get(CLIENT)
    if client is None:
        raise MessageError("invalid_client_identifier", "The header X-Road-Client is missing; it says who asks.")
    server, party = found.get(SERVER), found.get(REPRESENTED_PARTY)
    return RestRequest(
        verb=verb,
        path=path,
        query=query,
        headers=headers,
        client=parse_client_path(client),
        service=service,
        service_path=service_path,
        query_id=found.get(QUERY_ID, ""),
        # X-Road looks this one up by its exact case.
        request_id=next((value for name, value in reversed(headers) if name == REQUEST_ID), ""),
        server=None if server is None else parse_server_path(server),
        represented_party=None if party is None else parse_represented_party(party),
        bytes=data,
    )


def split_target(target: str) -> tuple[str, str | None]:
    """Path and query of a request line.

    Raises:  MessageError(invalid_rest) when it is no URI without scheme, authority and fragment.
    """
    path, mark, query = target.partition("?")
    if not path.startswith("/") or path.startswith("//"):
        raise invalid(f"the target {target[:200]!r} must begin with /r1/ and name no server")
    if not PATH.fullmatch(path) or not QUERY.fullmatch(query):
        raise invalid(f"the target {target[:200]!r} has a character that must be written as %HH, or a bad %HH")
    return path, query if mark else None


def parse_request_path(path: str) -> tuple[ServiceId, str]:
    """The service that a path calls, and what follows its code.

    Raises:  MessageError(invalid_rest) when it is not /r1/ and five codes.
    """
    pieces = path.split("/", 7)
    if len(pieces) < 7 or pieces[1] != "r1":
        raise invalid(f"the path {path[:200]!r} is not /r1/INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE and what follows")
    return parse_service_path("/".join(pieces[2:7])), f"/{pieces[7]}" if len(pieces) == 8 else ""


def read_response(data: Octets, *, status: str, reason: str, headers: Headers) -> RestResponse:
    """The response that these parts make."""
    if not STATUS.fullmatch(status):
        raise invalid(f"{status[:40]!r} is no HTTP status of an answer; expected 200 to 999")
    if not HEADER_VALUE.fullmatch(reason):
        raise invalid("its reason has a control character")
    found = index_headers(headers)
    return RestResponse(
        status=int(status),
        reason=reason,
        headers=headers,
        client=parse_client_path(get_header(found, CLIENT)),
        service=parse_service_path(get_header(found, SERVICE)),
        query_id=get_header(found, QUERY_ID),
        request_id=found.get(REQUEST_ID, ""),
        request_hash=check_base64(get_header(found, REQUEST_HASH)),
        bytes=data,
    )


def get_header(found: dict[str, str], name: str) -> str:
    """The value of a header that must be there and say something."""
    value = found.get(name)
    if not value:
        raise invalid(f"the header {name} is missing or empty")
    return value


def check_base64(text: str) -> str:
    """The text, which is base64 of something."""
    try:
        if base64.b64decode(text, validate=True):
            return text
    except (ValueError, binascii.Error):
        pass
    raise invalid(f"the header {REQUEST_HASH} is {text[:120]!r}; expected base64 of a digest")


def write_message(first: str, second: str, headers: Iterable[tuple[str, str]]) -> Octets:
    """The canonical form: lines end in CR LF, no space after a colon, no empty line at the end.

    Raises:  MessageError(invalid_rest) when one of the first two would be two lines.
    """
    if LINE_END.search(first) or LINE_END.search(second):
        raise invalid(f"a line end stands inside {first[:40]!r} or {second[:80]!r}")
    lines = [first, second, *(f"{name}:{value}" for name, value in headers), ""]
    return "\r\n".join(lines).encode("utf-8", "surrogatepass")


def write_metadata_only(message: RestRequest | RestResponse) -> Octets:
    """The message as it is logged where bodies are not: neither query nor service path, x-road headers only."""
    headers = [header for header in message.headers if header[0].lower().startswith("x-road-")]
    if isinstance(message, RestResponse):
        return write_message(str(message.status), message.reason, headers)
    return write_message(message.verb, message.path[: len(message.path) - len(message.service_path)], headers)


def request_hash(message: Octets, body_digest: Octets | None = None) -> str:
    """The base64 hash that ties a response to its request.

    Shapes:  `message` is the serialised request; `body_digest` is raw SHA-512 of the body part, None when there is
             no such part (a part without a byte is one).
    """
    digest = hashlib.sha512(message).digest()
    if body_digest is not None:
        digest = hashlib.sha512(digest + body_digest).digest()
    return base64.b64encode(digest).decode("ascii")


def verify_rest_response(response: RestResponse, *, request: RestRequest, expected_hash: str) -> None:
    """Prove that the response answers this very request.

    Raises:  PeerError(inconsistent_response) that names what differs.
    """
    pairs = {
        CLIENT: (response.client, request.client),
        SERVICE: (response.service, request.service),
        QUERY_ID: (response.query_id, request.query_id),
        REQUEST_ID: (response.request_id, request.request_id),
        REQUEST_HASH: (response.request_hash, expected_hash),
    }
    for name, (found, expected) in pairs.items():
        if found != expected:
            raise PeerError("inconsistent_response", f"The response's {name} is {found}; the request has {expected}.")


def invalid(why: str) -> MessageError:
    """The error for a message that cannot be read."""
    return MessageError("invalid_rest", f"The REST message cannot be read: {why}.")
