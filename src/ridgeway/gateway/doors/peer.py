"""The peer door (5500): where other security servers bring requests for our services.

Law: TLS lets in only who shows a certificate; whether it is good, registered, and bound to the client of the message
is decided once the message part is read, because only a fault can say what is wrong. A fault is HTTP 200 with
`text/xml`, or a part in place of the signature once the answer has begun.
Source: PR-MESSTRANSP §2.1, §3.3.
"""

from ridgeway.errors import CertificateError, MessageError, RidgewayError, TransportError
from ridgeway.gateway.doors.faults import DoorFault, describe_error, describe_failure
from ridgeway.gateway.hands.drive import drive
from ridgeway.gateway.hands.provider import ProviderHands
from ridgeway.gateway.hands.unforeseen import UNFORESEEN
from ridgeway.gateway.monitoring import Observation
from ridgeway.gateway.peers.service import ServiceDirectory
from ridgeway.gateway.station import Station
from ridgeway.gateway.watching import WatchedHands, find_server_address
from ridgeway.http import HttpRefusal, Request, ResponseWriter
from ridgeway.protocol.certificates.peers import find_server_by_certificate
from ridgeway.protocol.exchange.provider import provide
from ridgeway.protocol.messages import Spelling
from ridgeway.protocol.monitoring import ServerType
from ridgeway.protocol.transport.heads import RequestHeads, check_proxy_version, read_request_heads
from ridgeway.trust.clock import read_clock

PREFIX = "server.serverproxy"
FAULT_HEADERS = (("Content-Type", "text/xml;charset=utf-8"), ("x-hash-algorithm", "SHA-512"))


class PeerDoor:
    """Handles each request of another security server."""

    def __init__(self, station: Station, services: ServiceDirectory) -> None:
        self.station = station
        self.services = services
        self.spelling = Spelling(station.settings.gateway.fault_codes)

    async def handle(self, request: Request, response: ResponseWriter) -> None:
        """Answer one request."""
        hands: ProviderHands | None = None
        seen = self.station.monitor.begin(ServerType.PRODUCER, read_clock())
        try:
            heads = self.read_heads(request, seen)
            hands = ProviderHands(request, response, heads=heads, station=self.station, services=self.services)
            hands.find_trace = lambda: seen.service_trace
            standing = self.station.standing()
            seen.service_address = find_server_address(standing.server.server, standing.trust)
            await drive(provide(standing=standing), WatchedHands(hands, seen, server=standing.server))
        except (RidgewayError, HttpRefusal, *UNFORESEEN) as error:
            fault = self.describe(error)
            seen.failed(error, code=fault.code, string=fault.string)
            await self.refuse(response, hands, fault)
        finally:
            if hands is not None:
                await hands.close()
            self.station.monitor.end(seen, read_clock())

    def describe(self, error: Exception) -> DoorFault:
        """The fault that the other server learns."""
        match error:
            case RidgewayError():
                return describe_error(error, prefix=PREFIX, spelling=self.spelling)
            case HttpRefusal():
                broken = TransportError("io_error", f"The request broke off: {error.detail or error.reason}.")
                return describe_error(broken, prefix=PREFIX, spelling=self.spelling)
            case _:
                return describe_failure(error, prefix=PREFIX, spelling=self.spelling)

    def read_heads(self, request: Request, seen: Observation) -> RequestHeads:
        """What the head says, once it is known that a registered server sent it.

        Raises:  MessageError(invalid_http_method), CertificateError(ssl_authentication_failed), TransportError.
        """
        if request.method != "POST":
            raise MessageError(
                "invalid_http_method", f"{request.method[:20]!r} is not how servers speak; expected POST."
            )
        chain = request.connection.peer_chain
        peer = find_server_by_certificate(chain[0], trust=self.station.keeper.snapshot) if chain else None
        if peer is None:
            raise CertificateError(
                "ssl_authentication_failed", "The certificate of this connection is of no registered security server."
            )
        seen.client_address = peer.address
        heads = read_request_heads(request.headers)
        minimum = self.station.settings.gateway.min_peer_version
        check_proxy_version(heads.proxy_version, minimum=minimum or None)
        return heads

    async def refuse(self, response: ResponseWriter, hands: ProviderHands | None, fault: DoorFault) -> None:
        """The other server learns the fault, or loses the connection."""
        xml = fault.as_soap()
        try:
            if hands is not None:
                await hands.send_fault(xml)
            else:
                await response.send(200, "OK", [*FAULT_HEADERS, ("Connection", "close")], xml)
        except (RidgewayError, *UNFORESEEN):
            response.abort()
