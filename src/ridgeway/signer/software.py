"""The software token as one device among others; what was decrypted once stays in memory until it is locked."""

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from ridgeway.errors import TokenError
from ridgeway.signer.device import HeldKey
from ridgeway.signer.keys import (
    PrivateKey,
    choose_signing,
    make_private_key,
    read_private_key,
    write_private_key,
    write_public_key,
)
from ridgeway.signer.token import Token
from ridgeway.signer.values import SOFTWARE_TOKEN, KeyInfo, Mechanism, TokenInfo, TokenState


@dataclass(slots=True)
class SoftwareDevice:
    """The keys of the software token."""

    token: Token
    id: str = SOFTWARE_TOKEN
    loaded: dict[str, PrivateKey] = field(default_factory=dict, repr=False)
    signing: dict[tuple[str, str], Callable[[bytes], bytes]] = field(default_factory=dict, repr=False)

    async def describe(self) -> TokenInfo:
        """How it is now."""
        return TokenInfo(self.id, "software", self.token.state, mechanisms=tuple(map(str, Mechanism)))

    async def login(self, pin: str) -> None:
        """The token is unlocked."""
        self.token.unlock(pin)

    async def logout(self) -> None:
        """The token is locked, and what was decrypted is forgotten."""
        self.token.lock()
        self.loaded.clear()
        self.signing.clear()

    async def change_pin(self, pin: str, new_pin: str) -> None:
        """Only the new PIN unlocks the token."""
        self.token.change_pin(pin, new_pin)

    async def list_held(self) -> tuple[HeldKey, ...]:
        """The keys that the index gives to this token."""
        return tuple(
            HeldKey(info.id, info.label, info.public_key) for info in self.token.read_index() if info.token == self.id
        )

    async def generate(self, wanted: KeyInfo) -> bytes:
        """A new key is on disk."""
        return self.keep(wanted, make_private_key(wanted.type))

    def keep(self, wanted: KeyInfo, key: PrivateKey) -> bytes:
        """This key is on disk; its public key (DER) is returned."""
        public_key = write_public_key(key)
        self.token.write_key(msgspec.structs.replace(wanted, public_key=public_key), write_private_key(key))
        return public_key

    async def sign(self, info: KeyInfo, algorithm: str, digest: bytes) -> bytes:
        """The signature value over a digest."""
        return self.prepare(info, algorithm)(digest)

    def prepare(self, info: KeyInfo, algorithm: str) -> Callable[[bytes], bytes]:
        """How the key signs with the algorithm, remembered."""
        sign = self.signing.get((info.id, algorithm))
        if sign is None:
            sign = choose_signing(self.load(info), algorithm)
            self.signing[info.id, algorithm] = sign
        return sign

    def load(self, info: KeyInfo) -> PrivateKey:
        """The private key, from memory once it was used.

        Raises:  TokenError(signer.token_not_active | signer.key_not_found).
        """
        self.token.get_master()
        key = self.loaded.get(info.id)
        if key is None:
            key = read_private_key(self.token.read_key(info))
            if write_public_key(key) != info.public_key:
                raise TokenError("signer.key_not_found", f"The key {info.id} is not the one that the index describes.")
            self.loaded[info.id] = key
        return key

    async def delete(self, info: KeyInfo) -> None:
        """The private key is gone from memory and from disk."""
        self.token.delete_key(info.id)
        self.loaded.pop(info.id, None)
        self.signing = {name: sign for name, sign in self.signing.items() if name[0] != info.id}

    @property
    def is_unlocked(self) -> bool:
        """Whether its keys can be used."""
        return self.token.state is TokenState.UNLOCKED
