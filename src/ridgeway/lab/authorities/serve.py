"""The authorities as processes: certificates and revocation answers at one port, time-stamps at another.

    POST /sign?type=sign|auth    a certificate request (PKCS#10) → the certificate, PEM
    POST /testca/sign            the same in the way of X-Road's test authority: a form, or the request itself
    POST /revoke?serial=NUMBER   the certificate is revoked from now on
    POST /ocsp, GET /ocsp/BASE64 revocation answers (RFC 6960)
    POST /tsa                    time-stamps (RFC 3161)
    /acme/directory              certificates by order (RFC 8555), see `acme.py`
    GET  /root.pem, /ocsp.pem, /tsa.pem, /healthz

Law: lab mode alone; whoever reaches the port gets what he asks for, as in a lab.
"""

import asyncio
import signal
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

from cryptography.hazmat.primitives.serialization import Encoding

from ridgeway.errors import RequestError, SettingsError
from ridgeway.http import Handler, Request, ResponseWriter, serve
from ridgeway.lab.authorities.acme import PREFIX, AcmeDoor
from ridgeway.lab.authorities.ca import (
    MAX_REQUEST_BYTES,
    CertificationAuthority,
    Usage,
    find_usage,
    open_certification_authority,
)
from ridgeway.lab.authorities.forms import read_upload
from ridgeway.lab.authorities.keys import KeyKind
from ridgeway.lab.authorities.ocsp import read_ocsp_path, write_ocsp_response
from ridgeway.lab.authorities.tsa import TimestampingAuthority, open_timestamping_authority
from ridgeway.settings import Mode

