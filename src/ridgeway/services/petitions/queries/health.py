"""Whether the database can be read and written, and has the tables that this code wants."""

from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from ridgeway.services.petitions.models import SiteSettings


def is_writable() -> bool:
    """Whether a row can be written; it is not kept."""
    try:
        with transaction.atomic():
            SiteSettings.objects.filter(pk=0).update(title="")
            transaction.set_rollback(True)
    except Error:
        return False
    return True


def is_migrated() -> bool:
    """Whether no migration waits."""
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return False
