"""Records wait in a bounded buffer and are handed over in bulk, whatever becomes of the monitor."""

import asyncio
from datetime import UTC, datetime

from ridgeway.errors import MessageError, NetworkError
from ridgeway.gateway.recorder import Recorder
from ridgeway.protocol.monitoring import ServerType

NOW = datetime(2026, 1, 2, tzinfo=UTC)


class Shelf:
    """Keeps what it is given, unless it is told to fail; a gate holds it back."""

    def __init__(self):
        self.parts = []
        self.fault = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.entered = asyncio.Event()

    async def store(self, records):
        self.entered.set()
        await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        self.parts.append([record.message_id for record in records])


def recorder(shelf, size=10, **more):
    return Recorder(shelf, internal_address="", buffer_records=size, interval_seconds=0.001, **more)


def observe(monitor, *names):
    for name in names:
        seen = monitor.begin(ServerType.CLIENT, NOW)
        seen.message_id = str(name)
        monitor.end(seen, NOW)


async def test_records_are_handed_over_in_bulk():
    shelf = Shelf()
    monitor = recorder(shelf, size=2500)
    observe(monitor, *range(2500))
    assert await monitor.hand_over()
    assert [len(part) for part in shelf.parts] == [1000, 1000, 500]
    assert not monitor.buffer


async def test_while_the_monitor_is_away_the_oldest_are_dropped_and_counted(caplog):
    shelf = Shelf()
    shelf.fault = NetworkError("network_error", "Nobody answers.")
    monitor = recorder(shelf, size=3)
    observe(monitor, *"abcde")
    assert not await monitor.hand_over()
    assert monitor.dropped == 2
    assert "2 operational records were dropped" in caplog.text
    assert not await monitor.hand_over()
    assert caplog.text.count("Nobody answers") == 1
    shelf.fault = None
    assert await monitor.hand_over()
    assert shelf.parts == [["c", "d", "e"]]
    assert "all right again" in caplog.text


async def test_what_is_dropped_while_it_is_being_sent_takes_nothing_else_with_it():
    shelf = Shelf()
    monitor = recorder(shelf, size=3)
    observe(monitor, *"abc")
    shelf.gate.clear()
    sending = asyncio.create_task(monitor.hand_over())
    await shelf.entered.wait()
    observe(monitor, *"de")
    shelf.gate.set()
    assert await sending
    assert shelf.parts == [["a", "b", "c"], ["d", "e"]]


async def test_records_that_are_refused_do_not_block_the_others():
    shelf = Shelf()
    shelf.fault = MessageError("invalid_request", "no record")
    monitor = recorder(shelf)
    observe(monitor, "a")
    assert await monitor.hand_over()
    assert (monitor.dropped, len(monitor.buffer)) == (1, 0)


async def test_without_a_buffer_nothing_is_kept_but_listeners_hear():
    heard = []
    monitor = recorder(Shelf(), size=0, listeners=[lambda seen, _now: heard.append(seen.message_id)])
    observe(monitor, "a")
    assert heard == ["a"]
    assert not monitor.buffer
    assert monitor.in_flight[ServerType.CLIENT] == 0


async def test_the_recorder_hands_over_by_itself():
    shelf = Shelf()
    monitor = recorder(shelf)
    running = asyncio.create_task(monitor.run())
    observe(monitor, "a")
    await asyncio.wait_for(shelf.entered.wait(), 10)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert shelf.parts == [["a"]]
