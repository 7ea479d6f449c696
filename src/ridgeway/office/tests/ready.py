"""An office with all its tables, for tests: a fresh copy of a migrated database for each.

Law: each test has its own file (SQLite) or database (PostgreSQL), committed to as in production; nothing is rolled
back, nothing is shared. Use by importing the fixture: `from ridgeway.office.tests.ready import office`.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from django.test import override_settings

from ridgeway.messagelog.tests.clusters import BOTH, Cluster
from ridgeway.messagelog.tests.clusters import cluster as cluster  # noqa: PLC0414 - a fixture, handed on
from ridgeway.settings import Mode, Settings, WebSettings
from ridgeway.web.settings import derive_site_settings, derive_templates
from ridgeway.web.setup import setup_django
from ridgeway.web.sites import get_site

numbers = count(1)
SECRET = "a secret of tests, and of nothing else, long enough to be one"


@dataclass(frozen=True, slots=True)
class Office:
    """A deployment whose tables are there."""

    settings: Settings
    kind: str

    def at_site(self, name: str) -> override_settings:
        """Django serves the site `name` within."""
        site = get_site(self.settings, name)
        people = getattr(django_settings, "RIDGEWAY_PEOPLE_MIDDLEWARE", [])
        values = derive_site_settings(site, {"MIDDLEWARE": people})
        return override_settings(
            **values
            | {
                "ALLOWED_HOSTS": ["*"],
                "RIDGEWAY_PAGE_SECONDS": 0,
                "TEMPLATES": derive_templates(site, django_settings.INSTALLED_APPS),
            }
        )


def settings_in(folder: Path, database: str = "sqlite:office.sqlite3") -> Settings:
    """The settings of an office in `folder`."""
    web = WebSettings(secret_key=SECRET, database=database, require_second_factor=False)
    return Settings(mode=Mode.LAB, state_dir=folder, web=web)


def migrate(settings: Settings) -> None:
    """The tables are there."""
    setup_django(settings, room="office")
    call_command("migrate", verbosity=0, interactive=False)
    connections.close_all()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and nobody in them."""
    folder = tmp_path_factory.mktemp("migrated")
    migrate(settings_in(folder))
    return folder / "office.sqlite3"


@pytest.fixture
def office(tmp_path: Path, migrated_file: Path) -> Iterator[Office]:
    """An office on SQLite."""
    shutil.copy(migrated_file, tmp_path / "office.sqlite3")
    yield from open_office(settings_in(tmp_path), "sqlite")


@pytest.fixture(params=BOTH)
def any_office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """An office on SQLite, then one on PostgreSQL."""
    if request.param == "postgres":
        make: Cluster = request.getfixturevalue("cluster")
        yield from open_office(postgres_office(make, tmp_path), "postgres")
    else:
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "office.sqlite3")
        yield from open_office(settings_in(tmp_path), "sqlite")


def postgres_office(cluster: Cluster, folder: Path) -> Settings:
    """An office on a database of its own, copied from the one that is migrated first."""
    template = "office_template"
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (template,)).fetchone()
        if known is None:
            connection.execute(f"CREATE DATABASE {template}")
            migrate(settings_in(folder, cluster.url(template)))
        name = f"office{next(numbers)}"
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return settings_in(folder, cluster.url(name))


def open_office(settings: Settings, kind: str) -> Iterator[Office]:
    """Django reaches this office until the test ends."""
    setup_django(settings, room="office")
    cache.clear()
    try:
        yield Office(settings, kind)
    finally:
        connections.close_all()


def with_settings(office: Office, change: Callable[[WebSettings], WebSettings]) -> Office:
    """The same office, told otherwise."""
    settings = replace(office.settings, web=change(office.settings.web))
    setup_django(settings, room="office")
    return Office(settings, office.kind)
