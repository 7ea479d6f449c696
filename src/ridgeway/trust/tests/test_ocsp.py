from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from ridgeway.errors import NetworkError, TokenError
from ridgeway.protocol.certificates.snapshot import (
    Authority,
    CertificationService,
    OcspResponder,
    TrustSnapshot,
)
from ridgeway.protocol.globalconf.tests.cast import NOW, PROFILE, an_instance
from ridgeway.settings import CostStrategy
from ridgeway.trust.download import open_pool
from ridgeway.trust.ocsp import OcspKeeper
from ridgeway.trust.ocsp_subjects import Subject, list_responders, list_subjects
from ridgeway.trust.own import OwnCertificate
from ridgeway.trust.places import places_of
from ridgeway.trust.tests.authorities import (
    SIGNING,
    a_responder,
    make_authority,
    make_identity,
    make_member,
    name_of,
)
from ridgeway.trust.tests.cast import settings_in

CA = make_authority()
BETWEEN = make_authority("Between", issuer=CA)
LEAF = make_member(CA)
LOW = make_member(BETWEEN)


def trust_at(*urls: str, freshness_seconds: int = 3600, interval_seconds: int = 1200) -> TrustSnapshot:
    responders = tuple(OcspResponder(url) for url in urls)
    service = CertificationService("CA", PROFILE, Authority(CA.der, responders), (Authority(BETWEEN.der, responders),))
    own = replace(an_instance(), certification_services=(service,), ocsp_freshness_seconds=freshness_seconds)
    return TrustSnapshot("LAB", {"LAB": own}, ocsp_fetch_interval_seconds=interval_seconds)


class Signer:
    """Lists certificates, or fails."""

    def __init__(self, *identities):
        self.identities = identities
        self.is_down = False

    async def __call__(self):
        if self.is_down:
            raise TokenError("signer.io_error", "The signer does not answer.")
        return tuple(OwnCertificate(identity.der) for identity in self.identities)


def files_in(folder: Path) -> set[str]:
    return {path.name for path in (folder / "ocsp").glob("*.ocsp")}


async def test_each_own_certificate_gets_its_answer_and_a_new_one_when_it_is_due(tmp_path):
    settings = settings_in(tmp_path)
    async with a_responder(CA) as responder, open_pool(settings.trust) as pool:
        responder.known[LEAF.certificate.serial_number] = LEAF
        keeper = OcspKeeper(places_of(settings), pool, Signer(LEAF))
        trust = trust_at(responder.url)

        report = await keeper.refresh(trust, NOW)

        assert [(result.name, result.worked) for result in report.results] == [(LEAF.sha1, True)]
        assert files_in(tmp_path) == {f"{LEAF.sha1}.ocsp"}
        for minutes, asked in ((1, 1), (19, 1), (20, 2)):
            await keeper.refresh(trust, NOW + timedelta(minutes=minutes))
            assert len(responder.asked) == asked


async def test_half_the_freshness_is_the_limit_where_the_interval_is_longer(tmp_path):
    settings = settings_in(tmp_path)
    async with a_responder(CA) as responder, open_pool(settings.trust) as pool:
        responder.known[LEAF.certificate.serial_number] = LEAF
        keeper = OcspKeeper(places_of(settings), pool, Signer(LEAF))
        trust = trust_at(responder.url, freshness_seconds=600)
        await keeper.refresh(trust, NOW)
        await keeper.refresh(trust, NOW + timedelta(seconds=299))
        assert len(responder.asked) == 1
        await keeper.refresh(trust, NOW + timedelta(seconds=300))
        assert len(responder.asked) == 2


async def test_an_answer_that_was_deleted_is_fetched_at_once(tmp_path):
    settings = settings_in(tmp_path)
    async with a_responder(CA) as responder, open_pool(settings.trust) as pool:
        responder.known[LEAF.certificate.serial_number] = LEAF
        keeper = OcspKeeper(places_of(settings), pool, Signer(LEAF))
        await keeper.refresh(trust_at(responder.url), NOW)
        (tmp_path / "ocsp" / f"{LEAF.sha1}.ocsp").unlink()

        await keeper.refresh(trust_at(responder.url), NOW + timedelta(seconds=1))

        assert files_in(tmp_path) == {f"{LEAF.sha1}.ocsp"}


