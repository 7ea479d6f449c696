"""How much does committing in groups gain over one commit for each record? Prints records a second and the ratio.

Run: python benchmarks/journal.py [records]. Both ways run in turn in one process group, on the same disk, through the
same socket; only the ratio says something on another machine.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from ridgeway.journal import JournalLimits
from ridgeway.messagelog.client import MessageLogClient
from ridgeway.messagelog.schema import migrate_database
from ridgeway.protocol.exchange.values import LogRecord
from ridgeway.protocol.identifiers import SubsystemId
from ridgeway.settings import MessageLogSettings, Settings
from ridgeway.web.setup import setup_django

ROUNDS = 3
PRODUCERS = 64
PARTY = SubsystemId("RW", "GOV", "1001", "desk")
WRITER = """
import asyncio, sys
from pathlib import Path
from ridgeway.journal import JournalLimits, JournalServer
from ridgeway.messagelog.databases import open_database
from ridgeway.messagelog.store import MessageLogStore
folder, most = Path(sys.argv[1]), int(sys.argv[2])
store = MessageLogStore(open_database(f"sqlite:{folder}/log.sqlite3", is_writer=True))
async def main():
    limits = JournalLimits(max_batch_records=most)
    path = folder / "run" / "log.sock"
    async with JournalServer(store, path, limits=limits, has_thread=False) as server:
        await server.wait()
asyncio.run(main())
"""


def a_record(number: int) -> LogRecord:
    """1 KB of message and 3 KB of signature."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return LogRecord(f"q-{number}", f"r-{number}", PARTY, False, at, os.urandom(1024), os.urandom(3072))


async def produce(client: MessageLogClient, numbers: range) -> None:
    """Append one record after the other."""
    for number in numbers:
        await client.append(a_record(number))


async def measure(folder: Path, records: int) -> float:
    """Records a second."""
    async with MessageLogClient(
        folder / "run" / "log.sock", limits=JournalLimits(connect_timeout_seconds=20)
    ) as client:
        await client.append(a_record(0))
        each = records // PRODUCERS
        start = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for producer in range(PRODUCERS):
                group.create_task(produce(client, range(producer * each, (producer + 1) * each)))
        return each * PRODUCERS / (time.perf_counter() - start)


def run_round(most: int, records: int) -> float:
    """One round with at most `most` records in a transaction."""
    with tempfile.TemporaryDirectory(prefix="rwj") as name:
        folder = Path(name)
        setup_django(Settings(state_dir=folder, messagelog=MessageLogSettings(database="sqlite:log.sqlite3")))
        migrate_database()
        with subprocess.Popen([sys.executable, "-c", WRITER, name, str(most)]) as process:
            try:
                return asyncio.run(measure(folder, records))
            finally:
                process.kill()


def main() -> None:
    """Measure both ways in turn."""
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 12_800
    grouped, single = [], []
    for _ in range(ROUNDS):
        grouped.append(run_round(500, records))
        single.append(run_round(1, records // 4))
    fast, slow = statistics.median(grouped), statistics.median(single)
    print(f"group commit {fast:,.0f}/s   one commit a record {slow:,.0f}/s   ratio {fast / slow:.2f}")


if __name__ == "__main__":
    main()
