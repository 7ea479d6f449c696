"""Mona puts a creator's name and address right; Rita tries words on the pad; Sofia has constituencies found again."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone

from ridgeway.office.audit.models import Entry
from ridgeway.office.jobs.tasks import run_next_task
from ridgeway.office.people.tests.cast import make_account, signed_in
from ridgeway.office.tests.ready import Office, any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import Petition, Postcode, Signature
from ridgeway.services.petitions.states import SignatureState
from ridgeway.services.petitions.tests.cast import found_site, open_petition, sign_row
from ridgeway.services.petitions.writer import placing
from ridgeway.services.petitions.writer.recounting import read_places, recount


@pytest.fixture
def desk(any_office: Office) -> Iterator[Office]:  # noqa: F811
    found_site()
    with any_office.at_site("desk"):
        yield any_office


def employ(name: str, role: str) -> Client:
    return signed_in(make_account(f"{name.lower()}@parliament.example", name, [f"petitions.{role}"]))


def creator() -> Signature:
    return Signature.objects.get(role="creator")


def test_mona_corrects_the_creators_name_and_address_and_the_log_says_neither(desk: Office):
    mona, petition = employ("Mona", "moderator"), open_petition()
    assert "carla@example.org" in mona.get(f"/petitions/{petition.pk}/creator").content.decode()
    form = {"name": "Carla  Jones", "email": "Carla.J+p@Example.org"}
    assert "are saved" in mona.post(f"/petitions/{petition.pk}/creator", form, follow=True).content.decode()
    assert (creator().name, creator().email) == ("Carla Jones", "Carla.J+p@Example.org")
    assert creator().canonical_email == "carla.j@example.org"
    line = Entry.objects.get(act="petitions.correct_creator")
    assert line.details == {"fields": ["email", "name"]}


IMPOSSIBLE = [
    {"name": "=cmd", "email": "a@b.example"},
    {"name": "Carla", "email": "nobody"},
    {"name": "", "email": ""},
    {"name": "Carla", "email": "a@b.example\r\nBcc: x@y.example"},
]


def test_a_name_or_address_that_cannot_be_is_sent_back(desk: Office):
    mona, petition = employ("Mona", "moderator"), open_petition()
    for form in IMPOSSIBLE:
        assert mona.post(f"/petitions/{petition.pk}/creator", form).status_code == 422
    assert creator().name == "Carla"


def test_the_creator_cannot_become_somebody_who_has_signed(desk: Office):
    mona, petition = employ("Mona", "moderator"), open_petition()
    sign_row(petition, "Ada")
    form = {"name": "Ada", "email": "ADA@example.org"}
    assert mona.post(f"/petitions/{petition.pk}/creator", form).status_code == 400
    assert creator().name == "Carla"


def test_rita_tries_words_on_the_pad_and_nothing_is_kept(desk: Office):
    rita, before = employ("Rita", "reviewer"), Entry.objects.count()
    assert rita.get("/petitions/pad").status_code == 200
    page = rita.post("/petitions/pad", {"action": "Plant trees", "background": "x" * 300}).content.decode()
    assert "11 characters" in page
    assert "300 characters" in page
    assert rita.post("/petitions/pad", {"action": "x" * 81}).status_code == 422
    assert "<script>alert" not in rita.post("/petitions/pad", {"action": "<script>alert(1)</script>"}).content.decode()
    assert Entry.objects.count() == before
    assert not Petition.objects.exists()


def test_sofia_has_constituencies_found_again_and_the_counts_are_exact(desk: Office, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(placing, "CHUNK", 2)
    sofia, petition, now = employ("Sofia", "sysadmin"), open_petition(), timezone.now()
    counted = {"state": SignatureState.VALIDATED, "validated_at": now}
    for name in ("Ada", "Ben", "Cem"):
        sign_row(petition, name, postcode="NEW1AA", **counted)
    sign_row(petition, "Dan", postcode="UNKNOWN", **counted)
    sign_row(petition, "Eve", postcode="NEW1AA", country_code="FR", **counted)
    Signature.objects.filter(role="creator").update(postcode="", validated_at=now)
    recount(petition.pk, now=now)
    Postcode.objects.create(key="NEW1AA", constituency_code="C1")
    for _ in range(2):
        sofia.post("/petitions/workings/places", {"days": 7})
        assert run_next_task("worker")
        assert read_places(petition.pk)["constituency", "C1"] == 3
    assert recount(petition.pk, now=timezone.now(), repairs=False) is None
    assert sorted(Signature.objects.exclude(constituency=None).values_list("name", flat=True)) == ["Ada", "Ben", "Cem"]
    assert sofia.post("/petitions/workings/places", {"days": 8}).status_code == 400
