"""What does a page cost to read, and does it cost more when there is more to read?

Every page is drawn whole by the site's own application, without a socket: cold (nothing kept), kept (drawn a moment
ago) and asked again with its ETag. Beside it stand an empty view behind the same middleware, and the one row or the 25
rows that the page is about, fetched by hand. Everything is measured twice, small and at full size, in one run; only the
ratios say something on another machine.
Run: python benchmarks/petitions_reading.py [--database sqlite|postgresql|both] [--petitions N] [--signatures N]
"""

import argparse
import io
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ridgeway.settings import Mode, Settings, WebSettings
from ridgeway.web.setup import setup_django
from ridgeway.web.sites import get_site

NOW = datetime.now(UTC)
FIRST = 700_000
CONSTITUENCIES, BUSY, TOPICS = 650, 100, 20
SMALL = 1_000
FEWEST, SECONDS = 10, 1.0
SECRET = "of a benchmark and nothing else"
STATES = ["open"] * 3 + ["closed"] * 5 + ["rejected"] * 12
EMPTY = "/ping"
PAGES = {
    "home": "/",
    "list": "/petitions?state=open",
    "list, page 200": "/petitions?page=200",
    "search, a rare word": "/petitions?q=zeppelin",
    "search, a common word": "/petitions?q=river",
    "search, two words": "/petitions?q=river+school",
    "petition": f"/petitions/{FIRST}",
    "local": "/petitions/local/place-7",
    "petition JSON": f"/petitions/{FIRST}.json",
    "count JSON": f"/petitions/{FIRST}/count.json",
    "list JSON": "/petitions.json?state=open",
    "trending JSON": "/trending.json",
    "feed": "/petitions.atom?state=recent",
}
BY_HAND = {
    "one row by hand": "SELECT * FROM petitions_petition WHERE id = 700000",
    "25 rows by hand": "SELECT * FROM petitions_petition WHERE state = 'open' AND archived_at IS NULL "
    "ORDER BY signature_count DESC, id LIMIT 25",
}


def make_words(number: int) -> list[str]:
    """Words that nobody says, a few that everybody does, the common ones first."""
    chance = random.Random(7)
    sounds = [a + b for a in "bcdfghjklmnprstvw" for b in "aeiou"]
    made = {"".join(chance.choices(sounds, k=chance.randint(2, 4))) for _ in range(number)}
    return ["river", "school", "train", "tax", "health", *sorted(made)]


