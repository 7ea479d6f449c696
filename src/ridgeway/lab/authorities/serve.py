"""The authorities as processes: small HTTP servers until SIGTERM, and never in production.

    certification    POST /ocsp   GET /ocsp/BASE64   POST /sign?type=auth|sign   POST /revoke?serial=HEX
                     GET /ca.pem  GET /ocsp.pem      GET /healthz
    time-stamping    POST / or /tsa                  GET /tsa.pem                GET /healthz

Law: nobody is asked who they are, which is why production is refused. Sizes are bounded before anything is read.
"""

import asyncio
import base64
import binascii
import signal
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ridgeway.errors import RequestError, SettingsError
from ridgeway.http import Handler, HttpRefusal, Request, ResponseWriter, serve
from ridgeway.lab.authorities.ca import (
    MAX_CSR_BYTES,
    CertificateUsage,
    CertificationAuthority,
    open_certification_authority,
)
from ridgeway.lab.authorities.ocsp import MAX_REQUEST_BYTES, answer_ocsp
from ridgeway.lab.authorities.tsa import TimestampingAuthority, open_timestamping_authority
from ridgeway.settings import Mode

MAX_STAMP_REQUEST_BYTES = 4096
MAX_SERIAL_DIGITS = 40
PEM = "application/x-pem-file"
TEXT = "text/plain; charset=utf-8"
OCSP_ANSWER = "application/ocsp-response"
STAMP_ANSWER = "application/timestamp-reply"

Answer = tuple[str, bytes]
"""The content type and the body of what goes back."""


async def run_certification_authority(state: Path, *, host: str, port: int, mode: Mode) -> None:
    """Serve the certification authority in `state` until SIGTERM or SIGINT.

    Raises:  SettingsError outside the lab, or when there is no authority in `state`.
    """
    require_lab(mode)
    await run_until_stopped(handle_certification(open_certification_authority(state)), host=host, port=port)


async def run_timestamping_authority(state: Path, *, host: str, port: int, mode: Mode) -> None:
    """Serve the time-stamping authority in `state` until SIGTERM or SIGINT.

    Raises:  SettingsError outside the lab, or when there is no authority in `state`.
    """
    require_lab(mode)
    await run_until_stopped(handle_timestamping(open_timestamping_authority(state)), host=host, port=port)


def require_lab(mode: Mode) -> None:
    """Hold only in the lab.

    Raises:  SettingsError.
    """
    if mode is not Mode.LAB:
        raise SettingsError(
            "mode",
            f"The lab's authorities certify whoever asks; mode is {mode}, and they run only when it is lab.",
            action='Say mode = "lab" for a country on a laptop; in production name real authorities.',
        )


async def run_until_stopped(handler: Handler, *, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    numbers = (signal.SIGTERM, signal.SIGINT)
    for number in numbers:
        loop.add_signal_handler(number, stopped.set)
    try:
        async with serve(handler, host=host, port=port):
            await stopped.wait()
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


def handle_certification(authority: CertificationAuthority) -> Handler:
    """The handler of a certification authority and its responder."""

    async def handle(request: Request, response: ResponseWriter) -> None:
        kind, body = await answer_certification(authority, request)
        await response.send(200, "OK", [("Content-Type", kind)], body)

    return handle


def handle_timestamping(authority: TimestampingAuthority) -> Handler:
    """The handler of a time-stamping authority."""

    async def handle(request: Request, response: ResponseWriter) -> None:
        kind, body = await answer_timestamping(authority, request)
        await response.send(200, "OK", [("Content-Type", kind)], body)

    return handle


async def answer_certification(authority: CertificationAuthority, request: Request) -> Answer:
    """What the certification authority says.

    Raises:  HttpRefusal.
    """
    path, query = split_target(request)
    match request.method, path:
        case "GET", "/healthz":
            return TEXT, b"ok\n"
        case "GET", "/ca.pem":
            return PEM, authority.root.pem
        case "GET", "/ocsp.pem":
            return PEM, authority.responder.pem
        case "POST", "/ocsp":
            return OCSP_ANSWER, answer_ocsp(await request.read(MAX_REQUEST_BYTES), authority)
        case "GET", _ if path.startswith("/ocsp/"):
            return OCSP_ANSWER, answer_ocsp(read_base64(path.removeprefix("/ocsp/")), authority)
        case "POST", "/sign":
            return PEM, sign(authority, await request.read(MAX_CSR_BYTES), query.get("type", ""))
        case "POST", "/revoke":
            return TEXT, revoke(authority, query.get("serial", ""))
        case _:
            raise no_such_place(request)


async def answer_timestamping(authority: TimestampingAuthority, request: Request) -> Answer:
    """What the time-stamping authority says.

    Raises:  HttpRefusal.
    """
    path, _ = split_target(request)
    match request.method, path:
        case "GET", "/healthz":
            return TEXT, b"ok\n"
        case "GET", "/tsa.pem":
            return PEM, authority.stamper.pem
        case "POST", "/" | "/tsa":
            return STAMP_ANSWER, authority.answer(await request.read(MAX_STAMP_REQUEST_BYTES))
        case _:
            raise no_such_place(request)


def sign(authority: CertificationAuthority, csr: bytes, kind: str) -> bytes:
    """The certificate (PEM) for a request.

    Raises:  HttpRefusal(400).
    """
    if kind not in set(CertificateUsage):
        raise HttpRefusal(400, "Bad Request", f"type is {kind[:20]!r}; expected auth or sign, as in /sign?type=sign.")
    try:
        der = authority.issue(csr, CertificateUsage(kind))
    except RequestError as error:
        raise HttpRefusal(400, "Bad Request", error.detail) from error
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)


def revoke(authority: CertificationAuthority, serial: str) -> bytes:
    """The certificate with this serial number (hexadecimal) is revoked.

    Raises:  HttpRefusal(400 or 404).
    """
    digits = serial.replace(":", "")
    if not 0 < len(digits) <= MAX_SERIAL_DIGITS or not set(digits) <= set("0123456789abcdefABCDEF"):
        raise HttpRefusal(400, "Bad Request", f"serial is {serial[:60]!r}; expected hexadecimal digits.")
    if not authority.revoke(int(digits, 16)):
        raise HttpRefusal(404, "Not Found", f"No certificate {digits} was issued here.")
    return f"{digits} is revoked\n".encode()


def split_target(request: Request) -> tuple[str, dict[str, str]]:
    """The path of the request as it came, and its query with the last value of each name.

    Raises:  HttpRefusal(400).
    """
    try:
        # Two slashes may begin base64, so that the path is taken as a path and never as an authority.
        path, _, query = request.target.decode("ascii").partition("?")
        if not path.startswith("/"):
            path = urlsplit(path).path
        values = parse_qs(query, keep_blank_values=True, strict_parsing=False, max_num_fields=10)
    except ValueError as error:
        raise HttpRefusal(400, "Bad Request", f"The address cannot be read: {error}.") from error
    return path, {name: each[-1] for name, each in values.items()}


def read_base64(text: str) -> bytes:
    """The bytes in the last part of an OCSP address (RFC 6960 §A.1).

    Raises:  HttpRefusal(400).
    """
    try:
        return base64.b64decode(unquote(text, errors="strict").encode("ascii"), validate=True)
    except (ValueError, binascii.Error) as error:
        raise HttpRefusal(400, "Bad Request", f"The OCSP request is no base64: {error}.") from error


def no_such_place(request: Request) -> HttpRefusal:
    """The refusal of whatever else is asked."""
    return HttpRefusal(404, "Not Found", f"{request.method} of this address is not known; see serve.py's first lines.")
