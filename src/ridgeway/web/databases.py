"""Which database holds which table: the message log has its own, a server's configuration another.

Law: a room's models live under its own app label, and the router sends them to their database, so that no model says
`using`. `default` holds the configuration of one server: the security server's, or the central server's where that
room's command runs; in an office it holds accounts and what the services keep. Next: `settings.py`.
"""

from typing import Any, Literal

import psycopg
from django.conf import settings as django_settings
from django.db import connections
from psycopg.conninfo import conninfo_to_dict

from ridgeway.errors import SettingsError
from ridgeway.settings import Settings

Room = Literal["securityserver", "centralserver", "office"]
MESSAGELOG = "messagelog"
OPMONITOR = "opmonitor"
DEFAULT = "default"
SERVERS = ("securityserver", "centralserver")
OWN_DATABASES = (MESSAGELOG, OPMONITOR)
"""The rooms that keep their tables in a database of their own, of the same name."""
SQLITE_LOCK_TIMEOUT_SECONDS = 20
KEPT_OPEN = {"CONN_MAX_AGE": 60}
"""Seconds that a thread keeps its connection: opening one costs more than most pages ask of it."""
CONNECTION_KEYS = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


class ByAppLabel:
    """Django's router: tables of the log and the monitor in the databases of those names, every other in `default`."""

    def db_for_read(self, model: Any, **_hints: Any) -> str:
        """The database that `model` is read from."""
        return database_of(model._meta.app_label)  # noqa: SLF001 - Django's documented name

    def db_for_write(self, model: Any, **_hints: Any) -> str:
        """The database that `model` is written to."""
        return database_of(model._meta.app_label)  # noqa: SLF001 - Django's documented name

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        """Whether tables of `app_label` belong in `db`; one server's `default` never gets another's tables."""
        if database_of(app_label) != db:
            return False
        room = django_settings.RIDGEWAY_ROOM
        is_server = app_label in SERVERS
        return db != DEFAULT or (app_label == room if room in SERVERS else not is_server)


def database_of(app_label: str) -> str:
    """The alias of the database that holds the tables of `app_label`."""
    return app_label if app_label in OWN_DATABASES else DEFAULT


def derive_databases(settings: Settings, room: Room) -> dict[str, dict[str, Any]]:
    """Django's `DATABASES` for the process of one room."""
    configuration = {
        "centralserver": settings.centralserver.database,
        "securityserver": settings.securityserver.database,
        "office": settings.web.database,
    }[room]
    key = "web.database" if room == "office" else f"{room}.database"
    return {
        DEFAULT: derive_database(settings.database_url(configuration), key=key),
        MESSAGELOG: derive_database(settings.database_url(settings.messagelog.database), key="messagelog.database"),
        OPMONITOR: derive_database(settings.database_url(settings.opmonitor.database), key="opmonitor.database"),
    }


def derive_database(url: str, *, key: str) -> dict[str, Any]:
    """One entry of `DATABASES` from `sqlite:FILE` or `postgresql://…`.

    Raises:  SettingsError(malformed_settings) naming the setting `key`.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "sqlite" and rest:
        options = {
            "timeout": SQLITE_LOCK_TIMEOUT_SECONDS,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": rest, "OPTIONS": options, **KEPT_OPEN}
    if scheme not in {"postgresql", "postgres"}:
        raise SettingsError("malformed_settings", f"{key} starts with {scheme!r}; write sqlite:FILE or postgresql://….")
    try:
        known = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise SettingsError("malformed_settings", f"{key} is no PostgreSQL address: {error}.") from error
    entry: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql"}
    entry |= {ours: str(known.pop(theirs)) for theirs, ours in CONNECTION_KEYS.items() if known.get(theirs)}
    return entry | {"OPTIONS": known, "CONN_HEALTH_CHECKS": True, **KEPT_OPEN}


def rebind_databases(databases: dict[str, dict[str, Any]]) -> None:
    """Connections of this process go to `databases` from now on; open ones are closed."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        del connections[connection.alias]
    django_settings.DATABASES = databases
    connections.settings = connections.configure_settings(databases)
