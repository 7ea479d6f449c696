"""A private PostgreSQL server on a Unix socket, for as long as the tests run; and the databases of the tests."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

BINARIES = Path("/usr/lib/postgresql/15/bin")
USER = "nobody"
numbers = count(1)


def find_binary(name: str) -> str | None:
    beside = BINARIES / name
    return str(beside) if beside.exists() else shutil.which(name)


@dataclass
class Cluster:
    """A running server; `new_database` makes a fresh one."""

    folder: Path
    options: dict[str, Any] = field(default_factory=dict)

    def url(self, database: str) -> str:
        return f"postgresql://ridgeway@/{database}?host={self.folder}"

    def new_database(self) -> str:
        name = f"log{next(numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def control(self, *arguments: str) -> None:
        pg_ctl = find_binary("pg_ctl")
        assert pg_ctl is not None
        command = [pg_ctl, "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"), *arguments]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, **self.options)

    def start(self) -> None:
        self.control("-o", f"-k {self.folder} -c listen_addresses='' -c max_connections=20", "start")

    def stop(self, mode: str = "immediate") -> None:
        self.control("-m", mode, "stop")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    initdb = find_binary("initdb")
    if initdb is None or find_binary("pg_ctl") is None:
        pytest.skip("PostgreSQL's initdb and pg_ctl are not installed")
    folder = Path(tempfile.mkdtemp(prefix="rwpg"))
    options: dict[str, Any] = {}
    if os.geteuid() == 0:
        person = pwd.getpwnam(USER)
        os.chown(folder, person.pw_uid, person.pw_gid)
        options = {"user": person.pw_uid, "group": person.pw_gid}
    command = [initdb, "-D", str(folder / "data"), "-U", "ridgeway", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, **options)
    running = Cluster(folder, options)
    running.start()
    yield running
    running.stop()
    shutil.rmtree(folder)


BOTH = [pytest.param("sqlite", id="sqlite"), pytest.param("postgres", id="postgres", marks=pytest.mark.postgres)]
