"""What the country page shows: the state of the show, and its pages.

Law: the page says what the verifier said, in words; it decides nothing itself.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ridgeway.errors import RidgewayError
from ridgeway.lab.assessments import describe_assessments
from ridgeway.lab.country import Country
from ridgeway.lab.page.environment import environment
from ridgeway.lab.page.recent import list_recent
from ridgeway.lab.parts import PURPOSES
from ridgeway.lab.proofs import Evidence, Exchange, flip_byte, list_questions
from ridgeway.lab.service import describe_services
from ridgeway.processes.supervisor import Supervisor, resident_bytes
from ridgeway.trust.offline import read_trust, verify_file

HEX_BYTES = 8
PERSON_FIELDS = (
    ("given_name", "family_name", "born_on", "municipality"),
    ("givenName", "familyName", "bornOn", "municipality"),
)
"""What the register calls its fields, over REST and over SOAP."""


@dataclass(frozen=True, slots=True)
class Flip:
    """One byte that was changed in a copy of a container, and what the verifier says of the copy."""

    file: Path
    position: int
    before: int
    after: int
    context_before: str
    context_after: str
    error: RidgewayError | None


@dataclass(slots=True)
class Show:
    """What the page is showing now."""

    country: Country
    supervisor: Supervisor
    exchange: Exchange
    flip: Flip | None = None
    fault: str = ""
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def shown(self) -> Evidence:
        """The container that the page opens: the register's answer, as the parliament keeps it."""
        return self.exchange.evidence[1]

    def flip_one_byte(self) -> None:
        """One byte of a copy of the shown container is another, and the copy was verified."""
        copy = self.shown.file.with_name("flipped.asice")
        position, before, after = flip_byte(self.shown.file, copy)
        error: RidgewayError | None = None
        try:
            verify_file(copy, read_trust(self.exchange.configuration), at=None)
        except RidgewayError as raised:
            error = raised
        message = self.read_message()
        changed = bytearray(message)
        changed[position] = after
        self.flip = Flip(
            copy, position, before, after, around(message, position), around(bytes(changed), position), error
        )

    def read_message(self) -> bytes:
        """The message that was signed."""
        assert self.shown.proven is not None
        data: bytes = self.shown.proven.message.bytes
        return data


def around(data: bytes, position: int) -> str:
    """The bytes around a position, in hex."""
    start = max(0, position - HEX_BYTES)
    return data[start : position + HEX_BYTES + 1].hex(" ")


def render_page(show: Show) -> str:
    """The page."""
    return environment.get_template("page.html").render(
        show=show,
        exchange=show.exchange,
        flip=show.flip,
        country=show.country,
        asker=show.exchange.question.asker,
        answerer=show.exchange.question.answerer,
        questions=list_questions(show.country),
        countries=[show.country, show.country.partner] if show.country.is_accompanied else [show.country],
        person=describe_person(show.exchange.answer),
        processes=list_processes(show.supervisor),
        recent=list_recent(show.country),
        services=[*describe_services(show.country), *describe_assessments(show.country)],
    )


def render_recent(show: Show) -> str:
    """The table of the last exchanges alone, for the script that refreshes it."""
    return environment.get_template("recent.html").render(recent=list_recent(show.country))


def render_evidence(show: Show) -> str:
    """Every container of the shown exchange, with what it proves."""
    return environment.get_template("evidence.html").render(show=show, exchange=show.exchange, country=show.country)


def describe_person(answer: Any) -> str:
    """The register's answer in words."""
    for names in PERSON_FIELDS:
        if isinstance(answer, dict) and all(name in answer for name in names):
            given, family, born, municipality = (answer[name] for name in names)
            return f"{given} {family}, born {born}, of {municipality}"
    return "nobody the register knows"


def list_processes(supervisor: Supervisor) -> list[dict[str, Any]]:
    """The processes with their memory now."""
    return [
        {
            "name": name,
            "purpose": PURPOSES.get(name.rpartition("/")[2], ""),
            "pid": running.pid,
            "restarts": running.restarts,
            "megabytes": 0 if running.pid is None else round(resident_bytes(running.pid) / (1024 * 1024)),
        }
        for name, running in supervisor.running.items()
    ]
