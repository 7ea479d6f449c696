import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from ridgeway.errors import MessageLogError, TimestampError
from ridgeway.messagelog.tests.cast import (
    NOW,
    TRUST,
    Clock,
    Place,
    a_plain_record,
    a_record,
    a_running_log,
    a_time_authority,
    cluster,
    place,
)
from ridgeway.messagelog.tests.test_log import prove
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.signatures.containers import read_container
from ridgeway.settings import CostStrategy

__all__ = ["cluster", "place"]


async def test_a_message_is_stamped_before_it_goes_on_where_that_is_the_rule(place: Place):
    at_once = place.with_(stamp_immediately=True)
    async with a_time_authority() as authority, a_running_log(at_once, urls=(authority.url,)) as log:
        assert await log.append(a_record("q-1")) == 1
        (found,) = await log.find_records("q-1")
        assert found.stamped_at is not None
        assert "META-INF/timestamp.tst" not in read_container(await log.fetch_container(1)).entries
        prove(await log.fetch_container(1))


async def test_messages_that_come_together_are_stamped_by_few_tokens(place: Place):
    at_once = place.with_(stamp_immediately=True)
    async with a_time_authority() as authority, a_running_log(at_once, urls=(authority.url,)) as log:
        numbers = await asyncio.gather(*(log.append(a_plain_record(f"q-{n}")) for n in range(20)))
        assert len(set(numbers)) == 20
        assert (await log.read_status()).waiting == 0
        assert 0 < len(authority.requests) <= 20


async def test_a_message_that_gets_no_stamp_stops_and_the_next_one_passes_when_it_works_again(place: Place):
    at_once = place.with_(stamp_immediately=True, acceptable_stamp_failure_seconds=60)
    clock = Clock()
    async with a_time_authority() as authority, a_running_log(at_once, urls=(authority.url,), clock=clock) as log:
        authority.status = 500
        with pytest.raises(MessageLogError, match="No authority gave a stamp") as caught:
            await log.append(a_record("q-1"))
        assert caught.value.code == "logging_failed.timestamping_failed"
        clock.now = NOW + timedelta(hours=1)
        refused = await asyncio.gather(
            *(log.append(a_plain_record(f"r-{n}")) for n in range(5)), return_exceptions=True
        )
        assert all(isinstance(each, MessageLogError) for each in refused)
        authority.status = 200
        await log.append(a_record("q-2"))
        status = await log.read_status()
        assert (status.waiting, status.failing_since, status.refuses) == (0, None, "")


async def test_that_stamping_fails_is_known_after_a_restart(place: Place):
    clock = Clock()
    limited = place.with_(acceptable_stamp_failure_seconds=60)
    async with a_time_authority() as authority:
        async with a_running_log(limited, urls=(authority.url,), clock=clock) as log:
            authority.status = 500
            await log.append(a_record("q-1"))
            with pytest.raises(TimestampError):
                await log.stamp()
            assert (await log.read_status()).failing_since == NOW
        clock.now = NOW + timedelta(seconds=61)
        async with a_running_log(limited, urls=(authority.url,), clock=clock) as log:
            status = await log.read_status()
            assert status.failing_since == NOW
            assert "has been failing since" in status.refuses
            with pytest.raises(MessageLogError, match="has been failing since") as caught:
                await log.append(a_record("q-2"))
            assert caught.value.code == "logging_failed.timestamping_failed"
            authority.status = 200
            assert (await log.stamp()).stamped == 1
            assert await log.append(a_record("q-2")) == 2
        async with a_running_log(limited, urls=(authority.url,), clock=clock) as log:
            assert (await log.read_status()).failing_since is None


async def test_after_a_failure_one_record_is_tried_before_all_the_others(place: Place):
    async with a_time_authority() as authority, a_running_log(place, urls=(authority.url,)) as log:
        authority.status = 500
        for number in range(4):
            await log.append(a_record(f"q-{number}"))
        with pytest.raises(TimestampError):
            await log.stamp()
        authority.status = 200
        before = len(authority.requests)
        assert (await log.stamp()).stamped == 4
        assert len(authority.requests) - before == 2
        forms = ["META-INF/timestamp.tst" in read_container(await log.fetch_container(n)).entries for n in range(1, 5)]
        assert forms == [False, True, True, True]


