"""Signed documents for an information system: `GET /asic` in X-Road's form, answered through the log's socket.

Law: the door proves first that the caller may speak for the party of the query (`parse_container_query` says which);
then `download_containers` answers. An archive is made while it is sent: one container is in memory at a time.
Source: UG-SIGDOC §3; X-Road's `AsicContainerClientRequestProcessor`.
"""

import zipfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote_plus

from ridgeway.errors import MessageError, RidgewayError
from ridgeway.messagelog.client import MessageLogClient
from ridgeway.messagelog.values import ContainerQuery, Direction, FoundRecord, party_of
from ridgeway.protocol.signatures.containers import CONTAINER_TYPE

ARCHIVE_TYPE = "application/zip"
TEXT_TYPE = "text/plain; charset=UTF-8"
REQUIRED = ("queryId", "xRoadInstance", "memberClass", "memberCode")
OPTIONAL = ("subsystemCode",)
SWITCHES = ("unique", "requestOnly", "responseOnly", "force")
MAX_PARAMETERS = 20
OLDEST_ZIP_YEAR = 1980


@dataclass(frozen=True, slots=True)
class Download:
    """An answer of the door: its status, its type, the name of the file (empty for a refusal), its body in pieces."""

    status: int
    content_type: str
    file_name: str
    chunks: AsyncIterator[bytes] = field(repr=False)

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The header fields that go with it."""
        fields = [("Content-Type", self.content_type)]
        if self.file_name:
            fields.append(("Content-Disposition", f'attachment; filename="{self.file_name}"'))
        return fields


def parse_container_query(query: str) -> ContainerQuery:
    """What a query string asks for.

    Raises:  MessageError(invalid_request) naming the parameter that is missing, given twice, or at odds with another.
    """
    given = parse_parameters(query)
    missing = [name for name in REQUIRED if not given.get(name)]
    if missing:
        raise refuse(f"The parameter {missing[0]} is missing; needed are {', '.join(REQUIRED)}.")
    if given.get("subsystemCode") == "":
        raise refuse("The parameter subsystemCode is empty; leave it out for a member.")
    switched = {name for name in SWITCHES if name in given and given[name].lower() != "false"}
    if {"requestOnly", "responseOnly"} <= switched:
        raise refuse("Give requestOnly or responseOnly, not both.")
    direction = None
    if "requestOnly" in switched:
        direction = Direction.REQUEST
    elif "responseOnly" in switched:
        direction = Direction.RESPONSE
    if "unique" in switched and direction is None:
        raise refuse("With unique, give requestOnly or responseOnly: a query has two messages.")
    return ContainerQuery(
        query_id=given["queryId"],
        party=party_of(*(given.get(name, "") for name in (*REQUIRED[1:], *OPTIONAL))),
        direction=direction,
        is_unique="unique" in switched,
        waits_for_stamp="force" in switched,
    )


def parse_parameters(query: str) -> dict[str, str]:
    """The parameters, each at most once."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_PARAMETERS, errors="strict")
    except ValueError as error:
        raise refuse(f"The query string cannot be read: {error}.") from error
    given = dict(pairs)
    if len(given) != len(pairs):
        raise refuse("A parameter is given twice.")
    if any("\0" in value for value in given.values()):
        raise refuse("A parameter holds a zero character.")
    return given


def refuse(detail: str) -> MessageError:
    """Why a query is not answered."""
    return MessageError("invalid_request", detail)


async def download_containers(log: MessageLogClient, query: ContainerQuery) -> Download:
    """The answer to a query that may be asked: containers, or a refusal as 404 or 500 with one sentence."""
    try:
        found = await log.find_containers(query)
        if not found:
            return render_refusal(404, f"No message with the id {query.query_id} of {query.party} was found.")
        if not query.is_unique:
            return Download(200, ARCHIVE_TYPE, archive_name(query), iter_archive(log, found))
        if len(found) > 1:
            return render_refusal(500, f"{len(found)} messages were found; ask without unique to have them all.")
        data = await log.fetch_container(found[0].id)
    except RidgewayError as error:
        return render_refusal(500, error.explain())
    return Download(200, CONTAINER_TYPE, found[0].file_name, iter_once(data))


def render_refusal(status: int, sentence: str) -> Download:
    """A refusal in plain text."""
    return Download(status, TEXT_TYPE, "", iter_once(sentence.encode()))


def archive_name(query: ContainerQuery) -> str:
    """The name of the archive: the query, and the direction when only one is wanted."""
    direction = "" if query.direction is None else f"-{query.direction}"
    return f"{quote_plus(query.query_id, safe='*-._').replace('~', '%7E')}{direction}.zip"


async def iter_once(data: bytes) -> AsyncIterator[bytes]:
    """One piece."""
    yield data


async def iter_archive(log: MessageLogClient, found: list[FoundRecord]) -> AsyncIterator[bytes]:
    """The archive of these containers, not compressed again, in pieces.

    Raises:  what `fetch_container` raises; the archive then lacks its directory, so that nobody takes it for whole.
    """
    pieces = Pieces()
    archive = zipfile.ZipFile(pieces, "w", zipfile.ZIP_STORED)
    for record in found:
        at = record.logged_at
        date_time = (max(at.year, OLDEST_ZIP_YEAR), at.month, at.day, at.hour, at.minute, at.second)
        archive.writestr(zipfile.ZipInfo(record.file_name, date_time), await log.fetch_container(record.id))
        for piece in pieces.take():
            yield piece
    archive.close()
    for piece in pieces.take():
        yield piece


class Pieces:
    """A file that only takes: what is written is handed on at once."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Take `data`."""
        self.kept.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self) -> Iterator[bytes]:
        """What was written since the last time."""
        kept, self.kept = self.kept, []
        return iter(kept)
