"""A server's tables in step with this release.

Law: a database that a newer release changed is left alone; an older one is brought forward before anything is written.
"""

from django.core.management import call_command
from django.db import Error, connections
from django.db.migrations.executor import MigrationExecutor

from ridgeway.errors import SettingsError, WorldError


def bring_forward(app_label: str, *, database: str = "default") -> tuple[str, ...]:
    """The tables of an app in `database` are those of this release; the steps that were taken are returned.

    Raises:  SettingsError(database_too_new), WorldError(database_error) when the database does not answer.
    """
    try:
        loader = MigrationExecutor(connections[database]).loader
        applied = {name for label, name in loader.applied_migrations if label == app_label}
        known = {name for label, name in loader.disk_migrations if label == app_label}
        if applied - known:
            newer = ", ".join(sorted(applied - known))
            raise SettingsError(
                "database_too_new",
                f"The database has steps that this release does not know: {newer}.",
                action="Start the newer release again, or restore a backup of this one.",
            )
        steps = tuple(sorted(known - applied))
        if steps:
            call_command("migrate", app_label, database=database, verbosity=0, interactive=False)
    except Error as error:
        raise WorldError("database_error", f"The database does not answer: {error}.") from error
    return steps
