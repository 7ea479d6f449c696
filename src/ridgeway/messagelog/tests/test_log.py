import asyncio
import io
import os
import signal
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest

from ridgeway.errors import ContainerError, MessageLogError, SettingsError, TimestampError
from ridgeway.messagelog.client import MessageLogClient
from ridgeway.messagelog.commands import render_found
from ridgeway.messagelog.databases import open_database
from ridgeway.messagelog.downloads import download_containers, parse_container_query
from ridgeway.messagelog.schema import migrate_database
from ridgeway.messagelog.tests.cast import (
    COUNTRY,
    NOW,
    PARTY,
    Clock,
    Place,
    a_plain_record,
    a_record,
    a_running_log,
    a_time_authority,
    cluster,
    place,
)
from ridgeway.messagelog.values import ContainerQuery, Direction, StampReport
from ridgeway.protocol.hashchains import TIMESTAMP_CHAIN, verify_hash_chain
from ridgeway.protocol.identifiers import MemberId
from ridgeway.protocol.signatures.containers import Container, read_container
from ridgeway.protocol.signatures.containers.verify import VerifiedContainer, verify_container
from ridgeway.protocol.signatures.document import read_signature
from ridgeway.protocol.signatures.stamping import SIGNATURE_PART, stamped_octets
from ridgeway.protocol.timestamps import verify_timestamp

__all__ = ["cluster", "place"]

ASIC = "queryId=q-1&xRoadInstance=RW&memberClass=GOV&memberCode=1001&subsystemCode=desk"


def prove_stamp(container: Container) -> None:
    """The token is over this signature, through its hash chain where there is one."""
    result = container.entries.get("ts-hashchainresult.xml")
    token = container.entries.get("META-INF/timestamp.tst") or read_signature(container.signature).timestamp
    assert token is not None
    verify_timestamp(token, stamped=result or stamped_octets(container.signature), trust=COUNTRY.trust())
    if result is not None:
        available = {SIGNATURE_PART: container.signature, TIMESTAMP_CHAIN: container.entries["ts-hashchain.xml"]}
        verify_hash_chain(result, resolve=available.get, inputs={SIGNATURE_PART: None})


def prove(container: bytes) -> VerifiedContainer:
    prove_stamp(read_container(container))
    return verify_container(read_container(container), COUNTRY.trust())


async def read_all(chunks) -> bytes:
    return b"".join([chunk async for chunk in chunks])


async def test_a_record_is_numbered_and_found_by_query_party_and_direction(place: Place):
    async with a_running_log(place) as log:
        assert await log.append(a_record("q-1")) == 1
        assert await log.append(a_record("q-1", is_response=True)) == 2
        assert await log.append(a_record("q-2")) == 3
        both = await log.find_records("q-1", party=PARTY)
        assert [(each.id, each.is_response, each.party) for each in both] == [
            (1, False, str(PARTY)),
            (2, True, str(PARTY)),
        ]
        assert (both[0].logged_at, both[0].stamped_at) == (NOW, None)
        assert both[1].file_name == "q-1-response-2.asice"
        assert [each.id for each in await log.find_records("q-1", direction=Direction.RESPONSE)] == [2]
        assert await log.find_records("q-1", party=MemberId("RW", "GOV", "1001")) == []
        assert await log.find_records("q-9") == []


async def test_records_stay_after_a_restart_and_numbers_go_on(place: Place):
    async with a_running_log(place) as log:
        await log.append(a_record("q-1", body=b"hello"))
    async with a_running_log(place) as log:
        assert await log.append(a_record("q-1", body=b"again")) == 2
        assert len(await log.find_records("q-1")) == 2


async def test_what_holds_metadata_alone_is_told_from_what_is_whole(place: Place):
    async with a_running_log(place) as log:
        await log.append(a_record("q-1"))
        await log.append(replace(a_record("q-1", is_response=True), is_whole=False))
        found = await log.find_records("q-1")
        assert [each.is_whole for each in found] == [True, False]
        assert [line.endswith("not stamped yet") for line in map(render_found, found)] == [True, False]
        assert render_found(found[1]).endswith("  not stamped yet  metadata alone, proves nothing")


async def test_of_what_an_older_release_logged_nobody_knows_whether_it_is_whole(place: Place):
    async with a_running_log(place) as log:
        await log.append(a_record("q-1"))
    database = open_database(place.settings.database_url(place.settings.messagelog.database), is_writer=True)
    database.write("UPDATE messagelog_record SET is_whole = NULL", ())
    database.close()
    async with a_running_log(place) as log:
        (found,) = await log.find_records("q-1")
        assert found.is_whole is None
        assert render_found(found).endswith("  not stamped yet")


