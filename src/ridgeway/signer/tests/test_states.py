"""Stories of certificates: taken, proven, used, registered, deleted, and watched until they end."""

import dataclasses
import logging
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from cryptography.x509.oid import NameOID

from ridgeway.errors import TokenError
from ridgeway.signer import KeyUsage
from ridgeway.signer.expiry import list_signer, list_warnings
from ridgeway.signer.proving import activate_proven
from ridgeway.signer.server import serve_service
from ridgeway.signer.service import SignerService
from ridgeway.signer.tests.cast import FI_SUBJECT, NOW, certify, make_certified, make_token, running
from ridgeway.signer.values import (
    ActivateRequest,
    CertificateStatus,
    CsrRequest,
    GenerateRequest,
    ImportRequest,
    StatusRequest,
)

SAVED, IN_PROGRESS = CertificateStatus.SAVED, CertificateStatus.REGISTRATION_IN_PROGRESS
REGISTERED, GLOBAL_ERROR = CertificateStatus.REGISTERED, CertificateStatus.GLOBAL_ERROR
DELETING, DELETED = CertificateStatus.DELETION_IN_PROGRESS, CertificateStatus.DELETED


async def code_of(awaitable) -> str:
    with pytest.raises(TokenError) as error:
        await awaitable
    return error.value.code


