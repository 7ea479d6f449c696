"""Verdicts: found again only for what they were reached for, and never past what they rest on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates import VerdictCache, verify_chain
from ridgeway.protocol.certificates.tests.cast import (
    AUTH,
    DAY,
    NOW,
    RESPONDER,
    ROOT,
    TRUST,
    Answered,
    answer,
    make_authority,
    service_of,
    trust_of,
)
from ridgeway.protocol.certificates.verdicts import digest_key

KEY = digest_key(("a verdict",))
SECOND = timedelta(seconds=1)
PROOF = answer(AUTH.certificate, ROOT.certificate, RESPONDER)


def verify(verdicts, *, trust=TRUST, instance="LAB", usage="authentication", at=NOW, proof=PROOF):
    return verify_chain(
        AUTH.certificate,
        (),
        trust=trust,
        instance=instance,
        ocsp_responses=(proof,),
        at=at,
        usage=usage,
        verdicts=verdicts,
    )


def code_of(verdicts, **context):
    with pytest.raises(CertificateError) as refused:
        verify(verdicts, **context)
    return refused.value.code


def test_a_verdict_holds_from_when_it_was_reached_until_it_expires():
    verdicts = VerdictCache()
    verdicts.keep(KEY, "proven", trust=TRUST, since=NOW, until=NOW + DAY)
    found = [verdicts.find(KEY, trust=TRUST, at=at) for at in (NOW - SECOND, NOW, NOW + DAY, NOW + DAY + SECOND)]
    assert found == [None, "proven", "proven", None]


def test_a_verdict_holds_under_its_own_trust_alone():
    verdicts = VerdictCache()
    verdicts.keep(KEY, "proven", trust=TRUST, since=NOW, until=NOW + DAY)
    assert verdicts.find(KEY, trust=trust_of(), at=NOW) is None
    verdicts.keep(digest_key(("another",)), "proven anew", trust=trust_of(), since=NOW, until=NOW + DAY)
    assert verdicts.find(KEY, trust=TRUST, at=NOW) is None


def test_the_oldest_verdict_leaves_first():
    verdicts = VerdictCache(max_verdicts=2)
    keys = [digest_key((name,)) for name in ("first", "second", "third")]
    for key in keys:
        verdicts.keep(key, "proven", trust=TRUST, since=NOW, until=NOW + DAY)
    assert [verdicts.find(key, trust=TRUST, at=NOW) for key in keys] == [None, "proven", "proven"]


def test_no_other_parts_in_no_other_groups_have_the_same_key():
    groups = [(), ((),), ((), ()), (("ab",),), (("a", "b"),), (("a",), ("b",)), (("a",), (), ("b",)), ((b"ab",), ("",))]
    assert len({digest_key(*each) for each in groups}) == len(groups)


def test_a_chain_proven_before_is_refused_once_its_answer_is_too_old():
    verdicts = VerdictCache()
    chain = verify(verdicts)
    assert verify(verdicts, at=chain.good_until) is chain
    assert code_of(verdicts, at=chain.good_until + SECOND) == "invalid_cert_path.incorrect_validation_info"


def test_a_chain_proven_before_is_refused_at_a_time_before_its_certificate_began():
    verdicts = VerdictCache()
    verify(verdicts)
    assert code_of(verdicts, at=AUTH.certificate.not_before - SECOND) == "cannot_create_cert_path"


def test_a_chain_proven_before_is_proven_anew_with_another_answer():
    verdicts = VerdictCache()
    verify(verdicts)
    stale = answer(AUTH.certificate, ROOT.certificate, RESPONDER, Answered(this_update=NOW - DAY))
    assert code_of(verdicts, proof=stale) == "invalid_cert_path.incorrect_validation_info"


def test_a_chain_proven_in_one_instance_is_not_proven_in_another():
    others = service_of(make_authority("Elsewhere"))
    stranger = replace(TRUST.own, instance="XX", certification_services=(others,))
    trust = replace(TRUST, instances={**TRUST.instances, "XX": stranger})
    verdicts = VerdictCache()
    verify(verdicts, trust=trust)
    assert code_of(verdicts, trust=trust, instance="XX") == "cannot_create_cert_path"


def test_a_chain_proven_for_authentication_is_not_proven_for_signing():
    trust = trust_of(service_of(ROOT, authentication_only=True))
    verdicts = VerdictCache()
    verify(verdicts, trust=trust)
    assert code_of(verdicts, trust=trust, usage="signing") == "cannot_create_cert_path"
