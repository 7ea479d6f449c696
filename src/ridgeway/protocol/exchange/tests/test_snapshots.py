"""The server snapshot survives its file, and nothing but a snapshot is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import TrustError
from ridgeway.protocol.exchange.snapshots import read_server_snapshot, write_server_snapshot
from ridgeway.protocol.exchange.values import (
    AccessRight,
    ConnectionType,
    LocalClient,
    LocalService,
    ServerSnapshot,
    ServiceType,
)
from ridgeway.protocol.identifiers import GlobalGroupId, LocalGroupId, MemberId, ServerId, SubsystemId

codes = st.text("abcXYZ 09-.'()%é", min_size=1, max_size=8)
members = st.builds(MemberId, codes, codes, codes)
subsystems = st.builds(SubsystemId, codes, codes, codes, codes)
clients = members | subsystems
subjects = clients | st.builds(GlobalGroupId, codes, codes) | st.builds(LocalGroupId, codes)
services = st.builds(
    LocalService,
    code=codes,
    url=st.text(max_size=20),
    type=st.sampled_from(ServiceType),
    timeout_seconds=st.integers(0, 1000),
    verify_tls=st.booleans(),
    version=st.none() | codes,
    disabled_notice=st.none() | st.text(max_size=9),
    description_url=st.text(max_size=9),
)
local_clients = st.builds(
    LocalClient,
    id=clients,
    connection=st.sampled_from(ConnectionType),
    tls_certificates=st.lists(st.binary(max_size=9), max_size=2).map(tuple),
    services=st.lists(services, max_size=2).map(lambda found: {each.full_code: each for each in found}),
    rights=st.lists(st.builds(AccessRight, subjects, codes, codes, codes), max_size=2).map(tuple),
    local_groups=st.dictionaries(codes, st.frozensets(clients, max_size=2), max_size=2),
    name=st.text(max_size=9),
)
snapshots = st.builds(
    ServerSnapshot,
    version=st.integers(0, 1000),
    server=st.builds(ServerId, codes, codes, codes, codes),
    clients=st.lists(local_clients, max_size=2).map(lambda found: {each.id: each for each in found}),
    timestamping_urls=st.lists(st.text(max_size=9), max_size=2).map(tuple),
)


@given(snapshots)
def test_a_snapshot_is_read_as_it_was_written(snapshot):
    assert read_server_snapshot(write_server_snapshot(snapshot)) == snapshot


@given(st.binary(max_size=100))
def test_garbage_is_no_snapshot(data):
    with pytest.raises(TrustError):
        read_server_snapshot(data)


def test_a_group_cannot_be_a_client():
    data = write_server_snapshot(ServerSnapshot(1, ServerId("NM", "GOV", "1", "s")))
    with pytest.raises(TrustError, match="a security server is expected"):
        read_server_snapshot(data.replace(b"SERVER:NM/GOV/1/s", b"MEMBER:NM/GOV/1"))
