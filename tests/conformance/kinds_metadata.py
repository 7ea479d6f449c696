"""The kinds of descriptions and metadata: openapi, wsdl, metaservice.

Law: as `outcome.py` says; every kind runs through the public names of `ridgeway.protocol`, and what may be offered
is what a server's document may name.
"""

from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from tests.conformance.kinds_messages import describe_soap
from tests.conformance.outcome import Outcome, Vector, valid

from ridgeway.errors import MessageError
from ridgeway.protocol.messages import read_soap_message
from ridgeway.protocol.metadata import (
    WsdlService,
    hide_addresses,
    hide_servers,
    list_style_faults,
    read_openapi,
    read_wsdl,
    resolve_server_url,
)
from ridgeway.protocol.metadata.queries import read_wsdl_query
from ridgeway.securityserver.documents import CODE, URL

DESCRIPTION_URL = "https://example.org/description.yaml"
STYLE = "validator"
VALIDATOR = "validator"
"""An outside program that X-Road may be told to run over a WSDL; there is none here (docs/divergences.md)."""
STRING, NULL = "tag:yaml.org,2002:str", "tag:yaml.org,2002:null"


def check_openapi(vector: Vector, root: Path) -> Outcome:
    """A description to be read, to be checked for style, or to be handed out with its servers hidden."""
    data = vector.read(root)
    operation = str(vector.context.get("operation", ""))
    try:
        description = read_openapi(data)
    except MessageError as error:
        return Outcome("error", code=error.code)
    if STYLE in operation:
        values = {"specification_ok": True, "style_ok": not list_style_faults(data)}
        return valid(values, result="validated")
    hidden = hide_servers(data)
    return valid(
        {
            "openapi": description.version,
            "server_url": description.server_url,
            "operations": [[each.method, each.path] for each in description.endpoints],
            "operation_count": len(description.endpoints),
            "warnings": bool(description.warnings),
            "base_url": resolve_server_url(description.server_url, description_url=DESCRIPTION_URL),
            "note": lambda _said: True,
        },
        get_open_api=lambda expected: holds(write_as_jackson(hidden), expected),
    )


def write_as_jackson(description: bytes) -> str:
    """The description as Java's writer puts it down, which the expectations were taken from."""
    yaml = YAML(typ="safe", pure=True)
    content = yaml.load(description)
    yaml.default_flow_style, yaml.width = False, 10_000
    yaml.representer.add_representer(str, lambda writer, text: writer.represent_scalar(STRING, text, style='"'))
    yaml.representer.add_representer(type(None), lambda writer, _: writer.represent_scalar(NULL, "null"))
    text = StringIO()
    yaml.dump(content, text)
    return text.getvalue().replace('"url": ', "url: ")


def holds(text: str, expected: dict[str, Any]) -> bool:
    """Whether a text has what it should have, as often as it should, and not what it should not."""
    return (
        all(each in text for each in expected.get("contains", ()))
        and not any(each in text for each in expected.get("not_contains", ()))
        and all(text.count(each) == count for each, count in expected.get("count", {}).items())
    )


def check_wsdl(vector: Vector, root: Path) -> Outcome:
    """A WSDL to be read; what is handed out of it is read again, and tells no address."""
    data = vector.read(root)
    try:
        services = read_wsdl(data)
    except MessageError as error:
        return Outcome("error", code=error.code)
    hidden = read_wsdl(hide_addresses(data))
    told = {each.url for each in services} & {each.url for each in hidden}
    described = [
        {"name": each.code, "version": each.version, "title": each.title, "url": each.url or None} for each in services
    ]
    values = {"services": described, "operations": [each.code for each in services]}
    added = describe_adding(services)
    extras = {"add_service_description": lambda expected: VALIDATOR in expected or added == expected}
    return Outcome("valid", values=values, extras=extras, wrong=f"the addresses {told} are told" if told else "")


def describe_adding(services: Sequence[WsdlService]) -> dict[str, Any]:
    """What hinders these services from being offered: a code that is none, or else an address that is none."""
    if unfit := [each.code for each in services if not CODE.fullmatch(each.code)]:
        return {"invalid_identifiers": unfit}
    return {} if all(URL.fullmatch(each.url) for each in services) else {"error": "invalid_service_url"}


def check_metaservice(vector: Vector, root: Path) -> Outcome:
    """A request for metadata."""
    message = read_soap_message(vector.read(root))
    also: dict[str, Any] = {
        "asked_client": "/".join(message.client.codes),
        "asked_provider": "/".join(message.service.provider.codes),
    }
    if message.service.service_code == "getWsdl":
        also["service_code_asked"] = read_wsdl_query(message.bytes).service_code
    return valid(describe_soap(message), also=lambda expected: expected.items() <= also.items())
