"""`ridgeway securityserver acme order|renew|status|run`: certificates from authorities that issue by themselves."""

import asyncio
import json
import logging
import signal
import threading
from collections.abc import Callable
from typing import Any

import click
import msgspec

from ridgeway.errors import RidgewayError, TokenError
from ridgeway.protocol.identifiers import parse_server_path
from ridgeway.securityserver.acme.obtaining import Wish, describe_adopted, obtain
from ridgeway.securityserver.acme.orders import FILE, Ordered, order_book, read_orders
from ridgeway.securityserver.acme.renewal import Round, Step
from ridgeway.securityserver.joining.asking import list_keys, open_trust, read_server_in_force
from ridgeway.settings import Settings
from ridgeway.signer import CertificateInfo, KeyInfo, KeyUsage
from ridgeway.signer.commands_csr import split_field
from ridgeway.trust.clock import read_clock

log = logging.getLogger(__name__)

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
NEXT = {
    KeyUsage.AUTHENTICATION: "Next, for a new server: ridgeway securityserver register auth-certificate",
    KeyUsage.SIGNING: "Next: ridgeway securityserver register client CLASS/MEMBER/SUBSYSTEM",
}


@click.group()
def acme() -> None:
    """Order certificates over ACME, and renew them."""


def names_subject(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every verb that says for whom a certificate is."""
    for option in (
        click.option("--authority", default="", help="Name of the authority, where several take orders."),
        click.option("--member", default="", help="INSTANCE/CLASS/MEMBER it is for; default the server's owner."),
        click.option("--member-name", default="", help="Name of the member, for the subject."),
        click.option("--dns-name", default="", help="Name of this server, which the authority asks at port 80."),
        click.option("--subject", multiple=True, help="FIELD=VALUE that the profile leaves open; repeat it."),
    ):
        command = option(command)
    return command


def make_wish(usage: KeyUsage, subject: tuple[str, ...], names: dict[str, str]) -> Wish:
    """What is wanted, for this server."""
    path = "/".join(read_server_in_force().server.codes)
    names["member"] = names["member"] or "/".join(parse_server_path(path).owner.codes)
    return Wish(usage=usage, server=path, subject=dict(split_field(each) for each in subject), **names)


@acme.command()
@click.option("--usage", type=click.Choice([str(each) for each in KeyUsage]), required=True, help="What it is for.")
@names_subject
@as_json
@click.pass_obj
def order(settings: Settings, /, usage: str, subject: tuple[str, ...], as_json: bool, **names: str) -> None:
    """Order a certificate with a new key, and use it once its authority says that it is good."""
    wish = make_wish(KeyUsage(usage), subject, names)
    trust = open_trust(settings).snapshot
    with order_book(settings) as book:
        ordered, info = asyncio.run(obtain(wish, settings, trust, now=read_clock()))
        book.keep(ordered)
    certificate = next(each for each in info.certificates if each.sha256 == ordered.sha256)
    if as_json:
        told = msgspec.to_builtins(ordered) | {"key": info.id, "in_use": certificate.is_active}
        click.echo(json.dumps(told | {"ocsp_error": certificate.ocsp_error}, indent=2))
        return
    click.echo(f"{ordered.authority} issued {ordered.sha256} to {ordered.dns_name} for the key {info.id}.")
    if certificate.ocsp_error:
        click.echo(f"It is not used: {certificate.ocsp_error} Next: ridgeway signer certificates activate")
    else:
        click.echo(NEXT[ordered.usage])


@acme.command()
@click.argument("sha256")
@names_subject
@as_json
@click.pass_obj
def adopt(settings: Settings, /, sha256: str, subject: tuple[str, ...], as_json: bool, **names: str) -> None:
    """Have the certificate whose SHA-256 begins so renewed over ACME, though it came another way."""
    info, certificate = find_held(asyncio.run(list_keys(settings)), sha256)
    ordered = describe_adopted(
        certificate, make_wish(info.usage, subject, names), open_trust(settings).snapshot, now=read_clock()
    )
    with order_book(settings) as book:
        book.keep(ordered)
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(ordered), indent=2))
    else:
        click.echo(f"{certificate.sha256} is renewed over ACME. Let that run: ridgeway securityserver acme run")


def find_held(keys: tuple[KeyInfo, ...], sha256: str) -> tuple[KeyInfo, CertificateInfo]:
    """The certificate here whose SHA-256 begins so, with its key.

    Raises:  TokenError(signer.cert_not_found) when there is none, or more than one.
    """
    found = [(info, each) for info in keys for each in info.certificates if each.sha256.startswith(sha256.lower())]
    if len(found) == 1:
        return found[0]
    raise TokenError(
        "signer.cert_not_found",
        f"{len(found)} certificates here have a SHA-256 that begins with {sha256[:64]!r}; expected one.",
        action="See them: ridgeway signer certificates list.",
    )


@acme.command()
@click.option("--now", "force", is_flag=True, help="Renew everything, due or not.")
@as_json
@click.pass_obj
def renew(settings: Settings, force: bool, as_json: bool) -> None:
    """Renew what is due, and let successors take their places; exit 1 when something failed."""
    steps = take_round(settings, force=force)
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(steps), indent=2))
    else:
        click.echo("\n".join(describe_step(each) for each in steps) or "Nothing is due.")
    if any(each.error for each in steps):
        raise SystemExit(1)


def take_round(settings: Settings, *, force: bool = False) -> list[Step]:
    """One round of renewal."""
    with order_book(settings) as book:
        return Round(book, settings, open_trust(settings).snapshot, read_clock()).run(force=force)


def describe_step(step: Step) -> str:
    """One step in a line."""
    return f"{step.sha256[:16]}…: {step.error or step.what}"


@acme.command()
@as_json
@click.pass_obj
def status(settings: Settings, as_json: bool) -> None:
    """List what was ordered, and when it is renewed."""
    orders = read_orders(settings.path(settings.acme.directory) / FILE)
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(orders), indent=2))
        return
    click.echo("\n".join(describe_order(each) for each in orders) or "Nothing was ordered here.")


def describe_order(ordered: Ordered) -> str:
    """One order in a line."""
    if ordered.is_over:
        state = f"followed by {ordered.renewed_by[:16]}…"
    elif ordered.renewed_by:
        state = f"renewed by {ordered.renewed_by[:16]}…, which is not used yet"
    elif ordered.due_at is None:
        state = "no time of renewal yet: ridgeway securityserver acme renew"
    else:
        state = f"renewed at {ordered.due_at.isoformat(timespec='minutes')}"
    trouble = f"  failed: {ordered.error}" if ordered.error else ""
    return f"{ordered.sha256[:16]}…  {ordered.usage}  {ordered.member}  {ordered.authority}  {state}{trouble}"


@acme.command()
@click.pass_obj
def run(settings: Settings) -> None:
    """Renew what is due at each interval, until told to stop."""
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    stopped = threading.Event()

    def stop(*_: Any) -> None:
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    while True:
        try:
            for step in take_round(settings):
                log.info("%s", describe_step(step))
        except RidgewayError as error:
            log.warning("no certificate could be looked at: %s", error)
        if stopped.wait(settings.acme.renewal_interval_seconds):
            return
