import hashlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from ridgeway.errors import TrustError
from ridgeway.protocol.certificates.snapshot import ManagementService
from ridgeway.protocol.globalconf import (
    Anchor,
    AnchorSource,
    anchor_hash,
    read_anchor,
    read_fetch_interval,
    read_monitoring,
    read_next_update,
    read_private_parameters,
    read_shared_parameters,
    write_anchor,
    write_fetch_interval,
    write_monitoring,
    write_next_update,
    write_private_parameters,
    write_shared_parameters,
)
from ridgeway.protocol.globalconf.tests.cast import (
    NOW,
    OWNER,
    REGISTRY,
    SERVER,
    SHOP,
    an_instance,
    private_parameters,
    sha256_only,
)
from ridgeway.protocol.identifiers import MemberId

ANCHOR = Anchor("EAST", (AnchorSource("http://east/externalconf", (b"one", b"two")),), NOW)
SHARED = write_shared_parameters(an_instance(), 6)
PRIVATE = write_private_parameters(private_parameters(federation_anchors=(ANCHOR,)))


def names_of(data: bytes) -> set[str]:
    return {str(element.tag) for element in etree.fromstring(data).iter(tag=etree.Element)}


def test_version_6_says_everything_and_reads_back_the_same():
    trust = an_instance()
    assert read_shared_parameters(write_shared_parameters(trust, 6), 6) == sha256_only(trust)


def test_the_same_value_gives_the_same_bytes():
    assert write_shared_parameters(an_instance(), 6) == write_shared_parameters(an_instance(), 6)


@pytest.mark.parametrize(
    ("version", "added"),
    [
        (
            3,
            {
                "source",
                "address",
                "internalVerificationCert",
                "externalVerificationCert",
                "acmeServer",
                "directoryURL",
                "ipAddress",
            },
        ),
        (4, {"authenticationCertificateProfileId", "signingCertificateProfileId"}),
        (5, {"subsystemName", "inMaintenanceMode", "message"}),
        (6, {"costType", "defaultCsrFormat"}),
    ],
)
def test_each_version_adds_what_its_schema_adds(version, added):
    before, after = (names_of(write_shared_parameters(an_instance(), each)) for each in (version - 1, version))
    assert after - before == added - before
    assert before <= after


def test_version_2_has_the_hashes_of_sha_1_and_all_others_those_of_sha_256():
    certificates = {"ss1": [b"auth 1"], "ss2": [b"auth 2", b"auth 3"]}
    for version, digest in ((2, hashlib.sha1), (3, hashlib.sha256), (6, hashlib.sha256)):
        trust = read_shared_parameters(write_shared_parameters(an_instance(), version), version)
        found = {server.server_code: entry.auth_certificate_hashes for server, entry in trust.servers.items()}
        assert found == {code: frozenset(digest(each).digest() for each in ders) for code, ders in certificates.items()}


@pytest.mark.parametrize(("version", "clients"), [(2, set()), (4, set()), (5, {REGISTRY, SHOP})])
def test_a_server_in_maintenance_serves_no_subsystem_where_the_reader_does_not_know_maintenance(version, clients):
    trust = read_shared_parameters(write_shared_parameters(an_instance(), version), version)
    assert trust.servers[SERVER].clients == clients
    assert trust.servers[SERVER].maintenance == (None if version < 5 else "back at ten")


def test_the_root_is_qualified_its_children_are_not_and_ids_count_from_nought():
    root = etree.fromstring(SHARED)
    assert root.tag == "{http://x-road.eu/xsd/xroad.xsd}conf"
    assert {child.tag for child in root} == {
        "instanceIdentifier",
        "source",
        "approvedCA",
        "approvedTSA",
        "member",
        "securityServer",
        "globalGroup",
        "globalSettings",
    }
    assert [element.get("id") for element in root.iter("member", "subsystem")] == ["id0", "id1", "id2", "id3", "id4"]


def test_a_server_whose_client_is_nobody_is_not_written():
    trust = an_instance()
    stranger = MemberId("LAB", "GOV", "9")
    servers = {SERVER: replace(trust.servers[SERVER], clients=frozenset({stranger}))}
    with pytest.raises(TrustError, match="not among the members"):
        write_shared_parameters(replace(trust, servers=servers), 6)


def test_an_instance_without_source_is_written_for_version_2_alone():
    trust = replace(an_instance(), sources=())
    assert b"<source>" not in write_shared_parameters(trust, 2)
    with pytest.raises(TrustError, match="no source"):
        write_shared_parameters(trust, 3)


