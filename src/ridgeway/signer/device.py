"""What holds keys: the software token, and tokens behind PKCS#11 beside it, all asked in the same way.

Law: a private key is used where it lies; what crosses here is digests, signature values and public keys. A token that
fails is an error of its own (`TokenError`), never of the others.
Read next: `software.py`, `hardware.py`.
"""

from typing import Protocol

import msgspec

from ridgeway.signer.values import KeyInfo, TokenInfo


class HeldKey(msgspec.Struct, frozen=True):
    """A key that a token holds; `id` is how the token names it, `public_key` is DER, empty when it cannot be read."""

    id: str
    label: str
    public_key: bytes = b""


class Device(Protocol):
    """One token."""

    @property
    def id(self) -> str:
        """By which it is named."""
        ...

    async def describe(self) -> TokenInfo:
        """How it is now; a token that cannot be reached is described too."""
        ...

    async def login(self, pin: str) -> None:
        """Its keys can be used.

        Raises:  TokenError(signer.pin_incorrect | signer.pin_locked | signer.token_not_available).
        """
        ...

    async def logout(self) -> None:
        """Its keys can not be used until the next login."""
        ...

    async def change_pin(self, pin: str, new_pin: str) -> None:
        """Only `new_pin` unlocks it.

        Raises:  TokenError(signer.pin_incorrect | signer.token_pin_policy_failure | signer.token_read_only).
        """
        ...

    async def list_held(self) -> tuple[HeldKey, ...]:
        """The keys that it holds, known here or not."""
        ...

    async def generate(self, wanted: KeyInfo) -> bytes:
        """A new key of this id, label, type and usage is in it; its public key (DER) is returned.

        Raises:  TokenError(signer.token_not_active | signer.token_read_only | signer.failed_to_generate_private_key).
        """
        ...

    async def sign(self, info: KeyInfo, algorithm: str, digest: bytes) -> bytes:
        """The signature value over a digest; ECDSA gives r and s side by side.

        Raises:  TokenError(signer.token_not_active | signer.unsupported_sign_algorithm | signer.cannot_sign).
        """
        ...

    async def delete(self, info: KeyInfo) -> None:
        """The private key is gone."""
        ...
