"""A request finds its way: the door of this very server, and an answer that is one."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ridgeway.errors import NetworkError, PeerError, SettingsError
from ridgeway.gateway.internaltls import open_internal_identity
from ridgeway.http import Headers, Origin, Response
from ridgeway.protocol.certificates.snapshot import ManagementService
from ridgeway.protocol.management import Parts
from ridgeway.securityserver.joining.sending import (
    BOUNDARY_CHARACTERS,
    find_door,
    new_boundary,
    reach,
    require_answer,
    send_to_central,
)
from ridgeway.settings import GatewaySettings, Settings

WHERE = Origin("central.example", 4001)


def settings(folder: Path, **gateway) -> Settings:
    return replace(Settings(state_dir=folder), gateway=replace(GatewaySettings(), **gateway))


def test_the_door_is_the_one_over_https_with_the_gateways_internal_identity(tmp_path):
    chosen = settings(tmp_path, consumer_tls_port=8443, host="0.0.0.0")
    identity = open_internal_identity(chosen.path(chosen.gateway.internal_tls_dir), now=datetime.now(UTC))
    door = find_door(chosen)
    assert (door.host, door.port) == ("127.0.0.1", 8443)
    assert door.tls is not None
    assert door.tls.pinned == door.tls.certificate_chain == (identity.certificate,)


def test_without_https_the_plain_door_will_do_and_without_any_none(tmp_path):
    assert find_door(settings(tmp_path, consumer_port=8080, host="127.0.11.14")) == Origin("127.0.11.14", 8080)
    with pytest.raises(SettingsError, match="no_consumer_door"):
        find_door(settings(tmp_path, consumer_port=0))


def test_an_identity_that_is_not_there_or_broken_is_named(tmp_path):
    chosen = settings(tmp_path, consumer_tls_port=8443)
    with pytest.raises(SettingsError, match="internal_tls"):
        find_door(chosen)
    folder = chosen.path(chosen.gateway.internal_tls_dir)
    folder.mkdir()
    (folder / "internal.pem").write_bytes(b"garbage")
    with pytest.raises(SettingsError, match="internal_tls"):
        find_door(chosen)


@pytest.mark.parametrize(
    ("host", "where"),
    [("::", "::1"), ("0.0.0.0", "127.0.0.1"), ("10.0.0.1", "10.0.0.1"), ("gateway.example", "gateway.example")],
)
def test_a_door_that_listens_everywhere_is_reached_here(host, where):
    assert reach(host) == where


@pytest.mark.parametrize(
    "management",
    [
        ManagementService(),
        ManagementService("https://central.example:4001/managementservice/"),
        ManagementService("http://central.example:4001/managementservice/", b"a certificate"),
    ],
)
async def test_nothing_is_sent_to_a_central_server_that_the_configuration_does_not_pin(management):
    with pytest.raises(SettingsError, match="no_management_service"):
        await send_to_central(Parts(b"<soap/>"), management)


def test_what_is_no_answer_is_told_with_when_to_come_again():
    for wait, seconds in (("7", 7), ("tomorrow", 60), ("", 60)):
        with pytest.raises(NetworkError) as raised:
            require_answer(Response(429, "Too Many", Headers([("Retry-After", wait)]), b""), WHERE)
        assert raised.value.retry_after_seconds == seconds
    with pytest.raises(PeerError, match="http_error"):
        require_answer(Response(404, "Not Found", Headers([]), b""), WHERE)
    for status in (200, 500):
        require_answer(Response(status, "", Headers([]), b""), WHERE)


def test_boundaries_are_drawn():
    drawn = {new_boundary() for _ in range(50)}
    assert len(drawn) == 50
    assert {len(each) for each in drawn} == {BOUNDARY_CHARACTERS}
