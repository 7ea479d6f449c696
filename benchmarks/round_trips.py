"""How many complete round trips a second pass between two organisations, against what the signatures alone would cost?

Run: python benchmarks/round_trips.py [--seconds S] [--out FILE]   (or `make bench`)

It starts a country of the lab in a new folder, asks the register through the parliament's consumer door with 1, 8 and
32 questions under way at a time, over connections that stay open, and stops the country. A round trip is a question
with its answer, both signed, verified and durable on both sides. Before and after each load the floor is taken on the
same machine: one thread that makes the two signatures of a round trip and verifies them, and nothing else. The signer
is measured apart. Only ratios say something on another machine. On a machine that others use too, look at the processor
time: its share of the floor hardly moves when the rates do.
"""

import argparse
import asyncio
import hashlib
import json
import os
import platform
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from ridgeway.lab.country import PARLIAMENT, REGISTER, Country, Ports
from ridgeway.lab.setup import choose_socket_folder
from ridgeway.protocol.signatures.digests import ECDSA_SHA512
from ridgeway.signer import KeyUsage, SignerClient

LOADS = (1, 8, 32)
MOST_TRIPS = 20_000
WARM_SECONDS = 1.5
FLOOR_SECONDS = 1.0
UP_SECONDS = 90
BASE_PORT = 19_840
PERSON = "/r1/NORTHMARK/GOV/1001/persons/persons/NM000001"
TICK = os.sysconf("SC_CLK_TCK")
SIDES = (PARLIAMENT, REGISTER)


@dataclass(frozen=True, slots=True)
class Result:
    """One load: what passed, the floor beside it, and where the processors were busy."""

    load: int
    trips: int
    seconds: float
    floor: float
    floor_ms: float
    times_ms: tuple[float, ...]
    batches: dict[str, float]
    cpu_ms: dict[str, float]

    @property
    def rate(self) -> float:
        """Round trips a second."""
        return self.trips / self.seconds

    @property
    def share(self) -> float:
        """The part of the processor time that the floor takes."""
        return self.floor_ms / sum(self.cpu_ms.values())

    def within_ms(self, part: float) -> float:
        """The time within which this part of the round trips were done."""
        return self.times_ms[min(len(self.times_ms) - 1, int(len(self.times_ms) * part))]


@contextmanager
def running_country(folder: Path) -> Iterator[Country]:
    """A country that is up while the block runs."""
    country = Country(folder / "s", ports=Ports(BASE_PORT))
    log = folder / "lab.log"
    place = ("--state", str(country.state), "--base-port", str(BASE_PORT))
    with log.open("wb") as output:
        command = [sys.executable, "-m", "ridgeway.cli", "lab", "up", *place]
        environment = os.environ | {"PYTHONUNBUFFERED": "1"}
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
    try:
        limit = time.monotonic() + UP_SECONDS
        while "See it happen" not in log.read_text():
            if process.poll() is not None or time.monotonic() > limit:
                raise SystemExit(f"The country did not start:\n{log.read_text()}")
            time.sleep(0.2)
        yield country
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def measure_floor(seconds: float) -> tuple[float, float]:
    """Round trips a second that one thread could sign and verify, and the processor time of one in ms."""
    key = ec.generate_private_key(ec.SECP256R1())
    public, algorithm = key.public_key(), ec.ECDSA(utils.Prehashed(hashes.SHA512()))
    digest = hashlib.sha512(b"a message").digest()
    done, start, busy = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - start < seconds:
        for _ in range(2):
            public.verify(key.sign(digest, algorithm), digest, algorithm)
        done += 1
    return done / (time.perf_counter() - start), (time.process_time() - busy) * 1000 / done


async def ask_again_and_again(country: Country, *, until: float, left: list[int], took: list[float]) -> None:
    """Questions, one after the other, over one connection.

    Raises:  SystemExit when an answer is no person.
    """
    reader, writer = await asyncio.open_connection(PARLIAMENT.host, country.ports.consumer)
    client = "/".join(PARLIAMENT.client(country.instance).codes)
    head = f"GET {PERSON} HTTP/1.1\r\nHost: {PARLIAMENT.host}\r\nX-Road-Client: {client}\r\n\r\n".encode()
    while time.perf_counter() < until and left[0] > 0:
        left[0] -= 1
        start = time.perf_counter()
        writer.write(head)
        answer = await read_answer(reader)
        if b'"NM000001"' not in answer:
            raise SystemExit(f"That is no answer: {answer!r}")
        took.append(time.perf_counter() - start)
    writer.close()