def authority_certificate(info) -> bytes:
    """A certificate for the key that may issue others."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
    builder = builder.public_key(load_der_public_key(info.public_key))  # type: ignore[arg-type]
    builder = builder.not_valid_before(NOW - timedelta(days=1)).not_valid_after(NOW + timedelta(days=1))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    usages = x509.KeyUsage(False, True, False, False, False, True, False, False, False)
    builder = builder.add_extension(usages, critical=True)
    return builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).public_bytes(Encoding.DER)


async def test_a_signing_certificate_is_registered_and_one_for_authentication_is_saved(tmp_path):
    async with running(tmp_path) as client:
        signing = await make_certified(client, KeyUsage.SIGNING)
        authentication = await make_certified(client, KeyUsage.AUTHENTICATION)
        assert signing.certificates[0].status is REGISTERED
        assert authentication.certificates[0].status is SAVED
        for wrong in (SAVED, IN_PROGRESS, GLOBAL_ERROR, DELETING):
            request = StatusRequest(signing.certificates[0].sha256, wrong)
            assert await code_of(client.set_status(request)) == "signer.cert_import_failed"


@pytest.mark.parametrize("by", ["sha256", "sha1"])
async def test_the_configuration_says_when_a_certificate_is_registered_and_when_no_longer(tmp_path, by):
    async with running(tmp_path) as client:
        info = await make_certified(client, KeyUsage.AUTHENTICATION)
        signing = await make_certified(client, KeyUsage.SIGNING)
        digest = hashes.Hash(hashes.SHA256() if by == "sha256" else hashes.SHA1())
        digest.update(info.certificates[0].der)
        name, seen = digest.finalize().hex(), []
        for state in (None, IN_PROGRESS):
            if state is not None:
                await client.set_status(StatusRequest(info.certificates[0].sha256, state))
            assert await client.sync(()) == ()
            (changed,) = await client.sync((name.upper(),))
            seen.append(changed.certificates[0].status)
            (changed,) = await client.sync(("00",))
            seen.append(changed.certificates[0].status)
        assert seen == [REGISTERED, GLOBAL_ERROR] * 2
        await client.set_status(StatusRequest(info.certificates[0].sha256, DELETING))
        assert await client.sync((name,)) == ()
        assert next(key for key in await client.list_keys() if key.id == signing.id) == signing


async def test_what_is_in_use_is_deleted_by_force_alone(tmp_path):
    async with running(tmp_path) as client:
        info = await make_certified(client, KeyUsage.AUTHENTICATION)
        name = info.certificates[0].sha256
        assert await code_of(client.delete(info.id)) == "signer.key_in_use"
        assert await code_of(client.set_status(StatusRequest(name, DELETED))) == "signer.cert_in_use"
        await client.activate(ActivateRequest(name, False))
        await client.set_status(StatusRequest(name, IN_PROGRESS))
        assert await code_of(client.delete(info.id)) == "signer.key_in_use"
        await client.set_status(StatusRequest(name, DELETING))
        assert (await client.set_status(StatusRequest(name, DELETED))).certificates == ()
        await client.delete(info.id)
        other = await make_certified(client, KeyUsage.SIGNING)
        await client.delete(other.id, force=True)
        assert await client.list_keys() == ()


async def test_an_authorities_certificate_and_one_that_ended_are_refused(tmp_path):
    service = SignerService(make_token(tmp_path), clock=lambda: NOW)
    info = await service.generate(GenerateRequest(KeyUsage.SIGNING))
    later = dataclasses.replace(service, clock=lambda: NOW + timedelta(days=31))
    for where, der, words in ((service, authority_certificate(info), "authority"), (later, certify(info), "ended")):
        with pytest.raises(TokenError, match=words) as error:
            where.import_certificate(ImportRequest(der))
        assert error.value.code == "signer.incorrect_certificate"
    taken = service.import_certificate(ImportRequest(certify(info), stays_inactive=True)).certificates[0]
    with pytest.raises(TokenError, match="ended"):
        later.activate(ActivateRequest(taken.sha256, True))


async def test_a_certificate_is_used_only_after_its_authority_said_so_and_the_error_is_kept(tmp_path):
    async def says_revoked(_):
        return "Its authority says: revoked."

    async def says_good(_):
        return ""

    async with running(tmp_path) as client:
        info = await client.generate(GenerateRequest(KeyUsage.SIGNING))
        first, second = certify(info), certify(info)
        for der in (first, second):
            taken = await client.import_certificate(ImportRequest(der, stays_inactive=True))
        assert taken.active_certificate is None
        refused = await activate_proven(client, first, check=says_revoked)
        assert (refused.active_certificate, refused.certificates[0].ocsp_error) == (
            None,
            "Its authority says: revoked.",
        )
        used = await activate_proven(client, first, check=says_good)
        assert (used.active_certificate, used.certificates[0].ocsp_error) == (first, "")
        refused = await activate_proven(client, second, check=says_revoked)
        assert refused.active_certificate == first
        anyway = await activate_proven(client, second, check=says_revoked, unproven="the responder is down")
        assert (anyway.active_certificate, anyway.certificates[1].unproven) == (second, "the responder is down")


async def test_a_registered_certificate_is_shown_before_one_that_is_only_saved(tmp_path):
    async with running(tmp_path) as client:
        old = await make_certified(client, KeyUsage.AUTHENTICATION)
        await client.sync((old.certificates[0].sha256,))
        new = await client.generate(GenerateRequest(KeyUsage.AUTHENTICATION))
        renewed = ImportRequest(certify(new), renews=old.certificates[0].sha256)
        await client.import_certificate(renewed)
        assert (await client.get_authentication_key()).key_id == old.id
        noted = next(key for key in await client.list_keys() if key.id == old.id)
        (name,) = [each.sha256 for key in await client.list_keys() if key.id == new.id for each in key.certificates]
        assert noted.certificates[0].renewed_by == name
        await client.sync((name,))
        assert (await client.get_authentication_key()).key_id == new.id


async def test_requests_are_kept_until_they_are_answered_or_forgotten(tmp_path):
    async with running(tmp_path) as client:
        info = await client.generate(GenerateRequest(KeyUsage.SIGNING))
        await client.make_csr(CsrRequest(info.id, FI_SUBJECT))
        await client.make_csr(CsrRequest(info.id, (("C", "NORTHMARK"), ("O", "GOV"), ("CN", "1001"))))
        (listed,) = await client.list_keys()
        assert [each.subject for each in listed.requests] == [
            "CN=1001,2.5.4.5=NM/register-1/GOV,O=Register,C=FI",
            "CN=1001,O=GOV,C=NORTHMARK",
        ]
        answered = await client.import_certificate(ImportRequest(certify(info)))
        assert answered.requests == listed.requests[1:]
        assert (await client.delete_csr(listed.requests[1].id)).requests == ()
        assert await code_of(client.delete_csr(listed.requests[1].id)) == "signer.csr_not_found"


async def test_who_ends_soon_is_named_in_the_log_while_in_use(tmp_path, caplog):
    token, times = make_token(tmp_path), [NOW]
    service = SignerService(token, clock=lambda: times[-1])
    info = await service.generate(GenerateRequest(KeyUsage.SIGNING, label="seal"))
    service.import_certificate(ImportRequest(certify(info)))
    with caplog.at_level(logging.WARNING):
        assert list_warnings(service, days=30) == []
        times.append(NOW + timedelta(days=1))
        (told,) = list_warnings(service, days=30)
        assert "'seal' ends in 29 days" in told
        times.append(NOW + timedelta(days=32))
        (told,) = list_warnings(service, days=30)
        assert "ended 2 days ago" in told
    server = serve_service(service, tmp_path / "s.sock")
    (measure,) = [each for each in list_signer(service, server) if each.name == "ridgeway_certificate_days_left"]
    assert [(each.value, each.labels[:2]) for each in measure.samples] == [(-2, ("signing", info.id))]
