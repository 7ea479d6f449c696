"""`ridgeway trust`, joined with the signer: which certificates of this server need revocation answers.

Law: only public values cross here. The signer is asked anew each time, so that one that restarts is found again. On the
way authentication certificates get the state that the configuration gives them, where the token is unlocked.
"""

import contextlib

from ridgeway.errors import TokenError, TrustError
from ridgeway.settings import Settings
from ridgeway.signer import KeyInfo, SignerClient
from ridgeway.signer.certificates import sync_keys
from ridgeway.trust.clock import read_clock
from ridgeway.trust.commands import build_trust_command
from ridgeway.trust.keeper import TrustKeeper
from ridgeway.trust.own import OwnCertificate, OwnCertificates


def ask_signer(settings: Settings) -> OwnCertificates:
    """The way to this server's active certificates."""
    keeper = TrustKeeper(settings)

    async def list_own() -> tuple[OwnCertificate, ...]:
        async with SignerClient.of(settings) as signer:
            keys = await signer.list_keys()
            with contextlib.suppress(TokenError, TrustError):
                await sync_states(signer, keys, keeper)
        return tuple(
            OwnCertificate(each.der, str(key.usage), each.member)
            for key in keys
            for each in key.certificates
            if each.is_active
        )

    return list_own


async def sync_states(signer: SignerClient, keys: tuple[KeyInfo, ...], keeper: TrustKeeper) -> None:
    """The signer says of each authentication certificate what the configuration says.

    Raises:  TrustError while there is no configuration; TokenError while the token is locked.
    """
    keeper.reload_if_changed(read_clock())
    named = tuple(digest.hex() for digest in keeper.snapshot.own.servers_by_hash)
    if sync_keys(keys, frozenset(named)) != keys:
        await signer.sync(named)


trust = build_trust_command(ask_signer)
