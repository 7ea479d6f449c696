"""`ridgeway securityserver access|tls-certificates`: who may call, and by what systems are known.

Source: UG-SS §7 (access rights), §9 (TLS certificates of information systems).
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from cryptography.hazmat.primitives.serialization import Encoding

from ridgeway.errors import SettingsError
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.securityserver.changing import as_json, changes, client_id, put_in_force, service_code
from ridgeway.securityserver.documents import read_certificate_text
from ridgeway.securityserver.editing import get_client, get_service, propose_change, read_in_force
from ridgeway.securityserver.oddities import list_lost_rights
from ridgeway.settings import Settings

reach = (
    click.option("--method", default="*", show_default=True, help="Method; * is any."),
    click.option("--path", default="**", show_default=True, help="Path in the service; * is a part, ** everything."),
)


@click.group()
def access() -> None:
    """Who may call a service."""


@access.command("list")
@client_id
@service_code
@as_json
def list_access(client: str, service: str, as_json: bool) -> None:
    """List who may call a service, or what of it."""
    found = get_service(get_client(read_in_force()[1], client), service)["access"]
    lines = [render_right(right) for right in found]
    click.echo(json.dumps(found, indent=2) if as_json else "\n".join(lines) or "Nobody may call it.")


def names_right(command: Callable[..., Any]) -> Callable[..., Any]:
    """The arguments that name a right."""
    command = click.argument("subject", metavar="CLIENT|global-group:CODE|local-group:CODE")(command)
    for option in reversed(reach):
        command = option(command)
    return client_id(service_code(command))


@access.command("grant")
@names_right
@changes
def grant(settings: Settings, client: str, service: str, subject: str, method: str, path: str, **how: bool) -> None:
    """Let somebody call a service, or what of it the method and the path reach."""
    right = {"subject": subject, "method": method.upper(), "path": path}

    def change(content: Any) -> None:
        rights = get_service(get_client(content, client), service)["access"]
        if right not in rights:
            rights.append(right)

    proposal = propose_change(change)
    lost = list_lost_rights(get_service(get_client(proposal.content, client), service))
    warnings = [f"the description names no endpoint of {render_right(each)!r}" for _, each in lost if each == right]
    put_in_force(proposal, settings, warnings, **how)


@access.command("revoke")
@names_right
@changes
def revoke(settings: Settings, client: str, service: str, subject: str, method: str, path: str, **how: bool) -> None:
    """Take a right away again; name it as it was granted."""
    right = {"subject": subject, "method": method.upper(), "path": path}

    def change(content: Any) -> None:
        rights = get_service(get_client(content, client), service)["access"]
        left = [each for each in rights if each | {"method": each["method"].upper()} != right]
        if len(left) == len(rights):
            known = "; ".join(map(render_right, rights)) or "nobody may call it"
            raise SettingsError("unknown_right", f"There is no right '{render_right(right)}'; known are: {known}.")
        rights[:] = left

    put_in_force(propose_change(change), settings, **how)


@click.group("tls-certificates")
def tls_certificates() -> None:
    """The TLS certificates of a client's information systems and services."""


@tls_certificates.command("list")
@client_id
@as_json
def list_certificates(client: str, as_json: bool) -> None:
    """List the certificates of a client."""
    rows = [describe_certificate(text) for text in get_client(read_in_force()[1], client)["tls_certificates"]]
    lines = [f"{row['sha256']}  {row['subject']}  until {row['not_after']}" for row in rows]
    click.echo(json.dumps(rows, indent=2) if as_json else "\n".join(lines) or "It has no certificate.")


@tls_certificates.command("add")
@client_id
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@changes
def add_certificate(settings: Settings, client: str, file: str, **how: bool) -> None:
    """Let a client's system come with the certificate in FILE (PEM or DER), or a service show it."""
    pem = read_pem(file)

    def change(content: Any) -> None:
        kept = get_client(content, client)["tls_certificates"]
        if describe_certificate(pem) not in map(describe_certificate, kept):
            kept.append(pem)

    put_in_force(propose_change(change), settings, **how)


@tls_certificates.command("remove")
@client_id
@click.argument("sha256")
@changes
def remove_certificate(settings: Settings, client: str, sha256: str, **how: bool) -> None:
    """Take away the certificate whose SHA-256 begins so."""
    wanted = sha256.replace(":", "").lower()

    def change(content: Any) -> None:
        kept = get_client(content, client)["tls_certificates"]
        found = [each for each in kept if describe_certificate(each)["sha256"].startswith(wanted)]
        if len(found) != 1 or not wanted:
            why = f"{len(found)} certificates of {client} have a SHA-256 that begins with {sha256!r}; expected one."
            raise SettingsError("unknown_certificate", why)
        kept.remove(found[0])

    put_in_force(propose_change(change), settings, **how)


def read_pem(file: str) -> str:
    """The certificate in a file, PEM.

    Raises:  SettingsError(unreadable_file), CertificateError.
    """
    try:
        data = read_certificate_text(file, Path())
    except (OSError, ValueError) as error:
        raise SettingsError("unreadable_file", f"{file} cannot be read: {error}.") from error
    return read_certificate(data).loaded.public_bytes(Encoding.PEM).decode("ascii")


def describe_certificate(text: str) -> dict[str, str]:
    """What a certificate is."""
    found = read_certificate(text.encode())
    return {"sha256": found.sha256.hex(), "subject": found.subject, "not_after": found.not_after.isoformat()}


def render_right(right: Any) -> str:
    """One right on one line."""
    what = "all of it" if (right["method"], right["path"]) == ("*", "**") else f"{right['method']} {right['path']}"
    return f"{right['subject']} may call {what}"
