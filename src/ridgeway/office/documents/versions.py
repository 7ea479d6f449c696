"""Applied documents as they are kept: every version, whole, in the order it took effect.

Law: the newest version is what counts; nothing is ever changed or deleted. A server keeps its own table of this shape.
"""

import json
from datetime import datetime
from typing import Any, ClassVar

from django.db import Error, IntegrityError, models, transaction

from ridgeway.errors import SettingsError, WorldError


class AppliedDocument(models.Model):
    """One version: the document as data (JSON), and when it took effect."""

    version: ClassVar[Any] = models.PositiveIntegerField(primary_key=True)
    content: ClassVar[Any] = models.TextField()
    applied_at: ClassVar[Any] = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"version {self.version} of {self.applied_at}"


def find_newest(table: Any) -> tuple[int, Any]:
    """The number of the newest version and its document; 0 and None before the first."""
    newest = table.objects.order_by("-version").first()
    return (0, None) if newest is None else (newest.version, json.loads(newest.content))


def append_version(table: Any, content: Any, *, follows: int, now: datetime) -> int:
    """The document is the newest version; its number is returned. The same document again adds none.

    `follows` is the newest version that the document was compared with.
    Raises:  SettingsError(changed_meanwhile) when another one took effect since; then nothing is added.
    """
    try:
        with transaction.atomic():
            number, current = find_newest(table)
            if number == follows and current == content:
                return number
            if number == follows:
                table.objects.create(version=number + 1, content=json.dumps(content, sort_keys=True), applied_at=now)
                return number + 1
    except IntegrityError:
        pass  # another process took the number between the look and the write
    except Error as error:
        raise WorldError("database_error", f"The database does not answer: {error}.") from error
    raise SettingsError(
        "changed_meanwhile",
        f"Another version took effect after version {follows}, which this was compared with.",
        action="Apply the document again, to see what it would change now.",
    )
