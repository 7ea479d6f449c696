"""An OpenAPI description as it leaves with `getOpenAPI`: the same document, without the hosts inside.

Law: every server's address, of the whole, of a path or of an operation, is reduced to its path unless it has a
{variable}. In YAML every other byte stays as it was wherever that can be done surely; else, and where the description
is JSON, it is written anew as JSON, which is YAML too. What cannot be done surely is refused.
Source: PR-MREST §4.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ridgeway.protocol.metadata.notation import Written, invalid, is_text, parse_notation
from ridgeway.protocol.metadata.openapi import METHODS, PARAMETER

TEXT_TAG = "tag:yaml.org,2002:str"


def hide_servers(data: bytes) -> bytes:
    """The description with each server's address reduced to its path.

    Raises:  MessageError(invalid_openapi) for what is no description of release 3.
    """
    written = parse_notation(data)
    if not str(written.content.get("openapi", "")).startswith("3."):
        raise invalid("it does not say that it is OpenAPI 3")
    servers = list(list_servers(written.content))
    nodes = None if written.root is None else find_nodes(written, [each["url"] for each in servers])
    if nodes is None:
        for server in {id(each): each for each in servers}.values():
            server["url"] = hide(server["url"])
        return render(written.content)
    text = written.text
    for start, end, url in sorted(nodes, reverse=True):
        text = text[:start] + json.dumps(hide(url), ensure_ascii=False) + text[end:]
    return text.encode()


def hide(url: str) -> str:
    """The path of an address; empty when it cannot be told."""
    if PARAMETER.search(url):
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.path.startswith("//"):  # it would read as a host
        return "/" + parts.path.lstrip("/")
    return "" if parts.scheme and not parts.path.startswith("/") else parts.path


def list_servers(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The servers that have an address, of the whole, each path and each operation."""
    paths = content.get("paths")
    items = [each for each in (paths.values() if isinstance(paths, dict) else ()) if isinstance(each, dict)]
    operations = [item[method] for item in items for method in METHODS if isinstance(item.get(method), dict)]
    for holder in (content, *items, *operations):
        servers = holder.get("servers")
        for server in servers if isinstance(servers, list) else ():
            if isinstance(server, dict) and isinstance(server.get("url"), str) and server["url"]:
                yield server


def find_nodes(written: Written, urls: list[str]) -> set[tuple[int, int, str]] | None:
    """Where in the text each of these addresses stands, by itself; None when that is not sure.

    An address behind an alias or a merge, with an anchor or a tag, or on several lines, is not.
    """
    nodes = list(list_url_nodes(written.root))
    if [node.value for node in nodes] != urls:
        return None
    found = {(node.start_mark.index, node.end_mark.index, node.value) for node in nodes}
    if len(found) != len(nodes) or not all(map(is_text, urls)):
        return None
    for start, end, value in found:
        place = written.text[start:end]
        is_quoted = len(place) > 1 and place[0] in "'\"" and place[0] == place[-1]
        if "\n" in place or not (is_quoted or place == value):
            return None
    return found


def list_url_nodes(root: Node | None) -> Iterator[ScalarNode]:
    """The scalars that are addresses of servers, in the order of `list_servers`."""
    paths = find_value(root, "paths")
    pairs = [value for name, value in paths.value if isinstance(name, ScalarNode)] if is_mapping(paths) else []
    items = [each for each in pairs if is_mapping(each)]
    operations = [find_value(item, method) for item in items for method in METHODS]
    for holder in (root, *items, *(each for each in operations if is_mapping(each))):
        servers = find_value(holder, "servers")
        for server in servers.value if isinstance(servers, SequenceNode) else ():
            url = find_value(server, "url")
            if isinstance(url, ScalarNode) and url.tag == TEXT_TAG and url.value:
                yield url


def is_mapping(node: Any) -> bool:
    """Whether a node has keys."""
    return isinstance(node, MappingNode)


def find_value(node: Node | None, key: str) -> Any:
    """The node under a key, where `node` is a mapping that has it."""
    if not isinstance(node, MappingNode):
        return None
    return next((value for name, value in node.value if isinstance(name, ScalarNode) and name.value == key), None)


def render(content: dict[str, Any]) -> bytes:
    """The description as JSON.

    Raises:  MessageError(invalid_openapi) for values that JSON does not have.
    """
    try:
        try:
            text = json.dumps(content, ensure_ascii=False, allow_nan=False, default=str).encode()
        except UnicodeEncodeError:
            text = json.dumps(content, allow_nan=False, default=str).encode()
        return msgspec.json.format(text, indent=2)
    except (TypeError, ValueError, RecursionError) as error:
        raise invalid(f"it holds what cannot be written down: {error}") from error
