"""`ridgeway signer keys …` and `tokens …`: which keys there are, and where they lie."""

import json

import click

from ridgeway.errors import TokenError
from ridgeway.settings import Settings
from ridgeway.signer.asking import (
    as_json,
    ask_pin,
    call,
    describe_key,
    outside,
    print_keys,
    say,
    say_state,
)
from ridgeway.signer.devices import read_devices
from ridgeway.signer.values import (
    SOFTWARE_TOKEN,
    AdoptRequest,
    GenerateRequest,
    KeyInfo,
    KeyType,
    KeyUsage,
    Mechanism,
    TokenInfo,
)

SEE_KEYS = "See the keys: ridgeway signer keys list."
token_option = click.option("--token", default=SOFTWARE_TOKEN, show_default=True, help="Id of the token.")
usage_option = click.option(
    "--usage", type=click.Choice([str(each) for each in KeyUsage]), required=True, help="What it is for."
)
mechanism_option = click.option(
    "--mechanism",
    type=click.Choice([str(each) for each in Mechanism]),
    default=None,
    help="How it signs; default the usual way of its type.",
)


@click.group()
def keys() -> None:
    """The keys of the tokens."""


@keys.command("list")
@as_json
@click.pass_obj
def list_keys(settings: Settings, as_json: bool) -> None:
    """List keys, certificates and open requests."""
    print_keys(call(settings, lambda client: client.list_keys()), as_json=as_json)


@keys.command()
@click.argument("key")
@as_json
@click.pass_obj
def show(settings: Settings, key: str, as_json: bool) -> None:
    """Show the key KEY."""
    info = find_key(call(settings, lambda client: client.list_keys()), key)
    if as_json:
        click.echo(json.dumps(describe_key(info), indent=2))
    else:
        print_keys((info,), as_json=False)


@keys.command()
@usage_option
@click.option(
    "--type",
    "kind",
    type=click.Choice([str(each) for each in KeyType]),
    default=str(KeyType.EC_P256),
    show_default=True,
)
@click.option("--label", default="", help="A name for people.")
@token_option
@mechanism_option
@as_json
@click.pass_obj
def generate(
    settings: Settings, /, usage: str, kind: str, label: str, token: str, mechanism: str | None, as_json: bool
) -> None:
    """Make a key."""
    request = GenerateRequest(KeyUsage(usage), KeyType(kind), label, token, mechanism or "")
    print_keys((call(settings, lambda client: client.generate(request)),), as_json=as_json)


@keys.command()
@click.argument("key")
@click.option("--token", required=True, help="Id of the hardware token that holds it.")
@usage_option
@click.option("--label", default="", help="A name for people; default the token's.")
@mechanism_option
@as_json
@click.pass_obj
def adopt(
    settings: Settings, /, key: str, token: str, usage: str, label: str, mechanism: str | None, as_json: bool
) -> None:
    """Take over the key KEY (hexadecimal id) that a hardware token holds already."""
    request = AdoptRequest(KeyUsage(usage), label, token, key, mechanism=mechanism or "")
    print_keys((call(settings, lambda client: client.adopt(request)),), as_json=as_json)


@keys.command()
@click.argument("key")
@click.option("--force", is_flag=True, help="Even when a certificate of it is in use.")
@click.confirmation_option(prompt="The key cannot be brought back. Delete it?")
@as_json
@click.pass_obj
def delete(settings: Settings, key: str, force: bool, as_json: bool) -> None:
    """Delete the key KEY."""
    call(settings, lambda client: client.delete(key, force=force))
    say({"deleted": key}, f"The key {key} is gone.", as_json=as_json)


@keys.command()
@as_json
@click.pass_obj
def sync(settings: Settings, as_json: bool) -> None:
    """Set the states of authentication certificates as the global configuration says; `trust run` does so by itself."""
    registered = outside().list_registered(settings)
    changed = call(settings, lambda client: client.sync(registered))
    if as_json or changed:
        print_keys(changed, as_json=as_json)
    else:
        click.echo("Every certificate stands where the global configuration says.")


@click.group()
def tokens() -> None:
    """The software token, and the PKCS#11 tokens beside it."""


@tokens.command("list")
@as_json
@click.pass_obj
def list_tokens(settings: Settings, as_json: bool) -> None:
    """List the tokens, and whether each can be used."""
    found = call(settings, lambda client: client.list_tokens())
    if as_json:
        click.echo(json.dumps([describe_token(each) for each in found], indent=2))
        return
    for each in found:
        click.echo(f"{each.id:<16} {each.kind:<9} {each.state:<20} {each.label}")
        if each.fault:
            click.echo(f"    {each.fault}")


@tokens.command()
@click.argument("token", default=SOFTWARE_TOKEN)
@as_json
@click.pass_obj
def login(settings: Settings, token: str, as_json: bool) -> None:
    """Unlock the token TOKEN; without one the software token."""
    pin = find_pin(settings, token) or ask_pin("PIN")
    say_state(call(settings, lambda client: client.login(pin, token)), as_json=as_json)


@tokens.command()
@click.argument("token", default=SOFTWARE_TOKEN)
@as_json
@click.pass_obj
def logout(settings: Settings, token: str, as_json: bool) -> None:
    """Lock the token TOKEN; without one the software token."""
    say_state(call(settings, lambda client: client.logout(token)), as_json=as_json)


def find_pin(settings: Settings, token: str) -> str:
    """The PIN of the token where the settings have it, else nothing."""
    if token == SOFTWARE_TOKEN:
        return settings.signer.pin
    devices = read_devices(settings.path(settings.signer.devices))
    return next((each.read_pin() for each in devices if each.id == token), "")


def find_key(infos: tuple[KeyInfo, ...], key_id: str) -> KeyInfo:
    """The key of that id.

    Raises:  TokenError(signer.key_not_found).
    """
    found = next((info for info in infos if info.id == key_id), None)
    if found is None:
        raise TokenError("signer.key_not_found", f"There is no key {key_id[:80]!r}.", action=SEE_KEYS)
    return found


def describe_token(each: TokenInfo) -> dict[str, object]:
    """A token as JSON."""
    return {
        "id": each.id,
        "kind": each.kind,
        "state": each.state,
        "label": each.label,
        "serial": each.serial,
        "read_only": each.is_read_only,
        "mechanisms": list(each.mechanisms),
        "fault": each.fault,
    }
