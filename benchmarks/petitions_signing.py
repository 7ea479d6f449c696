"""How many people can sign one petition in a second? Confirmed signatures, beside Django's plain way in the same run.

A signature is the form sent (checked, stored, its mail queued) and the link followed (valid, counted with its places).
Both ways are served by granian with as many threads, over HTTP on loopback, on the same database, in turn; the load
runs on the same cores. Only the ratio says something on another machine.
Run: python benchmarks/petitions_signing.py [--people N] [--database sqlite|postgresql|both] [--out FILE]
"""

import argparse
import asyncio
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from granian import Granian
from granian.constants import Interfaces

from ridgeway.errors import RidgewayError
from ridgeway.http import Origin, Pool, PoolLimits, fetch
from ridgeway.settings import load_settings
from ridgeway.web.setup import setup_django
from ridgeway.web.sites import get_site

ROUNDS, THREADS, CONNECTIONS, START_SECONDS = 3, 6, 32, 60
SITE_PORT, PLAIN_PORT, INTAKE_PORT = 18420, 18421, 18422
HOST = "127.0.0.1"
PLAIN, SITE, INTAKE = "Django's plain way", "the site", "the lean intake"
WAYS = {PLAIN: PLAIN_PORT, SITE: SITE_PORT, INTAKE: INTAKE_PORT}
Round = dict[str, float]
"""Confirmed signatures a second by way."""
SETTINGS = """mode = "lab"
[web]
secret_key = "of a benchmark and nothing else"
database = "{database}"
threads = {threads}
[services.petitions]
address = "http://localhost:{port}"
port = {port}
socket = "{folder}/w.sock"
intake_port = {intake}
"""


def serve_plain(file: Path) -> None:
    """The plain way, served like the real site."""
    server = Granian(
        "petitions_signing", address=HOST, port=PLAIN_PORT, interface=Interfaces.WSGI, blocking_threads=THREADS
    )
    server.serve(target_loader=partial(load_plain, file))


def load_plain(file: Path, *_: Any) -> Any:
    """Django with the plain views and no middleware at all."""
    settings = load_settings(file)
    setup_django(settings, room="office", site=get_site(settings, "petitions"))
    from django.conf import settings as django_settings
    from django.core.wsgi import get_wsgi_application

    django_settings.ROOT_URLCONF = "petitions_plain"
    django_settings.MIDDLEWARE = []
    django_settings.ALLOWED_HOSTS = ["*"]
    return get_wsgi_application()


@contextmanager
def processes(folder: Path) -> Iterator[None]:
    """The writer, the site and the plain way are up."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    ridgeway = [sys.executable, "-m", "ridgeway.cli", "--settings", str(folder / "ridgeway.toml")]
    commands = [
        [*ridgeway, "petitions", "write"],
        [*ridgeway, "web", "run", "petitions"],
        [*ridgeway, "petitions", "intake"],
        [sys.executable, __file__, "--serve-plain", str(folder / "ridgeway.toml")],
    ]
    with (folder / "log").open("ab") as log:
        running = [
            subprocess.Popen(each, cwd=folder, stdout=log, stderr=log, env=environment, start_new_session=True)
            for each in commands
        ]
    try:
        wait_for_ports()
        yield
    finally:
        for each in running:
            os.killpg(each.pid, signal.SIGTERM)
        for each in running:
            each.wait()


def wait_for_ports() -> None:
    """All three answer."""
    asyncio.run(wait_until_answering())


async def wait_until_answering() -> None:
    """Ask until something comes back."""
    end = time.monotonic() + START_SECONDS
    for port in (SITE_PORT, PLAIN_PORT, INTAKE_PORT):
        while True:
            try:
                async with Pool() as pool:
                    await fetch(pool, "GET", (Origin(HOST, port), "/ping"), headers=host(port), max_bytes=1 << 20)
                break
            except RidgewayError:
                if time.monotonic() > end:
                    raise
                await asyncio.sleep(0.1)


def host(port: int) -> list[tuple[str, str]]:
    """The header that every request has."""
    return [("Host", f"localhost:{port}")]


def make_form(number: int, round_: int, way: str) -> bytes:
    """What one person's browser sends."""
    from django.utils import timezone

    from ridgeway.office.design.formtoken import make_form_token

    person = f"{way}{round_}x{number}"
    token = make_form_token("petitions.sign", now=timezone.now(), nonce=person)
    values = {"step": "check", "form_token": token, "name": f"Person {person}", "email": f"p{person}@example.org"}
    values |= {"email_again": values["email"], "location": "GB", "postcode": "AL1 1AA", "wants_updates": "on"}
    return urlencode(values).encode()