def fill(petitions: int, signatures: int) -> None:
    """So many petitions with their places, topics and signatures."""
    from django.db import connection, transaction

    from ridgeway.services.petitions.models import Constituency, Country, Parliament, Petition, SiteSettings, Topic

    chance, words = random.Random(1), make_words(4_000)
    weights = [1 / (rank + 3) for rank in range(len(words))]
    SiteSettings.objects.create(updated_at=NOW)
    Parliament.objects.create(period="2024-2029", government="Government", created_at=NOW)
    Country.objects.create(code="GB", name="Home")
    Constituency.objects.bulk_create(
        Constituency(code=f"E{number:08}", name=f"Place {number}", slug=f"place-{number}")
        for number in range(CONSTITUENCIES)
    )
    topics = Topic.objects.bulk_create(Topic(code=f"topic-{n}", name=f"Topic {n}") for n in range(TOPICS))

    def write(number: int) -> Petition:
        state = "open" if number < BUSY else STATES[number % len(STATES)]
        said = chance.choices(words, weights, k=60)
        at = NOW - timedelta(minutes=number * 7)
        return Petition(
            pk=FIRST + number,
            action=" ".join(said[:8]).capitalize()[:80],
            background=" ".join(said[8:30])[:300],
            additional_details=" ".join(said[30:])[:800],
            state=state,
            sponsor_token=f"token{number}",
            signature_count=3_000_000 // (number + 1) if state != "rejected" else 6,
            created_at=at,
            updated_at=at,
            opened_at=at if state != "rejected" else None,
            closes_at=NOW + timedelta(days=90),
            response_state="awaiting" if number % 50 == 1 else "pending",
            response_threshold_reached_at=at if number % 50 == 1 else None,
        )

    with transaction.atomic():
        Petition.objects.bulk_create((write(number) for number in range(petitions)), batch_size=500)
        Petition.objects.filter(pk=FIRST + petitions // 2).update(background="A zeppelin to every town.")
        through = Petition.topics.through
        through.objects.bulk_create(
            (through(petition_id=FIRST + number, topic=topics[number % TOPICS]) for number in range(petitions)),
            batch_size=1_000,
        )
        fill_counts(petitions)
        fill_signatures(petitions, signatures)
    with connection.cursor() as cursor:
        # What PostgreSQL does by itself a minute later.
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


def fill_counts(petitions: int) -> None:
    """Counts by place, many for the busiest, and a month of minutes of the first."""
    from ridgeway.services.petitions.models import PlaceCount, Tally

    rows = (
        PlaceCount(
            petition_id=FIRST + number, kind="constituency", code=f"E{place:08}", count=1 + (number + place) % 99
        )
        for number in range(petitions)
        for place in (range(CONSTITUENCIES) if number < BUSY else range(number % 600, number % 600 + 8))
    )
    PlaceCount.objects.bulk_create(rows, batch_size=2_000)
    minutes = (
        Tally(petition_id=FIRST + number, minute_at=NOW - timedelta(minutes=minute), count=3)
        for number in range(BUSY)
        for minute in range(30 * 1_440 if number == 0 else 120)
    )
    Tally.objects.bulk_create(minutes, batch_size=2_000)


def fill_signatures(petitions: int, signatures: int) -> None:
    """Rows like the first, spread over the petitions; every petition's creator is one of them."""
    from django.db import connection

    from ridgeway.services.petitions.models import Petition, Signature

    known = {"canonical_email": "", "confirm_token": "c", "signed_token": "s", "unsubscribe_token": "u"}
    Signature.objects.create(
        petition_id=FIRST, name="A person", email="x", state="validated", created_at=NOW, updated_at=NOW, **known
    )
    columns = [field.column for field in Signature._meta.concrete_fields if not field.primary_key]  # noqa: SLF001
    numbered = {
        "petition_id": f"{FIRST} + n %% {petitions}",
        "email": "'p' || n || '@example.org'",
        "canonical_email": "'p' || n || '@example.org'",
    }
    chosen = ", ".join(numbered.get(column, column) for column in columns)
    sequence = (
        "WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < %s)"
        if connection.vendor == "sqlite"
        else "WITH numbers AS (SELECT generate_series(0, %s - 1) AS n)"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"{sequence} INSERT INTO petitions_signature ({', '.join(columns)}) "
            f"SELECT {chosen} FROM numbers, petitions_signature AS first WHERE first.id = 1",
            [max(signatures, petitions)],
        )
        cursor.execute(
            "UPDATE petitions_petition SET creator_id = (SELECT MIN(id) FROM petitions_signature AS s "
            "WHERE s.petition_id = petitions_petition.id)"
        )
    assert not Petition.objects.filter(creator=None).exists()


def measure(act: Callable[[], Any]) -> float:
    """Microseconds of one act: the least of many, since whatever else runs on the machine only adds to it."""
    act()
    found: list[float] = []
    end = time.perf_counter() + SECONDS
    while len(found) < FEWEST or time.perf_counter() < end:
        began = time.perf_counter()
        act()
        found.append(time.perf_counter() - began)
    return min(found) * 1e6


def ask(application: Any, address: str, **headers: str) -> Callable[[], str]:
    """Asking the application, as a server does; the answer's ETag."""
    path, _, query = address.partition("?")
    asked = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8420",
        "HTTP_HOST": "localhost:8420",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        **headers,
    }
    expected = "304" if headers else "200"

    def act() -> str:
        told: dict[str, str] = {}

        def start(status: str, given: list[tuple[str, str]]) -> None:
            assert status.startswith(expected), (address, status)
            told.update(given)

        answer = application({**asked, "wsgi.input": io.BytesIO()}, start)
        b"".join(answer)
        answer.close()
        return told.get("ETag", "")

    return act


