"""What travels over the socket: a length of four bytes, then one msgpack value.

Law: a frame longer than the limit ends the connection; nothing is kept of it. An error travels with its class, so
that the one who asked sees the error that the writer raised.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from ridgeway import errors
from ridgeway.errors import NetworkError, RidgewayError

LENGTH = struct.Struct(">I")
APPEND = "append"


class Request(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One request. `verb` is `append` or the name of a handler; `key` makes a repetition harmless."""

    number: int
    verb: str
    body: bytes
    key: str = ""


class Answer(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The answer to the request of the same number; `error` names an error's class, else it is empty."""

    number: int
    body: bytes = b""
    error: str = ""
    code: str = ""
    detail: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to be made durable; a store that sees a `key` again answers as the first time and writes nothing."""

    body: bytes
    key: str = ""


def find_error_classes(base: type[RidgewayError]) -> dict[str, type[RidgewayError]]:
    """The concrete classes of `ridgeway.errors` by name."""
    named = {name: each for name, each in vars(errors).items() if isinstance(each, type)}
    return {name: each for name, each in named.items() if issubclass(each, base)}


ERROR_CLASSES = find_error_classes(RidgewayError)
request_decoder = msgspec.msgpack.Decoder(Request)
answer_decoder = msgspec.msgpack.Decoder(Answer)
encoder = msgspec.msgpack.Encoder()


def write_frame(value: Request | Answer) -> bytes:
    """One frame."""
    content = encoder.encode(value)
    return LENGTH.pack(len(content)) + content


def refusal(number: int, error: RidgewayError) -> Answer:
    """The answer that carries `error`."""
    return Answer(number, b"", type(error).__name__, error.code, error.detail, error.action)


def error_of(answer: Answer) -> RidgewayError:
    """The error that an answer carries; one of an unknown class is the network's."""
    kind = ERROR_CLASSES.get(answer.error, NetworkError)
    return kind(answer.code, answer.detail, action=answer.action)


class FrameReader:
    """Cuts frames out of bytes as they arrive."""

    def __init__(self, max_frame_bytes: int) -> None:
        self.max_frame_bytes = max_frame_bytes
        self.pending = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The content of each frame that is complete now.

        Raises:  NetworkError(io_error) when a frame says that it is longer than the limit.
        """
        self.pending += data
        start = 0
        try:
            while len(self.pending) - start >= LENGTH.size:
                (length,) = LENGTH.unpack_from(self.pending, start)
                if length > self.max_frame_bytes:
                    raise NetworkError(
                        "io_error", f"A frame of {length} bytes came; at most {self.max_frame_bytes} are taken."
                    )
                end = start + LENGTH.size + length
                if len(self.pending) < end:
                    break
                content = bytes(self.pending[start + LENGTH.size : end])
                start = end
                yield content
        finally:
            del self.pending[:start]


def read_request(content: bytes) -> Request:
    """One request.

    Raises:  NetworkError(io_error) when the bytes are none.
    """
    try:
        return request_decoder.decode(content)
    except msgspec.DecodeError as error:
        raise NetworkError("io_error", f"A frame holds no request: {error}.") from error


def read_answer(content: bytes) -> Answer:
    """One answer.

    Raises:  NetworkError(io_error) when the bytes are none.
    """
    try:
        return answer_decoder.decode(content)
    except msgspec.DecodeError as error:
        raise NetworkError("io_error", f"A frame holds no answer: {error}.") from error
