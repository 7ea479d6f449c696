"""A command that finds no tables says what to do, rather than what the database says."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import connection

from ridgeway.errors import SettingsError

NEEDED = frozenset({"people_account", "audit_entry"})


def with_tables(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command, run only where the tables of the office are there."""

    @wraps(command)
    def checked(*args: Any, **kwargs: Any) -> Any:
        require_tables()
        return command(*args, **kwargs)

    return checked


def require_tables() -> None:
    """Hold only where the tables of people and audit are there.

    Raises:  SettingsError(malformed_settings).
    """
    missing = NEEDED - set(connection.introspection.table_names())
    if missing:
        raise SettingsError(
            "malformed_settings",
            f"The database that web.database names has no table {min(missing)}.",
            action="Run `ridgeway web migrate` first.",
        )
