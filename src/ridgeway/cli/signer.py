"""`ridgeway signer`, joined with trust: a certificate is proven good before it is used, and the state of those for
authentication follows the global configuration.

Law: the signer itself never talks to the network; this command does, and tells it the outcome.
"""

from ridgeway.settings import Settings
from ridgeway.signer.asking import Outside
from ridgeway.signer.commands import build_signer_command
from ridgeway.trust.clock import read_clock
from ridgeway.trust.keeper import TrustKeeper
from ridgeway.trust.ocsp_now import fetch_ocsp_error


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


signer = build_signer_command(Outside(check_ocsp, list_registered))
