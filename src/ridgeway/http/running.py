"""Start the one coroutine of a process, on uvloop.

Law: a process that carries traffic starts here, so that every door runs on the same loop and stops the same way.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import uvloop

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T], *, use_uvloop: bool = True) -> T:
    """Run `main` to its end and return its value; every other task is cancelled then."""
    factory = uvloop.new_event_loop if use_uvloop else None
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(main)
