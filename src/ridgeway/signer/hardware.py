"""A hardware token behind PKCS#11, asked through a child process that holds its one session.

Law: whatever the vendor's module does (crash, hang, answer nonsense), the signer stays: the child is ended, the token
is `hsm_non_operational`, and the next request starts another one. A PIN that was right once is used again after a
restart; one that was wrong is never tried again by itself, because tokens lock.
Read next: `hardware_session.py` (the child), `devices.py` (how an operator names tokens).
"""

import asyncio
import contextlib
import logging
import sys
from dataclasses import dataclass, field
from typing import Any

import msgspec
from asn1crypto import algos, core

from ridgeway.errors import SettingsError, TokenError
from ridgeway.protocol.signatures.digests import HASHES, Scheme, get_signature_algorithm
from ridgeway.signer.device import HeldKey
from ridgeway.signer.devices import DeviceSettings
from ridgeway.signer.hardware_frames import LENGTH_BYTES, MAX_FRAME_BYTES, Answered, Asked
from ridgeway.signer.values import KeyInfo, KeyType, Mechanism, TokenInfo, TokenState

log = logging.getLogger(__name__)

SESSION = "ridgeway.signer.hardware_session"
SECONDS_TO_END = 2.0
BITS = {KeyType.EC_P256: 0, KeyType.RSA_2048: 2048, KeyType.RSA_3072: 3072, KeyType.RSA_4096: 4096}
P256_BYTES = 32
MECHANISMS = {Scheme.RSA: Mechanism.RSA_PKCS, Scheme.RSA_PSS: Mechanism.RSA_PSS, Scheme.ECDSA: Mechanism.ECDSA}
OUT_OF_ORDER = frozenset({"signer.hsm_non_operational", "signer.token_not_available"})


class DigestInfo(core.Sequence):  # type: ignore[misc]
    """What RSA PKCS#1 v1.5 signs (RFC 8017 §9.2)."""

    _fields = [("digest_algorithm", algos.DigestAlgorithm), ("digest", core.OctetString)]  # noqa: RUF012


