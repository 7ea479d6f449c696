"""A fourth organisation joins the country with the commands of docs/how-to/join-a-country.md, run as they stand."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from tests.stories.country import http, run_ridgeway

from ridgeway.lab.country import Ports
from ridgeway.lab.proofs import flip_byte
from ridgeway.office.audit.who import read_user

pytestmark = [
    pytest.mark.xdist_group("country"),
    pytest.mark.timeout(240),
    pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl"),
]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "join-a-country.md"
BLOCK = re.compile(r"^```(\w+)[ ]?(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LIBRARY_HOST = "127.0.11.14"
READY_SECONDS = 30
KEYS = ("id", "code")


@dataclass
class Library:
    """The newcomer: its folder, the country it joins, and its processes."""

    folder: Path
    country: object
    processes: list[subprocess.Popen] = field(default_factory=list)
    told: str = ""

    @property
    def environment(self):
        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return os.environ | {"PATH": programs, "COUNTRY": str(self.country.country.state), "LIBRARY": str(self.folder)}

    def follow(self, page: str) -> None:
        """Do what the page says, block by block."""
        for language, kind, text in BLOCK.findall(self.move_ports(page)):
            if language == "yaml":
                merge_document(self.country.country.folder(kind) / "document.yaml", text)
            elif kind == "process":
                self.start(text)
            else:
                self.run(text)

    def move_ports(self, page: str) -> str:
        """The page with this country's ports in place of the usual ones."""
        usual, here = Ports(), self.country.country.ports
        for name in ("central", "ca", "tsa", "consumer", "consumer_tls", "peer", "ocsp"):
            page = page.replace(str(getattr(usual, name)), str(getattr(here, name)))
        return page

    def run(self, text: str) -> None:
        command = ["bash", "-euo", "pipefail", "-c", text]
        done = subprocess.run(
            command, check=False, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=120
        )
        self.told += done.stdout
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}\n{self.logs()}"

    def start(self, text: str) -> None:
        """A process in a terminal of its own; returns when it is ready."""
        log = self.folder / f"terminal-{len(self.processes)}.log"
        with log.open("wb") as output:
            self.processes.append(
                subprocess.Popen(
                    ["bash", "-euc", text],
                    cwd=self.folder,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
            )
        limit = time.monotonic() + READY_SECONDS
        while not self.is_ready(text.split()[-2]):
            assert self.processes[-1].poll() is None, self.logs()
            assert time.monotonic() < limit, self.logs()
            time.sleep(0.1)

    def is_ready(self, room: str) -> bool:
        match room:
            case "trust":
                return len(list((self.folder / "ocsp").glob("*.ocsp"))) == 2
            case "gateway":
                return can_connect(socket.AF_INET, (LIBRARY_HOST, self.country.country.ports.consumer))
            case _:
                return can_connect(socket.AF_UNIX, str(self.folder / "run" / f"{room}.sock"))

    def logs(self) -> str:
        return "\n".join(f"{each.name}:\n{each.read_text()}" for each in sorted(self.folder.glob("terminal-*.log")))

    def stop(self) -> None:
        """End the processes as Ctrl-C does, the last first."""
        for process in reversed(self.processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
            assert process.wait(READY_SECONDS) is not None


def can_connect(family, address) -> bool:
    with socket.socket(family) as tried:
        return tried.connect_ex(address) == 0 if family == socket.AF_INET or Path(address).exists() else False


def merge_document(file: Path, fragment: str) -> None:
    """Add the fragment's lines below the headings that are there, as a person with an editor would."""
    yaml = YAML(typ="safe", pure=True)
    document = yaml.load(file.read_text())
    merge(document, yaml.load(fragment))
    with file.open("w") as written:
        yaml.dump(document, written)


def merge(into, added) -> None:
    for key, value in added.items():
        if not isinstance(value, list):
            into.setdefault(key, value)
            continue
        for each in value:
            there = next((old for old in into[key] for name in KEYS if name in each and old[name] == each[name]), None)
            if there is None:
                into[key].append(each)
            else:
                merge(there, each)


@pytest.fixture
def others(country):
    """The folders of the central server and the register; afterwards what is in force there is as it was."""
    central, register = (country.country.folder(key) for key in ("central", "register"))
    before = (register / "document.yaml").read_bytes()
    yield central
    for amendment in reversed(show(central)["amendments"]):
        run_ridgeway("centralserver", "requests", "revoke", str(amendment["id"]), cwd=central, check=False)
    (register / "document.yaml").write_bytes(before)
    run_ridgeway("securityserver", "apply", "document.yaml", "--yes", cwd=register)


def show(central) -> dict:
    """What is in force at the central server."""
    return json.loads(run_ridgeway("centralserver", "show", "--json", cwd=central).stdout)


def test_a_fourth_organisation_joins_asks_and_proves_the_answer(country, others, tmp_path_factory):
    library = Library(tmp_path_factory.mktemp("library"), country)
    document = (others / "document.yaml").read_bytes()
    try:
        library.follow(PAGE.read_text("utf-8"))
        assert (others / "document.yaml").read_bytes() == document
        assert [each for each in show(others)["amendments"] if "1004" in each["server"]] == []
        assert json.loads((library.folder / "answer.json").read_bytes())["given_name"] == "Adra"
        assert_decided_as_told(others)
        assert ask_again(library) == "server.clientproxy.unknown_member"
        assert library.told.count("PROVEN") == 2
        assert "client GOV/1004/catalogue: registered" in library.told
        assert "NOT PROVEN" not in library.told
        assert "BAD " not in library.told
        assert not (library.folder / "keys").stat().st_mode & 0o077
        assert_flipped_is_not_proven(library.folder)
    finally:
        library.stop()
    assert [process.returncode for process in library.processes] == [0, 0, 0, 0], library.logs()


def assert_decided_as_told(central: Path) -> None:
    """A person approved the server, a setting the client, and nobody what the Library itself took back."""
    done = run_ridgeway("centralserver", "requests", "list", "--json", cwd=central)
    mine = [each for each in json.loads(done.stdout) if each["server"] == "GOV/1004/library-1"]
    assert [(each["kind"], each["events"][0]["by"]) for each in mine] == [
        ("authCertReg", read_user()),
        ("clientReg", "setting"),
        ("clientDeletion", "rule"),
        ("authCertDeletion", "rule"),
    ]
    assert mine[0]["state"] == "REVOKED"


def ask_again(library: Library) -> str:
    """What the Library's own door answers once its client has left."""
    ports = library.country.country.ports
    url = f"http://{LIBRARY_HOST}:{ports.consumer}/r1/NORTHMARK/GOV/1001/persons/persons/NM000001"
    answer = http("GET", url, headers=[("X-Road-Client", "NORTHMARK/GOV/1004/catalogue")])
    return answer.headers["x-road-error"]


def assert_flipped_is_not_proven(folder: Path) -> None:
    """What the page proves can be disproved, too."""
    flip_byte(folder / "request.asice", folder / "flipped.asice")
    done = run_ridgeway("verify", "flipped.asice", "--globalconf", "verificationconf.zip", cwd=folder, check=False)
    assert done.returncode == 1
