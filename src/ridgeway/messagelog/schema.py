"""The log's tables in step with this release.

Law: a database that a newer release changed is left alone; an older one is brought forward before anything is written.
"""

import logging

from django.db import connections

from ridgeway.errors import MessageLogError, WorldError
from ridgeway.office.documents.forward import bring_forward

log = logging.getLogger(__name__)

MESSAGELOG = "messagelog"
"""The app, and the database that its tables are in."""


def migrate_database() -> tuple[str, ...]:
    """The tables are those of this release; the names of the steps that were taken are returned.

    Raises:  SettingsError(database_too_new), or MessageLogError(logging_failed) when the database does not answer.
    """
    try:
        steps = bring_forward(MESSAGELOG, database=MESSAGELOG)
    except WorldError as error:
        raise MessageLogError("logging_failed", f"The message log: {error.detail}") from error
    finally:
        connections[MESSAGELOG].close()
    if steps:
        log.info("brought the message log's tables forward: %s", ", ".join(steps))
    return steps
