"""`ridgeway securityserver clients|services`: look at single things, and change them.

Source: UG-SS §4 (clients), §6 (services).
"""

import json
from collections.abc import Callable
from typing import Any

import click

from ridgeway.securityserver.admitting import read_pem, render_right
from ridgeway.securityserver.changing import as_json, changes, client_id, put_in_force, service_code
from ridgeway.securityserver.documents import Connection, Kind
from ridgeway.securityserver.editing import get_client, get_service, name_service, propose_change, read_in_force
from ridgeway.settings import Settings

connection = click.option(
    "--connection", type=click.Choice([each.value for each in Connection]), help="How it connects."
)


@click.group()
def clients() -> None:
    """The clients of this server."""


@clients.command("list")
@as_json
def list_clients(as_json: bool) -> None:
    """List the clients with how they connect and what they offer."""
    _, content = read_in_force()
    rows = [
        {
            "id": each["id"],
            "name": each["name"],
            "connection": each["connection"],
            "services": [name_service(service) for service in each["services"]],
        }
        for each in content["clients"]
    ]
    lines = [f"{row['id']}  {row['connection']}  {', '.join(row['services']) or 'no service'}" for row in rows]
    click.echo(json.dumps(rows, indent=2) if as_json else "\n".join(lines) or "There is no client.")


@clients.command("show")
@client_id
@as_json
def show_client(client: str, as_json: bool) -> None:
    """Show one client as the document in force has it."""
    found = get_client(read_in_force()[1], client)
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    count = len(found["tls_certificates"])
    click.echo(f"{found['id']}  {found['name']}  ({found['connection']}, {count} certificates)")
    for service in found["services"]:
        click.echo(f"  {render_service(service)}")


@clients.command("add")
@client_id
@click.option("--name", default="", help="Name, for people.")
@connection
@click.option("--certificate", multiple=True, type=click.Path(exists=True, dir_okay=False), help="Of its system.")
@changes
def add_client(
    settings: Settings, client: str, name: str, connection: str | None, certificate: tuple[str, ...], **how: bool
) -> None:
    """Add a client; it exchanges once it is registered with the central server, too."""
    entry = {
        "id": client,
        "name": name,
        "connection": connection or Connection.MUTUAL_TLS.value,
        "tls_certificates": [read_pem(each) for each in certificate],
        "local_groups": [],
        "services": [],
    }
    put_in_force(propose_change(lambda content: content["clients"].append(entry)), settings, **how)


@clients.command("change")
@client_id
@click.option("--name", help="Name, for people.")
@connection
@changes
def change_client(settings: Settings, client: str, name: str | None, connection: str | None, **how: bool) -> None:
    """Change the name of a client, or how its information systems must connect."""
    said = {"name": name, "connection": connection}
    new = {key: value for key, value in said.items() if value is not None}
    put_in_force(propose_change(lambda content: get_client(content, client).update(new)), settings, **how)


@clients.command("remove")
@client_id
@changes
def remove_client(settings: Settings, client: str, **how: bool) -> None:
    """Take a client away with its services and rights; unregister it at the central server first."""
    proposal = propose_change(lambda content: content["clients"].remove(get_client(content, client)))
    put_in_force(proposal, settings, **how)


@click.group()
def services() -> None:
    """The services of a client."""


@services.command("list")
@client_id
@as_json
def list_services(client: str, as_json: bool) -> None:
    """List the services of a client."""
    found = get_client(read_in_force()[1], client)["services"]
    lines = [render_service(service) for service in found]
    click.echo(json.dumps(found, indent=2) if as_json else "\n".join(lines) or "It offers no service.")


@services.command("show")
@client_id
@service_code
@as_json
def show_service(client: str, service: str, as_json: bool) -> None:
    """Show one service with its endpoints and who may call it."""
    found = get_service(get_client(read_in_force()[1], client), service)
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    click.echo(render_service(found))
    for endpoint in found.get("endpoints") or ():
        click.echo(f"  {endpoint['method']} {endpoint['path']}")
    for right in found["access"]:
        click.echo(f"  {render_right(right)}")


@services.command("add")
@client_id
@click.argument("code")
@click.argument("url")
@changes
def add_service(settings: Settings, client: str, code: str, url: str, **how: bool) -> None:
    """Offer a REST service without a description; nobody may call it before a right says so."""
    entry: dict[str, Any] = {"code": code, "url": url, "version": None, "type": Kind.REST.value, "description_url": ""}
    entry |= {"endpoints": None, "timeout_seconds": 60, "verify_tls": True, "disabled": None, "access": []}
    proposal = propose_change(lambda content: get_client(content, client)["services"].append(entry))
    put_in_force(proposal, settings, **how)


@services.command("change")
@client_id
@service_code
@click.option("--url", help="Where it is called.")
@click.option("--timeout-seconds", type=int, help="How long each read from it may take.")
@click.option("--verify-tls/--no-verify-tls", default=None, help="Whether it must show a certificate of the client.")
@changes
def change_service(
    settings: Settings,
    client: str,
    service: str,
    url: str | None,
    timeout_seconds: int | None,
    verify_tls: bool | None,
    **how: bool,
) -> None:
    """Change where a service is, how long it may take, or whether its certificate counts."""
    said = {"url": url, "timeout_seconds": timeout_seconds, "verify_tls": verify_tls}
    new = {key: value for key, value in said.items() if value is not None}
    put_in_force(propose_change(change_of_service(client, service, new)), settings, **how)


@services.command("disable")
@client_id
@service_code
@click.option("--notice", required=True, help="Why, for callers to read.")
@changes
def disable_service(settings: Settings, client: str, service: str, notice: str, **how: bool) -> None:
    """Disable a service; whoever calls it reads the notice."""
    put_in_force(propose_change(change_of_service(client, service, {"disabled": notice})), settings, **how)


@services.command("enable")
@client_id
@service_code
@changes
def enable_service(settings: Settings, client: str, service: str, **how: bool) -> None:
    """Enable a service again."""
    put_in_force(propose_change(change_of_service(client, service, {"disabled": None})), settings, **how)


@services.command("remove")
@client_id
@service_code
@changes
def remove_service(settings: Settings, client: str, service: str, **how: bool) -> None:
    """Offer a service no longer; the rights to it go with it."""

    def change(content: Any) -> None:
        found = get_client(content, client)
        found["services"].remove(get_service(found, service))

    put_in_force(propose_change(change), settings, **how)


def change_of_service(client: str, service: str, new: dict[str, Any]) -> Callable[[Any], None]:
    """The change that sets these fields of a service."""
    return lambda content: get_service(get_client(content, client), service).update(new)


def render_service(service: Any) -> str:
    """One service on one line."""
    state = "" if service["disabled"] is None else f"  disabled: {service['disabled']}"
    endpoints = service.get("endpoints")
    known = "" if endpoints is None else f"  {len(endpoints)} endpoints"
    return f"{name_service(service)}  {service['type']}  {service['url']}{known}{state}"
