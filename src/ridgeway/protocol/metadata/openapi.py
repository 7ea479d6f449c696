"""OpenAPI 3 descriptions as X-Road reads them: the endpoints in one, and the same document with its servers hidden.

Law: a description is data: anchors that multiply, tags and depth beyond the limits are refused. In YAML every byte
stays as it was but the servers' addresses; JSON is written anew. References are not followed.
Source: OpenAPI 3.0 and 3.1; PR-MREST §4. Which releases: those that X-Road accepts.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from ruamel.yaml import YAML
from ruamel.yaml.constructor import ConstructorError
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ridgeway.errors import MessageError
from ridgeway.protocol.exchange.values import Endpoint

MAX_OPENAPI_BYTES = 5 * 1024 * 1024
MAX_NODES = 200_000
MAX_DEPTH = 100
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
VERSION = re.compile(r"3\.0\.[0-9]+|3\.1\.0")
PARAMETER = re.compile(r"\{([^{}/]*)\}")
SNAKE_CASE = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Description:
    """What a description says. `server_url` is the first server's as written, "" where there is none.

    `warnings` are faults of the description that hinder nothing here.
    """

    version: str
    title: str
    server_url: str
    endpoints: tuple[Endpoint, ...]
    warnings: tuple[str, ...] = ()


def read_openapi(data: bytes) -> Description:
    """The endpoints that a description (JSON or YAML) names, each parameter in a path as `*`.

    Raises:  MessageError(invalid_openapi | unsupported_openapi_version).
    """
    content = parse_openapi(data)
    version = content.get("openapi")
    if not isinstance(version, str) or not VERSION.fullmatch(version):
        raise MessageError(
            "unsupported_openapi_version",
            f"openapi is {str(version)[:40]!r}; expected 3.0.x or 3.1.0.",
            action="Write the description in one of these releases.",
        )
    paths = content.get("paths", {})
    if not isinstance(paths, dict) or not all(isinstance(path, str) and path.startswith("/") for path in paths):
        raise invalid("its paths are no mapping of paths, each beginning with a slash")
    info = content.get("info")
    title = info.get("title", "") if isinstance(info, dict) else ""
    return Description(
        version,
        str(title),
        find_server_url(content),
        tuple(sorted(set(list_endpoints(paths)), key=lambda each: (each.method, each.path))),
        tuple(list_warnings(paths)),
    )


def resolve_server_url(server_url: str, *, description_url: str) -> str:
    """The address that a description means; one with a {variable} stays as it is.

    Source:  OpenAPI 3.0 §4.7.5: relative to where the description is.
    """
    return server_url if PARAMETER.search(server_url) else urljoin(description_url, server_url or "/")


def list_endpoints(paths: dict[str, Any]) -> Iterator[Endpoint]:
    """Every method of every path."""
    for path, item in paths.items():
        if not isinstance(item, dict):
            raise invalid(f"the path {path[:100]!r} is no mapping")
        for method in METHODS:
            if method in item:
                yield Endpoint(method.upper(), PARAMETER.sub("*", path))


def list_warnings(paths: dict[str, Any]) -> Iterator[str]:
    """Parameters in paths that no operation declares."""
    for path, item in paths.items():
        for method in METHODS:
            if method not in item:
                continue
            declared = {*list_parameters(item), *list_parameters(item[method])}
            for name in PARAMETER.findall(path):
                if name not in declared:
                    yield f"{method.upper()} {path} does not declare its parameter {name!r}"


def list_parameters(holder: Any) -> Iterator[str]:
    """The parameters in paths that an operation or a path declares; one behind a reference counts as any."""
    parameters = holder.get("parameters") if isinstance(holder, dict) else None
    for each in parameters if isinstance(parameters, list) else ():
        if isinstance(each, dict) and each.get("in") == "path":
            yield str(each.get("name"))
        elif isinstance(each, dict) and isinstance(each.get("$ref"), str):
            yield each["$ref"].rpartition("/")[2]


def list_style_faults(data: bytes) -> list[str]:
    """Parameters in paths that are not named in snake case.

    Raises:  MessageError as `read_openapi`.
    """
    paths = parse_openapi(data).get("paths", {})
    names = [name for path in paths for name in PARAMETER.findall(path)]
    return [f"the path parameter {name!r} is not in snake case" for name in names if not SNAKE_CASE.fullmatch(name)]


def find_server_url(content: dict[str, Any]) -> str:
    """The address of the first server."""
    servers = content.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else {}
    url = first.get("url") if isinstance(first, dict) else None
    return url if isinstance(url, str) else ""


def hide_servers(data: bytes) -> bytes:
    """The description with each server's address reduced to its path, unless it has a {variable}.

    Raises:  MessageError(invalid_openapi) for what is no description of release 3.
    """
    content = parse_openapi(data)
    if not str(content.get("openapi", "")).startswith("3."):
        raise invalid("it does not say that it is OpenAPI 3")
    if is_json(data):
        for server in content.get("servers") or ():
            if isinstance(server, dict) and isinstance(server.get("url"), str):
                server["url"] = hide(server["url"])
        return json.dumps(content, ensure_ascii=False, indent=2).encode()
    text = decode(data)
    for node in reversed(list(find_url_nodes(compose(text)))):
        written = json.dumps(hide(node.value), ensure_ascii=False)
        text = text[: node.start_mark.index] + written + text[node.end_mark.index :]
    return text.encode()


def hide(url: str) -> str:
    """An address without scheme and host."""
    if PARAMETER.search(url):
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return parts.path + (f"?{parts.query}" if parts.query else "") if parts.scheme or parts.netloc else url


def find_url_nodes(root: Node) -> Iterator[ScalarNode]:
    """The scalars in the document that are addresses of servers, in order; empty ones need no hiding."""
    servers = find_value(root, "servers")
    for server in servers.value if isinstance(servers, SequenceNode) else ():
        url = find_value(server, "url")
        if isinstance(url, ScalarNode) and url.tag == "tag:yaml.org,2002:str" and url.value:
            yield url


def find_value(node: Node | None, key: str) -> Node | None:
    """The value of a key, where `node` is a mapping that has it."""
    if not isinstance(node, MappingNode):
        return None
    return next((value for name, value in node.value if isinstance(name, ScalarNode) and name.value == key), None)


def is_json(data: bytes) -> bool:
    """Whether a description is JSON; YAML may begin with a brace too, but then JSON's reader says so."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def parse_openapi(data: bytes) -> dict[str, Any]:
    """The description as data.

    Raises:  MessageError(invalid_openapi).
    """
    text = decode(data)
    if is_json(data):
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise invalid(f"it is no JSON: {error}") from error
    else:
        node = compose(text)
        yaml = YAML(typ="safe", pure=True)
        try:
            content = yaml.constructor.construct_document(node)
        except (YAMLError, ConstructorError, ValueError, RecursionError) as error:
            raise invalid(f"it is no YAML of data alone: {error}") from error
    if not isinstance(content, dict):
        raise invalid("it is no mapping")
    return content


