"""Keeps processes running: starts them, waits until each answers, brings back what dies, stops them all.

Law: each process is started as an operator would start it (`python -m ridgeway.cli …` with its own settings and its
own log file) and owns nothing of its neighbours. One that dies is brought back, a little later each time; stopping
is in the reverse order of starting, with a limit, and leaves nothing behind.
"""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ridgeway.errors import NetworkError

READY_TIMEOUT_SECONDS = 30.0
READY_POLL_SECONDS = 0.03
STOP_TIMEOUT_SECONDS = 10.0
FIRST_RESTART_SECONDS = 0.2
LONGEST_RESTART_SECONDS = 5.0
STEADY_SECONDS = 10.0
LOG_BYTES_SHOWN = 2000
PREFIX = "RIDGEWAY_"
PR_SET_PDEATHSIG = 1

Probe = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Part:
    """One process.

    `arguments` follow `ridgeway`; `folder` is its working folder, where its settings and its log lie; `probe` says
    whether it answers.
    """

    key: str
    arguments: tuple[str, ...]
    folder: Path
    probe: Probe

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return self.folder / "log" / f"{self.key.rpartition('/')[2]}.log"


@dataclass(slots=True)
class Running:
    """A part and its process now."""

    part: Part
    process: asyncio.subprocess.Process | None = None
    started_at: float = 0.0
    restarts: int = 0
    keeper: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        alive = self.process is not None and self.process.returncode is None
        return self.process.pid if alive and self.process is not None else None


class Supervisor:
    """Starts, watches and stops the parts of one country or one service."""

    def __init__(self, on_change: Callable[[], None] = lambda: None, *, is_one_group: bool = False) -> None:
        """`is_one_group`: the parts inherit this process's `RIDGEWAY_*`, and end with it, however it ends.

        A Ctrl-C in the terminal reaches this process alone: it stops its parts one after the other.
        """
        self.on_change = on_change
        self.is_one_group = is_one_group
        self.running: dict[str, Running] = {}
        self.stopping = False

    async def start(self, parts: Sequence[Part]) -> None:
        """Start `parts` together and wait until each answers.

        Raises:  NetworkError naming the part that did not answer in time, with the end of its log.
        """
        for part in parts:
            running = Running(part)
            self.running[part.key] = running
            await self.spawn(running)
            running.keeper = asyncio.create_task(self.keep(running), name=f"keep {part.key}")
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(self.wait_until_ready(self.running[part.key]))

    async def spawn(self, running: Running) -> None:
        """Start the process of one part."""
        part = running.part
        part.log.parent.mkdir(parents=True, exist_ok=True)
        with part.log.open("ab") as log:
            running.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "ridgeway.cli",
                *part.arguments,
                cwd=part.folder,
                env=clean_environment(PREFIX if self.is_one_group else None),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent if self.is_one_group else None,
            )
        running.started_at = time.monotonic()
        self.on_change()

    async def keep(self, running: Running) -> None:
        """Bring the part back whenever it ends, until all stop."""
        pause = FIRST_RESTART_SECONDS
        while not self.stopping and running.process is not None:
            await running.process.wait()
            if self.stopping:
                return
            if time.monotonic() - running.started_at > STEADY_SECONDS:
                pause = FIRST_RESTART_SECONDS
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_RESTART_SECONDS)
            running.restarts += 1
            await self.spawn(running)

    async def wait_until_ready(self, running: Running) -> None:
        """Return once the part answers.

        Raises:  NetworkError(network_error) with the end of its log when it does not within the limit.
        """
        limit = time.monotonic() + READY_TIMEOUT_SECONDS
        while time.monotonic() < limit:
            if await running.part.probe():
                return
            await asyncio.sleep(READY_POLL_SECONDS)
        raise NetworkError(
            "network_error",
            f"{running.part.key} did not answer within {READY_TIMEOUT_SECONDS:.0f} s. Its log {running.part.log} "
            f"ends with:\n{tail(running.part.log)}",
        )

    async def stop(self) -> None:
        """Stop every part, in the reverse order of starting; the last resort is SIGKILL."""
        self.stopping = True
        for running in reversed(list(self.running.values())):
            send_signal(running, signal.SIGTERM, is_leader=True)
        for running in reversed(list(self.running.values())):
            await self.reap(running)

    async def reap(self, running: Running) -> None:
        """Wait for one stopped part, and kill it when it does not end."""
        if running.process is not None:
            try:
                async with asyncio.timeout(STOP_TIMEOUT_SECONDS):
                    await running.process.wait()
            except TimeoutError:
                send_signal(running, signal.SIGKILL, is_leader=True)
                await running.process.wait()
        if running.keeper is not None:
            running.keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running.keeper


def send_signal(running: Running, number: signal.Signals, *, is_leader: bool = True) -> None:
    """Send a signal to a part, if it still runs: to its whole session where it leads one."""
    if running.pid is not None:
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if is_leader else os.kill)(running.pid, number)


def end_with_parent() -> None:
    """This process is told to stop when the one that started it is killed (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def clean_environment(prefix: str | None = None) -> dict[str, str]:
    """What a part inherits: enough to start Python, and of what would change its settings only names with `prefix`."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV")
    found = {name: os.environ[name] for name in kept if name in os.environ}
    if prefix is not None:
        found |= {name: value for name, value in os.environ.items() if name.startswith(prefix)}
    return found | {"PYTHONUNBUFFERED": "1"}


def tail(log: Path) -> str:
    """The last lines of a log."""
    try:
        data = log.read_bytes()
    except OSError:
        return "(no log)"
    return data[-LOG_BYTES_SHOWN:].decode("utf-8", "replace").strip() or "(empty)"


def resident_bytes(pid: int) -> int:
    """The memory that a process holds for itself: its proportional share, or its resident set where that is hidden."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
