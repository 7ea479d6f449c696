"""`ridgeway trust`, joined with the signer: which certificates of this server need revocation answers.

Law: only public values cross here. The signer is asked anew each time, so that one that restarts is found again.
"""

from ridgeway.settings import Settings
from ridgeway.signer import SignerClient
from ridgeway.trust.commands import build_trust_command
from ridgeway.trust.own import OwnCertificate, OwnCertificates


def ask_signer(settings: Settings) -> OwnCertificates:
    """The way to this server's active certificates."""

    async def list_own() -> tuple[OwnCertificate, ...]:
        async with SignerClient.of(settings) as signer:
            keys = await signer.list_keys()
        return tuple(
            OwnCertificate(each.der, str(key.usage), each.member)
            for key in keys
            for each in key.certificates
            if each.is_active
        )

    return list_own


trust = build_trust_command(ask_signer)
