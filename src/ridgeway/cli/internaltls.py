"""`ridgeway gateway internal-tls`: the key and certificate that this organisation's own systems see.

Law: a running gateway takes a changed identity at its next start. The private key leaves by no verb.
Source: UG-SS §9 (internal TLS key and certificate).
"""

import json
from pathlib import Path

import click
from cryptography.hazmat.primitives.serialization import Encoding

from ridgeway.gateway.internaltls import (
    InternalIdentity,
    import_certificate,
    open_internal_identity,
    replace_identity,
    write_request,
)
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.settings import Settings
from ridgeway.trust.clock import read_clock

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
NEXT = "A running gateway shows it after a restart; give it to the systems that pin it."


@click.group("internal-tls")
def internal_tls() -> None:
    """The TLS identity towards this organisation's own systems."""


def folder_of(settings: Settings) -> Path:
    """Where the identity lies."""
    return settings.path(settings.gateway.internal_tls_dir)


def say(identity: InternalIdentity, *, as_json: bool, then: str = "") -> None:
    """What the certificate is."""
    found = read_certificate(identity.certificate)
    facts = {
        "subject": found.subject,
        "issuer": found.issuer,
        "sha256": found.sha256.hex(),
        "not_after": found.not_after.isoformat(),
    }
    lines = [f"{name.replace('_', ' '):<10} {value}" for name, value in facts.items()]
    click.echo(json.dumps(facts, indent=2) if as_json else "\n".join([*lines, *([then] if then else [])]))


@internal_tls.command()
@as_json
@click.pass_obj
def show(settings: Settings, as_json: bool) -> None:
    """Show the certificate."""
    say(open_internal_identity(folder_of(settings), now=read_clock()), as_json=as_json)


@internal_tls.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@click.pass_obj
def generate(settings: Settings, yes: bool, as_json: bool) -> None:
    """Make a new key with a self-signed certificate, in place of the present one."""
    if not yes:
        click.confirm("Systems that pin the present certificate will refuse the new one. Go on?", abort=True, err=True)
    say(replace_identity(folder_of(settings), now=read_clock()), as_json=as_json, then=NEXT)


@internal_tls.command()
@click.option("--common-name", required=True, help="Name of the server.")
@click.option("--dns", multiple=True, help="A DNS name, as often as needed.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File for it.")
@as_json
@click.pass_obj
def csr(settings: Settings, common_name: str, dns: tuple[str, ...], output: Path, as_json: bool) -> None:
    """Write a certificate request for the key."""
    identity = open_internal_identity(folder_of(settings), now=read_clock())
    output.write_bytes(write_request(identity, common_name=common_name, dns_names=dns))
    then = f"{output} holds the request; have it signed, then: ridgeway gateway internal-tls import FILE"
    click.echo(json.dumps({"file": str(output)}) if as_json else then)


@internal_tls.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
@click.pass_obj
def import_file(settings: Settings, file: Path, as_json: bool) -> None:
    """Use the certificate in FILE, which must be for the present key."""
    say(import_certificate(folder_of(settings), file.read_bytes(), now=read_clock()), as_json=as_json, then=NEXT)


@internal_tls.command()
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File for it.")
@click.option("--der", is_flag=True, help="DER; else PEM.")
@as_json
@click.pass_obj
def export(settings: Settings, output: Path, der: bool, as_json: bool) -> None:
    """Write the certificate, for systems that pin it."""
    found = read_certificate(open_internal_identity(folder_of(settings), now=read_clock()).certificate)
    output.write_bytes(found.der if der else found.loaded.public_bytes(Encoding.PEM))
    facts = {"file": str(output), "sha256": found.sha256.hex()}
    click.echo(json.dumps(facts) if as_json else f"{output} holds the certificate.")
