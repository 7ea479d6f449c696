"""The monitor of a running gateway: observations become records, which wait here and are handed over in bulk.

Law: nothing here waits for a message or is waited for by one. The buffer is bounded; when the operational monitor does
not take its records, the oldest are dropped, counted and logged. What was handed over and not confirmed is sent again.
Read next: `monitoring.py`.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice
from typing import Protocol

from ridgeway.errors import RequestError, RidgewayError
from ridgeway.gateway.hands.unforeseen import UNFORESEEN
from ridgeway.gateway.monitoring import Observation
from ridgeway.protocol.monitoring import OperationalRecord, ServerType

log = logging.getLogger(__name__)

MAX_RECORDS_AT_ONCE = 1000
RETRY_PAUSE_SECONDS = 5.0


class OperationalLog(Protocol):
    """Keeps operational records."""

    async def store(self, records: Sequence[OperationalRecord]) -> None:
        """The records are kept.

        Raises:  WorldError when that is not certain.
        """


Listener = Callable[[Observation, datetime], None]
"""Hears of each message that is over, beside the buffer: metrics, traces."""


class Recorder:
    """Takes observations, and hands their records over until it is stopped."""

    def __init__(
        self,
        store: OperationalLog,
        *,
        internal_address: str,
        buffer_records: int,
        interval_seconds: float,
        listeners: Sequence[Listener] = (),
        begin_trace: Callable[[Observation, str | None], None] | None = None,
    ) -> None:
        self.store = store
        self.internal_address = internal_address
        self.buffer: deque[OperationalRecord] = deque(maxlen=buffer_records)
        self.interval_seconds = interval_seconds
        self.listeners = tuple(listeners)
        self.begin_trace = begin_trace
        self.in_flight = dict.fromkeys(ServerType, 0)
        self.dropped = 0
        self.reported = 0
        self.sending = 0
        self.fault = ""

    def begin(self, server_type: ServerType, now: datetime, *, traceparent: str | None = None) -> Observation:
        """A message began to arrive; `traceparent` is what the caller says of its own trace."""
        self.in_flight[server_type] += 1
        seen = Observation(server_type, now)
        if self.begin_trace is not None:
            self.begin_trace(seen, traceparent)
        return seen

    def end(self, observation: Observation, now: datetime) -> None:
        """The message is over; its record waits to be handed over."""
        self.in_flight[observation.server_type] -= 1
        if not observation.is_message:
            return
        try:
            for listener in self.listeners:
                listener(observation, now)
            if self.buffer.maxlen:
                self.take(observation.to_record(internal_address=self.internal_address, now=now))
        except UNFORESEEN:
            log.exception("a message could not be noted")

    def take(self, record: OperationalRecord) -> None:
        """One more record waits; in a full buffer the oldest makes room."""
        if len(self.buffer) == self.buffer.maxlen:
            self.dropped += 1
            self.sending = max(0, self.sending - 1)
        self.buffer.append(record)

    async def run(self) -> None:
        """Hand records over, again and again, until cancelled."""
        while True:
            await asyncio.sleep(self.interval_seconds)
            try:
                is_done = await self.hand_over()
            except UNFORESEEN:
                log.exception("operational records could not be handed over and are dropped")
                self.dropped += len(self.buffer)
                self.buffer.clear()
                is_done = False
            if not is_done:
                await asyncio.sleep(RETRY_PAUSE_SECONDS)

    async def hand_over(self) -> bool:
        """Everything that waits now is handed over; whether that worked."""
        while self.buffer:
            part = list(islice(self.buffer, MAX_RECORDS_AT_ONCE))
            self.sending = len(part)
            try:
                await self.store.store(part)
            except RequestError as error:
                self.note(f"it refused {len(part)} records: {error.detail}")
                self.dropped += self.sending
            except RidgewayError as error:
                self.note(error.explain())
                self.report_dropped()
                return False
            else:
                self.note("")
            for _ in range(self.sending):
                self.buffer.popleft()
            self.sending = 0
        self.report_dropped()
        return True

    def note(self, fault: str) -> None:
        """Log a fault once, and again when it changes or passes."""
        if fault != self.fault:
            log.warning("operational monitor: %s", fault or "all right again")
        self.fault = fault

    def report_dropped(self) -> None:
        """Say how many records were lost since this was said last."""
        if self.dropped > self.reported:
            log.warning("%d operational records were dropped", self.dropped - self.reported)
            self.reported = self.dropped