def measure_all() -> dict[str, tuple[float, float, float]]:
    """Each page: cold, kept, and asked again by its ETag."""
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.db import connection

    from ridgeway.services.petitions.queries.similar import list_similar

    application = get_wsgi_application()
    found = {}
    for name, address in {"an empty view": EMPTY, **PAGES}.items():
        settings.RIDGEWAY_PAGE_SECONDS = 0
        cold = measure(ask(application, address))
        etag = ask(application, address)()
        settings.RIDGEWAY_PAGE_SECONDS = 3_600
        kept = measure(ask(application, address))
        again = measure(ask(application, address, HTTP_IF_NONE_MATCH=etag)) if etag else kept
        found[name] = (cold, kept, again)

    def fetch(statement: str) -> Callable[[], Any]:
        def act() -> Any:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall()

        return act

    for name, statement in BY_HAND.items():
        found[name] = (measure(fetch(statement)),) * 3
    found["similar petitions"] = (measure(lambda: list_similar("More river schools and health for every train")),) * 3
    return found


def run_at(folder: Path, database: str, petitions: int, signatures: int) -> dict[str, tuple[float, float, float]]:
    """The costs at one size, on a fresh database."""
    settings = Settings(mode=Mode.LAB, state_dir=folder, web=WebSettings(secret_key=SECRET, database=database))
    setup_django(settings, room="office", site=get_site(settings, "petitions"))
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    began = time.perf_counter()
    fill(petitions, signatures)
    print(f"# {petitions:,} petitions and {signatures:,} signatures in {time.perf_counter() - began:.0f} s", flush=True)
    return measure_all()


def report(kind: str, small: dict[str, Any], full: dict[str, Any], sizes: str) -> str:
    """A table: costs as multiples of the empty view of the same run, and of the same page when small."""
    empty = full["an empty view"][0]
    lines = [
        f"{kind}, {sizes}; an empty view takes {empty:.0f} µs here",
        f"{'page':26}{'cold':>9}{'kept':>9}{'304':>9}   cold, against small",
    ]
    for name, (cold, kept, again) in full.items():
        ratio = cold / small[name][0]
        lines.append(f"{name:26}{cold / empty:9.1f}{kept / empty:9.2f}{again / empty:9.2f}{ratio:12.2f}")
    middle = statistics.median(full[name][0] / small[name][0] for name in PAGES)
    lines.append(f"a page costs {middle:.2f} times what it costs when small (median)")
    return "\n".join(lines) + "\n"


def run(kind: str, petitions: int, signatures: int) -> str:
    """Both sizes on one kind of database, each in a process of its own."""
    results = [ask_child(kind, SMALL, SMALL), ask_child(kind, petitions, signatures)]
    return report(kind, *results, f"{petitions:,} petitions, {signatures:,} signatures")


def ask_child(kind: str, petitions: int, signatures: int) -> dict[str, Any]:
    """The costs as another process found them."""

    command = [
        sys.executable,
        __file__,
        "--child",
        kind,
        "--petitions",
        str(petitions),
        "--signatures",
        str(signatures),
    ]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    *comments, last = done.stdout.strip().splitlines()
    print("\n".join(comments), file=sys.stderr)
    return dict(json.loads(last))


def run_child(kind: str, petitions: int, signatures: int) -> None:
    """Measure on a fresh database, and print the costs as JSON."""

    folder = Path(tempfile.mkdtemp(prefix="rwread"))
    try:
        if kind == "sqlite":
            print(json.dumps(run_at(folder, f"sqlite:{folder}/office.sqlite3", petitions, signatures)))
            return
        from ridgeway.messagelog.tests.clusters import cluster

        clusters = cluster.__wrapped__()
        try:
            print(json.dumps(run_at(folder, next(clusters).new_database(), petitions, signatures)))
        finally:
            next(clusters, None)
    finally:
        shutil.rmtree(folder)


def main() -> None:
    """Measure on the databases that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--petitions", type=int, default=20_000)
    parser.add_argument("--signatures", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--child", choices=["sqlite", "postgresql"], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        run_child(asked.child, asked.petitions, asked.signatures)
        return
    kinds = ["sqlite", "postgresql"] if asked.database == "both" else [asked.database]
    texts = []
    for kind in kinds:
        texts.append(run(kind, asked.petitions, asked.signatures))
        print(texts[-1], flush=True)
    if asked.out:
        asked.out.write_text("\n".join(texts))


if __name__ == "__main__":
    main()
