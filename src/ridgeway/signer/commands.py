"""`ridgeway signer …`: make a token, keep it open, make keys, ask for certificates.

Law: a PIN is never an argument; it is asked for, or comes from the settings (`RIDGEWAY_SIGNER__PIN_FILE`).
"""

import asyncio
import base64
import hashlib
import json
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ridgeway.errors import MessageError, SettingsError, TokenError
from ridgeway.http import run as run_loop
from ridgeway.journal import list_journal
from ridgeway.protocol.certificates.subjects import SubjectNames
from ridgeway.protocol.identifiers import member_of, parse_client_path, parse_server_path
from ridgeway.settings import Mode, Settings
from ridgeway.signer.client import SignerClient
from ridgeway.signer.server import build_server, harden_process
from ridgeway.signer.subjects import RequestedSubject, subject_for
from ridgeway.signer.token import Token
from ridgeway.signer.values import (
    ActivateRequest,
    CsrRequest,
    GenerateRequest,
    ImportRequest,
    KeyInfo,
    KeyType,
    KeyUsage,
    TokenState,
)
from ridgeway.telemetry import metrics_door

SEE_KEYS = "See the keys: ridgeway signer keys list."
PEM_HEAD, PEM_END = b"-----BEGIN CERTIFICATE REQUEST-----\n", b"-----END CERTIFICATE REQUEST-----\n"
Answered = TypeVar("Answered")
LAB_MARK = "made-by-a-lab"
"""A file beside the keys of a lab; the lab puts it there."""
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def signer() -> None:
    """Hold private keys and sign."""


@signer.command()
@as_json
@click.pass_obj
def init(settings: Settings, as_json: bool) -> None:
    """Make an empty software token."""
    harden_process()
    pin = settings.signer.pin or ask_new_pin()
    folder = settings.path(settings.signer.token_dir)
    Token(folder).create(pin)
    say({"token_dir": str(folder)}, f"The token is in {folder}. Next: ridgeway signer run", as_json=as_json)


@signer.command()
@click.pass_obj
def run(settings: Settings) -> None:
    """Hold the token open until stopped; unlocked when the PIN is in the settings, else by `ridgeway signer login`."""
    refuse_lab_keys(settings)
    run_loop(serve_until_stopped(settings))


def refuse_lab_keys(settings: Settings) -> None:
    """Hold only where keys of a lab are not used in production.

    Raises:  SettingsError(lab_keys).
    """
    mark = settings.path(settings.signer.token_dir) / LAB_MARK
    if settings.mode is Mode.PRODUCTION and mark.exists():
        raise SettingsError(
            "lab_keys",
            f"The token in {mark.parent} was made by a lab, with its PIN beside it; it is worth nothing in production.",
            action="Make a token of your own in another folder: ridgeway signer init.",
        )


async def serve_until_stopped(settings: Settings) -> None:
    """Answer at the signer's socket until SIGTERM or SIGINT; a fault that nobody foresaw ends the process."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    folder, socket = settings.path(settings.signer.token_dir), settings.path(settings.signer.socket)
    port = settings.signer.metrics_port
    async with (
        build_server(folder, socket, pin=settings.signer.pin) as server,
        metrics_door(settings.telemetry, port, lambda: list_journal(server)),
    ):
        click.echo(f"signer: answering at {socket}")
        waiting = asyncio.ensure_future(stopped.wait())
        failing = asyncio.ensure_future(server.wait())
        await asyncio.wait({waiting, failing}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if failing.done():
            failing.result()
        failing.cancel()


@signer.command()
@as_json
@click.pass_obj
def status(settings: Settings, as_json: bool) -> None:
    """Say whether the token is unlocked."""
    say_state(call(settings, lambda client: client.get_state()), as_json=as_json)


@signer.command()
@as_json
@click.pass_obj
def login(settings: Settings, as_json: bool) -> None:
    """Unlock the token."""
    pin = settings.signer.pin or ask_pin("PIN")
    say_state(call(settings, lambda client: client.login(pin)), as_json=as_json)


@signer.command()
@as_json
@click.pass_obj
def logout(settings: Settings, as_json: bool) -> None:
    """Lock the token."""
    say_state(call(settings, lambda client: client.logout()), as_json=as_json)


@signer.group()
def pin() -> None:
    """The PIN of the software token."""


@pin.command()
@click.option("--new-pin-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Holds the new PIN.")
@as_json
@click.pass_obj
def change(settings: Settings, new_pin_file: Path | None, as_json: bool) -> None:
    """Change the PIN."""
    old = settings.signer.pin or ask_pin("PIN now")
    new = new_pin_file.read_text("utf-8").strip() if new_pin_file else ask_new_pin()
    state = call(settings, lambda client: client.change_pin(old, new))
    done = "The PIN is changed. If the old one is in a settings file, change it there too."
    say({"token": state, "pin_changed": True}, done, as_json=as_json)


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
@as_json
@click.pass_obj
def delete(settings: Settings, key: str, as_json: bool) -> None:
    """Delete the key KEY."""
    call(settings, lambda client: client.delete(key))
    say({"deleted": key}, f"The key {key} is gone.", as_json=as_json)


@signer.command()
@click.argument("key")
@click.option("--subject", "subject", multiple=True, help="FIELD=VALUE, in order; repeat it.")
@click.option("--profile", default="", help="Certificate profile of the authority; it makes the subject.")
@click.option("--server", default="", help="INSTANCE/CLASS/MEMBER/SERVER, for the profile.")
@click.option("--member", default="", help="INSTANCE/CLASS/MEMBER, for the profile; default the server's owner.")
@click.option("--member-name", default="", help="Name of the member, for the profile.")
@click.option("--dns-name", default="", help="Name of the server, for an authentication certificate.")
@click.option("--pem", "as_pem", is_flag=True, help="Write PEM; else DER.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write.")
@as_json
@click.pass_obj
def csr(settings: Settings, /, key: str, output: Path, as_pem: bool, as_json: bool, **options: Any) -> None:
    """Write a certificate request for the key KEY; its subject is given, or made by the authority's profile."""
    asked = choose_subject(settings, key, options)
    dns_name = options["dns_name"] or asked.dns_name
    der = call(settings, lambda client: client.make_csr(CsrRequest(key, asked.fields, dns_name)))
    output.write_bytes(PEM_HEAD + base64.encodebytes(der) + PEM_END if as_pem else der)
    done = f"{output} is for the certification authority. Next: ridgeway signer import CERTIFICATE"
    say({"key": key, "subject": asked.fields, "dns_name": dns_name, "output": str(output)}, done, as_json=as_json)


