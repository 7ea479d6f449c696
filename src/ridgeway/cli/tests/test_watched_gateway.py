"""A gateway that has nothing to work with yet already tells how it is; and the operator's word is passed on."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ridgeway.errors import NetworkError
from ridgeway.http import Origin, Pool, fetch

START_SECONDS = 30


def ridgeway(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ridgeway.cli", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


async def get(port: int, target: str) -> tuple[int, str]:
    """What the door at this port answers, once it is open."""
    end = time.monotonic() + START_SECONDS
    async with Pool() as pool:
        while True:
            try:
                answer = await fetch(pool, "GET", (Origin("127.0.0.1", port), target), [], None, max_bytes=1_000_000)
            except NetworkError:
                if time.monotonic() > end:
                    raise
                continue
            return answer.status, answer.body.decode()


@pytest.fixture
def ports(unused_tcp_port_factory):
    return [unused_tcp_port_factory() for _ in range(4)]


async def test_a_gateway_without_keys_says_so_and_counts_nothing(tmp_path: Path, ports):
    consumer, ocsp, metrics, health = ports
    (tmp_path / "ridgeway.toml").write_text(
        f'[gateway]\nconsumer_port = {consumer}\nocsp_port = {ocsp}\npeer_host = "127.0.0.1"\n'
        f'metrics_port = {metrics}\nhealth_check_port = {health}\nhealth_check_host = "127.0.0.1"\n'
    )
    command = [sys.executable, "-m", "ridgeway.cli", "gateway", "run"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL) as process:
        try:
            status, text = await get(metrics, "/metrics")
            assert status == 200
            assert 'ridgeway_messages_in_flight{side="consumer"} 0.0' in text
            assert "process_resident_memory_bytes" in text
            assert ridgeway(tmp_path, "gateway", "maintenance", "on", "--notice", "Back at noon.").returncode == 0
            assert (await get(health, "/"))[0] == 503
            assert ridgeway(tmp_path, "gateway", "maintenance", "off").stdout == "not in maintenance\n"
            refused = await get(consumer, "/r1/NM/GOV/1/a/b")
            assert refused[0] == 500
            text = (await get(metrics, "/metrics"))[1]
            assert 'ridgeway_messages_total{fault="configuration",outcome="failed"' in text
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        finally:
            process.kill()


def test_the_operators_notice_is_kept_and_told(tmp_path: Path):
    shown = ridgeway(tmp_path, "gateway", "maintenance", "show", "--json")
    assert json.loads(shown.stdout) == {"maintenance": False, "notice": ""}
    ridgeway(tmp_path, "gateway", "maintenance", "on", "--notice", "Back at noon.")
    shown = ridgeway(tmp_path, "gateway", "maintenance", "show", "--json")
    assert json.loads(shown.stdout) == {"maintenance": True, "notice": "Back at noon."}
