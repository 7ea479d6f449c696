"""The health-check door says whether messages can be carried, and why not."""

from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from ridgeway.errors import NetworkError, TokenError
from ridgeway.gateway.doors.health import HealthDoor
from ridgeway.gateway.tests.pair import running_pair
from ridgeway.http import Origin, Pool, fetch, serve


class Clock:
    def __init__(self):
        self.now = datetime.now(UTC)

    def __call__(self):
        return self.now

    def move(self, seconds):
        self.now += timedelta(seconds=seconds)


class Ping:
    """A log that answers until it is told not to; counts how often it was asked."""

    def __init__(self):
        self.fault = None
        self.asked = 0

    async def __call__(self):
        self.asked += 1
        if self.fault is not None:
            raise self.fault


class Keys:
    fault: Exception | None = None

    async def list_keys(self):
        if self.fault is not None:
            raise self.fault
        return ()


def ready(pair):
    """The provider's station, with a signer and a log that answer."""
    station = pair.provider
    station.signer, station.ping_log = Keys(), Ping()
    return station, HealthDoor(station, clock=Clock())


async def ask(door, method="GET", target="/any/path"):
    async with serve(door.handle, host="127.0.0.1", port=0) as server, Pool() as pool:
        origin = Origin("127.0.0.1", server.port)
        answer = await fetch(pool, method, (origin, target), [], None, max_bytes=10_000)
    return answer.status, answer.body.decode()


async def test_a_server_that_can_carry_messages_answers_with_nothing(tmp_path):
    async with running_pair(tmp_path) as pair:
        _, door = ready(pair)
        assert await ask(door) == (200, "")
        assert (await ask(door, "POST"))[0] == 405


async def test_what_is_missing_is_named(tmp_path):
    async with running_pair(tmp_path) as pair:
        station, door = ready(pair)
        station.ping_log.fault = NetworkError("network_error", "Nobody answers.")
        station.keeper.ocsp_responses = MappingProxyType({})
        status, text = await ask(door)
        assert status == 500
        assert "authentication key: ssl_authentication_failed" in text
        assert "message log: network_error: Nobody answers." in text
        station.signer.fault = TokenError("token_not_active", "The token is locked.")
        station.server = None
        door.clock.move(3)
        text = (await ask(door))[1]
        assert "configuration: malformed_server_conf" in text
        assert "signer: token_not_active" in text


async def test_a_configuration_and_a_revocation_answer_that_are_too_old_are_faults(tmp_path):
    async with running_pair(tmp_path) as pair:
        _, door = ready(pair)
        door.clock.move(30 * 86_400)
        status, text = await ask(door)
        assert status == 500
        assert "configuration: global_conf_outdated" in text
        assert "authentication key: invalid_cert_path" in text or "authentication key: cannot_create" in text


async def test_what_was_found_is_told_for_a_few_seconds(tmp_path):
    async with running_pair(tmp_path) as pair:
        station, door = ready(pair)
        for _ in range(3):
            await ask(door)
        assert station.ping_log.asked == 1
        door.clock.move(3)
        await ask(door)
        assert station.ping_log.asked == 2


async def test_in_maintenance_the_operators_notice_is_told(tmp_path):
    async with running_pair(tmp_path) as pair:
        station, door = ready(pair)
        file = station.settings.path(station.settings.gateway.maintenance_file)
        file.parent.mkdir(parents=True)
        file.write_text("Back at noon.\n")
        assert await ask(door) == (503, "The security server is in maintenance mode. Back at noon.\n")
        file.unlink()
        assert (await ask(door))[0] == 200
