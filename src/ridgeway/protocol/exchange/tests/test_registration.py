"""Only a client that the configuration has here, and that is not about to leave, exchanges."""

import re
from dataclasses import replace

import pytest

from ridgeway.errors import AccessError
from ridgeway.protocol.exchange.admission import require_registered
from ridgeway.protocol.exchange.registration import RegistrationState, settle_state
from ridgeway.protocol.exchange.snapshots import read_server_snapshot, write_server_snapshot
from ridgeway.protocol.exchange.tests.cast import CONSUMER, DESK, World
from ridgeway.protocol.exchange.values import LocalClient, ServerSnapshot
from ridgeway.protocol.identifiers import SubsystemId

S = RegistrationState
TABLE = [
    (S.SAVED, S.REGISTERED, S.SAVED),
    (S.REGISTERING, S.REGISTERED, S.REGISTERING),
    (S.REGISTERED, S.REGISTERED, S.GLOBAL_ERROR),
    (S.GLOBAL_ERROR, S.REGISTERED, S.GLOBAL_ERROR),
    (S.DELETING, S.DELETING, S.SAVED),
    (S.DISABLING, S.DISABLING, S.DISABLED),
    (S.DISABLED, S.REGISTERED, S.DISABLED),
    (S.ENABLING, S.REGISTERED, S.ENABLING),
]
WORLD = World()


def snapshot(state: RegistrationState, client: SubsystemId = DESK) -> ServerSnapshot:
    return ServerSnapshot(1, CONSUMER, {client: LocalClient(client, state=state)})


@pytest.mark.parametrize(("kept", "there", "absent"), TABLE)
def test_the_configuration_decides_and_its_silence_means_what_was_asked(kept, there, absent):
    assert settle_state(kept, is_in_configuration=True) is there
    assert settle_state(kept, is_in_configuration=False) is absent
    assert {row[0] for row in TABLE} == set(RegistrationState)


@pytest.mark.parametrize("state", RegistrationState)
def test_a_client_that_leaves_stops_at_once_and_any_other_is_what_the_configuration_says(state):
    if state in {S.DELETING, S.DISABLING}:
        with pytest.raises(AccessError, match=rf"unknown_member.*{state}"):
            require_registered(DESK, server=snapshot(state), trust=WORLD.trust)
    else:
        require_registered(DESK, server=snapshot(state), trust=WORLD.trust)


def test_a_client_that_is_only_written_down_here_does_not_exchange():
    stranger = replace(DESK, subsystem_code="stranger")
    with pytest.raises(AccessError, match=r"unknown_member.*saved"):
        require_registered(stranger, server=snapshot(S.SAVED, stranger), trust=WORLD.trust)
    unknown = replace(CONSUMER, server_code="nowhere")
    with pytest.raises(AccessError, match="unknown_member"):
        require_registered(DESK, server=replace(snapshot(S.REGISTERED), server=unknown), trust=WORLD.trust)


def test_the_owner_of_a_server_that_is_registered_is_registered():
    require_registered(CONSUMER.owner, server=ServerSnapshot(1, CONSUMER), trust=WORLD.trust)


def test_the_state_travels_with_the_snapshot_and_older_files_have_none():
    written = write_server_snapshot(snapshot(S.DISABLING))
    assert read_server_snapshot(written) == snapshot(S.DISABLING)
    older = re.sub(rb',\s*"state": "disabling in progress"', b"", written)
    assert b"state" not in older
    assert read_server_snapshot(older) == snapshot(S.SAVED)
