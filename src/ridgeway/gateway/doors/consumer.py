"""The consumer door: where an organisation's information systems ask.

    /r1/…              a REST message to a service
    /listClients       the members and subsystems of an instance
    /asic?…            evidence containers of one's own messages
    /verificationconf  the global configuration that verifies them
    anything else      a SOAP message

Law: the caller is who its connection proves, for every path. A refusal has the form of what was asked: for REST as
the request accepts, with X-Road's code in `X-Road-Error`; for SOAP a fault. A service's own errors pass untouched.
Source: PR-REST §4; PR-MESS §2; PR-META §2; UG-SIGDOC §3.
"""

import asyncio
from enum import Enum, auto
from typing import assert_never

from ridgeway.errors import MessageError, RidgewayError
from ridgeway.gateway.doors.faults import SOAP_FAULT_HEADERS, DoorFault, describe_error, describe_failure
from ridgeway.gateway.hands.consumer import ConsumerHands
from ridgeway.gateway.hands.drive import drive
from ridgeway.gateway.hands.names import draw_uuid
from ridgeway.gateway.hands.outgoing import RestBody, SoapSource
from ridgeway.gateway.hands.unforeseen import UNFORESEEN
from ridgeway.gateway.metadata import answer_list_clients
from ridgeway.gateway.monitoring import Observation
from ridgeway.gateway.peers.securityserver import PeerDirectory
from ridgeway.gateway.ports import Download
from ridgeway.gateway.station import Station
from ridgeway.gateway.tracing import context_for_peer
from ridgeway.gateway.watching import WatchedHands, find_server_address, note_request
from ridgeway.http import Request, ResponseWriter
from ridgeway.protocol.exchange.admission import Caller, admit_caller
from ridgeway.protocol.exchange.consumer import consume
from ridgeway.protocol.exchange.soap import SoapPart, SoapRequest
from ridgeway.protocol.identifiers import ClientId
from ridgeway.protocol.messages import (
    Spelling,
    build_rest_request,
    check_soap_action,
    read_soap_message,
    render_rest_error,
    rest_error_status,
)
from ridgeway.protocol.monitoring import ServerType
from ridgeway.protocol.transport import SoapDecoder
from ridgeway.telemetry.traces import TRACEPARENT
from ridgeway.trust.clock import read_clock

PREFIX = "server.clientproxy"
CLIENT = "client"
REST_PATH = b"/r1/"
DOWNLOADS = (b"/asic", b"/verificationconf", b"/listClients")


class Form(Enum):
    """What was asked, and so how a refusal is worded: in JSON or XML, as a SOAP fault, in plain text."""

    REST = auto()
    SOAP = auto()
    DOWNLOAD = auto()


