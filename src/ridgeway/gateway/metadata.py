"""What the security server answers itself: its providers' services and their descriptions, and the list of clients.

Law: no access right is asked for; requests and answers are signed and logged like all others. A description is
fetched from where its service's document says, with the service's own TLS rules, and leaves without addresses.
Source: PR-META §2; PR-MREST §2 to §4.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from ridgeway.errors import AccessError, MessageError, PeerError, RidgewayError
from ridgeway.gateway.hiding import Hide, Hiding
from ridgeway.gateway.peers.service import ServiceDirectory
from ridgeway.gateway.ports import OwnAnswer, OwnCall, OwnService, SoapAttachment
from ridgeway.http import HttpRefusal, Request, Response
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.exchange.admission import find_service
from ridgeway.protocol.exchange.soap import SoapRequest
from ridgeway.protocol.exchange.values import LocalClient, LocalService, ServiceType
from ridgeway.protocol.messages import write_soap_response
from ridgeway.protocol.metadata import hide_addresses, hide_servers, render_list_clients
from ridgeway.protocol.metadata.methods import render_rest_methods, render_soap_methods
from ridgeway.protocol.metadata.notation import MAX_OPENAPI_BYTES
from ridgeway.protocol.metadata.queries import read_list_query, read_openapi_query, read_wsdl_query, render_wsdl_reply
from ridgeway.protocol.metadata.wsdl import MAX_WSDL_BYTES

JSON = (("Content-Type", "application/json"),)
DEFAULT_DESCRIPTION_TYPE = "text/plain"


class MetadataService:
    """Answers listMethods, allowedMethods, getOpenAPI and getWsdl."""

    def __init__(self, services: ServiceDirectory) -> None:
        self.services = services
        self.hiding = Hiding()
        self.answers: dict[str, Callable[[OwnCall, LocalClient], Awaitable[OwnAnswer]]] = {
            "listMethods": self.list_methods,
            "allowedMethods": self.list_methods,
            "getOpenAPI": self.get_openapi,
            "getWsdl": self.get_wsdl,
        }

    async def answer(self, call: OwnCall) -> OwnAnswer:
        """As `OwnService`."""
        provider = call.standing.server.clients.get(call.request.service.provider)
        if provider is None:
            raise AccessError("unknown_member", f"{call.request.service.provider} has no services here.")
        return await self.answers[call.request.service.service_code](call, provider)

    async def list_methods(self, call: OwnCall, provider: LocalClient) -> OwnAnswer:
        """The services of the provider, or those that the client may call."""
        name = call.request.service.service_code
        client = call.request.client if name == "allowedMethods" else None
        trust = call.standing.trust
        if isinstance(call.request, SoapRequest):
            body = render_soap_methods(provider, name, client=client, trust=trust)
            return OwnAnswer(write_soap_response(call.request.message, body))
        # many endpoints against many rights take their time, which no message shall wait for
        listed = await asyncio.to_thread(render_rest_methods, provider, client=client, trust=trust)
        return OwnAnswer(listed, headers=JSON)

    async def get_openapi(self, call: OwnCall, provider: LocalClient) -> OwnAnswer:
        """The description of a REST service, its servers hidden.

        Raises:  MessageError(invalid_request), PeerError(internal_error) as X-Road has it.
        """
        assert not isinstance(call.request, SoapRequest)
        code = read_openapi_query(call.request.query)
        service = provider.services.get(code)
        if service is None or service.type is not ServiceType.OPENAPI:
            raise PeerError(
                "internal_error", f"{provider.id} has no service {code[:100]!r} with an OpenAPI description."
            )
        fetched = await self.fetch(service, provider, max_bytes=MAX_OPENAPI_BYTES)
        hidden = await self.hide(hide_servers, fetched.body)
        content_type = fetched.headers.get("Content-Type") or DEFAULT_DESCRIPTION_TYPE
        return OwnAnswer(hidden, headers=(("Content-Type", content_type),))

    async def get_wsdl(self, call: OwnCall, provider: LocalClient) -> OwnAnswer:
        """The WSDL of a SOAP service as an attachment, its addresses hidden.

        Raises:  MessageError(invalid_request), AccessError(unknown_service | service_type), PeerError(internal_error).
        """
        assert isinstance(call.request, SoapRequest)
        query = read_wsdl_query(call.request.bytes)
        asked = replace(call.request.service, service_code=query.service_code, version=query.version)
        service = find_service(provider, asked)
        if service is None or (service.type is ServiceType.WSDL and not service.description_url):
            raise AccessError("unknown_service", f"There is no {str(asked)[:300]!r} with a WSDL.")
        if service.type is not ServiceType.WSDL:
            raise AccessError("service_type", f"{asked} is a REST service and has no WSDL.")
        fetched = await self.fetch(service, provider, max_bytes=MAX_WSDL_BYTES)
        hidden = await self.hide(hide_addresses, fetched.body)
        body = render_wsdl_reply(query)
        headers = (("Content-Transfer-Encoding", "binary"), ("Content-ID", f"<wsdl={uuid.uuid4()}@ridgeway>"))
        attachment = SoapAttachment("text/xml", headers, hidden)
        return OwnAnswer(write_soap_response(call.request.message, body), attachments=(attachment,))

    async def fetch(self, service: LocalService, provider: LocalClient, *, max_bytes: int) -> Response:
        """The description of a service, from where it is.

        Raises:  PeerError(internal_error), as X-Road has it.
        """
        if not service.description_url:
            raise PeerError("internal_error", f"The service {service.full_code} says not where its description is.")
        try:
            return await self.services.fetch_description(service, provider=provider.id, max_bytes=max_bytes)
        except (RidgewayError, HttpRefusal) as error:
            why = error.detail or str(error)
            raise PeerError(
                "internal_error", f"The description of {service.full_code} cannot be fetched: {why}"
            ) from error

    async def hide(self, hide: Hide, data: bytes) -> bytes:
        """The description without its addresses.

        Raises:  PeerError(internal_error) when it is none, as X-Road has it.
        """
        try:
            return await self.hiding.apply(hide, data)
        except MessageError as error:
            raise PeerError("internal_error", error.detail) from error


def list_metadata_services(services: ServiceDirectory) -> dict[str, OwnService]:
    """What answers each of the metadata services, by code."""
    metadata = MetadataService(services)
    return dict.fromkeys(metadata.answers, metadata)


def answer_list_clients(request: Request, trust: TrustSnapshot, *, now: datetime) -> tuple[str, bytes]:
    """Content-Type and body of the answer to `GET /listClients`.

    Raises:  TrustError(global_conf_outdated), TrustError(unknown_member) for an instance that is not known here;
             MessageError(bad_request).
    """
    trust.require_current(now)
    instance = read_list_query(request.target.partition(b"?")[2].decode("latin-1")) or trust.own_instance
    accept = ", ".join(request.headers.get_all("Accept"))
    return render_list_clients(trust.get_instance(instance), accept=accept)
