"""A team brings the service up by one command, as a user would: in an empty folder, without an exchange."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ridgeway.http import Pool, fetch

LIMIT_SECONDS = 60.0


def free_port() -> int:
    """Of two free ports that follow one another, the first."""
    for _ in range(50):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise AssertionError("no two free ports follow one another")


class Service:
    """One `ridgeway petitions up`, with what it printed."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.log = folder / "up.log"
        self.folder = folder
        command = [sys.executable, "-m", "ridgeway.cli", "petitions", "up", *arguments]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True)

    @property
    def said(self) -> str:
        return self.log.read_text("utf-8")

    def wait_for(self, condition: Callable[[], object], what: str) -> None:
        limit = time.monotonic() + LIMIT_SECONDS
        while not condition():
            assert time.monotonic() < limit, f"{what}: {self.said}"
            time.sleep(0.1)

    def wait_until_up(self, times: int = 1) -> None:
        self.wait_for(lambda: self.said.count("Up after") >= times, "it is not up")

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LIMIT_SECONDS)


def find_processes(folder: Path) -> list[int]:
    """Whatever of ours works in the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").resolve() == folder.resolve():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


@pytest.fixture
def ready(tmp_path: Path) -> Iterator[tuple[Service, int]]:
    port = free_port()
    service = Service(tmp_path, "--state", "here", "--port", str(port))
    try:
        service.wait_until_up()
        yield service, port
    finally:
        service.stop()
        for pid in find_processes(tmp_path / "here"):
            os.kill(pid, signal.SIGKILL)


async def read(url: str) -> tuple[int, str]:
    """Status and text of a page."""
    async with Pool() as pool:
        answer = await fetch(pool, "GET", url, max_bytes=4 * 1024 * 1024)
    return answer.status, answer.body.decode()


def kill_writer(service: Service, folder: Path) -> None:
    """The writer is killed, and brought back."""
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in find_processes(folder)}
    (writer,) = [pid for pid, command in commands.items() if b"petitions\0write" in command]
    os.kill(writer, signal.SIGKILL)
    log = folder / "log" / "writer.log"
    service.wait_for(lambda: log.read_text("utf-8").count("answers at") == 2, "the writer did not come back")


async def test_a_team_opens_the_service_alone_and_what_dies_is_brought_back_until_it_is_stopped(ready):
    service, port = ready
    folder = service.folder / "here"
    for address in (f"http://localhost:{port}", f"http://localhost:{port + 1}", str(folder / "mail")):
        assert address in service.said
    assert re.search(r"password \(shown once\)\s+\S{12,}", service.said)
    status, page = await read(f"http://localhost:{port}/")
    assert (status, "<h1" in page) == (200, True)
    assert (await read(f"http://localhost:{port + 1}/people/sign-in"))[0] == 200
    assert (await read(f"http://localhost:{port}/petitions.json"))[0] == 200
    assert {file.stem for file in (folder / "log").iterdir()} == {"writer", "petitions", "desk", "jobs"}
    assert [path for path in folder.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o077] == []
    kill_writer(service, folder)
    assert (await read(f"http://localhost:{port}/"))[0] == 200
    assert service.stop() == 0
    service.wait_for(lambda: not find_processes(folder), "something is left")
    assert not (service.folder / "web.secret").exists()


async def test_a_second_start_is_refused_and_after_a_kill_nothing_stays_and_it_starts_with_what_was_there(ready):
    service, port = ready
    second = Service(service.folder, "--state", "here")
    assert second.process.wait(LIMIT_SECONDS) == 2
    assert "is up already" in second.said
    service.process.kill()
    service.process.wait()
    service.wait_for(lambda: not find_processes(service.folder / "here"), "something is left")
    again = Service(service.folder, "--state", "here")
    again.wait_until_up(2)
    assert again.said.count("password (shown once)") == 1
    assert (await read(f"http://localhost:{port}/"))[0] == 200
    os.killpg(again.process.pid, signal.SIGINT)  # Ctrl-C reaches the whole group
    assert again.process.wait(LIMIT_SECONDS) == 0
    again.wait_for(lambda: not find_processes(service.folder / "here"), "something is left")


def test_every_verb_says_what_it_did_as_json_in_a_prepared_folder(tmp_path: Path):
    def run(*arguments: str) -> object:
        command = [sys.executable, "-m", "ridgeway.cli", "petitions", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=LIMIT_SECONDS)
        return json.loads(done.stdout)

    assert run("prepare", "--json") == {"email": "admin@parliament.example", "password": ANY, "has_new_rows": True}
    assert run("prepare", "--json") == {"email": "admin@parliament.example", "password": "", "has_new_rows": False}
    assert run("close", "--json") == {"closed": 0}
    assert run("recount", "--all", "--json") == {"differences": []}
    assert run("dissolve", "--at", "2029-03-30T00:01", "--json") == {"ended": 0}
    assert run("anonymise", "--json") == {"anonymised": 0}
    assert run("erase", "nobody@mail.example", "--yes", "--json") == {
        "signatures": 0,
        "unconfirmed": 0,
        "feedback": 0,
        "drafts": 0,
    }
    told = run("status", "--json")
    assert isinstance(told, dict)
    assert [each["stage"] for each in told["parliaments"]] == ["dissolution announced"]
    exported = run("export", "nobody@mail.example")
    assert isinstance(exported, dict)
    assert exported["signatures"] == []


class Anything:
    """Equal to every text that is not empty."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and bool(other)

    __hash__ = None  # type: ignore[assignment]


ANY = Anything()
