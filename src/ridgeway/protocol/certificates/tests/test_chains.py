"""Paths: who issued it, whether it was good then, and which certificates must prove it."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.errors import CertificateError, TrustError
from ridgeway.protocol.certificates import VerdictCache, read_certificate, verify_chain
from ridgeway.protocol.certificates.chains import MAX_EXTRA
from ridgeway.protocol.certificates.snapshot import Authority
from ridgeway.protocol.certificates.tests.cast import (
    AUTH,
    AUTHENTICATION,
    DAY,
    ISSUING,
    NOW,
    RESPONDER,
    ROOT,
    SIGNER,
    TRUST,
    Answered,
    Wanted,
    answer,
    issue,
    make_authority,
    service_of,
    trust_of,
)

INTERMEDIATE = make_authority("Intermediate", ROOT)
BELOW = issue(Wanted("Below", usage=AUTHENTICATION), INTERMEDIATE)
BOTH = trust_of(service_of(ROOT, INTERMEDIATE))


def answers(*pairs, says=None):
    return tuple(answer(subject.certificate, issuer.certificate, RESPONDER, says) for subject, issuer in pairs)


def verify(leaf, *extra, trust=TRUST, proofs=None, at=NOW, usage="signing", verdicts=None, issuer=ROOT):
    return verify_chain(
        leaf.certificate,
        [each.certificate for each in extra],
        trust=trust,
        instance="LAB",
        ocsp_responses=answers((leaf, issuer)) if proofs is None else proofs,
        at=at,
        usage=usage,
        verdicts=verdicts,
    )


def code_of(*args, **context):
    with pytest.raises(CertificateError) as refused:
        verify(*args, **context)
    return refused.value.code


def test_a_leaf_of_an_approved_authority_is_proven_with_its_revocation_answer():
    chain = verify(SIGNER)
    assert (chain.leaf, chain.path, chain.anchor) == (SIGNER.certificate, (SIGNER.certificate,), ROOT.certificate)
    assert chain.service == TRUST.own.certification_services[0]
    assert chain.good_until == chain.ocsp[0].good_until


def test_without_a_revocation_answer_nothing_is_proven():
    assert code_of(SIGNER, proofs=()) == "invalid_cert_path.cert_validation"
    assert code_of(SIGNER, proofs=answers((AUTH, ROOT))) == "invalid_cert_path.cert_validation"


def test_a_revoked_leaf_and_a_stale_answer_have_their_own_codes():
    revoked = answers((SIGNER, ROOT), says=Answered(ocsp.OCSPCertStatus.REVOKED))
    stale = answers((SIGNER, ROOT), says=Answered(this_update=NOW - DAY))
    assert code_of(SIGNER, proofs=revoked) == "invalid_cert_path.cert_validation"
    assert code_of(SIGNER, proofs=stale) == "invalid_cert_path.incorrect_validation_info"


@pytest.mark.parametrize(
    "leaf",
    [
        issue(Wanted("Old", valid_until=NOW - DAY), ROOT),
        issue(Wanted("Early", valid_from=NOW + DAY), ROOT),
        issue(Wanted("Stranger"), make_authority("Stranger")),
        issue(Wanted("Namesake"), make_authority("Root")),
        issue(Wanted("Self-made")),
        issue(Wanted("Demanding", critical=x509.ObjectIdentifier("1.2.3.4")), ROOT),
        issue(Wanted("Below a leaf"), SIGNER),
    ],
    ids=lambda leaf: leaf.certificate.subject,
)
def test_what_no_approved_authority_issued_or_is_not_valid_has_no_path(leaf):
    assert code_of(leaf) == "cannot_create_cert_path"


def test_the_moment_counts_and_not_today():
    was_valid = issue(Wanted("Old", valid_until=NOW - DAY), ROOT)
    then = NOW - 2 * DAY
    proofs = answers((was_valid, ROOT), says=Answered(this_update=then))
    assert verify(was_valid, proofs=proofs, at=then).leaf == was_valid.certificate


def test_the_direct_issuer_must_be_approved_even_if_the_one_above_is():
    assert code_of(BELOW, INTERMEDIATE, issuer=INTERMEDIATE, usage="authentication") == "cannot_create_cert_path"


def test_a_signer_under_an_approved_intermediate_proves_its_own_certificate_alone():
    signer = issue(Wanted("Below"), INTERMEDIATE)
    chain = verify(signer, INTERMEDIATE, trust=BOTH, issuer=INTERMEDIATE)
    assert (chain.path, chain.anchor) == ((signer.certificate,), INTERMEDIATE.certificate)


def test_a_server_proves_the_intermediates_that_it_sends():
    proofs = answers((BELOW, INTERMEDIATE), (INTERMEDIATE, ROOT))
    chain = verify(BELOW, INTERMEDIATE, ROOT, trust=BOTH, proofs=proofs, usage="authentication")
    assert chain.path == (BELOW.certificate, INTERMEDIATE.certificate)
    assert chain.anchor == ROOT.certificate
    code = code_of(BELOW, INTERMEDIATE, trust=BOTH, proofs=proofs[:1], usage="authentication")
    assert code == "invalid_cert_path.cert_validation"
    assert verify(BELOW, trust=BOTH, proofs=proofs[:1], usage="authentication").anchor == INTERMEDIATE.certificate


def test_an_intermediate_that_was_revoked_or_expired_breaks_what_stands_below():
    revoked = answers((INTERMEDIATE, ROOT), says=Answered(ocsp.OCSPCertStatus.REVOKED))
    proofs = (*answers((BELOW, INTERMEDIATE)), *revoked)
    code = code_of(BELOW, INTERMEDIATE, trust=BOTH, proofs=proofs, usage="authentication")
    assert code == "invalid_cert_path.cert_validation"
    old = issue(Wanted("Old", usage=ISSUING, is_authority=True, valid_until=NOW - DAY), ROOT)
    leaf = issue(Wanted("Below", usage=AUTHENTICATION), old)
    trust = trust_of(service_of(ROOT, old))
    assert code_of(leaf, old, trust=trust, usage="authentication") == "cannot_create_cert_path"


def test_an_authority_has_no_more_authorities_below_it_than_it_may():
    narrow = make_authority("Narrow", ROOT, path_length=0)
    lower = make_authority("Lower", narrow)
    leaf = issue(Wanted("Leaf", usage=AUTHENTICATION), lower)
    trust = trust_of(service_of(ROOT, narrow, lower))
    proofs = answers((leaf, lower), (lower, narrow), (narrow, ROOT))
    assert code_of(leaf, lower, narrow, trust=trust, proofs=proofs, usage="authentication") == "cannot_create_cert_path"
    direct = issue(Wanted("Direct", usage=AUTHENTICATION), narrow)
    proofs = answers((direct, narrow), (narrow, ROOT))
    assert verify(direct, narrow, trust=trust, proofs=proofs, usage="authentication").anchor == ROOT.certificate


@pytest.mark.parametrize(
    "listed",
    [
        issue(Wanted("Not a CA", usage=ISSUING, is_authority=False)),
        issue(Wanted("May not sign", usage=AUTHENTICATION, is_authority=True)),
        issue(Wanted("Says nothing", usage=None)),
    ],
    ids=lambda holder: holder.certificate.subject,
)
def test_what_is_listed_but_may_not_issue_is_no_anchor(listed):
    leaf = issue(Wanted("Leaf"), listed)
    assert code_of(leaf, trust=trust_of(service_of(listed)), issuer=listed) == "cannot_create_cert_path"


def test_an_authority_for_authentication_alone_does_not_make_signers():
    trust = trust_of(service_of(ROOT, authentication_only=True))
    assert code_of(SIGNER, trust=trust) == "cannot_create_cert_path"
    assert verify(AUTH, trust=trust, usage="authentication").leaf == AUTH.certificate


def test_an_authority_that_cannot_be_read_stands_in_nobodys_way():
    service = service_of(ROOT, intermediates=(Authority(b"garbage"),))
    assert verify(SIGNER, trust=trust_of(service)).anchor == ROOT.certificate


def test_keys_too_short_to_mean_anything_issue_nothing():
    weak = issue(Wanted("Weak", ISSUING, is_authority=True, key=read_weak_key()))
    leaf = issue(Wanted("Leaf"), weak)
    assert code_of(leaf, trust=trust_of(service_of(weak)), issuer=weak) == "cannot_create_cert_path"


def read_weak_key():
    """A curve of 192 bits: shorter than anything that is accepted, and not too short for the library."""
    return ec.generate_private_key(ec.SECP192R1())


def test_too_many_certificates_are_not_looked_through():
    extra = [INTERMEDIATE] * (MAX_EXTRA + 1)
    assert code_of(BELOW, *extra, trust=BOTH, usage="authentication") == "cannot_create_cert_path"


def test_an_unknown_instance_is_a_matter_of_configuration():
    with pytest.raises(TrustError):
        verify_chain(
            SIGNER.certificate, (), trust=TRUST, instance="XX", ocsp_responses=(), at=NOW, usage="authentication"
        )


def test_a_verdict_is_found_again_while_all_it_rests_on_holds():
    verdicts = VerdictCache()
    proofs = answers((SIGNER, ROOT))
    chain = verify(SIGNER, proofs=proofs, verdicts=verdicts)
    assert verify(SIGNER, proofs=proofs, verdicts=verdicts) is chain
    assert verify(SIGNER, proofs=proofs, verdicts=verdicts, at=chain.good_until) is chain
    assert verify(SIGNER, proofs=proofs, verdicts=verdicts, trust=trust_of()) is not chain
    code = code_of(SIGNER, proofs=proofs, verdicts=verdicts, at=chain.good_until + timedelta(seconds=1))
    assert code == "invalid_cert_path.incorrect_validation_info"


def test_a_refusal_is_not_remembered():
    verdicts = VerdictCache()
    revoked = answers((SIGNER, ROOT), says=Answered(ocsp.OCSPCertStatus.REVOKED))
    assert code_of(SIGNER, proofs=revoked, verdicts=verdicts) == "invalid_cert_path.cert_validation"
    assert not verdicts.verdicts
    assert verify(SIGNER, verdicts=verdicts).leaf == SIGNER.certificate


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(SIGNER.der) - 1), st.integers(1, 255), st.lists(st.binary(max_size=60), max_size=3))
def test_no_changed_certificate_has_a_path(position, change, proofs):
    changed = bytearray(SIGNER.der)
    changed[position] ^= change
    with pytest.raises(CertificateError):
        verify_chain(
            read_certificate(bytes(changed)),
            (),
            trust=TRUST,
            instance="LAB",
            ocsp_responses=(*proofs, *answers((SIGNER, ROOT))),
            at=NOW,
            usage="signing",
        )
