"""Ten thousand people who do not exist: the population register's data, the same on every machine.

Law: names come from invented lists and codes are not valid in any country, so that no row can be anybody's.
"""

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

PEOPLE = 10_000
SEED = 20_260_101
PREFIX = "NM"
OLDEST = date(1926, 1, 1)
DAYS = 365 * 100

GIVEN_NAMES = [
    "Adra",
    "Anwen",
    "Belo",
    "Brisa",
    "Caro",
    "Cassin",
    "Dara",
    "Delwen",
    "Edda",
    "Elian",
    "Fenn",
    "Fiora",
    "Garrin",
    "Gilda",
    "Hale",
    "Hedra",
    "Idris",
    "Ione",
    "Jorin",
    "Juna",
    "Kael",
    "Kirra",
    "Lior",
    "Lunet",
    "Maren",
    "Milo",
    "Nerys",
    "Nolan",
    "Odile",
    "Orrin",
    "Perrin",
    "Petra",
    "Quill",
    "Quenna",
    "Rhea",
    "Rowan",
    "Sable",
    "Senna",
    "Tamsin",
    "Tobin",
    "Ula",
    "Urien",
    "Vesna",
    "Viggo",
    "Wren",
    "Wilder",
    "Xanthe",
    "Yara",
    "Yorick",
    "Zelda",
]
FAMILY_NAMES = [
    "Alderbrook",
    "Ashgrove",
    "Barrowfield",
    "Birchwater",
    "Blackmere",
    "Brindlewood",
    "Calderstone",
    "Cloverhill",
    "Copperdale",
    "Cragmoor",
    "Dunmarsh",
    "Eastwick",
    "Elmhurst",
    "Fairbrook",
    "Fallowmere",
    "Fernhollow",
    "Foxglove",
    "Greystone",
    "Hallowell",
    "Harrowgate",
    "Hawkmoor",
    "Hazelbank",
    "Heatherby",
    "Highmoor",
    "Hollinsworth",
    "Ivywell",
    "Juniper",
    "Kestrelbank",
    "Larkfield",
    "Lowmeadow",
    "Marlowe",
    "Mossbank",
    "Northcliff",
    "Oakhollow",
    "Pebblebrook",
    "Pinecroft",
    "Quarrybank",
    "Ravenhill",
    "Redfern",
    "Rushmere",
    "Saltmarsh",
    "Silverlake",
    "Stonebridge",
    "Tanglewood",
    "Thornfield",
    "Underhill",
    "Wavecrest",
    "Westbrook",
    "Willowmere",
    "Yewdale",
]
PLACES = [
    "Alderhaven",
    "Brackenford",
    "Castlereach",
    "Deepwell",
    "Eastmouth",
    "Fenbridge",
    "Gullhaven",
    "Highridge",
    "Islemere",
    "Kingsbarrow",
    "Longstrand",
    "Millbeck",
    "Newharbour",
    "Oldcross",
    "Portwell",
    "Ridgeway",
    "Saltholm",
    "Thornbury",
    "Upperdale",
    "Westhaven",
]

TABLE = """
create table if not exists person (
    code text primary key, given_name text not null, family_name text not null,
    born_on text not null, municipality text not null
) without rowid
"""


@dataclass(frozen=True, slots=True)
class Person:
    """One row of the register."""

    code: str
    given_name: str
    family_name: str
    born_on: str
    municipality: str


def invent_people(count: int = PEOPLE, *, seed: int = SEED, prefix: str = PREFIX) -> Iterator[Person]:
    """The first `count` people, their codes beginning with `prefix`; the same ones every time."""
    choose = random.Random(seed)  # noqa: S311 — invented people need no secrecy
    for number in range(count):
        born = OLDEST + timedelta(days=choose.randrange(DAYS))
        yield Person(
            code=f"{prefix}{number + 1:06d}",
            given_name=choose.choice(GIVEN_NAMES),
            family_name=choose.choice(FAMILY_NAMES),
            born_on=born.isoformat(),
            municipality=choose.choice(PLACES),
        )


def open_register(path: Path, *, count: int = PEOPLE, prefix: str = PREFIX) -> sqlite3.Connection:
    """The register's database, filled when it is new; the codes of its people begin with `prefix`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path)
    database.row_factory = sqlite3.Row
    with database:
        database.execute(TABLE)
        (existing,) = database.execute("select count(*) from person").fetchone()
        if existing < count:
            people = invent_people(count, seed=SEED if prefix == PREFIX else SEED + sum(prefix.encode()), prefix=prefix)
            rows = [tuple(getattr(person, name) for name in Person.__slots__) for person in people]
            database.executemany("insert or ignore into person values (?, ?, ?, ?, ?)", rows)
    return database


def find_person(database: sqlite3.Connection, code: str) -> Person | None:
    """The person with this code, if there is one."""
    row = database.execute("select * from person where code = ?", (code,)).fetchone()
    return None if row is None else Person(*row)


def search_people(database: sqlite3.Connection, *, family_name: str, limit: int) -> list[Person]:
    """The people whose family name begins so, in the order of their codes."""
    pattern = family_name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    rows = database.execute(
        "select * from person where family_name like ? escape '\\' order by code limit ?", (pattern, limit)
    )
    return [Person(*row) for row in rows]
