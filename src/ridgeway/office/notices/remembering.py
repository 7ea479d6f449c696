"""What all mails of one batch share, read once.

Law: it lives as long as a batch, some seconds at most, so a mail still says what is true when it is sent. Outside a
batch nothing is remembered. Next: `outbox.py`.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Value = TypeVar("Value")
remembered: ContextVar[dict[Hashable, Any] | None] = ContextVar("remembered", default=None)


@contextmanager
def one_batch() -> Iterator[None]:
    """What is read within by `remember` is kept until the end."""
    token = remembered.set({})
    try:
        yield
    finally:
        remembered.reset(token)


def remember(key: Hashable, read: Callable[[], Value]) -> Value:
    """What `read` gives, read once a batch for each `key`."""
    kept = remembered.get()
    if kept is None:
        return read()
    if key not in kept:
        kept[key] = read()
    value: Value = kept[key]
    return value
