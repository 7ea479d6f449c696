"""`ridgeway signer`, joined with trust: a certificate is proven good before it is used, one that its authority may not
issue is not taken in, and the state of those for authentication follows the global configuration.

Law: the signer itself never talks to the network; this command does, and tells it the outcome.
"""

from pathlib import Path
from typing import Any

import click

from ridgeway.errors import CertificateError, TrustError
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.settings import Settings
from ridgeway.signer.asking import Outside
from ridgeway.signer.commands import build_signer_command
from ridgeway.signer.commands_certificates import certificates, import_certificate
from ridgeway.trust.clock import read_clock
from ridgeway.trust.keeper import TrustKeeper
from ridgeway.trust.ocsp_now import fetch_ocsp_error
from ridgeway.trust.purposes import require_purpose


async def check_ocsp(settings: Settings, certificate: bytes) -> str:
    """Why the certificate may not be used; empty when its authority says now that it is good."""
    return await fetch_ocsp_error(settings, certificate, now=read_clock())


def list_registered(settings: Settings) -> tuple[str, ...]:
    """The hashes (hex) of every authentication certificate in the own instance's configuration.

    Raises:  TrustError while there is none.
    """
    keeper = TrustKeeper(settings)
    keeper.reload_if_changed(read_clock())
    return tuple(digest.hex() for digest in keeper.snapshot.own.servers_by_hash)


def check_purpose(settings: Settings, certificate: bytes) -> None:
    """Hold unless the configuration, if there is one, says that the authority may not issue this certificate.

    Raises:  CertificateError(cert_validation).
    """
    keeper = TrustKeeper(settings)
    keeper.reload_if_changed(read_clock())
    try:
        trust, der = keeper.snapshot, read_certificate(certificate).der
    except (TrustError, CertificateError):
        return  # Without a configuration anything may be kept; bytes that are no certificate the signer refuses.
    require_purpose(der, trust)


@click.pass_obj
def import_checked(settings: Settings, /, certificate: Path, **others: Any) -> None:
    """As the signer's own verb, which cannot see the configuration."""
    check_purpose(settings, certificate.read_bytes())
    click.get_current_context().invoke(import_certificate, certificate=certificate, **others)


def with_checked_import(group: click.Group) -> click.Group:
    """The same group, whose verb `import` looks into the configuration first."""
    checked = click.Command("import", None, import_checked, import_certificate.params, import_certificate.help)
    return click.Group(group.name, {**group.commands, "import": checked}, help=group.help, callback=group.callback)


signer = build_signer_command(Outside(check_ocsp, list_registered))
signer = with_checked_import(signer)
signer.add_command(with_checked_import(certificates))
