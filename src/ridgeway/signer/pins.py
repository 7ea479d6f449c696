"""Who guesses a PIN waits: each wrong one makes the next answer come later, one at a time, until a right one.

Law: the count is of one token, so that guessing at one keeps nobody from another; it is not kept over a restart, which
takes longer than any wait here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from ridgeway.errors import TokenError

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 30.0


@dataclass(slots=True)
class PinGate:
    """The wrong PINs of one token since the last right one."""

    wrong: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def attempt(self, try_it: Callable[[], Awaitable[None]]) -> None:
        """Try a PIN in turn, after the pause that earlier wrong ones cost.

        Raises:  TokenError as the token does.
        """
        async with self.lock:
            if self.wrong:
                await asyncio.sleep(min(FIRST_DELAY_SECONDS * 2 ** (self.wrong - 1), LONGEST_DELAY_SECONDS))
            try:
                await try_it()
            except TokenError as error:
                self.wrong += error.code == "signer.pin_incorrect"
                raise
            self.wrong = 0
