"""What does a whole round trip through two gateways cost in Python, with disk, signer and other processes left out?

Run: python benchmarks/pair_cost.py [--trips N] [--profile]   (needs the test tools; no country, a few seconds)

Two gateways, the system that asks and the service run in this one process over loopback: real doors, TLS, multipart,
signatures; the keys are in memory and the log is a list. So nothing waits, nothing is woken, and the processor time of
a trip hardly moves when others use the machine: take this to compare one version with another. `--profile` shows where
it goes, by file; a profiler makes many small calls look dearer than they are.
"""

import argparse
import cProfile
import pstats
import re
import tempfile
import time
from collections import Counter
from pathlib import Path

import uvloop

from ridgeway.gateway.tests.pair import Pair, running_pair

WARM_TRIPS = 100
ROUNDS = 7
SHOWN_FILES = 30


async def ask(pair: Pair, trips: int) -> None:
    """So many questions, one after the other.

    Raises:  SystemExit when one is not answered.
    """
    for side in (pair.consumer, pair.provider):
        side.messagelog.records.clear()
        side.messagelog.room = 2 * trips
    for _ in range(trips):
        answer = await pair.ask()
        if answer.status != 200:
            raise SystemExit(f"That is no answer: {answer.status} {answer.body!r}")


async def measure(pair: Pair, trips: int) -> None:
    """Print the processor time of a trip: the least of several rounds, and all of them."""
    found = []
    for _ in range(ROUNDS):
        start = time.process_time()
        await ask(pair, trips)
        found.append((time.process_time() - start) / trips * 1e6)
    print(f"{min(found):.0f} µs of processor time a round trip; rounds: {', '.join(f'{each:.0f}' for each in found)}")


async def profile(pair: Pair, trips: int) -> None:
    """Print where the time goes, by file, in microseconds and calls of a trip."""
    profiler = cProfile.Profile()
    profiler.enable()
    await ask(pair, trips)
    profiler.disable()
    spent: Counter[str] = Counter()
    calls: Counter[str] = Counter()
    for (file, _, _), (_, count, own, _, _) in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        found = re.search(r"(?:ridgeway|site-packages|python3\.\d+)/(.*)", file)
        name = found[1] if found else "(built in, C, Rust)"
        spent[name] += own / trips * 1e6
        calls[name] += count / trips
    for name, microseconds in spent.most_common(SHOWN_FILES):
        print(f"{microseconds:7.1f} µs {calls[name]:7.1f} calls  {name}")


async def run(*, trips: int, shows_profile: bool) -> None:
    """Measure, then profile when that is asked."""
    with tempfile.TemporaryDirectory(prefix="rw-") as folder:
        async with running_pair(Path(folder)) as pair:
            await ask(pair, WARM_TRIPS)
            await measure(pair, trips)
            if shows_profile:
                await profile(pair, trips)


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description="Processor time of a round trip in one process.")
    parser.add_argument("--trips", type=int, default=300, help="in a round (default 300)")
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    uvloop.run(run(trips=arguments.trips, shows_profile=arguments.profile))


if __name__ == "__main__":
    main()
