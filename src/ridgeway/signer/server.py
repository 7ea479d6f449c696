"""The signer's process: one Unix socket, frames with named limits, one handler a verb.

Law: requests are decoded strictly and answered in the loop; signing costs less than handing it to another thread
would. No core is dumped, and files are the owner's alone.
"""

import os
import resource
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ridgeway.errors import MessageError, RidgewayError
from ridgeway.journal import Entry, Handler, JournalLimits, JournalServer
from ridgeway.signer.device import Device
from ridgeway.signer.service import SignerService
from ridgeway.signer.token import Token
from ridgeway.signer.values import (
    ActivateRequest,
    AdoptRequest,
    CsrRequest,
    DeleteRequest,
    GenerateRequest,
    ImportRequest,
    PinRequest,
    SignRequest,
    StatusRequest,
)

LIMITS = JournalLimits(max_frame_bytes=256 * 1024, max_queued_records=1, max_connections=64)
Asked = TypeVar("Asked")

encoder = msgspec.msgpack.Encoder()


class NothingToKeep:
    """The signer keeps no journal; an append is refused."""

    def commit(self, batch: Sequence[Entry]) -> Sequence[bytes | RidgewayError]:
        """Refuse each."""
        return [MessageError("invalid_request", "The signer keeps no journal.")] * len(batch)

    def close(self) -> None:
        """Nothing is open."""


def build_server(
    folder: Path, socket: Path, *, pin: str = "", hardware: tuple[Device, ...] = (), has_pin_policy: bool = False
) -> JournalServer:
    """The server of the software token in `folder`, unlocked when `pin` is given, and of the tokens beside it.

    Raises:  TokenError(signer.pin_incorrect | signer.token_not_available).
    """
    return serve_service(build_service(folder, pin=pin, hardware=hardware, has_pin_policy=has_pin_policy), socket)


def build_service(
    folder: Path, *, pin: str = "", hardware: tuple[Device, ...] = (), has_pin_policy: bool = False
) -> SignerService:
    """The service of the software token in `folder` and of the tokens beside it.

    Raises:  TokenError(signer.pin_incorrect | signer.token_not_available).
    """
    harden_process()
    service = SignerService(Token(folder, has_pin_policy=has_pin_policy), hardware)
    if pin:
        service.token.unlock(pin)
    return service


def serve_service(service: SignerService, socket: Path) -> JournalServer:
    """The service at its socket."""
    return JournalServer(NothingToKeep(), socket, handlers=list_handlers(service), limits=LIMITS)


def harden_process() -> None:
    """No core file, no file that others can read."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)


def list_handlers(service: SignerService) -> dict[str, Handler]:
    """Verb → handler."""
    return {
        "sign": answer_later(SignRequest, service.sign),
        "prove": answer_later(SignRequest, service.prove_possession),
        "list": answer_now(None, service.list_keys),
        "state": answer_now(None, service.state),
        "tokens": answer_later(None, service.list_tokens),
        "login": answer_later(PinRequest, service.login),
        "logout": answer_later(str, service.logout),
        "pin": answer_later(PinRequest, service.change_pin),
        "generate": answer_later(GenerateRequest, service.generate),
        "adopt": answer_later(AdoptRequest, service.adopt),
        "delete": answer_later(DeleteRequest, service.delete),
        "csr": answer_later(CsrRequest, service.make_csr),
        "delete_csr": answer_now(str, service.delete_csr),
        "import": answer_now(ImportRequest, service.import_certificate),
        "activate": answer_now(ActivateRequest, service.activate),
        "status": answer_now(StatusRequest, service.set_status),
        "sync": answer_now(tuple[str, ...], service.sync),
        "authentication": answer_now(None, service.get_authentication_key),
    }


def answer_now(asked: type[Asked] | None, act: Callable[..., Any]) -> Handler:
    """A handler that decodes what is asked, acts, and encodes the answer."""
    decode = None if asked is None else msgspec.msgpack.Decoder(asked).decode

    async def handle(body: bytes) -> bytes:
        return encoder.encode(act() if decode is None else act(read_asked(decode, body)))

    return handle


def answer_later(asked: type[Asked] | None, act: Callable[..., Awaitable[Any]]) -> Handler:
    """As `answer_now`, for what takes its time."""
    decode = None if asked is None else msgspec.msgpack.Decoder(asked).decode

    async def handle(body: bytes) -> bytes:
        return encoder.encode(await (act() if decode is None else act(read_asked(decode, body))))

    return handle


def read_asked(decode: Callable[[bytes], Asked], body: bytes) -> Asked:
    """What is asked.

    Raises:  MessageError(invalid_request).
    """
    try:
        return decode(body)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise MessageError("invalid_request", f"The signer was asked something unreadable: {error}.") from error
