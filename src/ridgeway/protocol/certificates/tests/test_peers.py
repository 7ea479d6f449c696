"""Security servers: the certificate at the other end speaks for exactly the clients registered there."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.errors import CertificateError, TrustError
from ridgeway.protocol.certificates import VerdictCache, find_server_by_certificate, verify_peer_chain
from ridgeway.protocol.certificates.snapshot import InstanceTrust, ServerEntry, TrustSnapshot
from ridgeway.protocol.certificates.tests.cast import (
    AUTH,
    AUTHENTICATION,
    CLIENT,
    MEMBER,
    NOW,
    RESPONDER,
    ROOT,
    SERVER,
    SIGNER,
    TRUST,
    Wanted,
    answer,
    issue,
    service_of,
)
from ridgeway.protocol.identifiers import MemberId, SubsystemId

PROOF = answer(AUTH.certificate, ROOT.certificate, RESPONDER)
SSL = "ssl_authentication_failed"


def verify(chain=(AUTH.der,), *, client=CLIENT, proofs=(PROOF,), trust=TRUST, verdicts=None, instance="LAB"):
    return verify_peer_chain(
        chain, instance=instance, trust=trust, ocsp_responses=proofs, at=NOW, client=client, verdicts=verdicts
    )


def refusal(*args, **context):
    with pytest.raises(CertificateError) as refused:
        verify(*args, **context)
    return refused.value


@pytest.mark.parametrize("client", [CLIENT, MEMBER], ids=["registered", "owner"])
def test_a_registered_server_speaks_for_its_clients_and_its_owner(client):
    peer = verify(client=client)
    assert (peer.server.id, peer.chain.leaf) == (SERVER, AUTH.certificate)


def test_a_server_is_known_by_sha1_where_the_configuration_lists_that():
    listed = replace(TRUST.own.servers[SERVER], auth_certificate_hashes=frozenset({AUTH.certificate.sha1}))
    old = replace(TRUST.own, version=2, servers={SERVER: listed})
    assert verify(trust=replace(TRUST, instances={"LAB": old})).server == listed


@pytest.mark.parametrize(
    "client",
    [
        SubsystemId("LAB", "GOV", "1001", "other"),
        SubsystemId("LAB", "GOV", "2002", "desk"),
        MemberId("LAB", "GOV", "2002"),
        SubsystemId("XX", "GOV", "1001", "desk"),
    ],
    ids=str,
)
def test_a_server_speaks_for_nobody_else(client):
    error = refusal(client=client)
    assert error.code == SSL
    assert f"{SERVER}, which does not serve it" in error.detail


def test_a_certificate_that_no_server_is_registered_with_is_refused():
    other = issue(Wanted("Auth", usage=AUTHENTICATION), ROOT)
    error = refusal((other.der,), proofs=(answer(other.certificate, ROOT.certificate, RESPONDER),))
    assert (error.code, "no registered security server" in error.detail) == (SSL, True)


def test_a_signing_certificate_does_not_authenticate():
    assert refusal((SIGNER.der,)).code == SSL


@pytest.mark.parametrize(("chain", "proofs"), [((), (PROOF,)), ((AUTH.der,), ())], ids=["certificate", "answer"])
def test_nothing_sent_is_nothing_proven(chain, proofs):
    assert refusal(chain, proofs=proofs).code == SSL


def test_what_is_wrong_with_the_path_is_said_under_the_code_of_the_connection():
    stranger = issue(Wanted("Stranger", usage=AUTHENTICATION))
    assert refusal((stranger.der,)).code == f"{SSL}.cannot_create_cert_path"
    assert refusal(proofs=(b"",)).code == f"{SSL}.invalid_cert_path.cert_validation"
    assert refusal((b"garbage",)).code == f"{SSL}.incorrect_certificate"


def test_a_client_of_an_unknown_instance_is_a_matter_of_configuration():
    with pytest.raises(TrustError):
        verify(instance="XX")


def test_a_verdict_for_one_client_is_none_for_another_that_is_printed_the_same():
    slashed, plain = SubsystemId("LAB", "GOV", "1/x", "y"), SubsystemId("LAB", "GOV", "1", "x/y")
    assert str(slashed) == str(plain)
    entry = ServerEntry(SERVER, "ss1", frozenset({AUTH.certificate.sha256}), frozenset({slashed}))
    instance = InstanceTrust("LAB", 6, None, certification_services=(service_of(ROOT),), servers={SERVER: entry})
    trust = TrustSnapshot("LAB", {"LAB": instance})
    verdicts = VerdictCache()
    peer = verify(client=slashed, trust=trust, verdicts=verdicts)
    assert verify(client=slashed, trust=trust, verdicts=verdicts) is peer
    assert refusal(client=plain, trust=trust, verdicts=verdicts).code == SSL


def test_a_verdict_for_one_chain_is_none_for_the_same_octets_cut_otherwise():
    verdicts = VerdictCache()
    verify((AUTH.der,), proofs=(b"", PROOF), verdicts=verdicts)
    assert refusal((AUTH.der, b""), proofs=(PROOF,), verdicts=verdicts).code == f"{SSL}.incorrect_certificate"


def test_a_cache_keeps_no_more_verdicts_than_it_may():
    verdicts = VerdictCache(max_verdicts=2)
    for count in range(4):
        verify(proofs=(PROOF, *[b"x"] * count), verdicts=verdicts)
    assert len(verdicts.verdicts) == 2


def test_a_server_is_found_by_its_certificate():
    assert find_server_by_certificate(AUTH.der, trust=TRUST) == TRUST.own.servers[SERVER]
    assert find_server_by_certificate(SIGNER.der, trust=TRUST) is None
    assert find_server_by_certificate(b"garbage", trust=TRUST) is None


@settings(deadline=None)
@given(
    st.lists(st.binary(max_size=100) | st.just(AUTH.der) | st.just(PROOF), max_size=4), st.lists(st.binary(max_size=60))
)
def test_garbage_proves_nobody(chain, proofs):
    assert refusal(chain, proofs=proofs).code.startswith(SSL)
