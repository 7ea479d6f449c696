from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import connections
from django.utils import timezone

from ridgeway.office.people.cache import SWEEP_EVERY, SharedCache
from ridgeway.office.people.models import CacheRow
from ridgeway.office.tests.ready import Office, any_office, cluster, migrated_file  # noqa: F401


def test_a_value_is_kept_until_its_time_is_over(any_office: Office):  # noqa: F811
    cache = SharedCache("", {})
    assert cache.get("a", "none") == "none"
    cache.set("a", [1.5, "x", None], 60)
    assert cache.get("a") == [1.5, "x", None]
    assert cache.touch("a", 600)
    CacheRow.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert cache.get("a") is None
    assert not cache.touch("a", 600)
    assert cache.add("a", 2, 60)
    assert not cache.add("a", 3, 60)
    assert cache.get("a") == 2
    assert cache.delete("a")
    assert not cache.delete("a")
    cache.set("b", 1, None)
    cache.clear()
    assert cache.get("b") is None


def test_one_of_many_who_add_at_once_is_the_first(any_office: Office):  # noqa: F811
    def add(number: int) -> bool:
        try:
            return SharedCache("", {}).add("lock", number, 60)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(add, range(40))) == 1


def test_what_is_over_is_swept_away(any_office: Office):  # noqa: F811
    cache = SharedCache("", {})
    cache.set("old", 1, 0)
    for number in range(SWEEP_EVERY):
        cache.set(f"new{number % 3}", number, 60)
    assert CacheRow.objects.count() == 3
