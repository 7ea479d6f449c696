"""What is kept of messages: everything, digests, or metadata alone, by the provider's and the consumer's own rule."""

import pytest

from ridgeway.errors import SettingsError
from ridgeway.gateway.station import logging_policy
from ridgeway.gateway.tests.pair import running_pair
from ridgeway.protocol.exchange.logged import LoggingPolicy
from ridgeway.protocol.exchange.tests.cast import REGISTER
from ridgeway.settings import MessageLogSettings


async def exchange(folder, *, consumer=None, provider=None):
    """The records of both sides after one question with a body, and the answer."""
    folder.mkdir(exist_ok=True)
    async with running_pair(folder) as pair:
        pair.consumer.logging = consumer or LoggingPolicy()
        pair.provider.logging = provider or LoggingPolicy()
        answer = await pair.ask("POST", body=b"who is it?")
        return pair.consumer.messagelog.records, pair.provider.messagelog.records, answer


async def test_without_a_rule_everything_is_kept(tmp_path):
    asked, served, answer = await exchange(tmp_path)
    assert answer.status == 200
    assert [record.bodies[0].content for record in (*asked, *served)] == [b"who is it?"] * 4
    assert b"/persons/7" in asked[0].message


async def test_each_side_keeps_metadata_alone_where_its_own_rule_says_so(tmp_path):
    asked, served, answer = await exchange(tmp_path, provider=LoggingPolicy(local_exceptions=frozenset({REGISTER})))
    assert answer.status == 200
    assert all(record.bodies for record in asked)
    assert not any(record.bodies for record in served)
    assert [record.is_whole for record in (*asked, *served)] == [True, True, False, False]
    assert b"/persons/7" not in served[0].message
    assert b"X-Road-Client" in served[0].message
    assert served[0].signature == asked[0].signature

    quiet = LoggingPolicy(body_logging=False)
    asked, served, answer = await exchange(tmp_path / "other", consumer=quiet)
    assert answer.status == 200
    assert not any(record.bodies for record in asked)
    assert all(record.bodies for record in served)


async def test_a_body_that_is_too_long_to_be_kept_stops_the_message_where_that_is_the_rule(tmp_path):
    strict = LoggingPolicy(max_body_bytes=5, truncated_body_allowed=False)
    asked, served, answer = await exchange(tmp_path, provider=strict)
    assert answer.headers.get("X-Road-Error") == "server.serverproxy.logging_failed"
    assert (len(asked), served) == (1, [])


def test_the_rule_comes_from_the_settings_and_a_bad_client_is_named():
    text = "RW/GOV/1/a, RW/GOV/2"
    policy = logging_policy(MessageLogSettings(body_logging=False, body_logging_remote_exceptions=text))
    assert {str(each) for each in policy.remote_exceptions} == {"SUBSYSTEM:RW/GOV/1/a", "MEMBER:RW/GOV/2"}
    with pytest.raises(SettingsError, match="body_logging_local_exceptions"):
        logging_policy(MessageLogSettings(body_logging_local_exceptions="nobody"))
