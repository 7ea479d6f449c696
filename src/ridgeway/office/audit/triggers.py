"""What makes the database itself refuse to change a line of the audit log, on SQLite and on PostgreSQL.

Law: whoever owns the tables can drop these; everybody else, and every fault of a program, is stopped. SQLite loses
triggers when a migration rebuilds the table: such a migration ends with `install_triggers`, and a test looks for them.
"""

from typing import Any, Final

SQLITE: Final = (
    """CREATE TRIGGER IF NOT EXISTS audit_entry_keep BEFORE UPDATE ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'a line of the audit log is never changed'); END""",
    """CREATE TRIGGER IF NOT EXISTS audit_entry_stay BEFORE DELETE ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'a line of the audit log is never deleted'); END""",
    # INSERT OR REPLACE would take a line's place without firing the trigger above.
    """CREATE TRIGGER IF NOT EXISTS audit_entry_new BEFORE INSERT ON audit_entry
    WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'a line of the audit log is never replaced'); END""",
)
POSTGRESQL: Final = (
    """CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'a line of the audit log is never changed or deleted'
    USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    "DROP TRIGGER IF EXISTS audit_entry_keep ON audit_entry",
    """CREATE TRIGGER audit_entry_keep BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()""",
    "DROP TRIGGER IF EXISTS audit_entry_stay ON audit_entry",
    """CREATE TRIGGER audit_entry_stay BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()""",
)


def install_triggers(_apps: Any, schema_editor: Any) -> None:
    """From here on the database refuses; for `migrations.RunPython`."""
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]
    with schema_editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
