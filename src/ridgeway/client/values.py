"""What comes back from a call: the service's answer, or the fault that stopped it on the way.

Law: a status of the service (404, say) is an answer; only what carries `X-Road-Error` is a fault.
Source: PR-REST §4.6.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ridgeway.errors import MessageError, RidgewayError
from ridgeway.http import Headers, ResponseHead


class ServiceFault(RidgewayError):  # noqa: N818 - X-Road's word
    """A security server answered instead of the service. `status` is HTTP's, `fault_id` finds it in the logs."""

    who = "named by the fault code"

    def __init__(self, code: str, detail: str, *, fault_id: str = "", status: int = 500, action: str = "") -> None:
        super().__init__(code, detail, action=action, fault_id=fault_id)
        self.status = status

    @property
    def message(self) -> str:
        """What the security server says."""
        return self.detail

    def explain(self) -> str:
        """The security server's sentence, with the code that says who must act."""
        mark = f" It is logged under {self.fault_id}." if self.fault_id else ""
        return f"{self.detail} (fault {self.code}).{mark}"


@dataclass(frozen=True, slots=True)
class ServiceResponse:
    """A service's answer in memory (`body` is empty when it went into a file)."""

    status: int
    reason: str
    headers: Headers
    body: bytes = field(default=b"", repr=False)

    @property
    def is_success(self) -> bool:
        """Whether the service answered with 2xx."""
        return 200 <= self.status < 300

    @property
    def content_type(self) -> str:
        """The media type, without parameters."""
        return self.headers.get("Content-Type").partition(";")[0].strip().lower()

    @property
    def query_id(self) -> str:
        """The id of this query; the signed container of evidence is found by it."""
        return self.headers.get("X-Road-Id")

    @property
    def request_id(self) -> str:
        """The id the security server gave to this exchange."""
        return self.headers.get("X-Road-Request-Id")

    @property
    def request_hash(self) -> str:
        """The hash of the request, Base64, as the answer is bound to it."""
        return self.headers.get("X-Road-Request-Hash")

    def json(self) -> Any:
        """The body, read as JSON.

        Raises:  MessageError(invalid_content_type) when it is not JSON.
        """
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            detail = f"The answer ({self.content_type or 'no Content-Type'}) is not JSON: {error}."
            raise MessageError("invalid_content_type", detail) from error


@dataclass(frozen=True, slots=True)
class StreamedResponse:
    """A service's answer whose body is still coming."""

    head: ServiceResponse
    chunks: AsyncIterator[bytes] = field(repr=False)


def as_response(head: ResponseHead, body: bytes = b"") -> ServiceResponse:
    """The head (and body) of an HTTP answer as a service's answer."""
    return ServiceResponse(head.status, head.reason, head.headers, body)


def read_fault(head: ResponseHead, body: bytes) -> ServiceFault:
    """The fault that an answer with `X-Road-Error` carries; its body may be anything."""
    code = head.headers.get("X-Road-Error")
    try:
        fields = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        fields = {}
    message = str(fields.get("message") or head.reason or "The security server gave no reason.")
    return ServiceFault(code, message, fault_id=str(fields.get("detail") or ""), status=head.status)
