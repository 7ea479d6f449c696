"""What is asked of the writer and what it answers, as they travel.

Law: nothing here is ever printed: names, addresses and tokens are in it.
"""

from typing import Any

import msgspec

from ridgeway.errors import MessageError


class Take(msgspec.Struct, array_like=True, tag=True, frozen=True, gc=False):
    """A form that was found to be in order; `role` is `signer` or `sponsor`. Sent twice with one `nonce` it is one."""

    petition_id: int
    role: str
    name: str
    email: str
    postcode: str
    country_code: str
    wants_updates: bool
    language: str
    ip: str
    nonce: str

    def __repr__(self) -> str:
        """Nothing of the person."""
        return f"Take({self.petition_id})"


class Confirm(msgspec.Struct, array_like=True, tag=True, frozen=True, gc=False):
    """The link of a mail was followed."""

    signature_id: int
    token: str
    ip: str

    def __repr__(self) -> str:
        """Nothing of the link."""
        return f"Confirm({self.signature_id})"


class ConfirmCreator(msgspec.Struct, array_like=True, tag=True, frozen=True, gc=False):
    """The creator's private link was opened: the mail came through."""

    petition_id: int
    token: str
    ip: str

    def __repr__(self) -> str:
        """Nothing of the link."""
        return f"ConfirmCreator({self.petition_id})"


Command = Take | Confirm | ConfirmCreator


class Outcome(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The answer to each command: `answer` is one of `rules.signing.Answer`; the rest is set where a link was good."""

    answer: str
    petition_id: int = 0
    role: str = ""
    signed_token: str = ""

    def __repr__(self) -> str:
        """The answer alone."""
        return f"Outcome({self.answer})"


command_decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(Command)
outcome_decoder = msgspec.msgpack.Decoder(Outcome)
encoder = msgspec.msgpack.Encoder()


def read_command(body: bytes) -> Command:
    """The command in a frame.

    Raises:  MessageError(invalid_request).
    """
    try:
        command: Command = command_decoder.decode(body)
    except msgspec.MsgspecError as error:
        raise MessageError("invalid_request", f"A command to the writer of signatures is none: {error}.") from error
    return command
