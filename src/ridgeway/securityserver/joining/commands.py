"""`ridgeway securityserver register|unregister|client|change|maintenance|requests`: talk with the central server.

Law: each verb is one management request; it returns once the central server took it, and with `--wait` once the global
configuration says what was asked for.
Source: PR-MSERV; UG-SS §3.4, §4, §5.
"""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import click

from ridgeway.errors import NetworkError, SettingsError, TrustError
from ridgeway.office.audit.who import read_user
from ridgeway.office.documents.forward import bring_forward
from ridgeway.protocol.certificates.snapshot import InstanceTrust
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.protocol.exchange.registration import RegistrationState
from ridgeway.protocol.exchange.values import ServerSnapshot
from ridgeway.protocol.identifiers import ClientId, MemberId, SubsystemId
from ridgeway.protocol.management import ManagementRequest, RequestKind
from ridgeway.securityserver.apply import APP, rewrite_snapshot
from ridgeway.securityserver.joining.asking import (
    LOOK_SECONDS,
    WAIT_SECONDS,
    Sent,
    ask,
    list_keys,
    list_sent,
    open_trust,
    read_server_in_force,
    wait_until_done,
)
from ridgeway.securityserver.joining.making import choose_certificate
from ridgeway.securityserver.joining.states import Standing, keep_state, read_states, settle_all
from ridgeway.settings import Settings
from ridgeway.signer import KeyUsage
from ridgeway.trust.clock import read_clock

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
wait = click.option("--wait", is_flag=True, help="Return when the global configuration says so.")
client_id = click.argument("client", metavar="CLASS/MEMBER[/SUBSYSTEM]")
which = click.option("--certificate", default="", help="SHA-256 it begins with; the active one by default.")


