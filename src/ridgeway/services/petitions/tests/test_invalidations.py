"""Withdrawing many signatures: Sofia writes a batch down, counts it, starts it, and a worker does it, killed or not."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from ridgeway.office.audit.models import Entry
from ridgeway.office.jobs.tasks import run_next_task
from ridgeway.office.people.tests.cast import make_account, signed_in
from ridgeway.office.tests.ready import Office, any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.actions import withdrawing
from ridgeway.services.petitions.models import Invalidation, Petition, Signature
from ridgeway.services.petitions.states import SignatureState
from ridgeway.services.petitions.tests.cast import found_site, open_petition, sign_row
from ridgeway.services.petitions.writer.recounting import recount

PAGES = "/petitions/invalidations"


@pytest.fixture
def desk(any_office: Office) -> Iterator[Office]:  # noqa: F811
    found_site()
    with any_office.at_site("desk"):
        yield any_office


@pytest.fixture
def plain_desk(office: Office) -> Iterator[Office]:  # noqa: F811
    """On one database, where the database has no say."""
    found_site()
    with office.at_site("desk"):
        yield office


def employ(name: str, role: str) -> Client:
    return signed_in(make_account(f"{name.lower()}@parliament.example", name, [f"petitions.{role}"]))


def signed_from(ip: str, count: int) -> Petition:
    petition = open_petition()
    for number in range(count):
        sign_row(petition, f"Bot{number}", ip=ip, state=SignatureState.VALIDATED, wants_updates=True)
    sign_row(petition, "Ada", ip="192.0.2.1", state=SignatureState.VALIDATED)
    recount(petition.pk, now=timezone.now())
    return petition


def write_down(sofia: Client, **form: object) -> Invalidation:
    answer = sofia.post(f"{PAGES}/new", {"summary": "Bots", **form})
    assert answer.status_code == 302, answer.content.decode()
    return Invalidation.objects.latest("pk")


def test_sofia_withdraws_two_hundred_and_the_counts_are_exact(desk: Office):
    sofia, petition = employ("Sofia", "sysadmin"), signed_from("198.51.100.7", 205)
    batch = write_down(sofia, ip="198.51.100.0/24", petition=petition.pk)
    assert batch.matching_count == 205
    assert "205" in sofia.get(f"{PAGES}/{batch.pk}").content.decode()
    answer = sofia.post(f"{PAGES}/{batch.pk}/start", follow=True)
    assert "The batch is started." in answer.content.decode()
    assert run_next_task("worker")
    batch.refresh_from_db()
    petition.refresh_from_db()
    assert (batch.invalidated_count, petition.signature_count) == (205, 2)
    assert batch.completed_at is not None
    assert recount(petition.pk, now=timezone.now(), repairs=False) is None
    assert not Signature.objects.filter(invalidation=batch, wants_updates=True).exists()
    assert "Done" in sofia.get(f"{PAGES}/{batch.pk}/progress").content.decode()
    acts = list(Entry.objects.filter(subject=f"invalidation:{batch.pk}").order_by("pk").values_list("act", flat=True))
    assert acts == ["petitions.create_invalidation", "petitions.start_invalidation", "petitions.finish_invalidation"]
    assert not any("198.51" in str(line.details) for line in Entry.objects.all())


def test_a_worker_that_is_killed_goes_on_where_it_was(desk: Office):
    sofia, petition = employ("Sofia", "sysadmin"), signed_from("198.51.100.7", 130)
    batch = write_down(sofia, name="bot%")
    sofia.post(f"{PAGES}/{batch.pk}/start")
    assert withdrawing.withdraw_block(batch.pk, now=timezone.now())
    batch.refresh_from_db()
    assert (batch.invalidated_count, batch.completed_at) == (100, None)
    assert run_next_task("another worker")
    batch.refresh_from_db()
    assert batch.invalidated_count == 130
    assert not withdrawing.withdraw_block(batch.pk, now=timezone.now())
    assert recount(petition.pk, now=timezone.now(), repairs=False) is None


def test_sofia_cancels_in_the_middle_and_what_is_done_stays(desk: Office):
    sofia, petition = employ("Sofia", "sysadmin"), signed_from("198.51.100.7", 130)
    batch = write_down(sofia, petition=petition.pk)
    sofia.post(f"{PAGES}/{batch.pk}/start")
    withdrawing.withdraw_block(batch.pk, now=timezone.now())
    sofia.post(f"{PAGES}/{batch.pk}/cancel")
    assert run_next_task("worker")
    petition.refresh_from_db()
    assert petition.signature_count == 32
    assert "Cancelled" in sofia.get(PAGES).content.decode()
    assert sofia.post(f"{PAGES}/{batch.pk}/cancel").status_code == 400
    assert sofia.post(f"{PAGES}/{batch.pk}/delete").status_code == 400


def test_a_batch_that_was_not_started_is_deleted_and_one_that_was_is_not_started_twice(desk: Office):
    sofia, petition = employ("Sofia", "sysadmin"), signed_from("198.51.100.7", 3)
    first, second = write_down(sofia, petition=petition.pk), write_down(sofia, domain="@example.org")
    sofia.post(f"{PAGES}/{first.pk}/delete")
    assert not Invalidation.objects.filter(pk=first.pk).exists()
    sofia.post(f"{PAGES}/{second.pk}/start")
    assert sofia.post(f"{PAGES}/{second.pk}/start").status_code == 400
    assert sofia.post(f"{PAGES}/{second.pk}/explode").status_code == 404
    assert DBTaskResult.objects.count() == 1


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Give at least one condition."),
        ({"name": "%"}, "This would fit everybody."),
        ({"domain": "@%"}, "This would fit everybody."),
        ({"ip": "10.0.0.0/99"}, "Write an address or a network"),
        ({"petition": "42"}, "There is no petition of this number."),
        ({"created_after": "2026-11-02T00:00", "created_before": "2026-11-01T00:00"}, "This is before the beginning."),
        ({"country_code": "XX"}, "Select a valid choice"),
    ],
)
def test_a_batch_that_says_nothing_or_nonsense_is_sent_back(plain_desk: Office, form: dict[str, str], said: str):
    answer = employ("Sofia", "sysadmin").post(f"{PAGES}/new", {"summary": "Bots", **form})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Invalidation.objects.exists()


@pytest.mark.parametrize(
    ("form", "count"),
    [
        ({"name": "BOT_"}, 0),
        ({"name": "bot1"}, 1),
        ({"name": "%1"}, 1),
        ({"email": "bot%@example.org"}, 2),
        ({"domain": "%.org"}, 3),
        ({"domain": "example.com"}, 0),
        ({"postcode": "al1 1aa"}, 3),
        ({"ip": "198.51.100.7", "name": "bot0"}, 1),
        ({"country_code": "FR"}, 0),
        ({"created_before": "2026-01-01T00:00"}, 0),
        ({"created_after": "2026-01-01T00:00"}, 3),
    ],
)
def test_each_condition_narrows_and_the_creator_is_never_among_them(desk: Office, form: dict[str, str], count: int):
    sofia = employ("Sofia", "sysadmin")
    signed_from("198.51.100.7", 2)
    assert write_down(sofia, **form).matching_count == count


@pytest.mark.parametrize("role", ["reviewer", "clerk", "moderator"])
def test_only_system_administrators_come_near_batches(plain_desk: Office, role: str):
    batch = write_down(employ("Sofia", "sysadmin"), name="x")
    rita = employ("Rita", role)
    for path in (PAGES, f"{PAGES}/new", f"{PAGES}/{batch.pk}", f"{PAGES}/{batch.pk}/progress"):
        assert rita.get(path).status_code == 403
    assert rita.post(f"{PAGES}/{batch.pk}/start").status_code == 403
    assert rita.post(f"{PAGES}/new", {"summary": "x", "name": "y"}).status_code == 403
