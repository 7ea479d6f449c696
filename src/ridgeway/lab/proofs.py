"""Asking, and proving afterwards what was said: a parliament asks a register, both sides' containers are proven.

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
from ridgeway.lab.country import Country, Organisation
from ridgeway.protocol.signatures.containers import VerifiedContainer
from ridgeway.trust.offline import read_trust, verify_file

EVIDENCE = "evidence"
CONFIGURATION = "verificationconf.zip"
MAX_ANSWER_BYTES = 1024 * 1024
SETTLE_SECONDS = 30.0
SETTLE_PAUSE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Side:
    """One organisation of one country that took part."""

    country: Country
    organisation: Organisation

    @property
    def key(self) -> str:
        """What its files begin with."""
        return self.organisation.key

    @property
    def name(self) -> str:
        """What people call it."""
        return self.organisation.name

    def open_door(self) -> AsyncClient:
        """Its own consumer door, for its own subsystem."""
        return AsyncClient(
            self.country.consumer_door(self.organisation), self.organisation.client(self.country.instance)
        )


@dataclass(frozen=True, slots=True)
class Question:
    """Something that an information system asks another: `path` is where the asker's own system takes the order."""

    key: str
    asker: Side
    answerer: Side
    code: str
    path: str
    how: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One container of one side, and the verdict on it: proven, or the error that says why not."""

    side: Side
    direction: str
    file: Path
    proven: VerifiedContainer | None
    error: RidgewayError | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question with its answer, and what proves both."""

    question: Question
    query_id: str
    status: int
    answer: Any
    attached: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    configuration: Path

    @property
    def code(self) -> str:
        """Whose code was asked for."""
        return self.question.code

    @property
    def is_proven(self) -> bool:
        """Whether every container is."""
        return all(each.proven is not None for each in self.evidence)


def list_questions(country: Country) -> tuple[Question, ...]:
    """What is asked at the start: over REST, over SOAP, and across the border where a partner runs beside."""
    asker, answerer = Side(country, country.get_organisation("parliament")), Side(country, get_register(country))
    code = country.first_person
    questions = [
        Question("rest", asker, answerer, code, f"/ask/{code}"),
        Question("soap", asker, answerer, code, f"/ask-over-soap/{code}", how="over SOAP, with its mandate attached"),
    ]
    if country.is_accompanied:
        partner = country.partner
        questions += [ask_abroad(country, partner), ask_abroad(partner, country)]
    return tuple(questions)


def ask_abroad(country: Country, abroad: Country) -> Question:
    """The question of one country to the register of the other."""
    code = abroad.first_person
    return Question(
        f"from-{country.instance.lower()}",
        Side(country, country.get_organisation("parliament")),
        Side(abroad, get_register(abroad)),
        code,
        f"/ask/{code}?instance={abroad.instance}",
        how=f"across the border to {abroad.instance}",
    )


def get_register(country: Country) -> Organisation:
    """Who answers in this country."""
    return country.get_organisation("register")


async def ask_and_prove(question: Question, pool: Pool) -> Exchange:
    """The question is asked and answered; both messages are proven from both sides.

    Raises:  NetworkError when the question was not answered at all.
    """
    asked = await ask(question, pool)
    asker = question.asker
    folder = asker.country.state / EVIDENCE / quote(asked["query_id"], safe="-")
    folder.mkdir(parents=True, exist_ok=True)
    configuration = folder / CONFIGURATION
    async with asker.open_door() as door:
        await door.fetch_verification_configuration(configuration)
    sides = (asker, question.answerer)
    found = [each for side in sides for each in await fetch_side(side, asked["query_id"], folder)]
    evidence = tuple(prove(side, direction, file, configuration) for side, direction, file in found)
    attached = tuple(asked.get("attached", ()))
    return Exchange(question, asked["query_id"], asked["status"], asked["answer"], attached, evidence, configuration)


async def ask_first(question: Question, pool: Pool) -> Exchange:
    """As `ask_and_prove`, asked again for a while: a gateway sees what its trust has just fetched a moment later.

    Raises:  NetworkError when the country has not settled in time.
    """
    limit = time.monotonic() + SETTLE_SECONDS
    while True:
        try:
            return await ask_and_prove(question, pool)
        except NetworkError:
            if time.monotonic() > limit:
                raise
        await asyncio.sleep(SETTLE_PAUSE_SECONDS)


async def ask(question: Question, pool: Pool) -> Any:
    """What the asker's own system was told."""
    asker = question.asker
    url = f"{asker.country.system_url(asker.organisation)}{question.path}"
    answer = await fetch(pool, "POST", url, body=b"", max_bytes=MAX_ANSWER_BYTES)
    told = msgspec.json.decode(answer.body)
    if answer.status != 200:
        raise NetworkError("network_error", f"The question was not answered: {told.get('fault')} {told.get('message')}")
    return told


async def fetch_side(side: Side, query_id: str, folder: Path) -> list[tuple[Side, str, Path]]:
    """The containers of one side, fetched from its own door."""
    found = []
    async with side.open_door() as door:
        for direction in ("request", "response"):
            file = folder / f"{side.key}-{direction}.asice"
            await door.fetch_container(query_id, file, flags=("unique", f"{direction}Only", "force"))
            found.append((side, direction, file))
    return found


def prove(side: Side, direction: str, file: Path, configuration: Path) -> Evidence:
    """The verdict on one container, offline."""
    try:
        return Evidence(side, direction, file, verify_file(file, read_trust(configuration), at=None))
    except RidgewayError as error:
        return Evidence(side, direction, file, None, error)


def render_exchange(exchange: Exchange) -> str:
    """The exchange as the start prints it."""
    question = exchange.question
    how = f" {question.how}" if question.how else ""
    asker, answerer = question.asker.name.upper(), question.answerer.name.upper()
    lines = [
        f"{asker} asked the {answerer} who {exchange.code} is{how}, and was answered:",
        f"    {msgspec.json.encode(exchange.answer).decode()}",
    ]
    for each in exchange.evidence:
        if each.proven is not None:
            stamped = f"{each.proven.at:%Y-%m-%d %H:%M:%S} UTC"
            lines.append(f"  PROVEN      {each.direction:<8} kept by {each.side.name:<22} time-stamped {stamped}")
        else:
            assert each.error is not None
            lines.append(f"  NOT PROVEN  {each.direction:<8} kept by {each.side.name:<22} {each.error}")
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
