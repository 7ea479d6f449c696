"""The last exchanges, read from each organisation's own message log as they happen.

Law: the logs are opened for reading alone; one that is busy or not there yet is left out this time.
"""

import contextlib
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from ridgeway.errors import MessageError
from ridgeway.lab.country import Country, Organisation
from ridgeway.protocol.messages import RestRequest, RestResponse, SoapMessage, read_rest_message, read_soap_message

MAX_ROWS = 12
QUERY = """
select r.query_id, r.is_response, r.logged_at_ms, r.message, r.timestamp_id is not null
from messagelog_record r order by r.id desc limit ?
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One message in one log."""

    at: datetime
    kept_by: str
    direction: str
    text: str
    query_id: str
    is_stamped: bool


def list_recent(country: Country) -> list[Row]:
    """The newest messages of every log, newest first."""
    countries = (country, country.partner) if country.is_accompanied else (country,)
    rows = [row for each in countries for organisation in each.organisations for row in read_log(each, organisation)]
    return sorted(rows, key=lambda row: row.at, reverse=True)[:MAX_ROWS]


def read_log(country: Country, organisation: Organisation) -> list[Row]:
    """The newest messages of one log."""
    file = country.folder(organisation.key) / "messagelog.sqlite3"
    try:
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=0.2)) as database:
            found = database.execute(QUERY, (MAX_ROWS,)).fetchall()
    except sqlite3.Error:
        return []
    return [
        Row(
            at=datetime.fromtimestamp(milliseconds / 1000, UTC),
            kept_by=organisation.name,
            direction="answer" if is_response else "question",
            text=describe_message(message),
            query_id=query_id,
            is_stamped=bool(is_stamped),
        )
        for query_id, is_response, milliseconds, message, is_stamped in found
    ]


def describe_message(message: bytes) -> str:
    """A message on one line."""
    try:
        read = read_soap_message(message) if message.lstrip().startswith(b"<") else read_rest_message(message)
    except MessageError:
        return "a message"
    match read:
        case SoapMessage(is_response=True):
            return f"SOAP answer from {'/'.join(read.service.codes[1:])}"
        case SoapMessage():
            return f"SOAP {'/'.join(read.service.codes[1:])}"
        case RestRequest():
            return f"{read.verb} {'/'.join(read.service.codes[1:])}{read.service_path}"
        case RestResponse():
            return f"{read.status} {read.reason} from {'/'.join(read.service.codes[1:])}"