def test_an_entry_of_a_group_that_names_no_client_grants_nothing():
    odd = SHARED.replace(b'objectType="SUBSYSTEM"', b'objectType="MEMBER"', 1)
    group = next(iter(read_shared_parameters(odd, 6).groups.values()))
    assert len(group) == 2
    assert OWNER in group


@pytest.mark.parametrize(
    ("found", "instead"),
    [
        (b"<owner>id0</owner>", b"<owner>id9</owner>"),
        (b"<owner>id0</owner>", b"<owner>id1</owner>"),
        (b'id="id1"', b'id="id0"'),
        (b"<ocspFreshnessSeconds>1800<", b"<ocspFreshnessSeconds>-1<"),
        (b"<ocspFreshnessSeconds>1800<", b"<ocspFreshnessSeconds>many<"),
        (b"<authenticationOnly>true<", b"<authenticationOnly>perhaps<"),
        (b"<instanceIdentifier>LAB</instanceIdentifier>", b""),
        (b"<serverCode>ss2<", b"<serverCode><"),
        (b"xroad.xsd", b"other.xsd"),
        (b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>", b'<!DOCTYPE a [<!ENTITY b "c">]>'),
    ],
)
def test_what_does_not_fit_is_malformed(found, instead):
    assert found in SHARED
    with pytest.raises(TrustError, match="malformed_global_conf"):
        read_shared_parameters(SHARED.replace(found, instead), 6)


def test_an_entity_is_never_expanded():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + SHARED.partition(b"?>")[
        2
    ].strip().replace(b"Ministry", b"&b;")
    with pytest.raises(TrustError, match="malformed_global_conf"):
        read_shared_parameters(bomb, 6)


@pytest.mark.parametrize("version", [0, 1, 7])
def test_a_version_that_is_unknown_is_neither_read_nor_written(version):
    with pytest.raises(TrustError):
        read_shared_parameters(SHARED, version)
    with pytest.raises(TrustError):
        write_shared_parameters(an_instance(), version)


def test_a_control_character_cannot_be_written():
    trust = an_instance()
    members = {key: replace(entry, name="bell \a") for key, entry in trust.members.items()}
    with pytest.raises(TrustError, match="cannot hold"):
        write_shared_parameters(replace(trust, members=members), 6)


def test_private_parameters_read_back_the_same():
    private = private_parameters(federation_anchors=(ANCHOR,), timestamping_interval_seconds=33)
    assert read_private_parameters(write_private_parameters(private)) == private


def test_private_parameters_need_a_provider_of_the_management_services():
    with pytest.raises(TrustError, match="management services"):
        write_private_parameters(private_parameters(management=ManagementService()))


def test_an_anchor_reads_back_the_same_and_its_hash_is_over_its_bytes():
    data = write_anchor(ANCHOR)
    assert read_anchor(data) == ANCHOR
    assert anchor_hash(data) == ":".join(f"{byte:02X}" for byte in hashlib.sha224(data).digest())


@pytest.mark.parametrize("client", [None, OWNER, SHOP])
def test_who_may_monitor_reads_back_the_same(client):
    assert read_monitoring(write_monitoring(client)) == client


@pytest.mark.parametrize("verify", [True, False])
def test_the_rule_of_next_updates_reads_back_the_same(verify):
    assert read_next_update(write_next_update(verify)) is verify


def test_the_fetch_interval_reads_back_the_same_and_is_positive():
    assert read_fetch_interval(write_fetch_interval(500)) == 500
    with pytest.raises(TrustError):
        read_fetch_interval(write_fetch_interval(0))


READERS = [
    (lambda data: read_shared_parameters(data, 6), SHARED),
    (read_private_parameters, PRIVATE),
    (read_anchor, write_anchor(ANCHOR)),
    (read_monitoring, write_monitoring(SHOP)),
    (read_next_update, write_next_update(True)),
    (read_fetch_interval, write_fetch_interval(5)),
]


@pytest.mark.parametrize(("read", "document"), READERS)
def test_a_document_cut_anywhere_is_refused(read, document):
    for end in range(0, len(document.rstrip()), 7):
        with pytest.raises(TrustError):
            read(document[:end])


@settings(max_examples=50)
@given(st.data())
def test_a_document_with_bytes_changed_is_read_or_refused(data):
    read, document = data.draw(st.sampled_from(READERS))
    changed = bytearray(document)
    for position in data.draw(st.lists(st.integers(0, len(document) - 1), max_size=4)):
        changed[position] = data.draw(st.integers(0, 255))
    try:
        read(bytes(changed))
    except TrustError:
        return


@given(st.binary(max_size=200), st.sampled_from(READERS))
def test_garbage_is_refused(garbage, reader):
    with pytest.raises(TrustError):
        reader[0](garbage)