def choose_subject(settings: Settings, key: str, options: dict[str, Any]) -> RequestedSubject:
    """The subject as given, or as the authority's profile wants it.

    Raises:  SettingsError(malformed_subject), TokenError(signer.key_not_found).
    """
    given = tuple(split_field(each) for each in options["subject"])
    if not options["profile"]:
        return RequestedSubject(given)
    usage = find_usage(call(settings, lambda client: client.list_keys()), key)
    names = parse_names(options["server"], options["member"], options["member_name"])
    return subject_for(options["profile"], usage=usage, names=names, given=dict(given))


@signer.command("import")
@click.argument("certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--member", default="", help="Whose it is, for people.")
@click.option("--profile", default="", help="Certificate profile of its authority: read from it whose it is.")
@click.option("--instance", default="", help="Instance that approved the authority, for the profile.")
@as_json
@click.pass_obj
def import_certificate(settings: Settings, /, certificate: Path, as_json: bool, **whose: str) -> None:
    """Import CERTIFICATE (PEM or DER) for the key it is of."""
    request = ImportRequest(certificate.read_bytes(), whose["member"], whose["profile"], whose["instance"])
    print_keys((call(settings, lambda client: client.import_certificate(request)),), as_json=as_json)


@signer.command()
@click.argument("sha256")
@click.option("--off", is_flag=True, help="Stop using it.")
@as_json
@click.pass_obj
def activate(settings: Settings, sha256: str, off: bool, as_json: bool) -> None:
    """Use the certificate with this SHA-256 for its key."""
    changed = call(settings, lambda client: client.activate(ActivateRequest(sha256, not off)))
    done = "The certificate is no longer used." if off else "The certificate is used now."
    say(describe_key(changed), done, as_json=as_json)


def call(settings: Settings, ask: Callable[[SignerClient], Awaitable[Answered]]) -> Answered:
    """The signer's answer."""

    async def ask_once() -> Answered:
        async with SignerClient.of(settings) as client:
            return await ask(client)

    return asyncio.run(ask_once())


def say(values: dict[str, Any], sentence: str, *, as_json: bool) -> None:
    """What was done, for a person or a program."""
    click.echo(json.dumps(values) if as_json else sentence)


def say_state(state: TokenState, *, as_json: bool) -> None:
    """Whether the token is unlocked, for a person or a program."""
    say({"token": state}, f"The token is {state}.", as_json=as_json)


def ask_pin(prompt: str) -> str:
    """A PIN, typed unseen."""
    typed: str = click.prompt(prompt, hide_input=True, err=True)
    return typed


def ask_new_pin() -> str:
    """A new PIN, typed twice."""
    typed: str = click.prompt("New PIN", hide_input=True, confirmation_prompt=True, err=True)
    return typed


def find_usage(keys: tuple[KeyInfo, ...], key_id: str) -> KeyUsage:
    """What the key is for.

    Raises:  TokenError(signer.key_not_found).
    """
    found = next((info.usage for info in keys if info.id == key_id), None)
    if found is None:
        raise TokenError("signer.key_not_found", f"There is no key {key_id[:80]!r}.", action=SEE_KEYS)
    return found


def parse_names(server: str, member: str, member_name: str) -> SubjectNames:
    """Whom a certificate is for.

    Raises:  SettingsError(malformed_subject) when the server or the member is none.
    """
    try:
        of_server = parse_server_path(server)
        of_member = parse_client_path(member) if member else of_server.owner
    except MessageError as error:
        raise SettingsError("malformed_subject", f"--server or --member: {error.detail}") from error
    return SubjectNames(member_of(of_member), of_server, member_name)


def split_field(text: str) -> tuple[str, str]:
    """One field of a subject.

    Raises:  SettingsError when it is not FIELD=VALUE.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise SettingsError("malformed_subject", f"--subject {text!r} is not FIELD=VALUE, as in CN=1001.")
    return name.strip(), value.strip()


def describe_key(info: KeyInfo) -> dict[str, Any]:
    """A key as JSON."""
    return {
        "id": info.id,
        "label": info.label,
        "usage": info.usage,
        "type": info.type,
        "public_key": base64.b64encode(info.public_key).decode(),
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
