"""The cache of a desk: a table, so that limits hold for all its processes together.

Law: values are JSON, never pickled: whoever writes the table can change a count, not run a program. `add` is true for
exactly one of those who add the same key at once. Small, slow and durable; pages are not kept in it.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connections, router
from django.utils import timezone

from ridgeway.office.people.models import CacheRow

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
SWEEP_EVERY = 50
"""One write of so many sweeps away what is over."""

INSERT = (
    "INSERT INTO people_cache (key, value, expires_at) VALUES (%s, %s, %s) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at"
)
ONLY_IF_OVER = " WHERE people_cache.expires_at <= %s"


class SharedCache(BaseCache):
    """Django's cache on the table `people_cache`."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.writes = 0

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or `default` where there is none or it is over."""
        row = CacheRow.objects.filter(key=self.make_and_validate_key(key, version=version)).first()
        return default if row is None or row.expires_at <= timezone.now() else json.loads(row.value)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """The key has the value until its time is over."""
        self.write(INSERT, key, value, timeout=timeout, version=version)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Whether the key had no value, and has this one now."""
        return self.write(INSERT + ONLY_IF_OVER, key, value, timeout=timeout, version=version)

    def write(self, statement: str, key: Any, value: Any, *, timeout: Any, version: int | None) -> bool:
        """Whether the row was written."""
        now, name = timezone.now(), self.make_and_validate_key(key, version=version)
        expires_at = self.derive_end(timeout, now)
        values: list[Any] = [name, json.dumps(value), expires_at]
        if statement.endswith(ONLY_IF_OVER):
            values.append(now)
        connection = connections[router.db_for_write(CacheRow)]
        adapted = [connection.ops.adapt_datetimefield_value(v) if isinstance(v, datetime) else v for v in values]
        self.sweep(now)
        with connection.cursor() as cursor:
            cursor.execute(statement, adapted)
            return bool(cursor.rowcount == 1)

    def derive_end(self, timeout: Any, now: datetime) -> datetime:
        """When a value that is kept for `timeout` seconds is over."""
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return FOREVER if seconds is None else now + timedelta(seconds=seconds)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Whether the key has a value, kept from now on for `timeout`."""
        now, name = timezone.now(), self.make_and_validate_key(key, version=version)
        rows = CacheRow.objects.filter(key=name, expires_at__gt=now)
        return bool(rows.update(expires_at=self.derive_end(timeout, now)))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Whether there was a value; there is none now."""
        deleted, _ = CacheRow.objects.filter(key=self.make_and_validate_key(key, version=version)).delete()
        return bool(deleted)

    def clear(self) -> None:
        """Nothing is kept."""
        CacheRow.objects.all().delete()

    def sweep(self, now: datetime) -> None:
        """What is over is gone, once in a while."""
        self.writes += 1
        if self.writes % SWEEP_EVERY == 0:
            CacheRow.objects.filter(expires_at__lte=now).delete()