async def test_the_status_tells_of_each_authority_when_it_stamped_and_since_when_it_fails(place: Place):
    clock = Clock()
    async with (
        a_time_authority() as first,
        a_time_authority() as second,
        a_running_log(place, urls=(first.url, second.url), clock=clock) as log,
    ):
        await log.append(a_record("q-1"))
        assert ((await log.read_status()).waiting, (await log.read_status()).oldest_waiting_at) == (1, NOW)
        await log.stamp()
        first.status = 503
        clock.now = NOW + timedelta(minutes=5)
        await log.append(a_record("q-2"))
        await log.stamp()
        status = await log.read_status()
        assert [(each.url, each.last_stamp_at, each.failing_since) for each in status.authorities] == [
            (first.url, NOW, clock.now),
            (second.url, clock.now, None),
        ]
        assert "503" in status.authorities[0].why
        assert status.failing_since is None
        assert (status.archive.waiting, status.archive.last_file) == (2, "")
        await log.archive()
        kept = (await log.read_status()).archive
        assert (kept.waiting, kept.last_made_at) == (0, clock.now)
        assert kept.last_file.startswith("mlog-")


def trust_with_costs(**costs: str) -> TrustSnapshot:
    """The country, whose configuration names these authorities by address and cost."""
    (known,) = TRUST.own.timestamping_services
    services = tuple(replace(known, url=url, cost_type=cost) for url, cost in costs.items())
    own = replace(TRUST.own, timestamping_services=services)
    return replace(TRUST, instances={**TRUST.instances, own.instance: own})


@pytest.mark.parametrize(
    ("strategy", "asked"), [("none", "paid"), ("only_free", "free"), ("free_first", "free"), ("paid_first", "paid")]
)
async def test_what_an_authority_costs_decides_who_is_asked_first(place: Place, strategy: str, asked: str):
    choosing = place.with_(stamp_cost_strategy=CostStrategy(strategy))
    async with a_time_authority() as paid, a_time_authority() as free:
        trust = trust_with_costs(**{paid.url: "PAID", free.url: "FREE"})
        async with a_running_log(choosing, urls=(paid.url, free.url), trust=trust) as log:
            await log.append(a_record("q-1"))
            await log.stamp()
            assert {"paid": len(paid.requests), "free": len(free.requests)} == {"paid": 0, "free": 0} | {asked: 1}


async def test_the_paid_authority_is_asked_when_the_free_one_fails_and_not_at_all_where_it_must_not_be(place: Place):
    async with a_time_authority() as paid, a_time_authority() as free:
        free.status = 500
        trust = trust_with_costs(**{paid.url: "PAID", free.url: "FREE"})
        urls = (paid.url, free.url)
        first = place.with_(stamp_cost_strategy=CostStrategy.FREE_FIRST)
        async with a_running_log(first, urls=urls, trust=trust) as log:
            await log.append(a_record("q-1"))
            assert (await log.stamp()).waiting == 0
            assert (len(free.requests), len(paid.requests)) == (1, 1)
        async with a_running_log(
            place.with_(stamp_cost_strategy=CostStrategy.ONLY_FREE), urls=urls, trust=trust
        ) as log:
            await log.append(a_record("q-2"))
            with pytest.raises(TimestampError, match="No authority gave a stamp"):
                await log.stamp()
        async with a_running_log(
            place.with_(stamp_cost_strategy=CostStrategy.ONLY_FREE), urls=(paid.url,), trust=trust
        ) as log:
            with pytest.raises(TimestampError, match="stamp_cost_strategy = only_free") as caught:
                await log.stamp()
            assert caught.value.code == "mlog.no_timestamping_provider_found"
        assert len(paid.requests) == 1
