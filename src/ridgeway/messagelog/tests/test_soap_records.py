import io
import zipfile
from dataclasses import replace

import pytest

from ridgeway.errors import SignatureError
from ridgeway.messagelog.downloads import download_containers, parse_container_query
from ridgeway.messagelog.tests.cast import (
    PARTY,
    SOAP,
    Place,
    a_running_log,
    a_soap_record,
    a_time_authority,
    cluster,
    place,
)
from ridgeway.messagelog.tests.test_log import ASIC, prove, read_all
from ridgeway.protocol.exchange.logged import LoggingPolicy, decide_logged
from ridgeway.protocol.messages import read_soap_message
from ridgeway.protocol.signatures.containers import read_container

__all__ = ["cluster", "place"]


@pytest.mark.parametrize("others", [0, 3], ids=["single stamp", "batch stamp"])
async def test_a_soap_message_with_attachments_is_handed_out_and_proven(place: Place, others: int):
    async with a_time_authority() as authority, a_running_log(place, urls=(authority.url,)) as log:
        await log.append(a_soap_record("q-1", b"first", b"", b"third" * 1000))
        for number in range(others):
            await log.append(a_soap_record(f"other-{number}"))
        done = await download_containers(log, parse_container_query(ASIC + "&force"))
        assert done.status == 200
        with zipfile.ZipFile(io.BytesIO(await read_all(done.chunks))) as archive:
            assert archive.namelist() == ["q-1-request-1.asice"]
            container = archive.read("q-1-request-1.asice")
    proven = prove(container)
    assert (str(proven.kind), proven.sender, proven.query_id) == ("request", PARTY, "q-1")
    assert [(each.name, each.size) for each in proven.attachments] == [
        ("attachment1", 5),
        ("attachment2", 0),
        ("attachment3", 5000),
    ]
    with zipfile.ZipFile(io.BytesIO(container)) as entries:
        assert entries.read("message.xml") == SOAP.format(query_id="q-1").encode()
        assert entries.read("attachment3") == b"third" * 1000


async def test_an_attachment_that_was_not_kept_keeps_its_number_and_its_digest(place: Place):
    record = a_soap_record("q-1", b"first", b"second")
    message = read_soap_message(record.message)
    logged = decide_logged(message, record.bodies, policy=LoggingPolicy(max_body_bytes=5), at_provider=False)
    async with a_time_authority() as authority, a_running_log(place, urls=(authority.url,)) as log:
        await log.append(replace(record, bodies=logged.bodies))
        await log.append(replace(record, bodies=(replace(record.bodies[0], content=None), record.bodies[1])))
        await log.stamp()
        sizes = [[each.size for each in prove(await log.fetch_container(n)).attachments] for n in (1, 2)]
    assert sizes == [[5, None], [None, 6]]


async def test_metadata_alone_is_found_and_proves_nothing(place: Place):
    record = a_soap_record("q-1", b"first")
    message = read_soap_message(record.message)
    logged = decide_logged(message, record.bodies, policy=LoggingPolicy(body_logging=False), at_provider=False)
    async with a_time_authority() as authority, a_running_log(place, urls=(authority.url,)) as log:
        await log.append(replace(record, message=logged.message, bodies=logged.bodies))
        await log.stamp()
        (found,) = await log.find_records("q-1", party=PARTY)
        container = await log.fetch_container(found.id)
    kept = read_container(container)
    assert (b"Ann" in kept.message, dict(kept.attachments)) == (False, {})
    with pytest.raises(SignatureError):
        prove(container)
