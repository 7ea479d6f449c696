"""The pages that every public body has, with texts to begin with; staff make them their own.

Law: a page that is there already stays as it is. The texts stand in `texts/LANGUAGE/SLUG.md`, their title in the first
line.
"""

from datetime import UTC, datetime
from pathlib import Path

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TEXTS = Path(__file__).parent.parent / "texts"
WRITTEN_AT = datetime(2026, 11, 24, tzinfo=UTC)


def write_pages(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 - Django's signature
    """Every text is a page."""
    pages = apps.get_model("petitions", "Page").objects
    for file in sorted(TEXTS.glob("*/*.md")):
        title, _, content = file.read_text(encoding="utf-8").partition("\n")
        told = {"title": title.removeprefix("# "), "content": content.strip(), "updated_at": WRITTEN_AT}
        pages.get_or_create(slug=file.stem, language=file.parent.name, defaults=told)


class Migration(migrations.Migration):
    """After the tables."""

    dependencies = (("petitions", "0002_search"),)
    operations = (migrations.RunPython(write_pages, migrations.RunPython.noop),)