def sends(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every verb that sends a request."""
    return click.pass_obj(wait(as_json(command)))


@click.group()
def register() -> None:
    """Register this server's certificate and its clients with the central server."""


@register.command("auth-certificate")
@click.option("--address", default="", help="Host at which other servers reach this one; needed the first time.")
@which
@click.option("--dry-run", is_flag=True, help="Only have the request checked.")
@sends
def register_certificate(
    settings: Settings, address: str, certificate: str, dry_run: bool, wait: bool, as_json: bool
) -> None:
    """Register the authentication certificate; it goes straight to the central server."""
    server = begin().server
    keys = asyncio.run(list_keys(settings))
    request = ManagementRequest(
        kind=RequestKind.CERTIFICATE_REGISTRATION,
        server=server,
        address=address or get_address(settings, server),
        certificate=choose_certificate(keys, certificate).der,
        is_dry_run=dry_run,
    )
    finish(request, settings, wait=wait and not dry_run, as_json=as_json)


@register.command("client")
@client_id
@click.option("--name", default=None, help="Name of the subsystem.")
@sends
def register_client(settings: Settings, client: str, name: str | None, wait: bool, as_json: bool) -> None:
    """Register a client, which is in this server's document."""
    ask_about_client(RequestKind.CLIENT_REGISTRATION, client, settings, name=name, wait=wait, as_json=as_json)


@click.group()
def unregister() -> None:
    """Take back what is registered with the central server."""


@unregister.command("auth-certificate")
@which
@sends
def unregister_certificate(settings: Settings, certificate: str, wait: bool, as_json: bool) -> None:
    """Delete the registration of an authentication certificate."""
    server = begin().server
    chosen = choose_certificate(asyncio.run(list_keys(settings)), certificate)
    request = ManagementRequest(RequestKind.CERTIFICATE_DELETION, server, certificate=chosen.der)
    finish(request, settings, wait=wait, as_json=as_json)


@unregister.command("client")
@client_id
@sends
def unregister_client(settings: Settings, client: str, wait: bool, as_json: bool) -> None:
    """Delete the registration of a client; it stops at once."""
    ask_about_client(RequestKind.CLIENT_DELETION, client, settings, wait=wait, as_json=as_json)


@click.group()
def client() -> None:
    """Disable, enable and rename a client that is registered."""


@client.command()
@client_id
@sends
def disable(settings: Settings, client: str, wait: bool, as_json: bool) -> None:
    """Stop a client for a time; it stays registered."""
    ask_about_client(RequestKind.CLIENT_DISABLING, client, settings, wait=wait, as_json=as_json)


@client.command()
@client_id
@sends
def enable(settings: Settings, client: str, wait: bool, as_json: bool) -> None:
    """Let a client that was disabled exchange again."""
    ask_about_client(RequestKind.CLIENT_ENABLING, client, settings, wait=wait, as_json=as_json)


@client.command()
@client_id
@click.argument("name")
@sends
def rename(settings: Settings, client: str, name: str, wait: bool, as_json: bool) -> None:
    """Give a subsystem another NAME."""
    ask_about_client(RequestKind.CLIENT_RENAMING, client, settings, name=name, wait=wait, as_json=as_json)


@click.group()
def change() -> None:
    """Change the owner or the address of this server."""


@change.command()
@click.argument("member", metavar="CLASS/MEMBER")
@sends
def owner(settings: Settings, member: str, wait: bool, as_json: bool) -> None:
    """Ask that another member own this server; it must be a client of it already."""
    server = begin().server
    request = ManagementRequest(RequestKind.OWNER_CHANGE, server, client=parse_client(member, server.instance))
    finish(request, settings, wait=wait, as_json=as_json)


@change.command()
@click.argument("address")
@sends
def address(settings: Settings, address: str, wait: bool, as_json: bool) -> None:
    """Tell the country that this server is reached at another ADDRESS."""
    request = ManagementRequest(RequestKind.ADDRESS_CHANGE, begin().server, address=address)
    finish(request, settings, wait=wait, as_json=as_json)


@click.group()
def maintenance() -> None:
    """Tell the country that this server is away, and that it is back."""


@maintenance.command("enable")
@click.option("--message", default=None, help="What those who ask are told.")
@sends
def start_maintenance(settings: Settings, message: str | None, wait: bool, as_json: bool) -> None:
    """Be in maintenance."""
    request = ManagementRequest(RequestKind.MAINTENANCE_START, begin().server, message=message)
    finish(request, settings, wait=wait, as_json=as_json)


@maintenance.command("disable")
@sends
def end_maintenance(settings: Settings, wait: bool, as_json: bool) -> None:
    """Be back."""
    request = ManagementRequest(RequestKind.MAINTENANCE_END, begin().server)
    finish(request, settings, wait=wait, as_json=as_json)


@click.group()
def requests() -> None:
    """What this server asked of the central server."""


@requests.command("list")
@as_json
@click.pass_obj
def list_requests(settings: Settings, as_json: bool) -> None:
    """List where each client and certificate stands, and the requests that were sent."""
    standings = list_standings(begin(), settings)
    sent = list_sent()
    if as_json:
        states = {each.subject: str(each.state) for each in standings}
        click.echo(json.dumps({"states": states, "requests": [describe_sent(each) for each in sent]}, indent=2))
        return
    for each in standings:
        click.echo(f"{each.subject}: {each.state}")
    for request in sent:
        outcome = request.fault or f"request {request.central_id} at the central server"
        click.echo(f"{request.sent_at:%Y-%m-%d %H:%M:%S}  {request.kind:<22}  {request.subject}  {outcome}")


@requests.command("wait")
@as_json
@click.pass_obj
def wait_for_all(settings: Settings, as_json: bool) -> None:
    """Return when the global configuration says everything that was asked for."""
    snapshot = begin()
    until = time.monotonic() + WAIT_SECONDS
    while pending := [each for each in list_standings(snapshot, settings) if "in progress" in each.state]:
        if time.monotonic() > until:
            names = ", ".join(f"{each.subject} ({each.state})" for each in pending)
            raise NetworkError("not_in_force", f"After {WAIT_SECONDS:g} seconds these wait: {names}.")
        time.sleep(LOOK_SECONDS)
    if as_json:
        click.echo(json.dumps({"in_force": True}))
    else:
        click.echo("Everything that was asked for is in force.")


COMMANDS = (register, unregister, client, change, maintenance, requests)
"""What `ridgeway securityserver` gains."""


def begin() -> ServerSnapshot:
    """What this server serves; its tables are those of this release."""
    bring_forward(APP)
    return read_server_in_force()


def ask_about_client(
    kind: RequestKind, text: str, settings: Settings, *, wait: bool, as_json: bool, name: str | None = None
) -> None:
    """One request about one client.

    Raises:  SettingsError(unknown_client) when a client is to be registered that this server does not serve.
    """
    snapshot = begin()
    chosen = parse_client(text, snapshot.server.instance)
    if kind is RequestKind.CLIENT_REGISTRATION and chosen not in snapshot.clients:
        known = ", ".join("/".join(each.codes[1:]) for each in snapshot.clients)
        raise SettingsError(
            "unknown_client",
            f"{text} is not in this server's document; it has {known}.",
            action="Add it there first: ridgeway securityserver apply FILE.",
        )
    finish(ManagementRequest(kind, snapshot.server, client=chosen, name=name), settings, wait=wait, as_json=as_json)


def finish(request: ManagementRequest, settings: Settings, *, wait: bool, as_json: bool) -> None:
    """The request is sent and told, and waited for if that is wished."""
    sent = ask(request, settings, by=read_user(), patience_seconds=WAIT_SECONDS if wait else 0.0)
    if not as_json:
        number = "no number" if sent.central_id is None else f"number {sent.central_id}"
        click.echo(f"The central server took the {sent.kind} request of {sent.subject}: {number}.")
    if wait:
        asyncio.run(wait_until_done(request, settings))
        list_standings(begin(), settings)
    if as_json:
        click.echo(json.dumps(describe_sent(sent) | {"in_force": wait}, indent=2))
    elif wait:
        click.echo("It is in force.")


def parse_client(text: str, instance: str) -> ClientId:
    """A member or subsystem as the document writes it.

    Raises:  SettingsError(malformed_client).
    """
    codes = text.split("/")
    if len(codes) not in {2, 3} or not all(codes):
        raise SettingsError(
            "malformed_client", f"{text!r} is no client; expected CLASS/MEMBER or CLASS/MEMBER/SUBSYSTEM."
        )
    return MemberId(instance, *codes) if len(codes) == 2 else SubsystemId(instance, *codes)


def get_address(settings: Settings, server: Any) -> str:
    """The address under which the server is known already.

    Raises:  SettingsError(missing_address) when it is not.
    """
    entry = open_trust(settings).snapshot.own.servers.get(server)
    if entry is None or not entry.address:
        raise SettingsError(
            "missing_address",
            f"{server} is not registered yet, so its address must be said.",
            action="Add --address with the host at which other security servers reach it.",
        )
    return entry.address


def list_standings(snapshot: ServerSnapshot, settings: Settings) -> tuple[Standing, ...]:
    """Where each client and each authentication certificate stands now."""
    try:
        trust: InstanceTrust | None = open_trust(settings).snapshot.own
    except TrustError as error:
        click.echo(f"warning: {error.explain()}", err=True)
        trust = None
    keys = asyncio.run(list_keys(settings))
    certificates = [
        read_certificate(each.der).sha256
        for info in keys
        if info.usage is KeyUsage.AUTHENTICATION
        for each in info.certificates
    ]
    kept = read_states()
    standings = settle_all(
        kept, server=snapshot.server, clients=snapshot.clients, certificates=certificates, trust=trust
    )
    if trust is not None:
        keep_settled(standings, kept, settings)
    return standings


def keep_settled(standings: tuple[Standing, ...], kept: Mapping[str, RegistrationState], settings: Settings) -> None:
    """What the configuration settled is kept, so that its later silence is understood."""
    changed = [each for each in standings if kept.get(each.subject, RegistrationState.SAVED) is not each.state]
    for each in changed:
        keep_state(each.subject, each.state, now=read_clock())
    if changed:
        rewrite_snapshot(settings)


def describe_sent(sent: Sent) -> dict[str, Any]:
    """A request as JSON."""
    return {
        "id": sent.central_id,
        "kind": str(sent.kind),
        "subject": sent.subject,
        **sent.facts,
        "sent_at": sent.sent_at.isoformat(),
        "by": sent.by,
        "fault": sent.fault,
    }
