"""The trust snapshot answers by client and by certificate as it would by looking through every server."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.errors import TrustError
from ridgeway.protocol.certificates.snapshot import InstanceTrust, ServerEntry, TrustSnapshot
from ridgeway.protocol.certificates.tests.cast import CLIENT, DAY, NOW, SERVER, TRUST
from ridgeway.protocol.identifiers import ClientId, MemberId, ServerId, SubsystemId

MEMBERS = [MemberId("LAB", "GOV", code) for code in "123"]
CLIENTS: list[ClientId] = [
    *MEMBERS,
    *(
        SubsystemId(member.instance, member.member_class, member.member_code, code)
        for member in MEMBERS
        for code in "ab"
    ),
]


def entries():
    """Any few servers."""
    ids = st.sampled_from([ServerId("LAB", "GOV", member.member_code, code) for member in MEMBERS for code in "xy"])
    digests = st.frozensets(st.sampled_from([b"1" * 32, b"2" * 32, b"3" * 20]))
    entry = st.builds(ServerEntry, ids, st.just("host"), digests, st.frozensets(st.sampled_from(CLIENTS)))
    return st.lists(entry, max_size=5).map(lambda found: {each.id: each for each in found})


@settings(deadline=None)
@given(entries())
def test_servers_are_found_by_client_in_the_order_of_the_configuration(servers):
    instance = InstanceTrust("LAB", 6, None, servers=servers)
    trust = TrustSnapshot("LAB", {"LAB": instance})
    for client in CLIENTS:
        assert trust.servers_of(client) == tuple(each for each in servers.values() if each.serves(client))
    for digest, server in instance.servers_by_hash.items():
        assert server == next(each for each in servers.values() if digest in each.auth_certificate_hashes)


def test_a_changed_instance_has_its_own_ways_to_find():
    empty = replace(TRUST.own, servers={})
    assert TrustSnapshot("LAB", {"LAB": empty}).servers_of(CLIENT) == ()
    assert TRUST.servers_of(CLIENT) == (TRUST.own.servers[SERVER],)
    assert TRUST.servers_of(SubsystemId("XX", "GOV", "1", "a")) == ()
    assert replace(empty, servers=TRUST.own.servers) == TRUST.own


def test_live_exchange_stops_when_the_configuration_expires():
    TRUST.require_current(NOW)
    with pytest.raises(TrustError) as refused:
        TRUST.require_current(NOW + DAY)
    assert refused.value.code == "global_conf_outdated"
