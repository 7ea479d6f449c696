"""Holds private keys and signs digests, apart from every process that parses what strangers send.

Law: a signing key never leaves this process; the one key that does is the TLS authentication key, for the gateway's
own connections. Read next: `token.py` (how keys lie on disk), `service.py` (what may be asked), `client.py`.
"""

from ridgeway.signer.client import SignerClient
from ridgeway.signer.values import (
    AuthenticationKey,
    CertificateInfo,
    KeyInfo,
    KeyType,
    KeyUsage,
    TokenState,
)

__all__ = [
    "AuthenticationKey",
    "CertificateInfo",
    "KeyInfo",
    "KeyType",
    "KeyUsage",
    "SignerClient",
    "TokenState",
]
