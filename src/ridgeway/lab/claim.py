"""One lab a folder: a second start is refused, and what a killed lab left running is stopped first.

Law: only processes that this folder's own status file names, that are Ridgeway's, and that work in this folder are
touched. Ports that somebody else holds are named, with the way around.
"""

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ridgeway.errors import SettingsError
from ridgeway.lab.country import NORTHMARK, Country
from ridgeway.lab.status import is_ours, read_status
from ridgeway.processes import holding, require_free_port

LOCK_FILE = "lab.lock"
LEFTOVER_SECONDS = 10.0


@contextmanager
def claimed(country: Country) -> Iterator[None]:
    """The folder belongs to this process while the block runs.

    Raises:  SettingsError(already_running | port_in_use).
    """
    country.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    refusal = SettingsError(
        "already_running",
        f"The country in {country.state} is up already.",
        action="See it: ridgeway lab status. For a second one give --state and --base-port.",
    )
    with holding(country.state / LOCK_FILE, refusal):
        stop_leftovers(country)
        require_free_ports(country)
        if country.is_accompanied:
            require_free_ports(country.partner)
        yield


def is_running(country: Country) -> bool:
    """Whether another process keeps this country."""
    file = country.state / LOCK_FILE
    if not file.exists():
        return False
    with file.open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def stop_leftovers(country: Country) -> None:
    """Nothing of an earlier lab in this folder runs any more."""
    left = [process["pid"] for process in read_status(country)["processes"] if works_in(process["pid"], country.state)]
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGTERM)
    limit = time.monotonic() + LEFTOVER_SECONDS
    while any(works_in(pid, country.state) for pid in left):
        if time.monotonic() > limit:
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
        time.sleep(0.05)


def works_in(pid: int | None, state: Path) -> bool:
    """Whether a process is one of Ridgeway's, with its working folder below `state`."""
    if pid is None or not is_ours(pid):
        return False
    try:
        return Path(f"/proc/{pid}/cwd").resolve().is_relative_to(state)
    except OSError:
        return False


def require_free_ports(country: Country) -> None:
    """Hold only while nobody else listens where the country will.

    Raises:  SettingsError(port_in_use) naming the address.
    """
    ports = country.ports
    is_first = country.instance == NORTHMARK
    wanted = [("127.0.0.1", ports.page)] if is_first else []
    wanted += [
        ("127.0.0.1", port) for port in (ports.site, ports.desk, ports.assessments) if country.is_serving and is_first
    ]
    wanted.append((country.central_host, ports.central))
    wanted += [(country.authorities_host, ports.ca), (country.authorities_host, ports.tsa)]
    for each in country.organisations:
        wanted += [(each.host, port) for port in ports.of_a_server]
    for host, port in wanted:
        action = f"Choose other ports, as in --base-port {country.ports.base + 100}."
        require_free_port(host, port, action=action)