async def test_intermediate_authorities_have_answers_too_and_roots_have_none(tmp_path):
    subjects = list_subjects([LOW.der, CA.der], trust_at())
    assert [(subject.certificate, subject.issuer.certificate) for subject in subjects] == [
        (LOW.der, BETWEEN.der),
        (BETWEEN.der, CA.der),
    ]


async def test_a_failed_request_is_tried_again_soon_and_the_old_answer_stays_until_it_is_stale(tmp_path):
    settings = settings_in(tmp_path)
    async with a_responder(CA) as responder, open_pool(settings.trust) as pool:
        responder.known[LEAF.certificate.serial_number] = LEAF
        keeper = OcspKeeper(places_of(settings), pool, Signer(LEAF))
        trust = trust_at(responder.url)
        await keeper.refresh(trust, NOW)
        responder.http_status = 500

        failed = await keeper.refresh(trust, NOW + timedelta(minutes=20))
        assert [result.worked for result in failed.results] == [False]
        assert (await keeper.refresh(trust, NOW + timedelta(minutes=20, seconds=59))).results == ()
        assert len((await keeper.refresh(trust, NOW + timedelta(minutes=21))).results) == 1
        assert files_in(tmp_path) == {f"{LEAF.sha1}.ocsp"}

        stale = await keeper.refresh(trust, NOW + timedelta(hours=1, seconds=1))
        assert stale.dropped == (f"{LEAF.sha1}.ocsp",)
        assert files_in(tmp_path) == set()


async def test_the_next_responder_is_asked_when_one_fails(tmp_path):
    settings = settings_in(tmp_path)
    async with a_responder(CA) as broken, a_responder(CA) as responder, open_pool(settings.trust) as pool:
        for each in (broken, responder):
            each.known[LEAF.certificate.serial_number] = LEAF
        broken.signer = make_identity(name_of(CN="nobody"))
        keeper = OcspKeeper(places_of(settings), pool, Signer(LEAF))
        report = await keeper.refresh(trust_at(broken.url, "http://nonsense:99999/", responder.url), NOW)
        assert report.results[0].worked


async def test_an_answer_that_says_revoked_is_kept_and_told(tmp_path):
    settings = settings_in(tmp_path)
    async with a_responder(CA) as responder, open_pool(settings.trust) as pool:
        responder.known[LEAF.certificate.serial_number] = LEAF
        responder.status = ocsp.OCSPCertStatus.REVOKED
        report = await OcspKeeper(places_of(settings), pool, Signer(LEAF)).refresh(trust_at(responder.url), NOW)
        assert "revoked" in report.results[0].sentence
        assert not report.results[0].worked
        assert files_in(tmp_path) == {f"{LEAF.sha1}.ocsp"}


async def test_an_answer_that_is_not_authentic_is_not_kept(tmp_path):
    settings = settings_in(tmp_path)
    async with a_responder(CA) as responder, open_pool(settings.trust) as pool:
        responder.known[LEAF.certificate.serial_number] = LEAF
        responder.signer = make_identity(name_of(CN="nobody"))
        report = await OcspKeeper(places_of(settings), pool, Signer(LEAF)).refresh(trust_at(responder.url), NOW)
        assert not report.results[0].worked
        assert files_in(tmp_path) == set()


async def test_without_the_signer_what_is_on_disk_stays(tmp_path):
    settings = settings_in(tmp_path)
    async with a_responder(CA) as responder, open_pool(settings.trust) as pool:
        responder.known[LEAF.certificate.serial_number] = LEAF
        signer = Signer(LEAF)
        keeper = OcspKeeper(places_of(settings), pool, signer)
        await keeper.refresh(trust_at(responder.url), NOW)
        signer.is_down = True
        with pytest.raises(TokenError):
            await keeper.refresh(trust_at(responder.url), NOW)
        assert files_in(tmp_path) == {f"{LEAF.sha1}.ocsp"}


