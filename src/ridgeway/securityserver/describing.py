"""`ridgeway securityserver clients|services|descriptions`: look at single things, and change them.

Law: every change is a new version of the whole document, shown before it takes effect.
Source: UG-SS §4 to §6.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import click

from ridgeway.office.documents.asking import confirm_changes, print_outcome
from ridgeway.securityserver.apply import Proposal, apply_proposal
from ridgeway.securityserver.descriptions import Refreshing, add_description, refresh_client
from ridgeway.securityserver.documents import Kind
from ridgeway.securityserver.editing import get_client, get_service, name_service, propose_change, read_in_force
from ridgeway.settings import Settings
from ridgeway.trust.clock import read_clock

DESCRIBED = [Kind.OPENAPI.value, Kind.WSDL.value]
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
client_id = click.argument("client", metavar="CLASS/MEMBER[/SUBSYSTEM]")
service_code = click.argument("service", metavar="SERVICE[.VERSION]")


def changes(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every verb that changes the document in force."""
    command = click.option("--dry-run", is_flag=True, help="Only show what would change.")(command)
    command = click.option("--yes", is_flag=True, help="Do not ask.")(command)
    return click.pass_obj(as_json(command))


def put_in_force(
    proposal: Proposal, settings: Settings, *, warnings: list[str], yes: bool, dry_run: bool, as_json: bool
) -> None:
    """The proposal is in force once a person agreed; what became of it is printed."""
    for row in warnings:
        click.echo(f"warning: {row}", err=True)
    may_apply = confirm_changes(proposal.changes, yes=yes, dry_run=dry_run, as_json=as_json)
    version = apply_proposal(proposal, settings, now=read_clock()) if may_apply else proposal.current_version
    facts = {"version": version, "changes": proposal.changes, "warnings": warnings, "applied": may_apply}
    print_outcome(facts, f"Version {version} is in force.", dry_run=dry_run, as_json=as_json)


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
    _, content = read_in_force()
    found = get_client(content, client)
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    click.echo(
        f"{found['id']}  {found['name']}  ({found['connection']}, {len(found['tls_certificates'])} certificates)"
    )
    for service in found["services"]:
        click.echo(f"  {render_service(service)}")


@click.group()
def services() -> None:
    """The services of a client."""


@services.command("list")
@client_id
@as_json
def list_services(client: str, as_json: bool) -> None:
    """List the services of a client."""
    _, content = read_in_force()
    found = get_client(content, client)["services"]
    lines = [render_service(service) for service in found]
    click.echo(json.dumps(found, indent=2) if as_json else "\n".join(lines) or "It offers no service.")


@services.command("disable")
@client_id
@service_code
@click.option("--notice", required=True, help="Why, for callers to read.")
@changes
def disable_service(settings: Settings, client: str, service: str, notice: str, **how: bool) -> None:
    """Disable a service; whoever calls it reads the notice."""
    put_in_force(propose_change(set_notice(client, service, notice)), settings, warnings=[], **how)


@services.command("enable")
@client_id
@service_code
@changes
def enable_service(settings: Settings, client: str, service: str, **how: bool) -> None:
    """Enable a service again."""
    put_in_force(propose_change(set_notice(client, service, None)), settings, warnings=[], **how)


def set_notice(client: str, service: str, notice: str | None) -> Callable[[Any], None]:
    """The change that disables a service with a notice, or enables it."""

    def change(content: Any) -> None:
        get_service(get_client(content, client), service)["disabled"] = notice

    return change


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
@changes
def refresh(settings: Settings, client: str, service: str, add: bool, **how: bool) -> None:
    """Fetch every description, show what changed, and put it in force."""
    round_ = Refreshing()

    def change(content: Any) -> None:
        chosen = [get_client(content, client)] if client else content["clients"]
        if service:
            get_service(get_client(content, client), service)
        for each in chosen:
            asyncio.run(refresh_client(each, round_, only=service, add=add))

    put_in_force(propose_change(change), settings, warnings=round_.warnings, **how)


@descriptions.command("add")
@client_id
@click.argument("url")
@click.option(
    "--type", "kind", type=click.Choice([Kind.OPENAPI.value, Kind.WSDL.value]), required=True, help="What is there."
)
@click.option("--code", default="", help="Code of the service, for OpenAPI.")
@click.option("--service-url", default="", help="Where the service is, for OpenAPI; default is its first server.")
@click.option("--no-verify-tls", is_flag=True, help="Take whatever certificate is shown at these addresses.")
@changes
def add(settings: Settings, client: str, url: str, kind: str, no_verify_tls: bool, **options: Any) -> None:
    """Offer the services that a description names; nobody may call them before a right says so."""
    warnings: list[str] = []
    code, service_url = options.pop("code"), options.pop("service_url")

    def change(content: Any) -> None:
        adding = add_description(
            get_client(content, client),
            url,
            kind=Kind(kind),
            code=code,
            service_url=service_url,
            verify_tls=not no_verify_tls,
        )
        warnings.extend(asyncio.run(adding))

    put_in_force(propose_change(change), settings, warnings=warnings, **options)


def render_service(service: Any) -> str:
    """One service on one line."""
    state = "" if service["disabled"] is None else f"  disabled: {service['disabled']}"
    endpoints = service.get("endpoints")
    known = "" if endpoints is None else f"  {len(endpoints)} endpoints"
    return f"{name_service(service)}  {service['type']}  {service['url']}{known}{state}"


GROUPS = (clients, services, descriptions)
