"""`ridgeway securityserver descriptions`: what describes the services, read again and again.

Source: UG-SS §6.1.
"""

import asyncio
import json
from typing import Any

import click

from ridgeway.securityserver.changing import as_json, changes, client_id, put_in_force
from ridgeway.securityserver.descriptions import Refreshing, Source, add_description, refresh_client
from ridgeway.securityserver.documents import Kind
from ridgeway.securityserver.editing import get_client, get_service, name_service, propose_change, read_in_force
from ridgeway.securityserver.identity import find_identity
from ridgeway.settings import Settings

DESCRIBED = [Kind.OPENAPI.value, Kind.WSDL.value]


@click.group()
def descriptions() -> None:
    """What describes the services: OpenAPI and WSDL documents."""


@descriptions.command("list")
@as_json
def list_descriptions(as_json: bool) -> None:
    """List every description with the services that it describes."""
    _, content = read_in_force()
    rows = [
        {
            "client": client["id"],
            "url": service["description_url"],
            "type": service["type"],
            "service": name_service(service),
            "endpoints": len(service.get("endpoints") or ()),
        }
        for client in content["clients"]
        for service in client["services"]
        if service["description_url"]
    ]
    lines = [f"{row['url']}  {row['client']}  {row['service']}  {row['endpoints']} endpoints" for row in rows]
    click.echo(json.dumps(rows, indent=2) if as_json else "\n".join(lines) or "No service is described.")


@descriptions.command("refresh")
@click.option("--client", default="", help="Only this client, CLASS/MEMBER[/SUBSYSTEM].")
@click.option("--service", default="", help="Only this service of it, CODE[.VERSION].")
@click.option("--add", is_flag=True, help="Offer what a WSDL has newly; nobody may call it yet.")
@click.option("--remove", is_flag=True, help="Take away what a WSDL has no longer, with its rights.")
@changes
def refresh(settings: Settings, client: str, service: str, add: bool, remove: bool, **how: bool) -> None:
    """Fetch every description, show what changed, and put it in force; what cannot be read changes nothing."""
    if service and not client:
        raise click.UsageError("Say whose service it is: --client CLASS/MEMBER/SUBSYSTEM.")
    round_ = Refreshing(add=add, remove=remove, identity=find_identity(settings))

    def change(content: Any) -> None:
        chosen = [get_client(content, client)] if client else content["clients"]
        if service:
            get_service(chosen[0], service)
        for each in chosen:
            asyncio.run(refresh_client(each, round_, only=service))

    put_in_force(propose_change(change), settings, round_.warnings, **how)
    for failure in round_.failures:
        raise failure


@descriptions.command("add")
@client_id
@click.argument("source", metavar="URL|FILE")
@click.option("--type", "kind", type=click.Choice(DESCRIBED), required=True, help="What is there.")
@click.option("--code", default="", help="Code of the service, for OpenAPI.")
@click.option("--service-url", default="", help="Where the service is, for OpenAPI; default is its first server.")
@click.option("--published-url", default="", help="Of a file: where it is to be fetched from later.")
@click.option("--no-verify-tls", is_flag=True, help="Take whatever certificate is shown at these addresses.")
@changes
def add(settings: Settings, client: str, source: str, kind: str, no_verify_tls: bool, **options: Any) -> None:
    """Offer the services that a description names; nobody may call them before a right says so."""
    warnings: list[str] = []
    code, service_url = options.pop("code"), options.pop("service_url")
    described = Source(source, options.pop("published_url"), not no_verify_tls, find_identity(settings))

    def change(content: Any) -> None:
        found = get_client(content, client)
        warnings.extend(
            asyncio.run(add_description(found, described, kind=Kind(kind), code=code, service_url=service_url))
        )

    put_in_force(propose_change(change), settings, warnings, **options)
