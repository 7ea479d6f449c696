"""Signatures at the desk: Mona the moderator finds and changes them; those who may not, and those who cheat, do not."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core import signing
from django.db import connections
from django.test import Client
from django.utils import timezone

from ridgeway.errors import RidgewayError
from ridgeway.office.audit.models import Entry
from ridgeway.office.people.actor import Actor
from ridgeway.office.people.tests.cast import make_account, signed_in
from ridgeway.office.tests.ready import Office, any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.actions.proposing import agree, take_off
from ridgeway.services.petitions.actions.withdrawing import Act, change_signatures
from ridgeway.services.petitions.models import Petition, Signature
from ridgeway.services.petitions.states import SignatureState, State
from ridgeway.services.petitions.tests.cast import found_site, open_petition, sign_row
from ridgeway.services.petitions.writer.recounting import recount

SEARCH = "/petitions/signatures"
CHANGE = "/petitions/signatures/change"
ALL = {"q": "@example.org"}


@pytest.fixture
def desk(any_office: Office) -> Iterator[Office]:  # noqa: F811
    found_site()
    with any_office.at_site("desk"):
        yield any_office


def employ(name: str, role: str) -> Client:
    return signed_in(make_account(f"{name.lower()}@parliament.example", name, [f"petitions.{role}"]))


def signed_by(*names: str, **values: object) -> Petition:
    petition = open_petition(signature_count=1 + len(names), sponsor_token=f"s{Petition.objects.count()}")
    for name in names:
        sign_row(petition, name, state=SignatureState.VALIDATED, validated_at=timezone.now(), **values)
    recount(petition.pk, now=timezone.now())
    return petition


def sealed_in(page: str) -> str:
    found = re.search(r'name="shown" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_mona_searches_on_the_page_and_is_told_what_is_no_network(desk: Office):
    mona, petition = employ("Mona", "moderator"), signed_by("Ada", "Ben")
    page = mona.get(f"/petitions/{petition.pk}/signatures", {"q": "ada", "state": "validated"}).content.decode()
    assert "ada@example.org" in page
    assert "ben@example.org" not in page
    answer = mona.get(SEARCH, {"q": "10.0.0.0/99", "by": "network"})
    assert answer.status_code == 422
    assert "This cannot be read so." in answer.content.decode()
    assert mona.get(SEARCH, {"q": "ada", "page": "9" * 40}).status_code == 200
    for nonsense in ({"by": "shoes"}, {"minutes": "-1"}, {"state": "x"}, {"q": "x" * 300}):
        assert mona.get(SEARCH, {"q": "ada", **nonsense}).status_code == 422


def test_pages_of_fifty_follow_one_another(desk: Office):
    mona = employ("Mona", "moderator")
    signed_by(*[f"Signer{number}" for number in range(55)])
    first = mona.get(SEARCH, ALL).content.decode()
    assert "Signer54" in first
    assert "Signer3<" not in first
    assert "Signer3<" in mona.get(SEARCH, {**ALL, "page": "2"}).content.decode()


def test_mona_invalidates_two_at_once_and_the_counts_are_exact(desk: Office):
    mona, petition = employ("Mona", "moderator"), signed_by("Ada", "Ben", "Cem", wants_updates=True)
    sealed = sealed_in(mona.get(SEARCH, {"q": petition.pk}).content.decode())
    ids = list(Signature.objects.filter(name__in=["Ada", "Ben"]).values_list("pk", flat=True))
    form = {"shown": sealed, "signature": ids, "act": "invalidate", "query": f"q={petition.pk}"}
    answer = mona.post(CHANGE, form, follow=True)
    assert "2 signatures were changed." in answer.content.decode()
    petition.refresh_from_db()
    assert petition.signature_count == 2
    assert recount(petition.pk, now=timezone.now(), repairs=False) is None
    assert set(Signature.objects.filter(state="invalidated").values_list("wants_updates", flat=True)) == {False}
    line = Entry.objects.get(act="petitions.invalidate_signatures")
    assert (line.subject, line.details) == (f"petition:{petition.pk}", {"signatures": sorted(ids), "changed": 2})
    assert "Ada" not in str(line.details)


def test_mona_lets_a_signature_count_again_and_a_second_click_changes_nothing(desk: Office):
    mona, petition = employ("Mona", "moderator"), signed_by("Ada")
    ada = Signature.objects.get(name="Ada")
    sealed = sealed_in(mona.get(f"{SEARCH}/{ada.pk}").content.decode())
    for act, count in (("invalidate", 1), ("invalidate", 1), ("validate", 2), ("validate", 2)):
        mona.post(CHANGE, {"shown": sealed, "signature": [ada.pk], "act": act})
        petition.refresh_from_db()
        assert petition.signature_count == count
    assert recount(petition.pk, now=timezone.now(), repairs=False) is None


def test_mona_stops_mail_to_a_signer_and_allows_it_again(desk: Office):
    mona = employ("Mona", "moderator")
    signed_by("Ada")
    ada = Signature.objects.get(name="Ada")
    sealed = sealed_in(mona.get(SEARCH, ALL).content.decode())
    mona.post(CHANGE, {"shown": sealed, "signature": [ada.pk], "act": "subscribe"})
    ada.refresh_from_db()
    assert ada.wants_updates
    mona.post(CHANGE, {"shown": sealed, "signature": [ada.pk], "act": "unsubscribe"})
    ada.refresh_from_db()
    assert not ada.wants_updates


def test_deleting_is_asked_about_once_more_and_then_counted(desk: Office):
    mona, petition = employ("Mona", "moderator"), signed_by("Ada", "Ben")
    ada = Signature.objects.get(name="Ada")
    sealed = sealed_in(mona.get(SEARCH, ALL).content.decode())
    asked = mona.post(CHANGE, {"shown": sealed, "signature": [ada.pk], "act": "delete"}).content.decode()
    assert "Delete 1 signature?" in asked
    assert Signature.objects.filter(pk=ada.pk).exists()
    mona.post(CHANGE, {"shown": sealed_in(asked), "signature": [ada.pk], "act": "delete", "sure": "yes"})
    assert not Signature.objects.filter(pk=ada.pk).exists()
    assert recount(petition.pk, now=timezone.now(), repairs=False) is None


@pytest.mark.parametrize("act", ["invalidate", "delete", "unsubscribe", "subscribe"])
def test_the_creator_is_left_alone_whatever_is_sent(desk: Office, act: str):
    mona, petition = employ("Mona", "moderator"), signed_by("Ada")
    Signature.objects.filter(name="Carla").update(wants_updates=act == "unsubscribe")
    before = Signature.objects.filter(name="Carla").values().get()
    sealed = sealed_in(mona.get(SEARCH, ALL).content.decode())
    mona.post(CHANGE, {"shown": sealed, "signature": [petition.creator_id], "act": act, "sure": "yes"})
    assert Signature.objects.filter(name="Carla").values().get() == before


def test_a_list_that_the_page_did_not_show_is_refused(desk: Office):
    mona, moses = employ("Mona", "moderator"), employ("Moses", "moderator")
    signed_by("Ada")
    ada = Signature.objects.get(name="Ada")
    sealed = sealed_in(mona.get(SEARCH, {"q": "Ada"}).content.decode())
    forged: list[dict[str, Any]] = [
        {"shown": sealed + "x", "signature": [ada.pk]},
        {"shown": sealed, "signature": [ada.pk + 1]},
        {"shown": sealed, "signature": [ada.pk, "1 OR 1=1"]},
        {"shown": sealed, "signature": ["٣"]},
        {"shown": "", "signature": [ada.pk]},
        {"shown": signing.dumps([ada.pk]), "signature": [ada.pk]},
    ]
    for form in forged:
        assert mona.post(CHANGE, {**form, "act": "invalidate"}).status_code in {302, 400}
    assert moses.post(CHANGE, {"shown": sealed, "signature": [ada.pk], "act": "invalidate"}).status_code == 302
    assert "not the one that was shown" in moses.get("/petitions/").content.decode()
    assert mona.post(CHANGE, {"shown": sealed, "signature": [ada.pk], "act": "promote"}).status_code == 400
    assert not Entry.objects.filter(act__endswith="_signatures").exists()
    ada.refresh_from_db()
    assert ada.state == SignatureState.VALIDATED


def test_the_way_back_leads_nowhere_but_to_the_search(desk: Office):
    mona = employ("Mona", "moderator")
    signed_by("Ada")
    sealed = sealed_in(mona.get(SEARCH, ALL).content.decode())
    for back in ("https://evil.example/", "//evil.example", "q=Ada&next=https://evil.example"):
        place = mona.post(CHANGE, {"shown": sealed, "act": "invalidate", "query": back})["Location"]
        assert place.startswith(f"{SEARCH}?")


def test_signatures_of_an_archived_petition_are_not_counted_anew(desk: Office):
    mona, petition = employ("Mona", "moderator"), signed_by("Ada")
    Petition.objects.filter(pk=petition.pk).update(archived_at=timezone.now(), state=State.CLOSED)
    ada = Signature.objects.get(name="Ada")
    sealed = sealed_in(mona.get(SEARCH, ALL).content.decode())
    mona.post(CHANGE, {"shown": sealed, "signature": [ada.pk], "act": "invalidate"})
    ada.refresh_from_db()
    assert ada.state == SignatureState.VALIDATED


@pytest.mark.parametrize("role", ["reviewer", "clerk"])
def test_those_without_the_right_neither_see_nor_change_signatures(desk: Office, role: str):
    mona, other = employ("Mona", "moderator"), employ("Rita", role)
    signed_by("Ada")
    ada = Signature.objects.get(name="Ada")
    sealed = sealed_in(mona.get(SEARCH, ALL).content.decode())
    assert other.get(SEARCH).status_code == 403
    assert other.get(f"{SEARCH}/{ada.pk}").status_code == 403
    assert (
        other.post(CHANGE, {"shown": sealed, "signature": [ada.pk], "act": "delete", "sure": "yes"}).status_code == 403
    )
    assert Signature.objects.filter(pk=ada.pk).exists()


def test_the_evidence_is_a_file_without_names(desk: Office):
    mona = employ("Mona", "moderator")
    signed_by("Ada", "Ben", ip="192.0.2.1", source="192.0.2.1")
    ada = Signature.objects.get(name="Ada")
    page = mona.get(f"{SEARCH}/{ada.pk}").content.decode()
    assert str(Signature.objects.get(name="Ben").pk) in page
    answer = mona.get(f"{SEARCH}/{ada.pk}/evidence.csv")
    text = answer.getvalue().decode("utf-8-sig")
    assert len(text.splitlines()) == 3
    assert "@" not in text


def test_what_signers_wrote_is_shown_and_never_run(desk: Office):
    mona = employ("Mona", "moderator")
    petition = open_petition()
    evil = "<script>alert(1)</script>"
    row = sign_row(petition, "Eve", postcode=evil)
    Signature.objects.filter(pk=row.pk).update(name=evil, email=f"{evil}@x.example")
    for path in (f"{SEARCH}?state=pending", f"{SEARCH}/{row.pk}", f"{SEARCH}?q={evil}"):
        assert "<script>alert" not in mona.get(path).content.decode()


def test_four_moderators_change_the_same_signatures_at_once_and_the_count_is_exact(any_office: Office):  # noqa: F811
    found_site()
    petition = signed_by(*[f"Signer{number}" for number in range(20)])
    ids = list(Signature.objects.exclude(role="creator").values_list("pk", flat=True))
    mona = Actor(make_account("mona@parliament.example", "Mona", []).pk, "Mona", "", frozenset())

    def work(act: Act) -> None:
        try:
            for _time in range(5):
                change_signatures(act, ids, actor=mona, now=timezone.now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work, act) for act in (Act.INVALIDATE, Act.VALIDATE) * 2]:
            done.result()
    petition.refresh_from_db()
    assert petition.signature_count in {1, 21}
    assert recount(petition.pk, now=timezone.now(), repairs=False) is None


def test_a_proposal_is_carried_out_once_however_many_agree_at_once(any_office: Office):  # noqa: F811
    found_site()
    petition = open_petition()
    accounts = [make_account(f"s{number}@parliament.example", f"S{number}", []) for number in range(4)]
    actors = [Actor(account.pk, account.name, "", frozenset()) for account in accounts]
    proposal = take_off(petition.pk, reason="Asked.", actor=actors[0], now=timezone.now())
    assert proposal is not None

    def work(actor: Actor) -> bool:
        try:
            agree(proposal.pk, actor=actor, now=timezone.now())
        except RidgewayError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(4) as pool:
        agreed = list(pool.map(work, actors))
    assert sorted(agreed) == [False, False, False, True]
    assert not agreed[0]
    assert Entry.objects.filter(act="petitions.remove").count() == 1