def decode(data: bytes) -> str:
    """The text of a description.

    Raises:  MessageError(invalid_openapi) when it is too long or not UTF-8.
    """
    if len(data) > MAX_OPENAPI_BYTES:
        raise invalid(f"it has {len(data)} bytes; at most {MAX_OPENAPI_BYTES} are read")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise invalid(f"it is not UTF-8: {error}") from error


def compose(text: str) -> Node:
    """The nodes of a YAML document; each alias is counted as what it stands for.

    Raises:  MessageError(invalid_openapi).
    """
    try:
        node: Node | None = YAML(typ="safe", pure=True).compose(text)
    except (YAMLError, ValueError, RecursionError) as error:
        raise invalid(f"it is no YAML: {error}") from error
    if node is None:
        raise invalid("it is empty")
    measure(node)
    return node


def measure(root: Node) -> None:
    """Hold only for a document within the limits, written out without aliases."""
    waiting, count = [(root, 1)], 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if count > MAX_NODES or depth > MAX_DEPTH:
            raise invalid(f"it has more than {MAX_NODES} values, or {MAX_DEPTH} levels")
        if isinstance(node, MappingNode):
            waiting += [(each, depth + 1) for pair in node.value for each in pair]
        elif isinstance(node, SequenceNode):
            waiting += [(each, depth + 1) for each in node.value]


def invalid(why: str) -> MessageError:
    """The error for what is no description."""
    return MessageError("invalid_openapi", f"The OpenAPI description cannot be read: {why}.")
