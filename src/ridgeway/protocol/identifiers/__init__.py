"""Members, subsystems, services, servers and groups: parse, print, compare."""

from ridgeway.protocol.identifiers.paths import (
    decode_code,
    encode_code,
    parse_client_path,
    parse_represented_party,
    parse_server_path,
    parse_service_path,
    render_path,
)
from ridgeway.protocol.identifiers.values import (
    ClientId,
    GlobalGroupId,
    LocalGroupId,
    MemberId,
    RepresentedParty,
    ServerId,
    ServiceId,
    SubsystemId,
    XRoadId,
    member_of,
    parse_encoded_client,
    parse_identifier,
    render_encoded_id,
)
from ridgeway.protocol.identifiers.xml import parse_identifier_element, parse_identifier_xml

__all__ = [
    "ClientId",
    "GlobalGroupId",
    "LocalGroupId",
    "MemberId",
    "RepresentedParty",
    "ServerId",
    "ServiceId",
    "SubsystemId",
    "XRoadId",
    "decode_code",
    "encode_code",
    "member_of",
    "parse_client_path",
    "parse_encoded_client",
    "parse_identifier",
    "parse_identifier_element",
    "parse_identifier_xml",
    "parse_represented_party",
    "parse_server_path",
    "parse_service_path",
    "render_encoded_id",
    "render_path",
]
