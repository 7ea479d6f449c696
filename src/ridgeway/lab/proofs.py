"""Asking, and proving afterwards what was said: the parliament asks the register, both sides' containers are proven.

Law: it is done as anybody could: through an information system, through each organisation's own door, with containers
in files and a verifier that works offline. Nothing is read from inside a server.
"""

import asyncio
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from ridgeway.client import AsyncClient
from ridgeway.errors import NetworkError, RidgewayError
from ridgeway.http import Pool, fetch
from ridgeway.lab.country import PARLIAMENT, REGISTER, Country, Organisation
from ridgeway.protocol.signatures.containers import VerifiedContainer
from ridgeway.trust.offline import read_trust, verify_file

EVIDENCE = "evidence"
CONFIGURATION = "verificationconf.zip"
MAX_ANSWER_BYTES = 1024 * 1024
FIRST_PERSON = "NM000001"
SETTLE_SECONDS = 15.0
SETTLE_PAUSE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Evidence:
    """One container of one side, and the verdict on it: proven, or the error that says why not."""

    side: Organisation
    direction: str
    file: Path
    proven: VerifiedContainer | None
    error: RidgewayError | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question with its answer, and what proves both."""

    query_id: str
    code: str
    status: int
    answer: Any
    evidence: tuple[Evidence, ...]
    configuration: Path

    @property
    def is_proven(self) -> bool:
        """Whether every container is."""
        return all(each.proven is not None for each in self.evidence)


async def ask_and_prove(country: Country, pool: Pool, *, code: str = FIRST_PERSON) -> Exchange:
    """The parliament asks the register who somebody is; both messages are proven from both sides.

    Raises:  NetworkError when the question was not answered at all.
    """
    asked = await ask(country, pool, code=code)
    folder = country.state / EVIDENCE / quote(asked["query_id"], safe="-")
    folder.mkdir(parents=True, exist_ok=True)
    configuration = folder / CONFIGURATION
    sides = (PARLIAMENT, REGISTER)
    async with AsyncClient(country.consumer_door(PARLIAMENT), PARLIAMENT.client(country.instance)) as door:
        await door.fetch_verification_configuration(configuration)
    found = [each for side in sides for each in await fetch_side(country, side, asked["query_id"], folder)]
    evidence = tuple(prove(side, direction, file, configuration) for side, direction, file in found)
    return Exchange(asked["query_id"], code, asked["status"], asked["answer"], evidence, configuration)


async def ask_first(country: Country, pool: Pool) -> Exchange:
    """As `ask_and_prove`, asked again for a while: a gateway sees what its trust has just fetched a moment later.

    Raises:  NetworkError when the country has not settled in time.
    """
    limit = time.monotonic() + SETTLE_SECONDS
    while True:
        try:
            return await ask_and_prove(country, pool)
        except NetworkError:
            if time.monotonic() > limit:
                raise
        await asyncio.sleep(SETTLE_PAUSE_SECONDS)


async def ask(country: Country, pool: Pool, *, code: str) -> Any:
    """What the parliament's own system was told."""
    url = f"{country.system_url(PARLIAMENT)}/ask/{quote(code, safe='')}"
    answer = await fetch(pool, "POST", url, body=b"", max_bytes=MAX_ANSWER_BYTES)
    told = msgspec.json.decode(answer.body)
    if answer.status != 200:
        raise NetworkError("network_error", f"The question was not answered: {told.get('fault')} {told.get('message')}")
    return told


async def fetch_side(
    country: Country, side: Organisation, query_id: str, folder: Path
) -> list[tuple[Organisation, str, Path]]:
    """The containers of one side, fetched from its own door."""
    found = []
    async with AsyncClient(country.consumer_door(side), side.client(country.instance)) as door:
        for direction in ("request", "response"):
            file = folder / f"{side.key}-{direction}.asice"
            await door.fetch_container(query_id, file, flags=("unique", f"{direction}Only", "force"))
            found.append((side, direction, file))
    return found


def prove(side: Organisation, direction: str, file: Path, configuration: Path) -> Evidence:
    """The verdict on one container, offline."""
    try:
        return Evidence(side, direction, file, verify_file(file, read_trust(configuration), at=None))
    except RidgewayError as error:
        return Evidence(side, direction, file, None, error)


def render_exchange(exchange: Exchange) -> str:
    """The exchange as the start prints it."""
    lines = [
        f"PARLIAMENT asked the POPULATION REGISTER who {exchange.code} is, and was answered:",
        f"    {msgspec.json.encode(exchange.answer).decode()}",
    ]
    for each in exchange.evidence:
        if each.proven is not None:
            stamped = f"{each.proven.at:%Y-%m-%d %H:%M:%S} UTC"
            lines.append(f"  PROVEN      {each.direction:<8} kept by {each.side.name:<20} time-stamped {stamped}")
        else:
            assert each.error is not None
            lines.append(f"  NOT PROVEN  {each.direction:<8} kept by {each.side.name:<20} {each.error}")
    first = exchange.evidence[0].file
    lines += ["Prove it again, offline:", f"  ridgeway verify {first} --globalconf {exchange.configuration}"]
    return "\n".join(lines)


def flip_byte(file: Path, into: Path, *, entry: str = "message.xml") -> tuple[int, int, int]:
    """A copy of the container with one byte of `entry` changed: its position, the byte before, the byte after."""
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as target:
        target.comment = source.comment
        changed = (0, 0, 0)
        for info in source.infolist():
            data = bytearray(source.read(info))
            if info.filename == entry:
                position = len(data) // 2
                before = data[position]
                data[position] = before ^ 0x01
                changed = (position, before, data[position])
            target.writestr(info, bytes(data))
    return changed
