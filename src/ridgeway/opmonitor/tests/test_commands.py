"""`ridgeway opmonitor` from the outside: it runs, answers, and stops when told."""

import asyncio
import json
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from ridgeway.opmonitor.client import OpMonitorClient
from ridgeway.opmonitor.tests.cast import a_record


def ridgeway(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ridgeway.cli", "opmonitor", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


async def hand_over(folder: Path) -> None:
    now = int(datetime.now(UTC).timestamp() * 1000)
    record = a_record(request_in_ts=now, response_out_ts=now + 5)
    async with OpMonitorClient(folder / "run" / "opmonitor.sock") as monitor:
        await monitor.store([record])


def test_the_monitor_runs_answers_and_stops_when_told(tmp_path: Path):
    command = [sys.executable, "-m", "ridgeway.cli", "opmonitor", "run"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            assert "0001_initial" in process.stderr.readline()
            assert "answers at" in process.stderr.readline()
            asyncio.run(hand_over(tmp_path))
            told = json.loads(ridgeway(tmp_path, "records", "--json", "--field", "messageId").stdout)
            assert told == {"recordsCount": 1, "records": [{"messageId": "q-1 ✓"}], "nextRecordsFrom": None}
            line = ridgeway(tmp_path, "records").stdout
            assert "NM/GOV/1/desk → NM/GOV/2/register/persons  came through" in line
            told = json.loads(ridgeway(tmp_path, "health", "--json").stdout)
            assert told["services"][0]["service"] == "SERVICE:NM/GOV/2/register/persons"
            assert "good 1  bad 0" in ridgeway(tmp_path, "health", "--provider", "NM/GOV/2/register").stdout
            (row,) = json.loads(ridgeway(tmp_path, "statistics", "--json").stdout)
            assert (row["succeeded"], row["failed"], row["average_duration"]) == (1, 0, 5.0)
            assert "good 1  bad 0  mean 5 ms" in ridgeway(tmp_path, "statistics").stdout
            unknown = ridgeway(tmp_path, "records", "--field", "password")
            assert unknown.returncode == 2
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
        finally:
            process.kill()
    assert (tmp_path / "opmonitor.sqlite3").stat().st_mode & 0o777 == 0o600
    alone = ridgeway(tmp_path, "health")
    assert alone.returncode == 3
    assert "opmonitor run" in alone.stderr
