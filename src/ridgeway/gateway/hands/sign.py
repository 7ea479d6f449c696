"""Signing what queued: one signature for all the messages that waited while the last one was being made.

Law: a batch of one is a plain signature. Whoever waits gets his own part or the error; nobody waits longer than the
signer's limit. The key stays in the signer; only digests go there.
Source: PR-MESSTRANSP §3.2 step 4h (batch signatures).
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from ridgeway.errors import RidgewayError
from ridgeway.gateway.hands.unforeseen import UNFORESEEN
from ridgeway.protocol.exchange.commands import SignedParts
from ridgeway.protocol.hashchains import PartDigests
from ridgeway.protocol.identifiers import MemberId
from ridgeway.protocol.signatures import (
    SigningMaterial,
    UnsignedSignature,
    prepare_batch_signature,
    prepare_message_signature,
)
from ridgeway.signer import SignerClient
from ridgeway.trust.clock import read_clock

MAX_BATCH_MESSAGES = 64


@dataclass(slots=True)
class Waiting:
    """One message that waits for its signature."""

    parts: PartDigests
    done: asyncio.Future[SignedParts]


@dataclass(slots=True)
class Queue:
    """The messages of one member that wait, and whether somebody is signing for it now."""

    waiting: deque[Waiting] = field(default_factory=deque)
    task: asyncio.Task[None] | None = None


class MessageSigner:
    """Signs messages through the signer, in batches when more than one waits."""

    def __init__(self, signer: SignerClient) -> None:
        self.signer = signer
        self.queues: dict[MemberId, Queue] = {}

    async def sign(
        self, member: MemberId, parts: PartDigests, *, get_material: Callable[[], tuple[str, SigningMaterial]]
    ) -> SignedParts:
        """These parts, signed for `member`.

        Raises:  TokenError when the key, its certificate or the signer is not ready.
        """
        queue = self.queues.setdefault(member, Queue())
        waiting = Waiting(parts, asyncio.get_running_loop().create_future())
        queue.waiting.append(waiting)
        if queue.task is None or queue.task.done():
            queue.task = asyncio.create_task(self.empty(queue, get_material), name=f"sign for {member}")
        return await waiting.done

    async def empty(self, queue: Queue, get_material: Callable[[], tuple[str, SigningMaterial]]) -> None:
        """Sign until nobody waits."""
        while batch := take_batch(queue):
            try:
                signed = await self.sign_batch([each.parts for each in batch], get_material())
            except (RidgewayError, *UNFORESEEN) as error:
                for each in batch:
                    if not each.done.done():
                        each.done.set_exception(error)
            else:
                for each, parts in zip(batch, signed, strict=True):
                    if not each.done.done():
                        each.done.set_result(parts)
            finally:
                for each in batch:
                    each.done.cancel()

    async def sign_batch(self, messages: list[PartDigests], material: tuple[str, SigningMaterial]) -> list[SignedParts]:
        """The signature over these messages, as each of them carries it."""
        key_id, public = material
        now = read_clock()
        if len(messages) == 1:
            unsigned = prepare_message_signature(messages[0], material=public, signing_time=now)
        else:
            unsigned = prepare_batch_signature(messages, material=public, signing_time=now)
        value = await self.signer.sign(key_id, unsigned.algorithm, unsigned.digest)
        return split_signature(unsigned, unsigned.complete(value), count=len(messages))


def take_batch(queue: Queue) -> list[Waiting]:
    """The next messages to sign, without those that nobody waits for any more; empty when none is left."""
    batch: list[Waiting] = []
    while queue.waiting and len(batch) < MAX_BATCH_MESSAGES:
        waiting = queue.waiting.popleft()
        if not waiting.done.done():
            batch.append(waiting)
    return batch


def split_signature(unsigned: UnsignedSignature, xml: bytes, *, count: int) -> list[SignedParts]:
    """The one signature with each message's own hash chain."""
    if not unsigned.hash_chains:
        return [SignedParts(xml)] * count
    return [SignedParts(xml, unsigned.hash_chain_result, chain) for chain in unsigned.hash_chains]
