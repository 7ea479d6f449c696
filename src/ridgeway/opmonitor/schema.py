"""The monitor's table in step with this release.

Law: a database that a newer release changed is left alone; an older one is brought forward before anything is written.
"""

import logging

from django.db import connections

from ridgeway.office.documents.forward import bring_forward

log = logging.getLogger(__name__)

OPMONITOR = "opmonitor"
"""The app, and the database that its table is in."""


def migrate_database() -> tuple[str, ...]:
    """The table is that of this release; the names of the steps that were taken are returned.

    Raises:  SettingsError(database_too_new), WorldError(database_error).
    """
    try:
        steps = bring_forward(OPMONITOR, database=OPMONITOR)
    finally:
        connections[OPMONITOR].close()
    if steps:
        log.info("brought the operational monitor's table forward: %s", ", ".join(steps))
    return steps