async def test_bytes_that_are_no_answer_do_not_stay_in_the_folder(tmp_path):
    settings = settings_in(tmp_path)
    (tmp_path / "ocsp").mkdir()
    (tmp_path / "ocsp" / ("0" * 40 + ".ocsp")).write_bytes(b"no answer")
    async with open_pool(settings.trust) as pool:
        report = await OcspKeeper(places_of(settings), pool, Signer()).refresh(trust_at(), NOW)
    assert report.dropped == ("0" * 40 + ".ocsp",)


def test_a_certificate_without_any_responder_has_none():
    assert list_responders(Subject(LEAF.der, Authority(CA.der)), instance=an_instance()) == ()
    assert list_subjects([b"no certificate", make_member(make_authority("Stranger")).der], trust_at()) == ()


def trust_with_costs(*responders: tuple[str, str], version: int = 6) -> TrustSnapshot:
    responders_there = tuple(OcspResponder(url, cost_type=cost) for url, cost in responders)
    service = CertificationService("CA", PROFILE, Authority(CA.der, responders_there))
    own = replace(an_instance(version=version), certification_services=(service,))
    return TrustSnapshot("LAB", {"LAB": own})


@pytest.mark.parametrize(
    ("strategy", "asked"),
    [("none", ["paid"]), ("free_first", ["free"]), ("only_free", ["free"]), ("paid_first", ["paid"])],
)
async def test_the_responder_to_ask_is_chosen_by_what_it_costs(tmp_path, strategy, asked):
    settings = settings_in(tmp_path, ocsp_cost_strategy=CostStrategy(strategy))
    async with a_responder(CA) as paid, a_responder(CA) as free, open_pool(settings.trust) as pool:
        for each in (paid, free):
            each.known[LEAF.certificate.serial_number] = LEAF
        keeper = OcspKeeper(places_of(settings), pool, Signer(LEAF))
        report = await keeper.refresh(trust_with_costs((paid.url, "PAID"), (free.url, "FREE")), NOW)
        assert report.results[0].worked
        assert [name for name, each in (("paid", paid), ("free", free)) if each.asked] == asked


async def test_a_paid_responder_is_asked_only_when_the_free_one_fails_and_never_under_only_free(tmp_path):
    first = settings_in(tmp_path, ocsp_cost_strategy=CostStrategy.FREE_FIRST)
    only = settings_in(tmp_path, ocsp_cost_strategy=CostStrategy.ONLY_FREE)
    async with a_responder(CA) as paid, a_responder(CA) as free, open_pool(first.trust) as pool:
        paid.known[LEAF.certificate.serial_number] = LEAF
        free.http_status = 500
        trust = trust_with_costs((paid.url, "PAID"), (free.url, "FREE"))
        (subject,) = list_subjects([LEAF.der], trust)
        with pytest.raises(NetworkError, match=f"{free.url}.*500"):
            await OcspKeeper(places_of(only), pool, Signer()).fetch_answer(subject, trust, NOW)
        none_free = trust_with_costs((paid.url, "PAID"))
        (subject_of_paid,) = list_subjects([LEAF.der], none_free)
        with pytest.raises(NetworkError, match="ocsp_cost_strategy = only_free"):
            await OcspKeeper(places_of(only), pool, Signer()).fetch_answer(subject_of_paid, none_free, NOW)
        assert paid.asked == []
        assert (await OcspKeeper(places_of(first), pool, Signer()).fetch_answer(subject, trust, NOW))[1] == "good"
        assert paid.asked == [LEAF.certificate.serial_number]


def test_the_responder_that_a_certificate_names_itself_is_asked_last_under_every_strategy():
    access = x509.AccessDescription(
        AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier("http://inside.example/")
    )
    certificate = make_member(CA, extensions=(SIGNING, x509.AuthorityInformationAccess([access])))
    (subject,) = list_subjects([certificate.der], trust_with_costs(("http://paid.example/", "PAID")))
    own = an_instance()
    for strategy, asked in (("only_free", ()), ("only_paid", ("http://paid.example/",))):
        found = list_responders(subject, instance=own, strategy=CostStrategy(strategy))
        assert found == (*asked, "http://inside.example/")
