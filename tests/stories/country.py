"""Starting a country from outside, as `make demo` does, and asking it things."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from ridgeway.lab.country import Country, Ports

UP_SECONDS = 120
STOP_SECONDS = 60


@dataclass
class Answer:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)

    def json(self):
        return json.loads(self.body)


@dataclass
class RunningCountry:
    """A country that was started as a process of its own."""

    process: subprocess.Popen
    log: Path
    country: Country

    @staticmethod
    def free_base_port() -> int:
        """A base port above which the lab's ports are free."""
        first = 18400 + 40 * (os.getpid() % 200)
        for base in range(first, first + 2000, 40):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", base)) != 0 and tried.connect_ex(("127.0.11.11", base + 5)) != 0:
                    return base
        raise AssertionError("no free ports")

    @property
    def exit_code(self):
        return self.process.poll()

    def output(self) -> str:
        return self.log.read_text()

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
        """Run a command of the lab against this country."""
        return run_ridgeway(
            *arguments, "--state", str(self.country.state), "--base-port", str(self.country.ports.base), check=check
        )

    def status(self) -> dict:
        return json.loads(self.run("lab", "status", "--json").stdout)

    def ask(self, who, target: str, *, method="GET", body=None, headers=()) -> Answer:
        """Ask through an organisation's consumer door."""
        client = "/".join(who.client(self.country.instance).codes)
        url = f"{self.country.consumer_door(who)}/r1/{self.country.instance}/{target}"
        return http(method, url, body=body, headers=[("X-Road-Client", client), *headers])

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(STOP_SECONDS)

    def list_leftovers(self) -> list[str]:
        """Processes that still work in the country's folder."""
        left = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if (entry / "cwd").resolve().is_relative_to(self.country.state):
                        left.append((entry / "cmdline").read_text().replace("\0", " "))
                except OSError:
                    continue
        return left


def run_ridgeway(*arguments: str, check: bool = True, cwd=None) -> subprocess.CompletedProcess:
    """Run the command."""
    command = [sys.executable, "-m", "ridgeway.cli", *arguments]
    done = subprocess.run(command, cwd=cwd, check=False, capture_output=True, text=True, timeout=120)
    assert not check or done.returncode == 0, f"{arguments} ended with {done.returncode}: {done.stdout}{done.stderr}"
    return done


def start_country(state: Path, *, base_port: int, partner: str = "", services: bool = False) -> RunningCountry:
    """A country that is up, its first messages proven; with a `partner`, two that are federated.

    With `services` the parliament has its petitions service.
    """
    state.mkdir(parents=True, exist_ok=True)
    log = state.parent / f"{state.name}.log"
    command = [sys.executable, "-m", "ridgeway.cli", "lab", "up", "--state", str(state), "--base-port", str(base_port)]
    command += ["--with", partner] if partner else []
    command += [] if services else ["--no-services"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=os.environ | {"PYTHONUNBUFFERED": "1"}
        )
    running = RunningCountry(
        process, log, Country(state.resolve(), ports=Ports(base_port), is_accompanied=bool(partner))
    )
    limit = time.monotonic() + UP_SECONDS
    while "See it happen" not in running.output():
        assert process.poll() is None, running.output()
        assert time.monotonic() < limit, running.output()
        time.sleep(0.1)
    return running


def http(method: str, url: str, *, body=None, headers=()) -> Answer:
    """One HTTP request, whatever its status."""
    request = urllib.request.Request(url, data=body, headers=dict(headers), method=method)
    tls = ssl.create_default_context()
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), NoRedirect(), urllib.request.HTTPSHandler(context=tls)
    )
    try:
        with opener.open(request, timeout=60) as answer:
            return Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read())


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Redirects are answers here."""

    def redirect_request(self, *_args):
        return None
