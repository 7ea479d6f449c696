"""Asking the signer: one connection, opened when first needed and again after a loss.

Law: an answer that does not come in time is `signer.…` or `network_error`, never a guess.
"""

from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec

from ridgeway.errors import NetworkError, TokenError
from ridgeway.journal import JournalClient, JournalLimits
from ridgeway.settings import Settings
from ridgeway.signer.values import (
    SOFTWARE_TOKEN,
    ActivateRequest,
    AdoptRequest,
    AuthenticationKey,
    CsrRequest,
    DeleteRequest,
    GenerateRequest,
    ImportRequest,
    KeyInfo,
    PinRequest,
    SignRequest,
    StatusRequest,
    TokenInfo,
    TokenState,
)

CONNECT_TIMEOUT_SECONDS = 2.0
Answered = TypeVar("Answered")
REPEATABLE = frozenset({"sign", "prove", "list", "state", "tokens", "authentication"})
"""What may be asked again when the signer was restarted in the middle: it changes nothing."""


class SignerClient:
    """Requests to `ridgeway signer run`."""

    def __init__(self, socket: Path, *, timeout_seconds: float = 60.0) -> None:
        limits = JournalLimits(
            max_frame_bytes=4 * 1024 * 1024,
            connect_timeout_seconds=CONNECT_TIMEOUT_SECONDS,
            answer_timeout_seconds=timeout_seconds,
        )
        self.link = JournalClient(socket, limits=limits)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The client of the signer that `settings` name."""
        return cls(settings.path(settings.signer.socket), timeout_seconds=settings.gateway.sign_timeout_seconds)

    async def __aenter__(self) -> Self:
        """Nothing is opened yet."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """The connection is closed."""
        await self.close()

    async def close(self) -> None:
        """The connection is closed."""
        await self.link.close()

    async def sign(self, key_id: str, algorithm: str, digest: bytes) -> bytes:
        """The signature value over `digest`; ECDSA gives r and s side by side.

        Raises:  TokenError when the key cannot sign, or the signer cannot be reached.
        """
        return await self.ask("sign", SignRequest(key_id, algorithm, digest), bytes)

    async def prove_possession(self, key_id: str, algorithm: str, digest: bytes) -> bytes:
        """As `sign`, with an authentication key, whose certificate is to be registered."""
        return await self.ask("prove", SignRequest(key_id, algorithm, digest), bytes)

    async def list_keys(self) -> tuple[KeyInfo, ...]:
        """The public side of every key."""
        return await self.ask("list", None, tuple[KeyInfo, ...])

    async def get_state(self) -> TokenState:
        """Whether the keys can be used."""
        return await self.ask("state", None, TokenState)

    async def list_tokens(self) -> tuple[TokenInfo, ...]:
        """Every token as it is now."""
        return await self.ask("tokens", None, tuple[TokenInfo, ...])

    async def login(self, pin: str, token: str = SOFTWARE_TOKEN) -> TokenState:
        """The token is unlocked."""
        return await self.ask("login", PinRequest(pin, token=token), TokenState)

    async def logout(self, token: str = SOFTWARE_TOKEN) -> TokenState:
        """The token is locked."""
        return await self.ask("logout", token, TokenState)

    async def change_pin(self, pin: str, new_pin: str, token: str = SOFTWARE_TOKEN) -> TokenState:
        """Only `new_pin` unlocks the token."""
        return await self.ask("pin", PinRequest(pin, new_pin, token), TokenState)

    async def generate(self, request: GenerateRequest) -> KeyInfo:
        """A new key."""
        return await self.ask("generate", request, KeyInfo)

    async def adopt(self, request: AdoptRequest) -> KeyInfo:
        """A key from elsewhere is one of ours."""
        return await self.ask("adopt", request, KeyInfo)

    async def delete(self, key_id: str, *, force: bool = False) -> KeyInfo:
        """The key is gone; one whose certificates are in use only by force."""
        return await self.ask("delete", DeleteRequest(key_id, force), KeyInfo)

    async def delete_csr(self, request_id: str) -> KeyInfo:
        """The certificate request is no longer kept."""
        return await self.ask("delete_csr", request_id, KeyInfo)

    async def set_status(self, request: StatusRequest) -> KeyInfo:
        """The certificate stands there, or is gone."""
        return await self.ask("status", request, KeyInfo)

    async def sync(self, registered: tuple[str, ...]) -> tuple[KeyInfo, ...]:
        """Authentication certificates stand where the configuration says; `registered` are hashes (hex) in it.

        The keys that changed are returned.
        """
        return await self.ask("sync", registered, tuple[KeyInfo, ...])

    async def make_csr(self, request: CsrRequest) -> bytes:
        """A certificate request, DER."""
        return await self.ask("csr", request, bytes)

    async def import_certificate(self, request: ImportRequest) -> KeyInfo:
        """The certificate belongs to its key."""
        return await self.ask("import", request, KeyInfo)

    async def activate(self, request: ActivateRequest) -> KeyInfo:
        """The certificate is used, or is not."""
        return await self.ask("activate", request, KeyInfo)

    async def get_authentication_key(self) -> AuthenticationKey:
        """The TLS key of this security server."""
        return await self.ask("authentication", None, AuthenticationKey)

    async def ask(self, verb: str, asked: Any, answer: type[Answered]) -> Answered:
        """The decoded answer to one request."""
        body = b"" if asked is None else msgspec.msgpack.encode(asked)
        try:
            key = "again" if verb in REPEATABLE else ""
            return msgspec.msgpack.decode(await self.link.ask(verb, body, key=key), type=answer)
        except NetworkError as error:
            raise TokenError(
                "signer.network_error",
                f"The signer did not answer: {error.detail}",
                action="See whether `ridgeway signer run` is running.",
            ) from error
        except msgspec.DecodeError as error:
            raise TokenError("signer.internal_error", f"The signer's answer cannot be read: {error}.") from error
