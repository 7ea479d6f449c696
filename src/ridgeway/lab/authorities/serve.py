"""The authorities as processes: certificates and revocation answers at one port, time-stamps at another.

    POST /sign?type=sign|auth    a certificate request (PKCS#10) → the certificate, PEM
    POST /revoke?serial=NUMBER   the certificate is revoked from now on
    POST /ocsp                   revocation answers (RFC 6960)
    POST /tsa                    time-stamps (RFC 3161)
    GET  /root.pem, /ocsp.pem, /tsa.pem, /healthz

Law: lab mode alone; whoever reaches the port gets what he asks for, as in a lab.
"""

import asyncio
import signal
from urllib.parse import parse_qs

from cryptography.hazmat.primitives.serialization import Encoding

from ridgeway.errors import RequestError, SettingsError
from ridgeway.http import Handler, Request, ResponseWriter, serve
from ridgeway.lab.authorities.ca import MAX_REQUEST_BYTES, CertificationAuthority, Usage
from ridgeway.lab.authorities.ocsp import write_ocsp_response
from ridgeway.lab.authorities.tsa import TimestampingAuthority
from ridgeway.settings import Mode

USAGES: dict[str, Usage] = {"sign": "signing", "auth": "authentication"}
Answer = tuple[int, str, bytes]


def require_lab(mode: Mode) -> None:
    """Hold only in lab mode.

    Raises:  SettingsError(lab_only).
    """
    if mode is not Mode.LAB:
        raise SettingsError(
            "lab_only", f"The lab's authorities do not run in {mode} mode.", action='For a lab, say mode = "lab".'
        )


async def serve_until_stopped(handler: Handler, *, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with serve(handler, host=host, port=port):
        await stopped.wait()


def handle_certification(authority: CertificationAuthority) -> Handler:
    """The certification authority at its port."""

    async def handle(request: Request, response: ResponseWriter) -> None:
        body = await request.read(MAX_REQUEST_BYTES)
        path, _, query = request.target.decode("latin-1").partition("?")
        try:
            status, content_type, answer = answer_certification(authority, f"{request.method} {path}", query, body)
        except RequestError as error:
            status, content_type, answer = 400, "text/plain; charset=UTF-8", error.explain().encode()
        await response.send(status, "", [("Content-Type", content_type)], answer)

    return handle


def answer_certification(authority: CertificationAuthority, what: str, query: str, body: bytes) -> Answer:
    """The answer to one request.

    Raises:  RequestError(invalid_request).
    """
    given = parse_qs(query, max_num_fields=4)
    match what:
        case "POST /ocsp" | "POST /":
            return 200, "application/ocsp-response", write_ocsp_response(authority, body)
        case "POST /sign":
            usage = USAGES.get(given.get("type", [""])[0])
            if usage is None:
                raise RequestError("invalid_request", "The parameter type is missing; expected sign or auth.")
            return 200, "application/x-pem-file", authority.issue(body, usage)
        case "POST /revoke":
            serial = given.get("serial", [""])[0]
            done = serial.isdigit() and authority.revoke(int(serial))
            return (200, "text/plain", b"revoked") if done else (404, "text/plain", b"no such certificate")
        case "GET /root.pem":
            return 200, "application/x-pem-file", authority.certificate.public_bytes(Encoding.PEM)
        case "GET /ocsp.pem":
            return 200, "application/x-pem-file", authority.ocsp_certificate.public_bytes(Encoding.PEM)
        case "GET /healthz":
            return 200, "text/plain", b"ok"
        case _:
            return 404, "text/plain", b"nothing here"


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