async def test_one_record_is_stamped_inside_its_signature_and_its_container_proves(place: Place):
    async with a_time_authority() as authority, a_running_log(place, urls=(authority.url,)) as log:
        await log.append(a_record("q-1"))
        assert await log.stamp() == StampReport(1, 0)
        container = await log.fetch_container(1)
        proven = prove(container)
        assert proven.query_id == "q-1"
        assert proven.sender == PARTY
        assert "META-INF/timestamp.tst" not in read_container(container).entries
        assert len(authority.requests) == 1


async def test_several_records_share_one_token_and_each_container_proves(place: Place):
    async with a_time_authority() as authority, a_running_log(place, urls=(authority.url,)) as log:
        for number in range(5):
            await log.append(a_record(f"q-{number}", body=b"body %d" % number))
        assert await log.stamp() == StampReport(5, 0)
        assert len(authority.requests) == 1
        for number in range(5):
            container = await log.fetch_container(number + 1)
            proven = prove(container)
            assert proven.query_id == f"q-{number}"
            assert [each.is_in_container for each in proven.attachments] == [True]
            assert "META-INF/timestamp.tst" in read_container(container).entries
        assert await log.stamp() == StampReport(0, 0)


async def test_a_full_batch_is_stamped_at_once_and_without_being_asked(place: Place):
    async with (
        a_time_authority() as authority,
        a_running_log(place.with_(stamp_batch_records=3), urls=(authority.url,)) as log,
    ):
        await asyncio.gather(*(log.append(a_plain_record(f"p-{n}")) for n in range(7)))
        async with asyncio.timeout(20):
            while (await log.find_records("p-0"))[0].stamped_at is None:
                await asyncio.sleep(0.02)
        assert len(authority.requests) >= 2


async def test_a_signature_that_has_no_place_for_a_token_is_stamped_as_a_batch_of_one(place: Place):
    async with a_time_authority() as authority, a_running_log(place, urls=(authority.url,)) as log:
        await log.append(a_plain_record("odd"))
        assert await log.stamp() == StampReport(1, 0)
        assert "ts-hashchainresult.xml" in read_container(await log.fetch_container(1)).entries


async def test_the_next_authority_is_asked_when_one_fails_and_a_wrong_token_is_not_stored(place: Place):
    async with a_time_authority() as broken, a_time_authority() as liar, a_time_authority() as good:
        broken.status = 503
        liar.lies = True
        async with a_running_log(place, urls=(broken.url, liar.url, good.url)) as log:
            await log.append(a_record("q-1"))
            assert await log.stamp() == StampReport(1, 0)
            assert [len(each.requests) for each in (broken, liar, good)] == [1, 1, 1]
            prove(await log.fetch_container(1))
        async with a_running_log(place, urls=(broken.url, liar.url)) as log:
            await log.append(a_record("q-2"))
            with pytest.raises(TimestampError, match="answered 503"):
                await log.stamp()
            assert (await log.find_records("q-2"))[0].stamped_at is None


async def test_traffic_stops_when_stamping_fails_for_too_long_and_goes_on_when_it_works(place: Place):
    clock = Clock()
    async with a_time_authority() as authority:
        authority.status = 500
        async with a_running_log(place, urls=(authority.url,), clock=clock) as log:
            await log.append(a_record("q-1"))
            with pytest.raises(TimestampError):
                await log.stamp()
            clock.now += timedelta(seconds=14_400)
            await log.append(a_record("q-2"))
            clock.now += timedelta(seconds=1)
            with pytest.raises(MessageLogError) as refused:
                await log.append(a_record("q-3"))
            assert refused.value.code == "logging_failed.timestamping_failed"
            authority.status = 200
            assert await log.stamp() == StampReport(2, 0)
            assert await log.append(a_record("q-3")) == 3


async def test_without_an_authority_nothing_is_logged(place: Place):
    async with a_running_log(place, urls=()) as log:
        with pytest.raises(MessageLogError) as refused:
            await log.append(a_record("q-1"))
        assert refused.value.code == "logging_failed.mlog.no_timestamping_provider_found"
        assert await log.find_records("q-1") == []


async def test_a_log_that_does_not_run_is_logging_failed(place: Place):
    with pytest.raises(MessageLogError, match="Nobody answers") as refused:
        await MessageLogClient(place.settings.path(place.settings.messagelog.socket)).append(a_record())
    assert refused.value.code == "logging_failed"


