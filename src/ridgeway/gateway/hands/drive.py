"""The driver: it runs a conversation of `protocol/exchange` against the world.

Law: the conversation decides, the hands act; the driver only carries answers and errors between them. An error that
no step of the conversation catches leaves by the door that started it.
"""

from typing import Any, Protocol, TypeVar

from ridgeway.errors import RidgewayError
from ridgeway.protocol.exchange.commands import Command, Conversation

Result = TypeVar("Result")


class Hands(Protocol):
    """Whoever can do what a conversation asks."""

    async def perform(self, command: Command) -> Any:
        """Do it, and return the answer that the command's docstring names."""


async def drive(conversation: Conversation[Result], hands: Hands) -> Result:
    """Run `conversation` to its end and return its result.

    Raises:  whatever the conversation raises, and what a command raised and the conversation did not catch.
    """
    try:
        command = next(conversation)
        while True:
            try:
                answer = await hands.perform(command)
            except RidgewayError as error:
                command = conversation.throw(error)
            else:
                command = conversation.send(answer)
    except StopIteration as end:
        result: Result = end.value
        return result
    finally:
        conversation.close()
