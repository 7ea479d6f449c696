"""`ridgeway centralserver requests …` and `show`: look at requests, decide them, and see what is in force."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
from cryptography.hazmat.primitives.serialization import Encoding
from ruamel.yaml import YAML
from ruamel.yaml.compat import StringIO

from ridgeway.centralserver.apply import APP, describe_certificates
from ridgeway.centralserver.documents import CentralServerDocument
from ridgeway.centralserver.requests.amending import amend
from ridgeway.centralserver.requests.identity import open_identity
from ridgeway.centralserver.requests.keeping import (
    Decision,
    KeptRequest,
    State,
    approve_request,
    decline_request,
    get_request,
    list_requests,
    read_register,
    revoke_request,
)
from ridgeway.office.audit.who import read_user
from ridgeway.office.documents import to_content
from ridgeway.office.documents.forward import bring_forward
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.settings import Settings
from ridgeway.trust.clock import read_clock

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
note = click.option("--note", default="", help="Why; kept beside the decision.")
number = click.argument("request_id", metavar="ID", type=int)


@click.group()
def requests() -> None:
    """What security servers ask for: registrations, deletions and changes."""


@requests.command("list")
@click.option("--state", type=click.Choice([str(each) for each in State]), help="Only those in this state.")
@as_json
def list_them(state: str | None, as_json: bool) -> None:
    """List requests, oldest first."""
    bring_forward(APP)
    found = list_requests(None if state is None else State(state))
    if as_json:
        click.echo(json.dumps([describe_request(each) for each in found], indent=2))
        return
    for each in found:
        about = each.client or each.facts.get("address", "")
        click.echo(f"{each.id:>6}  {each.state:<8}  {each.kind:<22}  {each.server}  {about}".rstrip())
    if not found:
        click.echo("There are no requests." if state is None else f"No request is {state}.")


@requests.command("show")
@number
@as_json
def show_one(request_id: int, as_json: bool) -> None:
    """Show request ID: what it asks for, where it came from, and what became of it."""
    bring_forward(APP)
    print_request(get_request(request_id), as_json=as_json)


@requests.command()
@number
@click.option("--member-name", default="", help="Name of a member that is not there yet; its code by default.")
@note
@as_json
def approve(request_id: int, member_name: str, note: str, as_json: bool) -> None:
    """Put what request ID asks for in force."""
    decide(partial(approve_request, member_name=member_name), request_id, note, as_json=as_json)


@requests.command()
@number
@note
@as_json
def decline(request_id: int, note: str, as_json: bool) -> None:
    """Decline request ID."""
    decide(decline_request, request_id, note, as_json=as_json)


@requests.command()
@number
@note
@as_json
def revoke(request_id: int, note: str, as_json: bool) -> None:
    """Take back what request ID registered."""
    decide(revoke_request, request_id, note, as_json=as_json)


@click.command()
@click.option("--yaml", "as_yaml", is_flag=True, help="Print the whole document, registrations written into it.")
@as_json
def show(as_yaml: bool, as_json: bool) -> None:
    """Show who is in the instance, what was registered by requests with it."""
    bring_forward(APP)
    in_force = read_register()
    amended = amend(in_force.document)
    if as_yaml:
        click.echo(render_document(amended.document), nl=False)
    elif as_json:
        document, applied = (describe_certificates(to_content(each)) for each in (amended.document, in_force.document))
        facts = {"version": in_force.version, "document": document, "amendments": applied["amendments"]}
        click.echo(json.dumps(facts, indent=2))
    else:
        print_document(in_force.version, amended.document)


@click.command("tls-certificate")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File.")
@as_json
@click.pass_obj
def tls_certificate(settings: Settings, output: Path, as_json: bool) -> None:
    """Write the TLS certificate (PEM) of the registration and management doors; make it if there is none."""
    identity = open_identity(settings.path(settings.centralserver.tls_dir), now=read_clock())
    certificate = read_certificate(identity.certificate)
    output.write_bytes(certificate.loaded.public_bytes(Encoding.PEM))
    if as_json:
        click.echo(json.dumps({"file": str(output), "sha256": certificate.sha256.hex()}, indent=2))
    else:
        click.echo(f"{output} is the certificate of the doors. Its SHA-256:\n{certificate.sha256.hex()}")


def decide(verb: Callable[[int, Decision], Any], request_id: int, note: str, *, as_json: bool) -> None:
    """The request is decided, by whoever runs the command, and shown."""
    bring_forward(APP)
    verb(request_id, Decision(read_user(), read_clock(), note))
    print_request(get_request(request_id), as_json=as_json)


def describe_request(request: KeptRequest) -> dict[str, Any]:
    """A request as JSON."""
    return {
        "id": request.id,
        "kind": str(request.kind),
        "state": str(request.state),
        "origin": request.origin,
        "server": request.server,
        "client": request.client,
        **describe_certificates(request.facts),
        "from": request.remote_address,
        "received_at": request.received_at.isoformat(),
        "events": [
            {
                "at": event.at.isoformat(),
                "by": event.by,
                "state": str(event.state),
                "note": event.note,
                "version": event.version,
            }
            for event in request.events
        ],
    }


def print_request(request: KeptRequest, *, as_json: bool) -> None:
    """A request, for a person or a program."""
    facts = describe_request(request)
    if as_json:
        click.echo(json.dumps(facts, indent=2))
        return
    click.echo(f"Request {request.id}: {request.kind}, {request.state}")
    for key, value in facts.items():
        if key not in {"id", "kind", "state", "events"} and value not in (None, ""):
            click.echo(f"  {key}: {value}")
    for event in request.events:
        version = "" if event.version is None else f", version {event.version}"
        why = f": {event.note}" if event.note else ""
        click.echo(f"  {event.at:%Y-%m-%d %H:%M:%S} {event.state} by {event.by}{version}{why}")


def print_document(version: int, document: CentralServerDocument) -> None:
    """Who is in the instance, for a person."""
    click.echo(f"Version {version} of {document.instance}")
    for member in document.members:
        click.echo(f"  {member.class_}/{member.code}  {member.name}")
        for subsystem in member.subsystems:
            click.echo(f"    {subsystem.code}  {subsystem.name}".rstrip())
    for server in document.security_servers:
        away = "" if server.maintenance is None else f"  in maintenance: {server.maintenance}"
        count = len(server.authentication_certificates)
        click.echo(f"  server {server.owner}/{server.code} at {server.address}, {count} certificates{away}")
        for client in server.clients:
            click.echo(f"    {client}")
        for client in server.disabled_clients:
            click.echo(f"    {client}  (disabled)")
    for each in document.amendments:
        about = each.client or each.address or each.name
        click.echo(f"  by request {each.id}: {each.kind} of {each.server}  {about}".rstrip())


def render_document(document: CentralServerDocument) -> str:
    """The document as an operator could have written it, with the registrations in it."""
    content = drop_empty(to_content(document) | {"amendments": ()})
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    text = StringIO()
    yaml.dump(content, text)
    return str(text.getvalue())


def drop_empty(content: Any) -> Any:
    """The content without what says nothing, its keys as they are written."""
    if isinstance(content, dict):
        kept = {key.removesuffix("_"): drop_empty(each) for key, each in content.items()}
        return {key: each for key, each in kept.items() if each not in (None, [], ())}
    return [drop_empty(each) for each in content] if isinstance(content, list) else content
