"""listClients: the members and subsystems of an instance, as the consumer door tells them to anybody who asks.

Source: PR-META §2 and Annex A (xroad.xsd clientList).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from ridgeway.protocol.certificates.snapshot import InstanceTrust
from ridgeway.protocol.identifiers import ClientId, SubsystemId
from ridgeway.protocol.metadata.identifiers import PREFIXES, XROAD, add_identifier

XML_TYPE = "text/xml; charset=UTF-8"
JSON_TYPE = "application/json;charset=utf-8"


@dataclass(frozen=True, slots=True)
class ListedClient:
    """A member or subsystem: its member's name, and its own where it is a subsystem that has one."""

    id: ClientId
    name: str
    subsystem_name: str | None = None


def list_clients(instance: InstanceTrust) -> Iterator[ListedClient]:
    """Every member, each followed by its subsystems, in the order of the configuration."""
    for member in instance.members.values():
        yield ListedClient(member.id, member.name)
        for code, name in member.subsystems.items():
            subsystem = SubsystemId(member.id.instance, member.id.member_class, member.id.member_code, code)
            yield ListedClient(subsystem, member.name, name or None)


def render_list_clients(instance: InstanceTrust, *, accept: str) -> tuple[str, bytes]:
    """Content-Type and body of the list: JSON where `accept` names it, whatever its weights; else XML."""
    clients = list_clients(instance)
    if accepts_json(accept):
        return JSON_TYPE, json.dumps(
            {"member": [describe_client(each) for each in clients]}, ensure_ascii=False
        ).encode()
    return XML_TYPE, write_client_list(clients)


def accepts_json(accept: str) -> bool:
    """Whether application/json is among what is accepted."""
    return any(each.partition(";")[0].strip().lower() == "application/json" for each in accept.split(","))


def describe_client(client: ListedClient) -> dict[str, Any]:
    """One client for JSON; what it does not have is left out."""
    codes = {"member_class": client.id.member_class, "member_code": client.id.member_code}
    codes["object_type"] = client.id.object_type
    if isinstance(client.id, SubsystemId):
        codes["subsystem_code"] = client.id.subsystem_code
    codes["xroad_instance"] = client.id.instance
    described: dict[str, Any] = {"id": codes, "name": client.name}
    if client.subsystem_name is not None:
        described["subsystem_name"] = client.subsystem_name
    return described


def write_client_list(clients: Iterator[ListedClient]) -> bytes:
    """The list in XML."""
    root = etree.Element(f"{{{XROAD}}}clientList", nsmap=PREFIXES)
    for client in clients:
        member = etree.SubElement(root, f"{{{XROAD}}}member")
        add_identifier(member, f"{{{XROAD}}}id", client.id)
        etree.SubElement(member, f"{{{XROAD}}}name").text = client.name
        if client.subsystem_name is not None:
            etree.SubElement(member, f"{{{XROAD}}}subsystemName").text = client.subsystem_name
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True, pretty_print=True)
