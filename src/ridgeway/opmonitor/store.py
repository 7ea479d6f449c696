"""The way in: records become rows, many in one statement, all of a group in one transaction.

Law: a record gets the second in which it is stored; no second holds more than fits into an answer, so what comes too
fast is stored under the seconds that follow. Rows older than `keep_days` are removed, a little at a time.
Read next: `reading.py`.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from django.db import Error, connections, transaction

from ridgeway.errors import MessageError, RidgewayError, WorldError
from ridgeway.journal import Entry
from ridgeway.opmonitor.schema import OPMONITOR
from ridgeway.opmonitor.values import read_sent_records
from ridgeway.protocol.monitoring import HealthKeeper, OperationalRecord

COLUMNS = tuple(field.name for field in msgspec.structs.fields(OperationalRecord))
MAX_PARAMETERS = 32_000
"""Most values in one statement; SQLite takes 32,766, PostgreSQL 65,535."""
ROWS_AT_ONCE = MAX_PARAMETERS // len(COLUMNS)
NUMBER_BYTES = 4
LAST = "SELECT monitoring_data_ts, count(*) FROM opmonitor_record GROUP BY 1 ORDER BY 1 DESC LIMIT 1"
REMOVE = """DELETE FROM opmonitor_record WHERE id IN
(SELECT id FROM opmonitor_record WHERE monitoring_data_ts < %s ORDER BY monitoring_data_ts LIMIT %s)"""

Clock = Callable[[], datetime]


class OpMonitorStore:
    """Writes records; used in the writer's thread alone."""

    def __init__(self, health: HealthKeeper, *, clock: Clock, max_records_a_second: int) -> None:
        self.health = health
        self.clock = clock
        self.max_records_a_second = max_records_a_second
        self.second = -1
        self.count = 0

    def commit(self, batch: Sequence[Entry]) -> Sequence[bytes | RidgewayError]:
        """Every record that can be read is stored; an entry's answer is how many it had.

        Raises:  WorldError(database_error) when none is.
        """
        read = [read_or_refuse(entry.body) for entry in batch]
        records = [record for part in read if not isinstance(part, RidgewayError) for record in part]
        now = int(self.clock().timestamp())
        try:
            with transaction.atomic(using=OPMONITOR):
                self.load_second()
                self.insert([self.stamp(record, now=now) for record in records])
        except Error as error:
            self.forget_connection()
            raise WorldError("database_error", f"The operational monitor's database failed: {error}.") from error
        for record in records:
            self.health.add(record, now_seconds=now)
        return [part if isinstance(part, RidgewayError) else len(part).to_bytes(NUMBER_BYTES, "big") for part in read]

    def load_second(self) -> None:
        """The last second that holds records is known; read once after the start or a failure."""
        if self.second < 0:
            with connections[OPMONITOR].cursor() as cursor:
                cursor.execute(LAST)
                self.second, self.count = cursor.fetchone() or (0, 0)

    def stamp(self, record: OperationalRecord, *, now: int) -> OperationalRecord:
        """The record with the second it belongs to."""
        if now > self.second:
            self.second, self.count = now, 0
        elif self.count >= self.max_records_a_second:
            self.second, self.count = self.second + 1, 0
        self.count += 1
        return msgspec.structs.replace(record, monitoring_data_ts=self.second)

    def insert(self, records: Sequence[OperationalRecord]) -> None:
        """The rows are in the table."""
        place = f"({', '.join(['%s'] * len(COLUMNS))})"
        with connections[OPMONITOR].cursor() as cursor:
            for start in range(0, len(records), ROWS_AT_ONCE):
                part = records[start : start + ROWS_AT_ONCE]
                values = [value for record in part for value in msgspec.structs.astuple(record)]
                names, places = ", ".join(COLUMNS), ", ".join([place] * len(part))
                cursor.execute(f"INSERT INTO opmonitor_record ({names}) VALUES {places}", values)  # noqa: S608

    def remove_old(self, before_seconds: int, *, at_most: int) -> int:
        """Rows of before that second are gone, the oldest first; how many were.

        Raises:  WorldError(database_error).
        """
        try:
            with transaction.atomic(using=OPMONITOR), connections[OPMONITOR].cursor() as cursor:
                cursor.execute(REMOVE, (before_seconds, at_most))
                return int(cursor.rowcount)
        except Error as error:
            self.forget_connection()
            raise WorldError("database_error", f"Old records cannot be removed: {error}.") from error

    def forget_connection(self) -> None:
        """The next transaction opens its own connection and looks at the table again."""
        self.second = -1
        connections[OPMONITOR].close()

    def close(self) -> None:
        """The writer's connection is closed."""
        connections[OPMONITOR].close()


def read_or_refuse(body: bytes) -> list[OperationalRecord] | MessageError:
    """The records, or why they are none."""
    try:
        return read_sent_records(body)
    except MessageError as error:
        return error
