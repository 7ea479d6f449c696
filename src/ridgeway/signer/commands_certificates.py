"""`ridgeway signer certificates …`: taken in, proven good, used, registered, and watched until they end.

Law: a certificate is used only after its authority said that it is good; who wants to do without gives the reason,
which is kept and shown.
"""

import json
from functools import partial
from pathlib import Path

import click

from ridgeway.settings import Settings
from ridgeway.signer.asking import (
    as_json,
    call,
    describe_certificate,
    describe_key,
    outside,
    print_keys,
    render_certificate,
    say,
)
from ridgeway.signer.client import SignerClient
from ridgeway.signer.proving import activate_proven
from ridgeway.signer.service import read_clock
from ridgeway.signer.values import (
    ActivateRequest,
    CertificateInfo,
    CertificateStatus,
    ImportRequest,
    KeyInfo,
    StatusRequest,
)

without_ocsp = click.option(
    "--without-ocsp", "unproven", default="", metavar="REASON", help="Use it without a revocation answer; say why."
)


@click.group()
def certificates() -> None:
    """The certificates of the keys."""


@certificates.command("list")
@as_json
@click.pass_obj
def list_certificates(settings: Settings, as_json: bool) -> None:
    """List the certificates."""
    print_certificates(list_pairs(settings), as_json=as_json)


@click.command("import")
@click.argument("certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--member", default="", help="Whose it is, for people.")
@click.option("--profile", default="", help="Certificate profile of its authority: read from it whose it is.")
@click.option("--instance", default="", help="Instance that approved the authority, for the profile.")
@click.option("--inactive", is_flag=True, help="Do not use it, even when it is the first of its key.")
@without_ocsp
@as_json
@click.pass_obj
def import_certificate(
    settings: Settings, /, certificate: Path, inactive: bool, unproven: str, as_json: bool, **whose: str
) -> None:
    """Import CERTIFICATE (PEM or DER) for the key it is of; the first of a key is used once it is proven good."""
    request = ImportRequest(certificate.read_bytes(), **whose, stays_inactive=True)
    check = partial(outside().check_ocsp, settings)

    async def take(client: SignerClient) -> KeyInfo:
        before = {each.sha256 for info in await client.list_keys() for each in info.certificates}
        info = await client.import_certificate(request)
        added = next((each for each in info.certificates if each.sha256 not in before), None)
        if added is None or inactive or info.active_certificate is not None:
            return info
        return await activate_proven(client, added.der, check=check, unproven=unproven)

    info = call(settings, take)
    print_keys((info,), as_json=as_json)
    if not as_json and not inactive and info.active_certificate is None:
        click.echo("It is not used yet. Next: ridgeway signer certificates activate SHA256", err=True)


certificates.add_command(import_certificate)


@click.command()
@click.argument("sha256")
@click.option("--off", is_flag=True, help="Stop using it.")
@without_ocsp
@as_json
@click.pass_obj
def activate(settings: Settings, sha256: str, off: bool, unproven: str, as_json: bool) -> None:
    """Use the certificate with this SHA-256 for its key, once its authority says that it is good."""
    check = partial(outside().check_ocsp, settings)

    async def change(client: SignerClient) -> KeyInfo:
        wanted = next(
            (each for info in await client.list_keys() for each in info.certificates if each.sha256 == sha256.lower()),
            None,
        )
        if off or wanted is None:
            return await client.activate(ActivateRequest(sha256, not off))
        return await activate_proven(client, wanted.der, check=check, unproven=unproven)

    changed = call(settings, change)
    error = next((each.ocsp_error for each in changed.certificates if each.sha256 == sha256.lower()), "")
    done = "The certificate is no longer used." if off else "The certificate is used now."
    if error and not off:
        done = f"The certificate is not used: {error}"
    say(describe_key(changed), done, as_json=as_json)
    if error and not off:
        raise click.exceptions.Exit(1)


certificates.add_command(activate)


@certificates.command()
@click.argument("sha256")
@as_json
@click.pass_obj
def deactivate(settings: Settings, sha256: str, as_json: bool) -> None:
    """Stop using the certificate with this SHA-256."""
    changed = call(settings, lambda client: client.activate(ActivateRequest(sha256, False)))
    say(describe_key(changed), "The certificate is no longer used.", as_json=as_json)


@certificates.command()
@click.argument("sha256")
@click.option("--force", is_flag=True, help="Even when it is in use.")
@click.confirmation_option(prompt="Delete the certificate?")
@as_json
@click.pass_obj
def delete(settings: Settings, sha256: str, force: bool, as_json: bool) -> None:
    """Delete the certificate with this SHA-256; its key stays."""
    request = StatusRequest(sha256, CertificateStatus.DELETED, force)
    call(settings, lambda client: client.set_status(request))
    say({"deleted": sha256}, "The certificate is gone.", as_json=as_json)


@certificates.command("register-state")
@click.argument("sha256")
@click.argument("state", type=click.Choice([str(each) for each in CertificateStatus if each != "deleted"]))
@as_json
@click.pass_obj
def register_state(settings: Settings, sha256: str, state: str, as_json: bool) -> None:
    """Say where the registration of an authentication certificate stands, where no request of ours tells it."""
    request = StatusRequest(sha256, CertificateStatus(state))
    changed = call(settings, lambda client: client.set_status(request))
    say(describe_key(changed), f"The certificate is: {state}.", as_json=as_json)


@certificates.command()
@click.option("--days", type=int, default=None, help="Days before the end; default the setting.")
@as_json
@click.pass_obj
def expiring(settings: Settings, days: int | None, as_json: bool) -> None:
    """List the certificates in use that end soon; exit 1 when there are some."""
    limit = settings.signer.expiry_warning_days if days is None else days
    found = [pair for pair in list_pairs(settings) if is_expiring(pair[1], limit)]
    print_certificates(found, as_json=as_json)
    if found:
        raise click.exceptions.Exit(1)


def is_expiring(certificate: CertificateInfo, days: int) -> bool:
    """Whether a certificate in use ends within so many days."""
    return certificate.is_active and certificate.days_left(read_clock()) < days


def list_pairs(settings: Settings) -> list[tuple[KeyInfo, CertificateInfo]]:
    """Every certificate with its key."""
    infos = call(settings, lambda client: client.list_keys())
    return [(info, each) for info in infos for each in info.certificates]


def print_certificates(pairs: list[tuple[KeyInfo, CertificateInfo]], *, as_json: bool) -> None:
    """Certificates, for a person or a program."""
    if as_json:
        rows = [{"key": info.id, "usage": info.usage, **describe_certificate(each)} for info, each in pairs]
        click.echo(json.dumps(rows, indent=2))
        return
    for info, each in pairs:
        click.echo(f"{each.sha256}  {info.usage:<14} key {info.id}  {render_certificate(each)}")
