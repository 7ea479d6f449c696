"""The way out: records of a period, and what passed in steps of time.

Law: a reader sees what was stored and writes nothing. An answer has at most so many records, and all of its last
second; when that is not everything it says from which second to go on.
Source: PR-OPMON §2.
"""

from typing import Any

import msgspec
from django.db import Error, connections
from django.db.models import Avg, Count, F, Q, QuerySet

from ridgeway.errors import WorldError
from ridgeway.opmonitor.models import Record
from ridgeway.opmonitor.schema import OPMONITOR
from ridgeway.opmonitor.values import FoundRecords, Party, RecordsFrame, StatisticsFrame, Traffic
from ridgeway.protocol.monitoring import OperationalRecord, ServerType, write_records

NAMES = tuple(field.name for field in msgspec.structs.fields(OperationalRecord))
PARTY_COLUMNS = ("x_road_instance", "member_class", "member_code", "subsystem_code")
MINUTE_MS = 60_000


class OpMonitorReader:
    """Reads records; used in the reader's thread alone."""

    def __init__(self, *, max_records: int) -> None:
        self.max_records = max_records

    def find_records(self, query: RecordsFrame) -> FoundRecords:
        """The records of a period, oldest first.

        Raises:  WorldError(database_error).
        """
        try:
            rows = choose_rows(query).order_by("monitoring_data_ts", "id").values_list(*NAMES)
            found, next_from = self.cut(list(rows[: self.max_records + 1]), rows)
        except Error as error:
            raise unreadable(error) from error
        records = [build_record(row) for row in found]
        return FoundRecords(len(records), write_records(records, fields=query.fields), next_from)

    def cut(self, found: list[tuple[Any, ...]], rows: "QuerySet[Any, Any]") -> tuple[list[tuple[Any, ...]], int | None]:
        """At most `max_records` and the rest of their last second; with the second to go on from, if there is more."""
        if len(found) <= self.max_records:
            return found, None
        last = found[self.max_records - 1][0]
        kept = [row for row in found if row[0] < last]
        kept += rows.filter(monitoring_data_ts=last)
        return kept, last + 1 if rows.filter(monitoring_data_ts__gt=last).exists() else None

    def sum_traffic(self, query: StatisticsFrame) -> list[Traffic]:
        """What passed, step by step and half by half; steps in which nothing did are left out.

        Raises:  WorldError(database_error).
        """
        step = query.step_minutes * MINUTE_MS
        # What came since then was stored since then, and when it was stored is what the index is over.
        stored = Record.objects.filter(monitoring_data_ts__gte=query.start_ts // 1000)
        came = stored.filter(request_in_ts__gte=query.start_ts, request_in_ts__lt=query.end_ts)
        start = F("request_in_ts") - (F("request_in_ts") - query.start_ts) % step
        rows = (
            came.annotate(start=start)
            .values("start", "security_server_type")
            .annotate(
                good=Count("id", filter=Q(succeeded=True)),
                bad=Count("id", filter=Q(succeeded=False)),
                average=Avg(F("response_out_ts") - F("request_in_ts"), filter=Q(succeeded=True)),
            )
            .order_by("start", "security_server_type")
        )
        try:
            return [
                Traffic(row["start"], row["security_server_type"], row["good"], row["bad"], find_float(row["average"]))
                for row in rows
            ]
        except Error as error:
            raise unreadable(error) from error

    def close(self) -> None:
        """The reader's connection is closed."""
        connections[OPMONITOR].close()


def choose_rows(query: RecordsFrame) -> "QuerySet[Record, Record]":
    """The rows of a period, of a party, of a provider."""
    rows = Record.objects.filter(monitoring_data_ts__gte=query.records_from, monitoring_data_ts__lte=query.records_to)
    if query.party is not None:
        rows = rows.filter(is_party("client", query.party) | is_party("service", query.party))
    if query.provider is not None:
        rows = rows.filter(is_party("service", query.provider))
    return rows


def is_party(half: str, party: Party) -> Q:
    """Whether the client or the provider of a row is exactly this one."""
    named = {f"{half}_{column}": code for column, code in zip(PARTY_COLUMNS, party, strict=True) if code is not None}
    missing = {f"{half}_subsystem_code__isnull": True} if party[3] is None else {}
    return Q(**named, **missing)


def build_record(row: tuple[Any, ...]) -> OperationalRecord:
    """The record of a row."""
    values = dict(zip(NAMES, row, strict=True))
    values["security_server_type"] = ServerType(values["security_server_type"])
    return OperationalRecord(**values)


def find_float(value: Any) -> float | None:
    """A number of the database, where there is one."""
    return None if value is None else float(value)


def unreadable(error: Error) -> WorldError:
    """The error for a database that cannot be read; the next reader opens a connection anew."""
    connections[OPMONITOR].close()
    return WorldError("database_error", f"The operational monitor's database cannot be read: {error}.")
