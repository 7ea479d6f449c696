"""The hands of others on the operational monitor: hand records over, ask for records, health and traffic; no Django.

Law: a monitor that does not answer is a WorldError; whoever hands records over decides whether they wait.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import msgspec

from ridgeway.errors import NetworkError
from ridgeway.journal import JournalClient, JournalLimits
from ridgeway.opmonitor.values import (
    FoundRecords,
    HealthReport,
    RecordsFrame,
    StatisticsFrame,
    Traffic,
    encoder,
    party_of,
    read_frame,
)
from ridgeway.protocol.monitoring import OperationalQuery, OperationalRecord, View, narrow_query
from ridgeway.settings import Settings

LIMITS = JournalLimits(connect_timeout_seconds=1.0, answer_timeout_seconds=30.0)

found_decoder = msgspec.msgpack.Decoder(FoundRecords)
health_decoder = msgspec.msgpack.Decoder(HealthReport)
traffic_decoder = msgspec.msgpack.Decoder(list[Traffic])


class OpMonitorClient:
    """Requests to `ridgeway opmonitor run`; opened lazily, opened again after a loss."""

    def __init__(self, path: Path, *, limits: JournalLimits = LIMITS) -> None:
        self.journal = JournalClient(path, limits=limits)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The client of the monitor that `settings` name."""
        return cls(settings.path(settings.opmonitor.socket))

    async def __aenter__(self) -> Self:
        """Nothing is opened yet."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """The connection is closed."""
        await self.close()

    async def close(self) -> None:
        """The connection is closed."""
        await self.journal.close()

    async def store(self, records: Sequence[OperationalRecord]) -> None:
        """The records are kept.

        Raises:  WorldError when that is not certain.
        """
        await self.ask("append", encoder.encode(list(records)))

    async def find_records(self, query: OperationalQuery, view: View) -> FoundRecords:
        """The records that `query` asks for, as far as `view` goes.

        Raises:  WorldError(network_error | database_error).
        """
        narrowed = narrow_query(query, view)
        frame = RecordsFrame(
            narrowed.records_from,
            narrowed.records_to,
            narrowed.fields,
            party_of(view.party),
            party_of(narrowed.provider),
        )
        return read_frame(found_decoder, await self.ask("find", encoder.encode(frame)))

    async def get_health(self) -> HealthReport:
        """How every service is.

        Raises:  WorldError(network_error).
        """
        return read_frame(health_decoder, await self.ask("health"))

    async def sum_traffic(self, query: StatisticsFrame) -> list[Traffic]:
        """What passed, step by step.

        Raises:  WorldError(network_error | database_error).
        """
        return read_frame(traffic_decoder, await self.ask("statistics", encoder.encode(query)))

    async def ask(self, verb: str, body: bytes = b"") -> bytes:
        """The monitor's answer."""
        try:
            return await self.journal.ask(verb, body)
        except NetworkError as error:
            raise NetworkError(
                error.code,
                f"The operational monitor did not answer: {error.detail}",
                action="See whether `ridgeway opmonitor run` is running.",
            ) from error
