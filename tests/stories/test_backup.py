"""A machine is lost with everything on it; on a new one the backup brings back what was said, proven, and the keys."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from tests.stories.country import http, run_ridgeway

from ridgeway.lab.country import PARLIAMENT, REGISTER

pytestmark = [pytest.mark.xdist_group("country"), pytest.mark.timeout(240)]

PERSON = "GOV/1001/persons/persons/NM000001"
READY_SECONDS = 30


@pytest.fixture
def lost(country, tmp_path):
    """The register's backup, taken while it runs, with the id of a query that it answered before."""
    query_id = country.ask(PARLIAMENT, PERSON).headers["x-road-id"]
    running = country.country.folder(REGISTER.key)
    run_ridgeway("messagelog", "stamp", cwd=running)
    file = tmp_path / "register.backup"
    told = run_ridgeway("messagelog", "backup", str(file), cwd=running).stdout
    assert "register.backup: " in told
    assert country.ask(PARLIAMENT, PERSON).status == 200
    return file, query_id


@pytest.fixture
def machine(tmp_path_factory):
    """A new machine's folder, in which nothing is but settings."""
    folder = tmp_path_factory.mktemp("new")
    (folder / "ridgeway.toml").write_text('mode = "lab"\n')
    return folder


@contextmanager
def running(room, folder, **environment):
    """One process of the new machine."""
    command = [sys.executable, "-m", "ridgeway.cli", room, "run"]
    with (folder / f"{room}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=os.environ | environment, stdout=log, stderr=log)
    place = folder / "run" / f"{room}.sock"
    try:
        limit = time.monotonic() + READY_SECONDS
        while not can_connect(place):
            assert process.poll() is None, (folder / f"{room}.log").read_text()
            assert time.monotonic() < limit, (folder / f"{room}.log").read_text()
            time.sleep(0.1)
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        process.wait(READY_SECONDS)


def can_connect(place) -> bool:
    with socket.socket(socket.AF_UNIX) as tried:
        return place.exists() and tried.connect_ex(str(place)) == 0


def list_keys(folder):
    return json.loads(run_ridgeway("signer", "keys", "list", "--json", cwd=folder).stdout)


def test_what_was_said_before_the_loss_is_proven_on_a_new_machine(country, lost, machine):
    file, query_id = lost
    restored = run_ridgeway("messagelog", "restore", str(file), cwd=machine).stdout
    assert "are back in place" in restored
    with running("messagelog", machine):
        found = json.loads(run_ridgeway("messagelog", "search", "--query-id", query_id, "--json", cwd=machine).stdout)
        assert len(found) == 2
        for record in found:
            container = machine / f"{record['id']}.asice"
            run_ridgeway("messagelog", "export", str(record["id"]), str(container), cwd=machine)
            proven = run_ridgeway("verify", str(container), "--globalconf", "globalconf", cwd=machine)
            assert proven.stdout.startswith("PROVEN"), proven.stdout
            assert query_id in proven.stdout
    of_today = machine / "verificationconf.zip"
    of_today.write_bytes(http("GET", f"{country.country.consumer_door(PARLIAMENT)}/verificationconf").body)
    again = run_ridgeway("verify", str(container), "--globalconf", str(of_today))
    assert again.stdout.startswith("PROVEN")


def test_the_keys_come_back_sealed_and_open_with_their_pin_alone(country, lost, machine):
    file, _ = lost
    run_ridgeway("messagelog", "restore", str(file), cwd=machine)
    old = country.country.folder(REGISTER.key)
    pin = (old / "pin").read_text()
    assert not [each for each in machine.rglob("*") if each.is_file() and pin.encode() in each.read_bytes()]
    with running("signer", machine):
        assert "is locked" in run_ridgeway("signer", "status", cwd=machine).stdout
    with running("signer", machine, RIDGEWAY_SIGNER__PIN=pin):
        assert "is unlocked" in run_ridgeway("signer", "status", cwd=machine).stdout
        assert list_keys(machine) == list_keys(old)