@dataclass(slots=True)
class HardwareDevice:
    """One hardware token; `pin` is the one that was right, kept for the next child."""

    settings: DeviceSettings
    pin: str = field(default="", repr=False)
    found: dict[str, Any] = field(default_factory=dict)
    is_logged_in: bool = False
    fault: TokenError | None = None
    child: asyncio.subprocess.Process | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def id(self) -> str:
        """Its name."""
        return self.settings.id

    async def describe(self) -> TokenInfo:
        """How it is now; it is looked for when it was not found before."""
        with contextlib.suppress(TokenError):
            async with self.lock:
                await self.require_child()
        state = TokenState.UNLOCKED if self.is_logged_in else TokenState.LOCKED
        if self.fault is not None:
            gone = self.fault.code == "signer.token_not_available"
            state = TokenState.NOT_AVAILABLE if gone else TokenState.NON_OPERATIONAL
        return TokenInfo(
            self.id,
            "pkcs11",
            state,
            label=self.found.get("label", ""),
            serial=self.found.get("serial", ""),
            is_read_only=self.settings.table.read_only,
            mechanisms=tuple(each for each in self.settings.table.mechanisms if each in self.found["mechanisms"])
            if self.found
            else (),
            fault="" if self.fault is None else self.fault.detail,
        )

    async def start(self) -> None:
        """The token is found, and unlocked when its PIN is in a file; what fails is told in the log and tried again."""
        try:
            pin = self.settings.read_pin()
            if pin:
                await self.login(pin)
        except (TokenError, SettingsError) as error:
            log.warning("token %s: %s", self.id, error.detail)

    async def login(self, pin: str) -> None:
        """Its keys can be used."""
        async with self.lock:
            await self.require_child(use_pin=False)
            self.is_logged_in, self.pin = False, ""
            await self.ask("login", pin=pin)
            self.is_logged_in, self.pin = True, pin

    async def logout(self) -> None:
        """Its keys can not be used; the PIN is forgotten."""
        async with self.lock:
            self.is_logged_in, self.pin = False, ""
            if self.child is not None:
                await self.ask("logout")

    async def change_pin(self, pin: str, new_pin: str) -> None:
        """Only `new_pin` unlocks it."""
        self.require_writable()
        async with self.lock:
            await self.require_child(use_pin=False)
            self.is_logged_in, self.pin = False, ""
            await self.ask("pin", pin=pin, new_pin=new_pin)
            await self.ask("login", pin=new_pin)
            self.is_logged_in, self.pin = True, new_pin

    async def list_held(self) -> tuple[HeldKey, ...]:
        """The keys that it holds."""
        async with self.lock:
            await self.require_child()
            return tuple(HeldKey(*each) for each in await self.ask("list"))

    async def generate(self, wanted: KeyInfo) -> bytes:
        """A new key pair is in it."""
        self.require_writable()
        self.require_allowed(Mechanism(wanted.mechanism))
        async with self.lock:
            await self.require_child()
            made: bytes = await self.ask("generate", key_id=wanted.id, label=wanted.label, bits=BITS[wanted.type])
            return made

    async def sign(self, info: KeyInfo, algorithm: str, digest: bytes) -> bytes:
        """The signature value over a digest; ECDSA gives r and s side by side, as PKCS#11 does."""
        chosen = get_signature_algorithm(algorithm)
        mechanism, hashing = MECHANISMS[chosen.scheme], HASHES[chosen.digest]
        self.require_allowed(mechanism)
        if len(digest) != hashing.digest_size:
            raise ValueError(f"{len(digest)} bytes")
        data = prepare_digest(mechanism, hashing.name, digest)
        async with self.lock:
            await self.require_child()
            value: bytes = await self.ask(
                "sign", key_id=info.id, mechanism=str(mechanism), digest_name=hashing.name, data=data
            )
            return value

    async def delete(self, info: KeyInfo) -> None:
        """The key pair is gone."""
        self.require_writable()
        async with self.lock:
            await self.require_child()
            await self.ask("delete", key_id=info.id)

    def require_writable(self) -> None:
        """Hold only for a token that may be changed.

        Raises:  TokenError(signer.token_read_only).
        """
        if self.settings.table.read_only:
            raise TokenError("signer.token_read_only", f"The token {self.id} is set to be read only.")

    def require_allowed(self, mechanism: Mechanism) -> None:
        """Hold only for a mechanism that the operator lets the token use.

        Raises:  TokenError(signer.unsupported_sign_algorithm).
        """
        if mechanism not in self.settings.table.mechanisms:
            allowed = ", ".join(self.settings.table.mechanisms)
            raise TokenError("signer.unsupported_sign_algorithm", f"The token {self.id} may use {allowed} alone.")

    async def require_child(self, *, use_pin: bool = True) -> None:
        """There is a child with the token open, logged in when a PIN is known; asked under the lock.

        Raises:  TokenError(signer.token_not_available | signer.hsm_non_operational | signer.pin_incorrect).
        """
        if self.child is not None and self.child.returncode is None and self.fault is None:
            return
        await self.end()
        self.child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", SESSION, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        table = self.settings.table
        self.fault = None
        self.found = await self.ask(
            "open",
            module=table.module,
            slot=table.slot,
            label=table.label,
            serial=table.serial,
            read_only=table.read_only,
            environment=table.environment,
        )
        if use_pin and self.pin:
            pin, self.pin = self.pin, ""
            await self.ask("login", pin=pin)
            self.pin, self.is_logged_in = pin, True
            log.info("token %s: works again", self.id)

    async def ask(self, verb: str, **arguments: Any) -> Any:
        """The child's answer to one request; asked under the lock.

        Raises:  TokenError with what the token refuses; (signer.hsm_non_operational) when the child fails.
        """
        try:
            async with asyncio.timeout(self.settings.table.timeout_seconds):
                answered = await self.exchange(msgspec.msgpack.encode(Asked(verb, arguments)))
        except (TimeoutError, OSError, asyncio.IncompleteReadError, msgspec.DecodeError) as error:
            await self.end()
            raise self.out_of_order(
                "signer.hsm_non_operational", f"its module failed ({type(error).__name__})"
            ) from error
        except asyncio.CancelledError:
            await self.end()
            raise
        if answered.code in OUT_OF_ORDER:
            raise self.out_of_order(answered.code, answered.detail)
        if answered.code:
            raise TokenError(
                answered.code, f"The token {self.id} refused: {answered.detail}.", action=ACTIONS.get(answered.code, "")
            )
        return answered.value

    def out_of_order(self, code: str, why: str) -> TokenError:
        """The token cannot be used, and why."""
        self.is_logged_in = False
        self.fault = TokenError(
            code, f"The token {self.id} cannot be used: {why}.", action="See it: ridgeway signer tokens list."
        )
        log.warning("%s", self.fault.detail)
        return self.fault

    async def exchange(self, frame: bytes) -> Answered:
        """One frame to the child, one from it."""
        assert self.child is not None
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.stdin.write(len(frame).to_bytes(LENGTH_BYTES, "big") + frame)
        await self.child.stdin.drain()
        length = int.from_bytes(await self.child.stdout.readexactly(LENGTH_BYTES), "big")
        if length > MAX_FRAME_BYTES:
            raise OSError("the answer is too long")
        return msgspec.msgpack.decode(await self.child.stdout.readexactly(length), type=Answered)

    async def end(self) -> None:
        """The child is gone; one that does not go by itself is killed."""
        child, self.child = self.child, None
        self.is_logged_in = False
        if child is None:
            return
        if child.stdin is not None:
            child.stdin.close()
        try:
            async with asyncio.timeout(SECONDS_TO_END if self.fault is None else 0):
                await child.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()


ACTIONS = {
    "signer.pin_incorrect": "Try again with the right PIN; a token locks after a few wrong ones.",
    "signer.pin_locked": "Its security officer must set a new PIN, with the vendor's tool.",
    "signer.token_not_active": "Unlock it: ridgeway signer tokens login.",
}


def prepare_digest(mechanism: Mechanism, name: str, digest: bytes) -> bytes:
    """What the token is to sign: a DigestInfo for PKCS#1 v1.5, the digest for PSS, its first octets for P-256."""
    if mechanism is Mechanism.RSA_PKCS:
        info = DigestInfo({"digest_algorithm": {"algorithm": name, "parameters": core.Null()}, "digest": digest})
        data: bytes = info.dump()
        return data
    return digest[:P256_BYTES] if mechanism is Mechanism.ECDSA else digest
