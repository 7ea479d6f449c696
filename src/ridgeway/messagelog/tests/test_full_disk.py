"""A disk that fills up: the file may not grow beyond a limit, and the writer is told as by a full disk."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from ridgeway.errors import MessageLogError
from ridgeway.messagelog.client import MessageLogClient
from ridgeway.messagelog.databases import open_database
from ridgeway.messagelog.schema import migrate_database
from ridgeway.messagelog.tests.cast import Place, a_plain_record, a_running_log, a_time_authority
from ridgeway.messagelog.tests.test_log import WRITER, append_when_ready
from ridgeway.settings import MessageLogSettings, Settings
from ridgeway.web.setup import setup_django

LIMITED = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(
        state_dir=tmp_path, messagelog=MessageLogSettings(database="sqlite:log.sqlite3", socket=Path("run/log.sock"))
    )
    setup_django(settings)
    migrate_database()
    return settings


async def test_a_full_disk_refuses_records_and_loses_none_that_was_acknowledged(settings: Settings):
    command = [sys.executable, "-c", LIMITED + WRITER, str(settings.state_dir), settings.messagelog.database]
    acknowledged: dict[int, str] = {}
    refusals: list[MessageLogError] = []
    with subprocess.Popen(command) as process:
        try:
            async with MessageLogClient.of(settings) as client:
                await append_when_ready(client)
                for number in range(2000):
                    results = await asyncio.gather(
                        *(client.append(a_plain_record(f"{number}-{n}")) for n in range(4)), return_exceptions=True
                    )
                    for n, result in enumerate(results):
                        if isinstance(result, int):
                            acknowledged[result] = f"{number}-{n}"
                        elif isinstance(result, MessageLogError):
                            refusals.append(result)
                    if len(refusals) > 8:
                        break
        finally:
            process.kill()
    assert len(acknowledged) > 50
    assert {error.code for error in refusals} == {"logging_failed"}
    database = open_database(settings.database_url(settings.messagelog.database), is_writer=True)
    kept: dict[int, str] = dict(database.read("SELECT id, query_id FROM messagelog_record"))
    database.close()
    assert acknowledged.items() <= kept.items()


async def test_a_full_disk_leaves_no_half_archive_and_every_record_in_the_log(settings: Settings):
    async with a_time_authority() as authority, a_running_log(Place(settings, "sqlite"), urls=(authority.url,)) as log:
        for number in range(600):
            await log.append(a_plain_record(f"q{number}"))
        await log.stamp()
    command = [sys.executable, "-c", LIMITED + WRITER, str(settings.state_dir), settings.messagelog.database]
    with subprocess.Popen(command) as process:
        try:
            async with MessageLogClient.of(settings) as client:
                await append_when_ready(client)
                with pytest.raises(MessageLogError, match="cannot be written") as caught:
                    await client.archive()
        finally:
            process.kill()
    assert caught.value.code == "archive_failed"
    assert list((settings.state_dir / "archive").iterdir()) == []
    async with a_running_log(Place(settings, "sqlite")) as log:
        assert (await log.archive()).records == 600
