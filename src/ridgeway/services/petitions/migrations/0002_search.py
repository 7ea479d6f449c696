"""The words of petitions, indexed by the database itself: FTS5 in SQLite, `tsvector` in PostgreSQL.

Law: triggers keep the index, so whoever writes a petition's texts need not know of it; a change of its count does not
touch it. SQLite makes a table anew when one of its columns is altered, and drops its triggers with it: a migration that
does so runs `make_index` again, and a test fails when one forgets.
"""

import re

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = r"""
DROP TABLE IF EXISTS petitions_search;
CREATE VIRTUAL TABLE petitions_search USING fts5(
    action, background, additional_details,
    content='petitions_petition', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
);
INSERT INTO petitions_search(petitions_search) VALUES ('rebuild');
CREATE TRIGGER petitions_search_added AFTER INSERT ON petitions_petition BEGIN
    INSERT INTO petitions_search(rowid, action, background, additional_details)
    VALUES (new.id, new.action, new.background, new.additional_details)
\; END;
CREATE TRIGGER petitions_search_removed AFTER DELETE ON petitions_petition BEGIN
    INSERT INTO petitions_search(petitions_search, rowid, action, background, additional_details)
    VALUES ('delete', old.id, old.action, old.background, old.additional_details)
\; END;
CREATE TRIGGER petitions_search_changed
AFTER UPDATE OF id, action, background, additional_details ON petitions_petition BEGIN
    INSERT INTO petitions_search(petitions_search, rowid, action, background, additional_details)
    VALUES ('delete', old.id, old.action, old.background, old.additional_details)
\; INSERT INTO petitions_search(rowid, action, background, additional_details)
    VALUES (new.id, new.action, new.background, new.additional_details)
\; END
"""
POSTGRESQL = r"""
CREATE OR REPLACE FUNCTION petitions_document(action text, background text, details text) RETURNS tsvector
LANGUAGE sql IMMUTABLE AS $$
    SELECT setweight(to_tsvector('english', action), 'A') || setweight(to_tsvector('english', background), 'B')
        || setweight(to_tsvector('english', details), 'C') $$;
DROP TABLE IF EXISTS petitions_search;
CREATE TABLE petitions_search (
    petition_id bigint PRIMARY KEY REFERENCES petitions_petition (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    document tsvector NOT NULL
);
INSERT INTO petitions_search
SELECT id, petitions_document(action, background, additional_details) FROM petitions_petition;
CREATE INDEX petitions_search_document ON petitions_search USING gin (document);
CREATE OR REPLACE FUNCTION petitions_keep_search() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO petitions_search
    VALUES (new.id, petitions_document(new.action, new.background, new.additional_details))
    ON CONFLICT (petition_id) DO UPDATE SET document = excluded.document\; RETURN NULL\; END $$;
DROP TRIGGER IF EXISTS petitions_search_kept ON petitions_petition;
CREATE TRIGGER petitions_search_kept AFTER INSERT OR UPDATE OF action, background, additional_details
ON petitions_petition FOR EACH ROW EXECUTE FUNCTION petitions_keep_search()
"""
UNDO_SQLITE = """
DROP TRIGGER petitions_search_added;
DROP TRIGGER petitions_search_removed;
DROP TRIGGER petitions_search_changed;
DROP TABLE petitions_search
"""
UNDO_POSTGRESQL = """
DROP TRIGGER petitions_search_kept ON petitions_petition;
DROP FUNCTION petitions_keep_search;
DROP TABLE petitions_search;
DROP FUNCTION petitions_document
"""


def run_all(editor: BaseDatabaseSchemaEditor, statements: str) -> None:
    """One after another; a `;` within a statement is written `\\;`."""
    for statement in re.split(r"(?<!\\);", statements):
        editor.execute(statement.replace("\\;", ";").strip())


def make_index(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 - Django's signature
    """The index is there, filled from the petitions that are, and its triggers keep it."""
    run_all(editor, SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL)


def drop_index(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 - Django's signature
    """The index is gone."""
    run_all(editor, UNDO_SQLITE if editor.connection.vendor == "sqlite" else UNDO_POSTGRESQL)


class Migration(migrations.Migration):
    """After the tables."""

    dependencies = (("petitions", "0001_initial"),)
    operations = (migrations.RunPython(make_index, drop_index),)