class ConsumerDoor:
    """Handles each request of an information system."""

    def __init__(self, station: Station, peers: PeerDirectory) -> None:
        self.station = station
        self.peers = peers
        self.spelling = Spelling(station.settings.gateway.fault_codes)

    async def handle(self, request: Request, response: ResponseWriter) -> None:
        """Answer one request."""
        form = choose_form(request)
        seen = self.station.monitor.begin(ServerType.CLIENT, read_clock(), traceparent=request.headers.get(TRACEPARENT))
        try:
            match form:
                case Form.REST:
                    await self.exchange_rest(request, response, seen)
                case Form.SOAP:
                    await self.exchange_soap(request, response, seen)
                case Form.DOWNLOAD:
                    seen.is_message = False
                    await self.download(request, response)
        except RidgewayError as error:
            fault = describe_error(error, prefix=PREFIX, spelling=self.spelling)
            seen.failed(error, code=fault.code, string=fault.string)
            if error.code == "bad_request":
                form = Form.DOWNLOAD
            await self.refuse(request, response, fault, form=form)
        except UNFORESEEN as error:
            fault = describe_failure(error, prefix=PREFIX, spelling=self.spelling)
            seen.failed(error, code=fault.code, string=fault.string)
            await self.refuse(request, response, fault, form=form)
        finally:
            self.station.monitor.end(seen, read_clock())

    async def exchange_rest(self, request: Request, response: ResponseWriter, seen: Observation) -> None:
        """Carry one REST message, and hand its proven answer back."""
        outgoing = RestBody(request.body(), is_part_when_empty=False)
        hands = ConsumerHands(
            request, response, outgoing=outgoing, is_rest=True, station=self.station, peers=self.peers
        )
        try:
            standing = self.station.standing()
            message = build_rest_request(
                request.method,
                request.target.decode("latin-1"),
                context_for_peer(request.headers, seen),
                new_request_id=draw_uuid(),
                new_query_id=f"{standing.server.server.instance}-{draw_uuid()}",
            )
            note_request(seen, message)
            seen.client_address = find_server_address(standing.server.server, standing.trust)
            watched = WatchedHands(hands, seen, server=standing.server)
            await drive(consume(message, caller=caller_of(request), standing=standing), watched)
        finally:
            await hands.close()

    async def exchange_soap(self, request: Request, response: ResponseWriter, seen: Observation) -> None:
        """Carry one SOAP message with its attachments, and hand its proven answer back."""
        source = self.open_soap(request)
        hands = ConsumerHands(request, response, outgoing=source, is_rest=False, station=self.station, peers=self.peers)
        try:
            standing = self.station.standing()
            message = await self.read_soap(request, source)
            note_request(seen, message)
            seen.client_address = find_server_address(standing.server.server, standing.trust)
            watched = WatchedHands(hands, seen, server=standing.server)
            await drive(consume(message, caller=caller_of(request), standing=standing), watched)
        finally:
            await hands.close()

    def open_soap(self, request: Request) -> SoapSource:
        """The SOAP message that this request brings, about to be read.

        Raises:  MessageError(client.invalid_http_method | client.invalid_request | client.invalid_content_type).
        """
        try:
            if request.method != "POST":
                raise MessageError(
                    "invalid_http_method",
                    f"{request.method[:20]!r} is not how SOAP messages are sent; expected POST. "
                    "REST messages go to /r1/INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE.",
                )
            content_type = request.headers.get("Content-Type")
            if not content_type:
                raise MessageError("invalid_request", "The request has no Content-Type; expected text/xml.")
            decoder = SoapDecoder(content_type, limits=self.station.transport_limits)
        except RidgewayError as error:
            raise error.prefixed(CLIENT) from error
        return SoapSource(decoder, request.body(), prefix=CLIENT)

    async def read_soap(self, request: Request, source: SoapSource) -> SoapRequest:
        """The SOAP message itself, with which everything begins.

        Raises:  MessageError under `client`; MessageError(internal_error) when it does not arrive in time.
        """
        limit = self.station.settings.gateway.soap_part_timeout_seconds
        try:
            action = check_soap_action(find_soap_action(request))
            async with asyncio.timeout(limit):
                part = await source.read_message()
            message = read_soap_message(part.bytes, content_type=part.content_type)
        except TimeoutError:
            raise MessageError("internal_error", f"The SOAP message did not arrive within {limit:g} s.") from None
        except RidgewayError as error:
            raise error.prefixed(CLIENT) from error
        original = request.headers.get("Content-Type")
        return SoapRequest(message, draw_uuid(), SoapPart(part.content_type, part.headers, original), action=action)

    async def download(self, request: Request, response: ResponseWriter) -> None:
        """Answer what is no message."""
        path, _, query = request.target.partition(b"?")
        if path == b"/listClients":
            content_type, body = answer_list_clients(request, self.station.keeper.snapshot, now=read_clock())
            await response.send(200, "OK", [("Content-Type", content_type)], body)
        elif path == b"/asic":
            await self.download_containers(request, response, query.decode("latin-1"))
        else:
            await self.send_download(await self.station.downloads.open_verification_configuration(), response)

    async def download_containers(self, request: Request, response: ResponseWriter, query: str) -> None:
        """Hand out evidence containers of the caller's own messages."""
        try:
            download = await self.station.downloads.open_containers(query, lambda party: self.admit(request, party))
        except RidgewayError as error:
            status = 401 if error.code == "ssl_authentication_failed" else error.status
            await response.send(
                status, "Refused", [("Content-Type", "text/plain; charset=UTF-8")], error.explain().encode()
            )
            return
        await self.send_download(download, response)

    def admit(self, request: Request, party: ClientId) -> None:
        """Hold only while this connection may speak for `party`."""
        standing = self.station.standing()
        admit_caller(party, caller=caller_of(request), server=standing.server, own_certificate=standing.own_certificate)

    async def send_download(self, download: Download, response: ResponseWriter) -> None:
        """A file, piece by piece; one that breaks off kills the connection."""
        await response.start(download.status, "", download.headers)
        async for chunk in download.chunks:
            await response.write(chunk)
        await response.finish()

    async def refuse(self, request: Request, response: ResponseWriter, fault: DoorFault, *, form: Form) -> None:
        """Answer with a fault, or drop the connection when an answer had begun."""
        if response.is_started:
            response.abort()
            return
        status, headers, body = render_refusal(fault, form, accept=", ".join(request.headers.get_all("Accept")))
        if not request.stream.is_complete:  # what still arrives is not the next request
            headers.append(("Connection", "close"))
        try:
            await response.send(status, "", headers, body)
        except (RidgewayError, *UNFORESEEN):
            response.abort()


def choose_form(request: Request) -> Form:
    """What was asked, by its path."""
    if request.target.startswith(REST_PATH):
        return Form.REST
    is_download = request.method == "GET" and request.target.partition(b"?")[0] in DOWNLOADS
    return Form.DOWNLOAD if is_download else Form.SOAP


def render_refusal(fault: DoorFault, form: Form, *, accept: str) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body of an answer that refuses, in the form of what was asked."""
    match form:
        case Form.REST:
            content_type, body = render_rest_error(fault.code, fault.string, fault.mark, accept)
            return rest_error_status(fault.code), [("Content-Type", content_type), ("X-Road-Error", fault.code)], body
        case Form.SOAP:
            return 200, list(SOAP_FAULT_HEADERS), fault.as_soap()
        case Form.DOWNLOAD:
            status = 400 if fault.code.endswith(".bad_request") else 500
            return status, [("Content-Type", "text/plain; charset=UTF-8")], f"{fault.string} [{fault.mark}]\n".encode()
        case _:
            assert_never(form)


def find_soap_action(request: Request) -> str | None:
    """The value of SOAPAction, None where there is none."""
    values = request.headers.get_all("SOAPAction")
    return values[-1] if values else None


def caller_of(request: Request) -> Caller:
    """How the information system came."""
    connection = request.connection
    return Caller(connection.is_tls, connection.peer_chain[0] if connection.peer_chain else None)
