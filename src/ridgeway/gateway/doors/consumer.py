"""The consumer door: where an organisation's information systems ask.

    /r1/…              a REST message to a service
    /asic?…            evidence containers of one's own messages
    /verificationconf  the global configuration that verifies them

Law: the caller is who its connection proves, for every path. Errors are answered in the form that the request accepts,
with X-Road's code in `X-Road-Error`; the service's own errors pass untouched.
Source: PR-REST §4; UG-SIGDOC §3.
"""

from ridgeway.errors import RequestError, RidgewayError
from ridgeway.gateway.doors.faults import DoorFault, describe_error, describe_failure
from ridgeway.gateway.hands.consumer import ConsumerHands
from ridgeway.gateway.hands.drive import drive
from ridgeway.gateway.hands.names import draw_uuid
from ridgeway.gateway.hands.unforeseen import UNFORESEEN
from ridgeway.gateway.peers.securityserver import PeerDirectory
from ridgeway.gateway.ports import Download
from ridgeway.gateway.station import Station
from ridgeway.http import Request, ResponseWriter
from ridgeway.protocol.exchange.admission import Caller, admit_caller
from ridgeway.protocol.exchange.consumer import consume
from ridgeway.protocol.identifiers import ClientId
from ridgeway.protocol.messages import (
    Spelling,
    build_rest_request,
    render_rest_error,
    rest_error_status,
)

PREFIX = "server.clientproxy"
REST_PATH = b"/r1/"


class ConsumerDoor:
    """Handles each request of an information system."""

    def __init__(self, station: Station, peers: PeerDirectory) -> None:
        self.station = station
        self.peers = peers
        self.spelling = Spelling(station.settings.gateway.fault_codes)

    async def handle(self, request: Request, response: ResponseWriter) -> None:
        """Answer one request."""
        try:
            await self.choose(request, response)
        except RidgewayError as error:
            fault = describe_error(error, prefix=PREFIX, spelling=self.spelling)
            await self.refuse(request, response, fault)
        except UNFORESEEN as error:
            await self.refuse(request, response, describe_failure(error, prefix=PREFIX, spelling=self.spelling))

    async def choose(self, request: Request, response: ResponseWriter) -> None:
        """Answer one request by its path."""
        path, _, query = request.target.partition(b"?")
        if path.startswith(REST_PATH):
            await self.exchange(request, response)
        elif request.method == "GET" and path == b"/asic":
            await self.download_containers(request, response, query.decode("latin-1"))
        elif request.method == "GET" and path == b"/verificationconf":
            await self.send_download(await self.station.downloads.open_verification_configuration(), response)
        else:
            error = RequestError(
                "not_found",
                f"Nothing is at {path[:100].decode('latin-1')}; REST messages go to "
                "/r1/INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE.",
            )
            await self.refuse(request, response, describe_error(error, prefix="client", spelling=self.spelling))

    async def exchange(self, request: Request, response: ResponseWriter) -> None:
        """Carry one REST message, and hand its proven answer back."""
        hands = ConsumerHands(request, response, station=self.station, peers=self.peers)
        try:
            standing = self.station.standing()
            message = build_rest_request(
                request.method,
                request.target.decode("latin-1"),
                request.headers,
                new_request_id=draw_uuid(),
                new_query_id=f"{standing.server.server.instance}-{draw_uuid()}",
            )
            await drive(consume(message, caller=caller_of(request), standing=standing), hands)
        finally:
            await hands.close()

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

    async def refuse(self, request: Request, response: ResponseWriter, fault: DoorFault) -> None:
        """Answer with a fault, or drop the connection when an answer had begun."""
        if response.is_started:
            response.abort()
            return
        accept = ", ".join(request.headers.get_all("Accept"))
        content_type, body = render_rest_error(fault.code, fault.string, fault.mark, accept)
        headers = [("Content-Type", content_type), ("X-Road-Error", fault.code)]
        if not request.stream.is_complete:  # what still arrives is not the next request
            headers.append(("Connection", "close"))
        try:
            await response.send(rest_error_status(fault.code), "", headers, body)
        except (RidgewayError, *UNFORESEEN):
            response.abort()


def caller_of(request: Request) -> Caller:
    """How the information system came."""
    connection = request.connection
    return Caller(connection.is_tls, connection.peer_chain[0] if connection.peer_chain else None)
