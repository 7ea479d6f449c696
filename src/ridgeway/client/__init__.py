"""Call a service through the consumer door, or be a service behind the provider door.

Ask: `AsyncClient`, `Client`. Answer: `ServiceApp`, `serve_service`, `Caller`.
"""

from ridgeway.client.app import ServiceApp
from ridgeway.client.caller import Caller, parse_caller
from ridgeway.client.consumer import AsyncClient, Body, CallOptions
from ridgeway.client.replies import FileReply, JsonReply, Reply, StreamReply
from ridgeway.client.service_call import ServiceCall
from ridgeway.client.serving import serve_service
from ridgeway.client.soap import Attachment, SoapAnswer, SoapCall, SoapReply, SoapService
from ridgeway.client.sync import Client
from ridgeway.client.target import Extras
from ridgeway.client.values import ServiceFault, ServiceResponse, StreamedResponse

__all__ = [
    "AsyncClient",
    "Attachment",
    "Body",
    "CallOptions",
    "Caller",
    "Client",
    "Extras",
    "FileReply",
    "JsonReply",
    "Reply",
    "ServiceApp",
    "ServiceCall",
    "ServiceFault",
    "ServiceResponse",
    "SoapAnswer",
    "SoapCall",
    "SoapReply",
    "SoapService",
    "StreamReply",
    "StreamedResponse",
    "parse_caller",
    "serve_service",
]