async def send_all(port: int, requests: list[tuple[str, str, bytes]]) -> float:
    """The seconds that all requests take over so many connections; each must lead on (302)."""
    queue = iter(requests)
    began = time.perf_counter()
    async with Pool(PoolLimits(max_connections_per_origin=CONNECTIONS, max_idle_per_origin=CONNECTIONS)) as pool:

        async def work() -> None:
            for method, target, body in queue:
                headers = [*host(port), ("Sec-Fetch-Site", "same-origin")]
                if body:
                    headers.append(("Content-Type", "application/x-www-form-urlencoded"))
                answer = await fetch(
                    pool, method, (Origin(HOST, port), target), headers=headers, body=body or None, max_bytes=1 << 20
                )
                assert answer.status == 302, (answer.status, target, answer.body[-900:])

        async with asyncio.TaskGroup() as group:
            for _ in range(CONNECTIONS):
                group.create_task(work())
    return time.perf_counter() - began


def measure(port: int, petition_id: int, people: int, round_: int, way: str) -> float:
    """Confirmed signatures a second."""
    from django.db import connection

    from ridgeway.services.petitions.models import Signature

    target = f"/petitions/{petition_id}/signatures/new"
    forms = [("POST", target, make_form(number, round_, way)) for number in range(people)]
    seconds = asyncio.run(send_all(port, forms))
    rows = Signature.objects.filter(petition_id=petition_id, state="pending").values_list("pk", "confirm_token")
    links = [("GET", f"/signatures/{number}/verify?token={token}", b"") for number, token in rows]
    connection.close()
    assert len(links) == people, (len(links), people)
    seconds += asyncio.run(send_all(port, links))
    return people / seconds


def compare(folder: Path, database: str, people: int) -> list[Round]:
    """The rounds on one database."""
    text = SETTINGS.format(database=database, threads=THREADS, port=SITE_PORT, intake=INTAKE_PORT, folder=folder)
    (folder / "ridgeway.toml").write_text(text)
    settings = load_settings(folder / "ridgeway.toml")
    setup_django(settings, room="office")
    from django.core.management import call_command

    from ridgeway.services.petitions.models import Petition
    from ridgeway.services.petitions.tests.cast import found_site, open_petition

    call_command("migrate", verbosity=0, interactive=False)
    found_site()
    petitions = [open_petition().pk for _ in WAYS]
    rounds = []
    with processes(folder):
        for round_ in range(ROUNDS + 1):
            ways = zip(WAYS.items(), petitions, strict=True)
            rounds.append({way: measure(port, pk, people, round_, f"{pk}x") for (way, port), pk in ways})
            learn_sizes()
    counts = [Petition.objects.get(pk=pk).signature_count for pk in petitions]
    assert counts == [people * (ROUNDS + 1) + 1] * len(WAYS), counts
    return rounds[1:]  # the first warms up


def learn_sizes() -> None:
    """PostgreSQL knows how large its tables are, as it does by itself where it has run for a minute."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connection.close()


def report(name: str, rounds: list[Round]) -> str:
    """A line for each way."""
    plain = statistics.median(each[PLAIN] for each in rounds)
    lines = [f"{name}: {PLAIN} {plain:,.0f} confirmed signatures a second"]
    for way in (SITE, INTAKE):
        ratios = sorted(each[way] / each[PLAIN] for each in rounds)
        rate = statistics.median(each[way] for each in rounds)
        span = f"from {ratios[0]:.2f} to {ratios[-1]:.2f} in {len(rounds)} rounds"
        lines.append(f"{name}: {way} {rate:,.0f}, which is {statistics.median(ratios):.2f} times as many ({span})")
    return "\n".join(lines)


def main() -> None:
    """Measure on the databases that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--serve-plain", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve_plain:
        serve_plain(asked.serve_plain)
        return
    names = ["sqlite", "postgresql"] if asked.database == "both" else [asked.database]
    if len(names) == 2:
        command = [sys.executable, __file__, "--people", str(asked.people), "--database"]
        lines = [subprocess.run([*command, name], check=True, capture_output=True, text=True).stdout for name in names]
        text = "".join(lines)
    else:
        text = f"{report(names[0], run_on(names[0], asked.people))}\n"
    print(text, end="")
    if asked.out:
        asked.out.write_text(f"{THREADS} threads, {CONNECTIONS} connections, {asked.people} people a round\n{text}")


def run_on(name: str, people: int) -> list[Round]:
    """The rounds on a fresh database of that kind."""
    folder = Path(tempfile.mkdtemp(prefix="rwsign"))
    try:
        if name == "sqlite":
            return compare(folder, f"sqlite:{folder}/office.sqlite3", people)
        from ridgeway.messagelog.tests.clusters import cluster

        clusters = cluster.__wrapped__()
        try:
            return compare(folder, next(clusters).new_database(), people)
        finally:
            next(clusters, None)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
