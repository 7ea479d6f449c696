"""The number of the first petition: a service that follows another goes on where that one stopped."""

from django.db import connection

from ridgeway.services.petitions.models import Petition

LOCK = 700_000_001
"""Of PostgreSQL's advisory locks; nothing else takes it."""


def start_numbers(first_id: int) -> None:
    """The first petition will have at least the number `first_id`; in the caller's transaction."""
    if Petition.objects.exists():
        return
    if connection.vendor == "sqlite":
        start_sqlite(first_id)
    else:
        start_postgres(first_id)


def start_sqlite(first_id: int) -> None:
    """SQLite keeps the last number in a row."""
    table = Petition._meta.db_table  # noqa: SLF001 - Django's documented name
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sqlite_sequence SET seq = max(seq, %s) WHERE name = %s", [first_id - 1, table])
        if cursor.rowcount == 0:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, first_id - 1])


def start_postgres(first_id: int) -> None:
    """PostgreSQL keeps the last number in a sequence, which heeds no transaction; so one at a time."""
    table = Petition._meta.db_table  # noqa: SLF001 - Django's documented name
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        sequence = cursor.fetchone()[0]
        cursor.execute(f"SELECT last_value FROM {sequence}")  # noqa: S608 - the database's own name
        if cursor.fetchone()[0] < first_id:
            cursor.execute("SELECT setval(%s, %s, false)", [sequence, first_id])