USAGES: dict[str, Usage] = {"sign": "signing", "auth": "authentication"}
MAX_SERIAL_DIGITS = 50
OCSP_PATH = "/ocsp/"
Answer = tuple[int, str, bytes]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to an authority, read whole."""

    what: str
    query: dict[str, list[str]]
    content_type: str
    body: bytes

    def first(self, name: str) -> str:
        """A parameter of the query, or nothing."""
        return self.query.get(name, [""])[0]


def require_lab(mode: Mode) -> None:
    """Hold only in lab mode.

    Raises:  SettingsError(lab_only).
    """
    if mode is not Mode.LAB:
        raise SettingsError(
            "lab_only",
            f"The lab does not run in {mode} mode: its keys are worthless.",
            action='For a lab, say mode = "lab".',
        )


async def serve_until_stopped(handler: Handler, *, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with serve(handler, host=host, port=port):
        await stopped.wait()


async def run_certification_authority(
    state: Path,
    *,
    host: str,
    port: int,
    mode: Mode,
    title: str = "Lab",
    key_kind: KeyKind = KeyKind.EC_P256,
    validation_port: int = 80,
) -> None:
    """Be the authority in the folder `state`, its responder included, until SIGTERM or SIGINT.

    Orders (ACME) are validated at `validation_port` of the names that they are for.

    Raises:  SettingsError(lab_only).
    """
    require_lab(mode)
    url = f"http://{host}:{port}{OCSP_PATH.rstrip('/')}"
    authority = open_certification_authority(state, title=title, ocsp_url=url, key_kind=key_kind)
    orders = AcmeDoor(authority, f"http://{host}:{port}{PREFIX}", validation_port)
    await serve_until_stopped(handle_certification(authority, orders), host=host, port=port)


async def run_timestamping_authority(
    state: Path, *, host: str, port: int, mode: Mode, title: str = "Lab", key_kind: KeyKind = KeyKind.EC_P256
) -> None:
    """Be the time-stamping authority in the folder `state` until SIGTERM or SIGINT.

    Raises:  SettingsError(lab_only).
    """
    require_lab(mode)
    authority = open_timestamping_authority(state, title=title, key_kind=key_kind)
    await serve_until_stopped(handle_timestamping(authority), host=host, port=port)


def handle_certification(authority: CertificationAuthority, orders: AcmeDoor | None = None) -> Handler:
    """The certification authority at its port."""

    async def handle(request: Request, response: ResponseWriter) -> None:
        if orders is not None and request.target.startswith(PREFIX.encode()):
            await orders.answer(request, response)
            return
        try:
            status, content_type, answer = answer_certification(authority, await read_asked(request))
        except RequestError as error:
            status, content_type, answer = 400, "text/plain; charset=UTF-8", error.explain().encode()
        await response.send(status, "", [("Content-Type", content_type)], answer)

    return handle


async def read_asked(request: Request) -> Asked:
    """The request, whole.

    Raises:  RequestError(invalid_request), HttpRefusal(413).
    """
    path, _, query = request.target.decode("latin-1").partition("?")
    body = await request.read(MAX_REQUEST_BYTES)
    try:
        given = parse_qs(query, max_num_fields=4)
    except ValueError as error:
        raise RequestError("invalid_request", f"The query cannot be read: {error}.") from error
    return Asked(f"{request.method} {path}", given, request.headers.get("content-type") or "", body)


def answer_certification(authority: CertificationAuthority, asked: Asked) -> Answer:
    """The answer to one request.

    Raises:  RequestError(invalid_request).
    """
    match asked.what:
        case "POST /ocsp" | "POST /":
            return answer_ocsp(authority, asked.body)
        case "POST /sign":
            return answer_sign(authority, asked.body, asked.first("type"))
        case "POST /testca/sign":
            upload = read_upload(asked.content_type, asked.body)
            return answer_sign(authority, upload.request, asked.first("type") or upload.kind, may_guess=True)
        case "POST /revoke":
            done = authority.revoke(parse_serial(asked.first("serial")))
            return (200, "text/plain", b"revoked") if done else (404, "text/plain", b"no such certificate")
        case "GET /root.pem":
            return 200, "application/x-pem-file", authority.certificate.public_bytes(Encoding.PEM)
        case "GET /ocsp.pem":
            return 200, "application/x-pem-file", authority.ocsp_certificate.public_bytes(Encoding.PEM)
        case "GET /healthz":
            return 200, "text/plain", b"ok"
        case what if what.startswith(f"GET {OCSP_PATH}"):
            return answer_ocsp(authority, read_ocsp_path(what.removeprefix(f"GET {OCSP_PATH}")))
        case _:
            return 404, "text/plain", b"nothing here"


def answer_ocsp(authority: CertificationAuthority, question: bytes) -> Answer:
    """What the responder says."""
    return 200, "application/ocsp-response", write_ocsp_response(authority, question)


def answer_sign(authority: CertificationAuthority, request: bytes, kind: str, *, may_guess: bool = False) -> Answer:
    """A certificate of that kind; with no kind, of the one that the request wishes for, if that may be guessed.

    Raises:  RequestError(invalid_request).
    """
    usage = find_usage(request) if may_guess and kind in {"", "auto"} else USAGES.get(kind)
    if usage is None:
        raise RequestError("invalid_request", "The parameter type is missing; expected sign or auth.")
    return 200, "application/x-pem-file", authority.issue(request, usage)


def parse_serial(text: str) -> int:
    """A serial number, decimal.

    Raises:  RequestError(invalid_request).
    """
    if not (text.isascii() and text.isdecimal() and len(text) <= MAX_SERIAL_DIGITS):
        raise RequestError("invalid_request", f"{text[:60]!r} is no serial number; expected decimal digits.")
    return int(text)


def handle_timestamping(authority: TimestampingAuthority) -> Handler:
    """The time-stamping authority at its port."""

    async def handle(request: Request, response: ResponseWriter) -> None:
        body = await request.read(MAX_REQUEST_BYTES)
        path = request.target.decode("latin-1").partition("?")[0]
        match f"{request.method} {path}":
            case "POST /tsa" | "POST /":
                await response.send(200, "", [("Content-Type", "application/timestamp-reply")], authority.stamp(body))
            case "GET /tsa.pem":
                pem = authority.certificate.public_bytes(Encoding.PEM)
                await response.send(200, "", [("Content-Type", "application/x-pem-file")], pem)
            case "GET /healthz":
                await response.send(200, "", [("Content-Type", "text/plain")], b"ok")
            case _:
                await response.send(404, "", [("Content-Type", "text/plain")], b"nothing here")

    return handle
