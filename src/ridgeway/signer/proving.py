"""Using a certificate only after its authority said that it is good; for commands and for orders alike.

Law: the signer cannot ask; whoever asks hands in how (`ridgeway.trust.ocsp_now`). An error is kept beside the
certificate.
"""

import hashlib
from collections.abc import Awaitable, Callable

from ridgeway.signer.client import SignerClient
from ridgeway.signer.values import ActivateRequest, KeyInfo


async def activate_proven(
    client: SignerClient, certificate: bytes, *, check: Callable[[bytes], Awaitable[str]], unproven: str = ""
) -> KeyInfo:
    """The certificate (DER) is used if `check` has nothing against it, or a reason is given; else the error is kept.

    Shapes:  the outcome is in the certificate's `is_active` and `ocsp_error`.
    """
    error = "" if unproven else await check(certificate)
    sha256 = hashlib.sha256(certificate).hexdigest()
    return await client.activate(ActivateRequest(sha256, not error, error, unproven))
