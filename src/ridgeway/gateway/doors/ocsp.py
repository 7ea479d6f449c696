"""The OCSP door (5577): revocation answers for the certificates that this server shows.

Law: it answers from what `trust` fetched, and only for hashes it was asked for; one that it does not know is 500.
Source: PR-MESSTRANSP §2.2.
"""

from ridgeway.errors import MessageError
from ridgeway.gateway.hands.names import draw_boundary
from ridgeway.gateway.station import Station
from ridgeway.http import Request, ResponseWriter
from ridgeway.protocol.transport.ocspdoor import parse_ocsp_query, write_ocsp_answers

TEXT = [("Content-Type", "text/plain; charset=UTF-8")]


class OcspDoor:
    """Handles each question about our certificates."""

    def __init__(self, station: Station) -> None:
        self.station = station

    async def handle(self, request: Request, response: ResponseWriter) -> None:
        """Answer one question."""
        if request.method == "HEAD":
            await response.send(200, "OK", (), b"")
            return
        if request.method != "GET":
            await response.send(500, "Refused", TEXT, b"Ask with GET.")
            return
        try:
            hashes = parse_ocsp_query(request.target.decode("latin-1"))
        except MessageError as error:
            await response.send(500, "Refused", TEXT, error.detail.encode())
            return
        known = self.station.keeper.ocsp_responses
        missing = [name for name in hashes if name not in known]
        if missing:
            await response.send(500, "Unknown", TEXT, f"No revocation answer for {missing[0]}.".encode())
            return
        content_type, body = write_ocsp_answers([known[name] for name in hashes], boundary=draw_boundary())
        await response.send(200, "OK", [("Content-Type", content_type)], body)
