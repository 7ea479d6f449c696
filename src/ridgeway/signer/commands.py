"""`ridgeway signer …`: make a token, keep it open, make keys, ask for certificates.

Law: a PIN is never an argument; it is asked for, or comes from the settings (`RIDGEWAY_SIGNER__PIN_FILE`).
"""

import asyncio
import hashlib
import json
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ridgeway.errors import SettingsError
from ridgeway.settings import Settings
from ridgeway.signer.client import SignerClient
from ridgeway.signer.server import build_server
from ridgeway.signer.token import Token
from ridgeway.signer.values import (
    ActivateRequest,
    CsrRequest,
    GenerateRequest,
    ImportRequest,
    KeyInfo,
    KeyType,
    KeyUsage,
)

Answered = TypeVar("Answered")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def signer() -> None:
    """Hold private keys and sign."""


@signer.command()
@click.pass_obj
def init(settings: Settings) -> None:
    """Make an empty software token."""
    pin = settings.signer.pin or ask_new_pin()
    folder = settings.path(settings.signer.token_dir)
    Token(folder).create(pin)
    click.echo(f"The token is in {folder}. Next: ridgeway signer run")


@signer.command()
@click.pass_obj
def run(settings: Settings) -> None:
    """Hold the token open until stopped; unlocked when the PIN is in the settings, else by `ridgeway signer login`."""
    asyncio.run(serve_until_stopped(settings))


async def serve_until_stopped(settings: Settings) -> None:
    """Answer at the signer's socket until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    folder, socket = settings.path(settings.signer.token_dir), settings.path(settings.signer.socket)
    async with build_server(folder, socket, pin=settings.signer.pin):
        click.echo(f"signer: answering at {socket}")
        await stopped.wait()


@signer.command()
@as_json
@click.pass_obj
def status(settings: Settings, as_json: bool) -> None:
    """Say whether the token is unlocked."""
    state = call(settings, lambda client: client.get_state())
    click.echo(json.dumps({"token": state}) if as_json else f"The token is {state}.")


@signer.command()
@click.pass_obj
def login(settings: Settings) -> None:
    """Unlock the token."""
    pin = settings.signer.pin or click.prompt("PIN", hide_input=True)
    click.echo(f"The token is {call(settings, lambda client: client.login(pin))}.")


@signer.command()
@click.pass_obj
def logout(settings: Settings) -> None:
    """Lock the token."""
    click.echo(f"The token is {call(settings, lambda client: client.logout())}.")


@signer.group()
def pin() -> None:
    """The PIN of the software token."""


@pin.command()
@click.option("--new-pin-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Holds the new PIN.")
@click.pass_obj
def change(settings: Settings, new_pin_file: Path | None) -> None:
    """Change the PIN."""
    old = settings.signer.pin or click.prompt("PIN now", hide_input=True)
    new = new_pin_file.read_text("utf-8").strip() if new_pin_file else ask_new_pin()
    call(settings, lambda client: client.change_pin(old, new))
    click.echo("The PIN is changed. If the old one is in a settings file, change it there too.")


@signer.group()
def keys() -> None:
    """The keys of the token."""


@keys.command("list")
@as_json
@click.pass_obj
def list_keys(settings: Settings, as_json: bool) -> None:
    """List keys and certificates."""
    print_keys(call(settings, lambda client: client.list_keys()), as_json=as_json)


@keys.command()
@click.option("--usage", type=click.Choice([str(each) for each in KeyUsage]), required=True, help="What it is for.")
@click.option(
    "--type",
    "kind",
    type=click.Choice([str(each) for each in KeyType]),
    default=str(KeyType.EC_P256),
    show_default=True,
)
@click.option("--label", default="", help="A name for people.")
@as_json
@click.pass_obj
def generate(settings: Settings, usage: str, kind: str, label: str, as_json: bool) -> None:
    """Make a key."""
    request = GenerateRequest(KeyUsage(usage), KeyType(kind), label)
    print_keys((call(settings, lambda client: client.generate(request)),), as_json=as_json)


@keys.command()
@click.argument("key")
@click.confirmation_option(prompt="The key cannot be brought back. Delete it?")
@click.pass_obj
def delete(settings: Settings, key: str) -> None:
    """Delete the key KEY."""
    call(settings, lambda client: client.delete(key))
    click.echo(f"The key {key} is gone.")


@signer.command()
@click.argument("key")
@click.option("--subject", "subject", multiple=True, required=True, help="FIELD=VALUE, in order; repeat it.")
@click.option("--dns-name", default="", help="Name of the server, for an authentication certificate.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File (DER).")
@click.pass_obj
def csr(settings: Settings, key: str, subject: tuple[str, ...], dns_name: str, output: Path) -> None:
    """Write a certificate request for the key KEY."""
    fields = tuple(split_field(each) for each in subject)
    output.write_bytes(call(settings, lambda client: client.make_csr(CsrRequest(key, fields, dns_name))))
    click.echo(f"{output} is for the certification authority. Next: ridgeway signer import CERTIFICATE")


@signer.command("import")
@click.argument("certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--member", default="", help="Whose it is, for people.")
@as_json
@click.pass_obj
def import_certificate(settings: Settings, certificate: Path, member: str, as_json: bool) -> None:
    """Import CERTIFICATE (PEM or DER) for the key it is of."""
    request = ImportRequest(certificate.read_bytes(), member)
    print_keys((call(settings, lambda client: client.import_certificate(request)),), as_json=as_json)


@signer.command()
@click.argument("sha256")
@click.option("--off", is_flag=True, help="Stop using it.")
@click.pass_obj
def activate(settings: Settings, sha256: str, off: bool) -> None:
    """Use the certificate with this SHA-256 for its key."""
    call(settings, lambda client: client.activate(ActivateRequest(sha256, not off)))
    click.echo("The certificate is no longer used." if off else "The certificate is used now.")


def call(settings: Settings, ask: Callable[[SignerClient], Awaitable[Answered]]) -> Answered:
    """The signer's answer."""

    async def ask_once() -> Answered:
        async with SignerClient.of(settings) as client:
            return await ask(client)

    return asyncio.run(ask_once())


def ask_new_pin() -> str:
    """A new PIN, typed twice."""
    typed: str = click.prompt("New PIN", hide_input=True, confirmation_prompt=True)
    return typed


def split_field(text: str) -> tuple[str, str]:
    """One field of a subject.

    Raises:  SettingsError when it is not FIELD=VALUE.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise SettingsError("csr_failed", f"--subject {text!r} is not FIELD=VALUE, as in CN=1001.")
    return name.strip(), value.strip()


def describe_key(info: KeyInfo) -> dict[str, Any]:
    """A key as JSON."""
    return {
        "id": info.id,
        "label": info.label,
        "usage": info.usage,
        "type": info.type,
        "certificates": [
            {"sha256": hashlib.sha256(each.der).hexdigest(), "active": each.is_active, "member": each.member}
            for each in info.certificates
        ],
    }


def print_keys(infos: tuple[KeyInfo, ...], *, as_json: bool) -> None:
    """Keys, for a person or a program."""
    if as_json:
        click.echo(json.dumps([describe_key(info) for info in infos], indent=2))
        return
    for info in infos:
        click.echo(f"{info.id}  {info.usage:<14} {info.type:<8} {info.label}")
        for each in info.certificates:
            state = "active" if each.is_active else "not used"
            click.echo(f"    certificate {hashlib.sha256(each.der).hexdigest()} {state} {each.member}")
    if not infos:
        click.echo("There are no keys. Next: ridgeway signer keys generate --usage signing")
