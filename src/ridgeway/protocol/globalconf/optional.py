"""The optional parts that X-Road knows by name: who may monitor, and two rules about revocation answers.

Law: each is exactly as its schema says, or refused; a configuration without the part has the default. Parts of other
names pass through unread.
Source: UG-CS §5 (configuration parts); the schemas monitoring-conf, ocsp-nextupdate-conf, ocsp-fetchinterval-conf.
"""

import re

from lxml import etree

from ridgeway.errors import TrustError
from ridgeway.protocol.globalconf.xml import (
    MALFORMED,
    add_child,
    add_client,
    find_child,
    local_name,
    new_root,
    parse_document,
    read_client,
    read_truth,
    text_of,
    write_document,
)
from ridgeway.protocol.identifiers import ClientId
from ridgeway.protocol.identifiers.xml import CODES, IDENTIFIERS_NAMESPACE, OBJECT_TYPE

MONITORING = "MONITORING"
NEXTUPDATE = "NEXTUPDATE"
FETCHINTERVAL = "FETCHINTERVAL"

FILE_NAMES = {
    MONITORING: "monitoring-params.xml",
    NEXTUPDATE: "nextupdate-params.xml",
    FETCHINTERVAL: "fetchinterval-params.xml",
}
"""Content identifier → the file in which a central server publishes the part."""

LARGEST_INT = 2**31 - 1


def read_monitoring(data: bytes) -> ClientId | None:
    """Who may read everyone's monitoring data; None when nobody may.

    Raises:  TrustError(malformed_global_conf).
    """
    client = get_only_child(parse_document(data, "conf", what="monitoring part"), "monitoringClient")
    identifier = find_child(client, "monitoringClientId")
    if identifier is None:
        require_only(client, ())
        return None
    require_only(client, ("monitoringClientId",))
    known = {f"{{{IDENTIFIERS_NAMESPACE}}}{code}" for code in CODES.get(identifier.get(OBJECT_TYPE, ""), ())}
    require_only(identifier, tuple(known))
    return read_client(identifier)


def read_next_update(data: bytes) -> bool:
    """Whether the next update that a revocation answer states is a limit.

    Raises:  TrustError(malformed_global_conf).
    """
    child = get_only_child(parse_document(data, "conf", what="next update part"), "verifyNextUpdate")
    return read_truth(text_of(child), "verifyNextUpdate")


def read_fetch_interval(data: bytes) -> int:
    """How often revocation answers are fetched, in seconds.

    Raises:  TrustError(malformed_global_conf), also when it is not positive.
    """
    child = get_only_child(parse_document(data, "conf", what="fetch interval part"), "ocspFetchInterval")
    text = text_of(child)
    if not re.fullmatch(r"\+?\d{1,10}", text, re.ASCII) or not 0 < int(text) <= LARGEST_INT:
        raise TrustError(MALFORMED, f"<ocspFetchInterval> is {text!r}; expected seconds, 1 to {LARGEST_INT}.")
    return int(text)


def write_monitoring(client: ClientId | None) -> bytes:
    """The part that says who may monitor."""
    root = new_root("conf")
    place = add_child(root, "monitoringClient")
    if client is not None:
        add_client(place, "monitoringClientId", client)
    return write_document(root)


def write_next_update(verify: bool) -> bytes:
    """The part that says whether next updates are a limit."""
    root = new_root("conf")
    add_child(root, "verifyNextUpdate", "true" if verify else "false")
    return write_document(root)


def write_fetch_interval(seconds: int) -> bytes:
    """The part that says how often revocation answers are fetched."""
    root = new_root("conf")
    add_child(root, "ocspFetchInterval", str(seconds))
    return write_document(root)


def get_only_child(root: etree._Element, name: str) -> etree._Element:
    """The one child that the schema allows."""
    require_only(root, (name,))
    child = find_child(root, name)
    if child is None:
        raise TrustError(MALFORMED, f"<{local_name(root)}> lacks <{name}>.")
    return child


def require_only(element: etree._Element, names: tuple[str, ...]) -> None:
    """Hold only while every child is one of `names`, each at most once."""
    seen: set[str] = set()
    for child in element:
        if not isinstance(child.tag, str):
            continue
        if child.tag not in names or child.tag in seen:
            raise TrustError(MALFORMED, f"<{local_name(element)}> holds an unexpected <{local_name(child)}>.")
        seen.add(child.tag)
