"""Stories of a certificate that is about to be used for the first time, with a responder on loopback."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.x509 import ocsp

from ridgeway.errors import CertificateError, NetworkError
from ridgeway.protocol.certificates.snapshot import Authority, CertificationService, OcspResponder, TrustSnapshot
from ridgeway.protocol.globalconf.tests.cast import NOW, PROFILE, an_instance
from ridgeway.trust.ocsp_now import fetch_ocsp_error, require_good
from ridgeway.trust.tests.authorities import (
    AUTHENTICATION,
    a_responder,
    make_authority,
    make_identity,
    make_member,
    name_of,
)
from ridgeway.trust.tests.cast import settings_in

CA, STRANGER = make_authority(), make_authority("Stranger")
LEAF = make_member(CA)


def trust_at(url: str) -> TrustSnapshot:
    service = CertificationService("CA", PROFILE, Authority(CA.der, (OcspResponder(url),)))
    return TrustSnapshot("LAB", {"LAB": replace(an_instance(), certification_services=(service,))})


async def test_a_certificate_is_good_when_its_authority_says_so_now(tmp_path):
    async with a_responder(CA) as responder:
        responder.known[LEAF.certificate.serial_number] = LEAF
        await require_good(settings_in(tmp_path), LEAF.der, trust=trust_at(responder.url), now=NOW)
        assert responder.asked == [LEAF.certificate.serial_number]


@pytest.mark.parametrize("status", [ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.UNKNOWN])
async def test_whatever_else_the_authority_says_is_why_not(tmp_path, status):
    async with a_responder(CA) as responder:
        responder.known[LEAF.certificate.serial_number] = LEAF
        responder.status = status
        with pytest.raises(CertificateError, match=f"says: {status.name.lower()}"):
            await require_good(settings_in(tmp_path), LEAF.der, trust=trust_at(responder.url), now=NOW)


async def test_an_old_answer_one_of_a_stranger_and_none_are_not_good(tmp_path):
    settings = settings_in(tmp_path)
    async with a_responder(CA) as responder:
        responder.known[LEAF.certificate.serial_number] = LEAF
        trust = trust_at(responder.url)
        responder.this_update = NOW - timedelta(hours=2)
        with pytest.raises(CertificateError, match="old"):
            await require_good(settings, LEAF.der, trust=trust, now=NOW)
        responder.this_update, responder.signer = NOW, STRANGER
        with pytest.raises(CertificateError):
            await require_good(settings, LEAF.der, trust=trust, now=NOW)
        responder.signer, responder.http_status = None, 500
        with pytest.raises(NetworkError, match="500"):
            await require_good(settings, LEAF.der, trust=trust, now=NOW)
        asked = len(responder.asked)
        with pytest.raises(CertificateError, match="No authority"):
            await require_good(settings, make_member(STRANGER).der, trust=trust, now=NOW)
        assert len(responder.asked) == asked


async def test_without_a_configuration_nothing_is_proven(tmp_path):
    assert "configuration" in await fetch_ocsp_error(settings_in(tmp_path), LEAF.der, now=NOW)


async def test_a_signing_certificate_of_an_authority_for_servers_alone_is_not_good_and_nobody_is_asked(tmp_path):
    async with a_responder(CA) as responder:
        trust = trust_at(responder.url)
        (service,) = trust.own.certification_services
        only = replace(trust.own, certification_services=(replace(service, authentication_only=True),))
        trust = replace(trust, instances={"LAB": only})
        server = make_identity(name_of(CN="ss1"), issuer=CA, extensions=(AUTHENTICATION,))
        for each in (LEAF, server):
            responder.known[each.certificate.serial_number] = each
        with pytest.raises(CertificateError, match="CA is approved for authentication certificates only"):
            await require_good(settings_in(tmp_path), LEAF.der, trust=trust, now=NOW)
        assert responder.asked == []
        await require_good(settings_in(tmp_path), server.der, trust=trust, now=NOW)
