"""A sender in a process of its own, for tests that kill it; and a mail server that answers as a test says."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from ridgeway.office.notices import Mail, Notice, post_notice, register
from ridgeway.office.notices.values import Mailing, Priority, Recipient

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
RECIPIENTS = 1_700


def render_greeting(notice: Notice) -> Mail | None:
    if notice.payload.get("unwanted"):
        return None
    if notice.payload.get("broken"):
        raise ValueError(f"cannot greet {notice.address}")
    return Mail(
        subject=str(notice.payload.get("subject", "A greeting")),
        text=f"Hello {notice.recipient_key}, version {notice.version}.\n",
        html=f"<p>Hello {notice.recipient_key}</p>",
        headers={"X-Recipient": notice.recipient_key},
        unsubscribe_url="http://localhost:8420/unsubscribe/token",
    )


def list_recipients(mailing: Mailing, after_key: str, limit: int) -> list[Recipient]:
    first = int(after_key or 0) + 1
    last = min(first + limit, int(mailing.payload.get("recipients", RECIPIENTS)) + 1)
    return [Recipient(str(number), f"person{number}@example.org") for number in range(first, last)]


def register_greetings() -> None:
    register("test.greeting", render=render_greeting, recipients=list_recipients)


def post_greeting(number: int, *, now: datetime = NOW, version: str = "1", priority=Priority.NORMAL, **payload) -> bool:
    return post_notice(
        "test.greeting",
        subject="test:1",
        recipient_key=str(number),
        version=version,
        address=f"person{number}@example.org",
        payload=payload,
        now=now,
        priority=priority,
    )


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Sink:
    """What a mail server was told, and how it answers: `answer(step, argument)` gives a line, or acts by raising."""

    answer: Callable[[str, str], str | None] = lambda step, argument: None
    mails: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    @property
    def recipients(self) -> list[str]:
        return [recipient for recipient, _ in self.mails]

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self.serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, DroppedError):
            pass
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def say(self, writer: asyncio.StreamWriter, line: str) -> None:
        writer.write(f"{line}\r\n".encode())
        await writer.drain()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.say(writer, self.answer("CONNECT", "") or "220 sink")
        recipient = ""
        while line := (await reader.readline()).decode():
            step = line[:4].upper().strip()
            special = self.answer(step, line.strip())
            if special == "hang":
                await asyncio.sleep(30)
            if special is not None:
                await self.say(writer, special)
                continue
            if step == "EHLO":
                await self.say(writer, "250-sink\r\n250 8BITMIME")
            elif step == "DATA":
                await self.say(writer, "354 go on")
                content = await reader.readuntil(b"\r\n.\r\n")
                special = self.answer("CONTENT", recipient)
                if special is None:
                    self.mails.append((recipient, content))
                if special == "drop after taking":
                    self.mails.append((recipient, content))
                    raise DroppedError
                await self.say(writer, special or "250 2.0.0 taken")
            elif step == "QUIT":
                await self.say(writer, "221 bye")
                return
            else:
                if step == "RCPT":
                    recipient = line.partition("<")[2].partition(">")[0]
                await self.say(writer, "250 2.1.0 fine")


class DroppedError(Exception):
    """The sink closes the connection without a word."""


@contextmanager
def a_sink(answer: Callable[[str, str], str | None] = lambda step, argument: None) -> Iterator[Sink]:
    sink, ready, loop = Sink(answer), threading.Event(), asyncio.new_event_loop()
    stop = asyncio.Event()

    async def run() -> None:
        server = await asyncio.start_server(sink.converse, "127.0.0.1", 0, limit=2**24)
        sink.port = server.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.01)

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    assert ready.wait(10)
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


def send_until_killed(folder: str, database: str, mail: str) -> None:
    """What the process below does."""
    from ridgeway.office.tests.ready import settings_in
    from ridgeway.web.setup import setup_django

    settings = settings_in(Path(folder), database)
    settings = replace(settings, web=replace(settings.web, mail=mail))
    setup_django(settings, room="office")
    from ridgeway.office.notices.sending import Sending

    register_greetings()
    print("ready", flush=True)
    Sending(settings, lambda: datetime.now(UTC)).run(threading.Event())


def command(settings, mail: str) -> list[str]:
    arguments = (str(settings.state_dir), settings.web.database, mail)
    code = f"from {__name__} import send_until_killed; send_until_killed(*{arguments!r})"
    return [sys.executable, "-c", code]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
