"""The log's tables in step with this release.

Law: a database that a newer release changed is left alone; an older one is brought forward before anything is written.
"""

import logging

from django.core.management import call_command
from django.db import Error, connections
from django.db.migrations.executor import MigrationExecutor

from ridgeway.errors import MessageLogError, SettingsError

log = logging.getLogger(__name__)

MESSAGELOG = "messagelog"
"""The app, and the database that its tables are in."""


def migrate_database() -> tuple[str, ...]:
    """The tables are those of this release; the names of the steps that were taken are returned.

    Raises:  SettingsError(database_too_new), or MessageLogError(logging_failed) when the database does not answer.
    """
    try:
        connection = connections[MESSAGELOG]
        loader = MigrationExecutor(connection).loader
        applied = {name for label, name in loader.applied_migrations if label == MESSAGELOG}
        known = {name for label, name in loader.disk_migrations if label == MESSAGELOG}
        newer = ", ".join(sorted(applied - known))
        if newer:
            raise SettingsError(
                "database_too_new",
                f"The message log's database has steps that this release does not know: {newer}.",
                action="Start the newer release again, or restore a backup of this one.",
            )
        steps = tuple(sorted(known - applied))
        if steps:
            call_command("migrate", MESSAGELOG, database=MESSAGELOG, verbosity=0, interactive=False)
            log.info("brought the message log's tables forward: %s", ", ".join(steps))
    except Error as error:
        raise MessageLogError("logging_failed", f"The message log's database does not answer: {error}.") from error
    finally:
        connections[MESSAGELOG].close()
    return steps
