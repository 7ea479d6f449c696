"""OpenAPI 3 descriptions as X-Road reads them: the release, the first server, and the endpoints in one.

Law: nothing is followed, neither references nor addresses. What hinders nothing here is a warning.
Source: OpenAPI 3.0 and 3.1; PR-MREST §4. Which releases: those that X-Road accepts.
Read next: `notation.py` for the limits, `servers.py` for what leaves with `getOpenAPI`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from ridgeway.errors import MessageError
from ridgeway.protocol.exchange.values import Endpoint
from ridgeway.protocol.metadata.notation import invalid, is_text, parse_notation

MAX_ENDPOINTS = 10_000
MAX_WARNINGS = 100
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
EXTENSION = "x-"
VERSION = re.compile(r"3\.0(\.[^\s]{1,20})?|3\.1\.0")
PARAMETER = re.compile(r"\{([^{}/]*)\}")
PARAMETERS = re.compile(r"\{[^/]*\}")
"""Everything from the first parameter of a segment to its last, as X-Road takes it: `{a}-{b}` is one `*`."""
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
    content = parse_notation(data).content
    version = str(content.get("openapi"))
    if not VERSION.fullmatch(version):
        raise MessageError(
            "unsupported_openapi_version",
            f"openapi is {version[:40]!r}; expected 3.0.x or 3.1.0.",
            action="Write the description in one of these releases.",
        )
    paths = dict(list_paths(content))
    info = content.get("info")
    title = str(info.get("title", "")) if isinstance(info, dict) else ""
    return Description(
        version,
        title if is_text(title) else "",
        find_server_url(content),
        collect_endpoints(paths),
        collect_warnings(paths),
    )


def resolve_server_url(server_url: str, *, description_url: str) -> str:
    """The address that a description means; one with a {variable} stays as it is.

    Source:  OpenAPI 3.0 §4.7.5: relative to where the description is.
    """
    return server_url if PARAMETER.search(server_url) else urljoin(description_url, server_url or "/")


def list_paths(content: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each path with its item; extensions are left out, and an item that holds nothing is empty.

    Raises:  MessageError(invalid_openapi).
    """
    paths = {} if content.get("paths") is None else content["paths"]
    if not isinstance(paths, dict):
        raise invalid("its paths are no mapping")
    for path, item in paths.items():
        if not isinstance(path, str) or not (path.startswith(("/", EXTENSION)) and is_text(path)):
            raise invalid(f"{ascii(path)[:100]} is no path; expected one that begins with a slash")
        if path.startswith(EXTENSION):
            continue
        if not isinstance(item, dict | None):
            raise invalid(f"the path {path[:100]!r} is no mapping")
        yield path, item or {}


def list_operations(item: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The methods of one path with what is said of each."""
    for method in METHODS:
        if method in item:
            yield method, item[method]


def collect_endpoints(paths: dict[str, dict[str, Any]]) -> tuple[Endpoint, ...]:
    """Every method of every path, each once, in order.

    Raises:  MessageError(invalid_openapi) when there are too many.
    """
    found = {
        (method.upper(), PARAMETERS.sub("*", path))
        for path, item in paths.items()
        for method, _ in list_operations(item)
    }
    if len(found) > MAX_ENDPOINTS:
        raise invalid(f"it names {len(found)} endpoints; at most {MAX_ENDPOINTS} are read")
    return tuple(Endpoint(*each) for each in sorted(found))


def collect_warnings(paths: dict[str, dict[str, Any]]) -> tuple[str, ...]:
    """What is odd about the paths, up to a limit."""
    found = [warning for path, item in paths.items() for warning in list_warnings(path, item)]
    return tuple(found[:MAX_WARNINGS])


def list_warnings(path: str, item: dict[str, Any]) -> Iterator[str]:
    """A path that is described elsewhere, and parameters in it that no operation declares."""
    if "$ref" in item:
        yield f"{path} is described elsewhere ($ref), which is not followed: its methods are not known here"
    shared = set(list_parameters(item))
    for method, operation in list_operations(item):
        declared = shared.union(list_parameters(operation))
        for name in PARAMETER.findall(path):
            if name not in declared:
                yield f"{method.upper()} {path} does not declare its parameter {name!r}"


def list_parameters(holder: Any) -> Iterator[str]:
    """The parameters in paths that an operation or a path declares; of one behind a reference the reference's name."""
    parameters = holder.get("parameters") if isinstance(holder, dict) else None
    for each in parameters if isinstance(parameters, list) else ():
        if isinstance(each, dict) and each.get("in") == "path":
            yield str(each.get("name"))
        elif isinstance(each, dict) and isinstance(each.get("$ref"), str):
            yield each["$ref"].rpartition("/")[2]


def list_style_faults(data: bytes) -> list[str]:
    """Parameters in paths that are not named in snake case.

    Raises:  MessageError(invalid_openapi).
    """
    names = [name for path, _ in list_paths(parse_notation(data).content) for name in PARAMETER.findall(path)]
    return [f"the path parameter {name!r} is not in snake case" for name in names if not SNAKE_CASE.fullmatch(name)]


def find_server_url(content: dict[str, Any]) -> str:
    """The address of the first server."""
    servers = content.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else {}
    url = first.get("url") if isinstance(first, dict) else None
    return url if isinstance(url, str) and is_text(url) else ""