async def test_a_download_has_all_containers_of_a_query(place: Place):
    async with a_time_authority() as authority, a_running_log(place, urls=(authority.url,)) as log:
        await log.append(a_record("q-1"))
        await log.append(a_record("q-1", is_response=True))
        waiting = await download_containers(log, parse_container_query(ASIC))
        assert (waiting.status, waiting.content_type) == (500, "text/plain; charset=UTF-8")
        assert b"not time-stamped" in await read_all(waiting.chunks)
        forced = await download_containers(log, parse_container_query(ASIC + "&force"))
        assert forced.status == 200
        assert forced.headers == [
            ("Content-Type", "application/zip"),
            ("Content-Disposition", 'attachment; filename="q-1.zip"'),
        ]
        with zipfile.ZipFile(io.BytesIO(await read_all(forced.chunks))) as archive:
            assert archive.testzip() is None
            assert archive.namelist() == ["q-1-request-1.asice", "q-1-response-2.asice"]
            assert {each.compress_type for each in archive.infolist()} == {zipfile.ZIP_STORED}
            prove(archive.read("q-1-request-1.asice"))
        one = await download_containers(log, parse_container_query(ASIC + "&unique&requestOnly"))
        assert (one.content_type, one.file_name) == ("application/vnd.etsi.asic-e+zip", "q-1-request-1.asice")
        prove(await read_all(one.chunks))
        none = await download_containers(log, parse_container_query(ASIC.replace("q-1", "q-7")))
        assert none.status == 404
        other = await download_containers(log, parse_container_query(ASIC.replace("&subsystemCode=desk", "")))
        assert other.status == 404


async def test_unique_refuses_when_several_match(place: Place):
    async with a_time_authority() as authority, a_running_log(place, urls=(authority.url,)) as log:
        await log.append(a_record("q-1"))
        await log.append(a_record("q-1"))
        query = ContainerQuery("q-1", PARTY, Direction.REQUEST, is_unique=True, waits_for_stamp=True)
        assert (await download_containers(log, query)).status == 500
        with pytest.raises(ContainerError, match="no record 99"):
            await log.fetch_container(99)


async def test_a_body_of_ten_mebibytes_is_kept_and_handed_out(place: Place):
    body = os.urandom(10 * 1024 * 1024)
    async with a_time_authority() as authority, a_running_log(place, urls=(authority.url,)) as log:
        await log.append(a_record("q-1", body=body))
        await log.stamp()
        assert prove(await log.fetch_container(1)).attachments[0].size == len(body)


def test_migrating_again_does_nothing_and_a_newer_database_is_left_alone(place: Place):
    assert migrate_database() == ()
    database = open_database(place.settings.database_url(place.settings.messagelog.database), is_writer=True)
    database.write(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('messagelog', '0999_later', '2030-01-01')"
    )
    database.close()
    with pytest.raises(SettingsError, match="0999_later"):
        migrate_database()


WRITER = """
import asyncio, sys
from pathlib import Path
from ridgeway.messagelog.run import run_until
from ridgeway.messagelog.tests.cast import FixedSources, Clock
from ridgeway.settings import Settings, MessageLogSettings
settings = Settings(state_dir=Path(sys.argv[1]), messagelog=MessageLogSettings(
    database=sys.argv[2], socket=Path("run/log.sock"), stamp_interval_seconds=3600))
asyncio.run(run_until(asyncio.Event().wait(), settings, sources=FixedSources(("http://127.0.0.1:9/",)), clock=Clock()))
"""


async def test_no_acknowledged_record_is_lost_when_the_writer_is_killed_in_mid_load(place: Place):
    settings = place.settings
    command = [sys.executable, "-c", WRITER, str(settings.state_dir), settings.messagelog.database]
    acknowledged: dict[int, str] = {}

    async def load(client: MessageLogClient, producer: int) -> None:
        for number in range(10_000):
            query_id = f"{producer}-{number}"
            try:
                acknowledged[await client.append(a_plain_record(query_id))] = query_id
            except MessageLogError:
                return

    with subprocess.Popen(command) as process:
        try:
            async with MessageLogClient.of(settings) as client:
                first = await append_when_ready(client)
                acknowledged[first] = "first"
                async with asyncio.TaskGroup() as group:
                    for producer in range(8):
                        group.create_task(load(client, producer))
                    while len(acknowledged) < 200:
                        await asyncio.sleep(0.01)
                    process.send_signal(signal.SIGKILL)
        finally:
            process.kill()
    database = open_database(settings.database_url(settings.messagelog.database), is_writer=False)
    kept: dict[int, str] = dict(database.read("SELECT id, query_id FROM messagelog_record"))
    database.close()
    assert len(acknowledged) >= 200
    assert acknowledged.items() <= kept.items()


async def append_when_ready(client: MessageLogClient) -> int:
    for _ in range(10):
        try:
            return await client.append(a_plain_record("first"))
        except MessageLogError:
            await asyncio.sleep(0.1)
    return await client.append(a_plain_record("first"))
