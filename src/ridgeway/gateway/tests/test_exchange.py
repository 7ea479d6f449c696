"""A message through two gateways: what passes untouched, and what each failure leaves behind."""

import asyncio
from pathlib import Path

import pytest

from ridgeway.gateway.tests.pair import CLIENT, PERSONS, running_pair

ERROR = "X-Road-Error"


async def test_a_question_and_its_answer_are_signed_and_recorded_on_both_sides(tmp_path):
    async with running_pair(tmp_path) as pair:
        answer = await pair.ask()
        assert (answer.status, answer.body) == (200, b'{"name":"Adra"}'), answer
        for station in (pair.consumer, pair.provider):
            assert [record.is_response for record in station.messagelog.records] == [False, True]
        ours, theirs = (station.messagelog.records for station in (pair.consumer, pair.provider))
        assert [each.message for each in ours] == [each.message for each in theirs]


async def test_a_body_passes_both_ways_and_connections_are_used_again(tmp_path):
    async with running_pair(tmp_path) as pair:
        for size in (1, 100_000, 1_000_000):
            body = bytes(range(256)) * (size // 256 + 1)
            answer = await pair.ask("POST", body=body)
            assert answer.body == body
        assert len({id(call.connection) for call in pair.calls}) == 1


async def test_redirects_cookies_and_codings_are_left_alone(tmp_path):
    zipped = b"\x1f\x8b not really gzip"

    async def service(_request, response):
        fields = [("Location", "http://elsewhere.invalid/"), ("Set-Cookie", "a=b"), ("Set-Cookie", "c=d")]
        await response.send(302, "Found", [*fields, ("Content-Encoding", "gzip")], zipped)

    async with running_pair(tmp_path, service=service) as pair:
        for _ in range(2):
            answer = await pair.ask(headers=[("Accept-Encoding", "br"), ("Authorization", "Bearer t")])
            assert (answer.status, answer.body) == (302, zipped)
            assert answer.headers.get_all("Set-Cookie") == ("a=b", "c=d")
            assert answer.headers.get("Content-Encoding") == "gzip"
        assert len(pair.calls) == 2
        for call in pair.calls:
            assert call.headers.get("Cookie") == ""
            assert call.headers.get_all("Accept-Encoding") == ("br",)
            assert call.headers.get("Authorization") == "Bearer t"
            assert call.target == b"/api/7"


@pytest.mark.parametrize("status", [204, 304])
async def test_an_answer_without_a_body_stays_without(tmp_path, status):
    async def service(_request, response):
        await response.send(status, "", (), b"")

    async with running_pair(tmp_path, service=service) as pair:
        answer = await pair.ask()
        assert (answer.status, answer.body) == (status, b"")


async def test_the_head_of_a_resource_has_no_invented_length(tmp_path):
    async def service(_request, response):
        await response.send(200, "OK", (), b"12345")

    async with running_pair(tmp_path, service=service) as pair:
        answer = await pair.ask("HEAD")
        assert (answer.status, answer.body) == (200, b"")
        assert answer.headers.get("Content-Length") == ""


async def test_an_empty_answer_is_a_part_too(tmp_path):
    async def service(_request, response):
        await response.send(500, "Broken", (), b"")

    async with running_pair(tmp_path, service=service) as pair:
        answer = await pair.ask()
        assert (answer.status, answer.body) == (500, b"")
        assert answer.headers.get(ERROR) == ""
        assert len(pair.provider.messagelog.records[1].bodies) == 1


async def test_a_service_that_dies_in_its_body_ends_in_a_fault_and_nothing_is_delivered(tmp_path):
    async def service(_request, response):
        await response.start(200, "OK", ())
        await response.write(b"half")
        response.abort()

    async with running_pair(tmp_path, service=service) as pair:
        answer = await pair.ask()
        assert answer.status == 500
        assert answer.headers.get(ERROR) == "server.serverproxy.network_error"
        assert b"half" not in answer.body
        assert len(pair.consumer.messagelog.records) == len(pair.provider.messagelog.records) == 1


async def test_a_service_slower_than_its_limit_is_given_up(tmp_path):
    async def service(_request, _response):
        await asyncio.sleep(30)

    async with running_pair(tmp_path, service=service, timeout_seconds=1) as pair:
        answer = await pair.ask()
        assert answer.headers.get(ERROR).startswith("server.serverproxy.")


async def test_a_service_that_answers_before_it_took_the_body_has_answered(tmp_path):
    async def service(_request, response):
        await response.send(413, "Too Large", [("Connection", "close")], b"too large")

    async with running_pair(tmp_path, service=service) as pair:
        answer = await pair.ask("POST", body=bytes(5_000_000))
        assert (answer.status, answer.body) == (413, b"too large")


async def test_nothing_listens_behind(tmp_path):
    async with running_pair(tmp_path, url="http://127.0.0.1:1/") as pair:
        assert (await pair.ask()).headers.get(ERROR) == "server.serverproxy.network_error"


@pytest.mark.parametrize(
    ("side", "room", "prefix", "heard"),
    [
        ("consumer", 0, "server.clientproxy.", False),
        ("consumer", 1, "server.clientproxy.", True),
        ("provider", 0, "server.serverproxy.", False),
        ("provider", 1, "server.serverproxy.", True),
    ],
)
async def test_a_log_that_fails_stops_the_message(tmp_path, side, room, prefix, heard):
    async with running_pair(tmp_path) as pair:
        getattr(pair, side).messagelog.room = room
        answer = await pair.ask("POST", body=b"question")
        assert answer.headers.get(ERROR) == f"{prefix}logging_failed"
        assert b"question" not in answer.body
        assert bool(pair.calls) is heard


async def test_messages_that_wait_together_share_one_signature_and_each_is_proven(tmp_path):
    async with running_pair(tmp_path) as pair:
        key = pair.consumer.signer
        key.gate.clear()
        asked = [asyncio.create_task(pair.ask("POST", body=b"0"))]
        while not key.asked:
            await asyncio.sleep(0.01)
        asked += [asyncio.create_task(pair.ask("POST", body=b"%d" % number)) for number in range(1, 6)]
        (queue,) = pair.consumer.message_signer.queues.values()
        while len(queue.waiting) < 5:
            await asyncio.sleep(0.01)
        key.gate.set()
        answers = await asyncio.gather(*asked)
        assert [answer.body for answer in answers] == [b"%d" % number for number in range(6)]
        assert key.signed == 2


async def test_a_signer_that_fails_in_an_unknown_way_leaves_nobody_waiting(tmp_path):
    async with running_pair(tmp_path) as pair:
        pair.consumer.signer.fault = ValueError("secret inside")
        answer = await pair.ask()
        assert answer.headers.get(ERROR) == "server.clientproxy.internal_error"
        assert b"secret" not in answer.body
        pair.consumer.signer.fault = None
        assert (await pair.ask()).status == 200


async def test_a_client_that_leaves_does_not_hold_up_the_others(tmp_path):
    async with running_pair(tmp_path) as pair:
        key = pair.consumer.signer
        key.gate.clear()
        left, stayed = (asyncio.create_task(pair.ask()) for _ in range(2))
        queues = pair.consumer.message_signer.queues
        while not queues:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        left.cancel()
        await asyncio.gather(left, return_exceptions=True)
        key.gate.set()
        assert (await stayed).status == 200
        assert (await pair.ask()).status == 200


def count_files():
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_uploads_that_break_off_leave_no_task_and_no_file_open(tmp_path):
    async with running_pair(tmp_path) as pair:
        await pair.ask("POST", body=bytes(600_000))
        files = count_files()
        for number in range(12):
            asked = asyncio.create_task(pair.ask("POST", body=bytes(600_000)))
            await asyncio.sleep(0.004 * (number % 8))
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
        for _ in range(200):
            if len(asyncio.all_tasks()) == 1 and count_files() <= files + 4:
                break
            await asyncio.sleep(0.02)
        assert [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []
        assert count_files() <= files + 4
        assert (await pair.ask()).status == 200


async def test_a_refused_upload_ends_its_connection_and_the_next_request_passes(tmp_path):
    async with running_pair(tmp_path) as pair:
        for _ in range(3):
            refused = await pair.ask("POST", target="/r1/LAB/GOV/1002/none/persons", body=bytes(3_000_000))
            assert refused.headers.get(ERROR) == "server.clientproxy.unknown_member"
            assert refused.headers.get("Connection") == "close"
            assert (await pair.ask("POST", body=b"x")).status == 200


@pytest.mark.parametrize("target", ["/verificationconf", "/asic?queryId=x"])
async def test_downloads_that_fail_say_so_in_words_with_a_mark(tmp_path, target):
    async with running_pair(tmp_path) as pair:
        answer = await pair.ask(target=target)
        assert (answer.status, answer.headers.get("Content-Type")) == (500, "text/plain; charset=UTF-8")
        assert b"its log has it under" in answer.body


@pytest.mark.parametrize(
    ("headers", "target", "code"),
    [
        ([("X-Road-Client", "")], PERSONS, "server.clientproxy.invalid_client_identifier"),
        ([("X-Road-Client", "LAB/GOV/1002/register")], PERSONS, "server.clientproxy.unknown_member"),
        ([], "/r1/LAB/GOV", "server.clientproxy."),
        ([], "/r1/LAB/GOV/1002/register/per%00sons", "server."),
        ([("X-Odd", "\xff\xfe")], PERSONS, ""),
    ],
)
async def test_an_odd_request_is_refused_in_words(tmp_path, headers, target, code):
    async with running_pair(tmp_path) as pair:
        answer = await pair.ask(target=target, headers=headers)
        assert (answer.headers.get(ERROR) or "").startswith(code)
        assert CLIENT[0] not in dict(answer.headers) or answer.status < 400 or code
