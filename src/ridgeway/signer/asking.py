"""How the commands of the signer ask it, and how they print what it says.

Law: a PIN is typed unseen or comes from a file, and is never printed. What only others can tell (revocation answers,
who is registered) is handed in by whoever assembles the command (`cli/signer.py`).
"""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from ridgeway.errors import SettingsError
from ridgeway.settings import Settings
from ridgeway.signer.client import SignerClient
from ridgeway.signer.service import read_clock
from ridgeway.signer.values import CertificateInfo, KeyInfo, TokenState

Answered = TypeVar("Answered")
OUTSIDE = "ridgeway.signer.outside"
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


async def cannot_ask(_: Settings, __: bytes) -> str:
    """Nobody to ask for a revocation answer."""
    return "There is no way to ask for a revocation answer here."


def nobody_is_registered(_: Settings) -> tuple[str, ...]:
    """No configuration to ask.

    Raises:  SettingsError.
    """
    raise SettingsError("malformed_global_conf", "There is no way to read the global configuration here.")


@dataclass(frozen=True, slots=True)
class Outside:
    """What the commands need of other rooms.

    `check_ocsp` says why a certificate (DER) may not be used, or nothing when it may; `list_registered` gives the
    hashes (hex) of the authentication certificates that the global configuration names.
    """

    check_ocsp: Callable[[Settings, bytes], Awaitable[str]] = cannot_ask
    list_registered: Callable[[Settings], tuple[str, ...]] = nobody_is_registered


def outside() -> Outside:
    """What was handed in for this command."""
    found: Outside = click.get_current_context().find_root().meta.get(OUTSIDE, Outside())
    return found


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


def describe_key(info: KeyInfo) -> dict[str, Any]:
    """A key as JSON."""
    return {
        "id": info.id,
        "label": info.label,
        "usage": info.usage,
        "type": info.type,
        "token": info.token,
        "mechanism": info.mechanism,
        "public_key": base64.b64encode(info.public_key).decode(),
        "certificates": [describe_certificate(each) for each in info.certificates],
        "requests": [{"id": each.id, "subject": each.subject} for each in info.requests],
    }


def describe_certificate(each: CertificateInfo) -> dict[str, Any]:
    """A certificate as JSON."""
    return {
        "sha256": each.sha256,
        "active": each.is_active,
        "member": each.member,
        "status": each.status,
        "not_after": each.not_after.isoformat(),
        "days_left": each.days_left(read_clock()),
        "ocsp_error": each.ocsp_error,
        "unproven": each.unproven,
        "renewed_by": each.renewed_by,
    }


def print_keys(infos: tuple[KeyInfo, ...], *, as_json: bool) -> None:
    """Keys, for a person or a program."""
    if as_json:
        click.echo(json.dumps([describe_key(info) for info in infos], indent=2))
        return
    for info in infos:
        place = "" if info.token == "0" else f"  in {info.token}"  # noqa: S105 — the id of a token
        click.echo(f"{info.id}  {info.usage:<14} {info.type:<8} {info.label}{place}")
        for each in info.certificates:
            click.echo(f"    certificate {each.sha256} {render_certificate(each)}")
        for request in info.requests:
            click.echo(f"    request {request.id} {request.subject}")
    if not infos:
        click.echo("There are no keys. Next: ridgeway signer keys generate --usage signing")


def render_certificate(each: CertificateInfo) -> str:
    """A certificate in words."""
    words = ["active" if each.is_active else "not used", str(each.status), f"{each.days_left(read_clock())} days left"]
    words += [f"renewed by {each.renewed_by[:16]}"] if each.renewed_by else []
    words += [f"could not be activated: {each.ocsp_error}"] if each.ocsp_error else []
    return ", ".join(words) + (f"  {each.member}" if each.member else "")