async def read_answer(reader: asyncio.StreamReader) -> bytes:
    """The body of one HTTP answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    _, found, length = head.partition(b"content-length:")
    if found:
        return await reader.readexactly(int(length.split(b"\r\n", 1)[0]))
    body = b""
    while size := int((await reader.readline()).strip(), 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readline()
    return body


async def load_country(country: Country, *, load: int, seconds: float) -> tuple[list[float], float]:
    """How long each round trip took, and how long all together."""
    start, took = time.perf_counter(), list[float]()
    left = [MOST_TRIPS]
    async with asyncio.TaskGroup() as group:
        for _ in range(load):
            group.create_task(ask_again_and_again(country, until=start + seconds, left=left, took=took))
    return took, time.perf_counter() - start


def measure_load(country: Country, *, load: int, seconds: float) -> Result:
    """One load, its floor, its batches and its processor time."""
    before = measure_floor(FLOOR_SECONDS / 2)
    asyncio.run(load_country(country, load=load, seconds=WARM_SECONDS))
    busy, marks = read_cpu(country), {side.key: count_signed(country, side.key, after=0)[2] for side in SIDES}
    took, whole = asyncio.run(load_country(country, load=load, seconds=seconds))
    after = read_cpu(country)
    batches = {}
    for side in SIDES:
        records, signatures, _ = count_signed(country, side.key, after=marks[side.key])
        batches[side.key] = records / max(1, signatures)
    beside = measure_floor(FLOOR_SECONDS / 2)
    spent = {name: (after[name] - busy.get(name, 0.0)) * 1000 / len(took) for name in after}
    floor, floor_ms = ((one + other) / 2 for one, other in zip(before, beside, strict=True))
    times = tuple(sorted(each * 1000 for each in took))
    return Result(load, len(took), whole, floor, floor_ms, times, batches, spent)


def count_signed(country: Country, key: str, *, after: int) -> tuple[int, int, int]:
    """The messages that a side has signed since record `after`, the signatures it made for them, and the last record.

    The parliament signs requests, the register responses; a batch is one signature.
    """
    file = country.folder(key) / "messagelog.sqlite3"
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        (last,) = database.execute("select max(id) from messagelog_record").fetchone()
        rows = "select count(*), count(distinct signature) from messagelog_record where is_response = ? and id > ?"
        records, signatures = database.execute(rows, (key == REGISTER.key, after)).fetchone()
    database.close()
    return records, signatures, last or 0


def read_cpu(country: Country) -> dict[str, float]:
    """The processor seconds that each process of the country has used."""
    found = {"(the load)": sum(os.times()[:2])}
    for process in json.loads((country.state / "status.json").read_bytes())["processes"]:
        fields = Path(f"/proc/{process['pid']}/stat").read_text().rpartition(")")[2].split()
        found[process["name"]] = (int(fields[11]) + int(fields[12])) / TICK
    return found


async def measure_signer(country: Country, *, load: int, seconds: float) -> float:
    """Signatures a second that a signer makes for one client."""
    digest = hashlib.sha512(b"a message").digest()
    done, start = 0, time.perf_counter()
    async with SignerClient(choose_socket_folder(country.folder(REGISTER.key)) / "signer.sock") as signer:
        key = next(each.id for each in await signer.list_keys() if each.usage is KeyUsage.SIGNING)

        async def sign_again_and_again() -> None:
            nonlocal done
            while time.perf_counter() - start < seconds:
                await signer.sign(key, ECDSA_SHA512, digest)
                done += 1

        async with asyncio.TaskGroup() as group:
            for _ in range(load):
                group.create_task(sign_again_and_again())
    return done / (time.perf_counter() - start)


def describe_machine() -> str:
    """What it ran on."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def render(results: list[Result], signer: dict[int, float]) -> str:
    """Everything as text."""
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {describe_machine()}",
        "",
        "under way  round trips/s  floor/s  ratio   median, 99 %, slowest ms   messages per signature: asks, answers",
    ]
    lines += [
        f"{each.load:9}  {each.rate:13.1f}  {each.floor:7.0f}  {each.rate / each.floor:5.3f}"
        f"  {each.within_ms(0.5):7.1f} {each.within_ms(0.99):7.1f} {each.within_ms(1):8.1f}"
        f"   {each.batches['parliament']:.2f}, {each.batches['register']:.2f}"
        for each in results
    ]
    lines += ["", "processor time for each round trip, ms   " + "".join(f"{each.load:>8}" for each in results)]
    names = sorted(results[-1].cpu_ms, key=lambda name: -results[-1].cpu_ms[name])
    for name in names:
        if max(each.cpu_ms.get(name, 0) for each in results) >= 0.05:
            lines.append(f"  {name:<38} " + "".join(f"{each.cpu_ms.get(name, 0):8.2f}" for each in results))
    lines.append(f"  {'all':<38} " + "".join(f"{sum(each.cpu_ms.values()):8.2f}" for each in results))
    lines.append(f"  {'of it the floor':<38} " + "".join(f"{each.floor_ms:8.2f}" for each in results))
    lines.append(f"  {'share of the floor':<38} " + "".join(f"{each.share:8.3f}" for each in results))
    lines += ["", "signer alone, signatures/s               " + "".join(f"{signer[load]:8.0f}" for load in signer)]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, and keep the text when a file is named."""
    parser = argparse.ArgumentParser(description="Round trips a second against the bare cryptographic floor.")
    parser.add_argument("--seconds", type=float, default=6.0, help="for each load (default 6)")
    parser.add_argument("--out", type=Path, help="also write the text to this file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rw-") as folder, running_country(Path(folder)) as country:
        results = [measure_load(country, load=load, seconds=arguments.seconds) for load in LOADS]
        signer = {load: asyncio.run(measure_signer(country, load=load, seconds=FLOOR_SECONDS)) for load in LOADS}
    text = render(results, signer)
    print(text, end="")
    if arguments.out:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
