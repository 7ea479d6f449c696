"""What makes the database itself refuse to change a line of the audit log, on SQLite and on PostgreSQL.

Law: whoever owns the tables can drop these; everybody else, and every fault of a program, is stopped. SQLite loses
triggers when a migration rebuilds the table: such a migration ends with `install_triggers`, and a test looks for them.
"""

from typing import Any, Final

SQLITE: Final = (
    """CREATE TRIGGER IF NOT EXISTS {table}_keep BEFORE UPDATE ON {table}
    BEGIN SELECT RAISE(ABORT, 'a line of the audit log is never changed'); END""",
    """CREATE TRIGGER IF NOT EXISTS {table}_stay BEFORE DELETE ON {table}
    BEGIN SELECT RAISE(ABORT, 'a line of the audit log is never deleted'); END""",
    # INSERT OR REPLACE would take a line's place without firing the trigger above.
    """CREATE TRIGGER IF NOT EXISTS {table}_new BEFORE INSERT ON {table}
    WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})
    BEGIN SELECT RAISE(ABORT, 'a line of the audit log is never replaced'); END""",
)
POSTGRESQL: Final = (
    """CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'a line of the audit log is never changed or deleted'
    USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    "DROP TRIGGER IF EXISTS {table}_keep ON {table}",
    """CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()""",
    "DROP TRIGGER IF EXISTS {table}_stay ON {table}",
    """CREATE TRIGGER {table}_stay BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()""",
)


def install_triggers(_apps: Any, schema_editor: Any) -> None:
    """From here on the database refuses to change the log; for `migrations.RunPython`."""
    install(schema_editor, table="audit_entry", key="id")


def install_seal_triggers(_apps: Any, schema_editor: Any) -> None:
    """From here on the database refuses to change the seals; for `migrations.RunPython`."""
    install(schema_editor, table="audit_seal", key="position")


def install(schema_editor: Any, *, table: str, key: str) -> None:
    """The table of this name, with this primary key, is only ever added to."""
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]
    with schema_editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(table=table, key=key))
