"""What an instance and a provider tell of themselves: clients, services, descriptions."""

from ridgeway.protocol.metadata.clients import render_list_clients
from ridgeway.protocol.metadata.methods import render_rest_methods, render_soap_methods
from ridgeway.protocol.metadata.openapi import Description, list_style_faults, read_openapi, resolve_server_url
from ridgeway.protocol.metadata.servers import hide_servers
from ridgeway.protocol.metadata.wsdl import WsdlService, hide_addresses, read_wsdl

__all__ = [
    "Description",
    "WsdlService",
    "hide_addresses",
    "hide_servers",
    "list_style_faults",
    "read_openapi",
    "read_wsdl",
    "render_list_clients",
    "render_rest_methods",
    "render_soap_methods",
    "resolve_server_url",
]
