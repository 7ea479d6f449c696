"""Sofia the administrator brings a Parliament to its end at the desk; nobody else may."""

# ruff: noqa: F811 - fixtures are taken by name

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ridgeway.office.audit.models import Entry
from ridgeway.office.notices.models import RequestedMailing
from ridgeway.office.people.tests.cast import make_account, signed_in
from ridgeway.office.tests.ready import Office, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import Parliament
from ridgeway.services.petitions.staff.parliament import urlpatterns
from ridgeway.services.petitions.states import State
from ridgeway.services.petitions.tests.cast import found_site, open_petition


@pytest.fixture
def desk(office: Office) -> Iterator[Parliament]:
    found_site()
    with office.at_site("desk"):
        yield Parliament.objects.get()


def sofia() -> Client:
    return signed_in(make_account("sofia@parliament.example", "Sofia", ["petitions.sysadmin"]))


def day(name: str, at: datetime) -> dict[str, str]:
    return {f"{name}_day": f"{at:%d}", f"{name}_month": f"{at:%m}", f"{name}_year": f"{at:%Y}"}


def announcement(days: int = 20) -> dict[str, str]:
    at = timezone.now() + timedelta(days=days)
    return {
        **day("dissolution_on", at),
        "dissolution_time": "00:01",
        "shows_dissolution": "on",
        "dissolution_heading": "Petitions will close",
        "dissolution_message": "Sign before then.",
        "dissolution_faq_url": "https://www.parliament.example/questions",
        **day("registration_closes_on", at + timedelta(days=10)),
        "registration_closes_time": "23:59",
        **day("election_on", at + timedelta(days=30)),
    }


def follow(client: Client, path: str, data: dict[str, str] | None = None) -> str:
    return client.post(path, data or {}, follow=True).content.decode()


def test_sofia_announces_mails_and_schedules_and_takes_it_back(desk: Parliament):
    client, page = sofia(), f"/petitions/parliaments/{desk.pk}"
    assert "Fill in first the day of the dissolution" in client.get(page).content.decode()
    said = follow(client, f"{page}/dissolution", announcement())
    assert "The announcement is saved." in said, said[said.find("<main") :][:1500]
    assert "The mails are on their way." in follow(client, f"{page}/mail")
    assert "The closure is scheduled." in follow(client, f"{page}/close", day("cutoff_on", timezone.now()))
    desk.refresh_from_db()
    assert desk.closure_scheduled_at == desk.dissolution_at
    assert desk.dissolution_at is not None
    assert f"{timezone.localtime(desk.dissolution_at):%H:%M}" == "00:01"
    assert RequestedMailing.objects.count() == 1
    assert "Nothing closes early any more." in follow(client, f"{page}/cancel")
    assert Entry.objects.filter(actor_name="Sofia", subject=f"parliament:{desk.pk}").count() == 4


def test_a_button_pressed_too_early_says_why_nothing_happened(desk: Parliament):
    client, page = sofia(), f"/petitions/parliaments/{desk.pk}"
    for button in ("mail", "archive", "cancel"):
        assert desk.period in follow(client, f"{page}/{button}")
    desk.refresh_from_db()
    assert desk.archiving_started_at is None
    assert RequestedMailing.objects.count() == 0


def test_a_form_with_mistakes_comes_back_with_what_was_typed(desk: Parliament):
    client, page = sofia(), f"/petitions/parliaments/{desk.pk}"
    wrong = announcement() | {"dissolution_on_day": "31", "dissolution_on_month": "02", "dissolution_time": "25:99"}
    answer = client.post(f"{page}/dissolution", wrong)
    assert answer.status_code == 422
    assert "Sign before then." in answer.content.decode()
    assert client.post(f"{page}/close", {}).status_code == 422
    assert client.post(f"{page}/edit", {"period": "2024", "government": "x"}).status_code == 422
    unsaid = {name: value for name, value in announcement().items() if not name.startswith("dissolution_on")}
    assert "Say on which day" in client.post(f"{page}/dissolution", unsaid).content.decode()


def test_sofia_archives_after_two_days_and_enters_the_next_parliament(desk: Parliament):
    client, page = sofia(), f"/petitions/parliaments/{desk.pk}"
    Parliament.objects.update(dissolution_at=timezone.now() - timedelta(days=3))
    open_petition(State.CLOSED, parliament=desk)
    assert "The petitions are being archived." in follow(client, f"{page}/archive")
    desk.refresh_from_db()
    assert desk.archiving_started_at is not None
    said = {"period": "2031-2036", "government": "Others", **day("opening_on", timezone.now() + timedelta(days=50))}
    assert "The Parliament is entered." in follow(client, "/petitions/parliaments/new", said)
    entered = Parliament.objects.get(period="2031-2036")
    assert entered.constituencies.count() == 2
    assert "already" in client.post("/petitions/parliaments/new", said).content.decode()
    assert "2031-2036" in client.get("/petitions/parliaments").content.decode()


def test_sofia_tells_everybody_that_the_privacy_notice_has_changed_once_a_day(desk: Parliament):
    client = sofia()
    for _ in range(2):
        follow(client, "/petitions/parliaments/privacy", day("since", timezone.now() - timedelta(days=100)))
    assert RequestedMailing.objects.get().kind == "petitions.privacy"


@pytest.mark.parametrize("role", ["reviewer", "moderator", "clerk"])
def test_nobody_but_an_administrator_reaches_a_page_or_a_button_of_parliaments(desk: Parliament, role: str):
    client = signed_in(make_account("x@parliament.example", "X", [f"petitions.{role}"]))
    for pattern in urlpatterns:
        path = f"/petitions/{pattern.pattern}".replace("<str:parliament_id>", str(desk.pk))
        assert client.get(path).status_code == 403, path
        assert client.post(path).status_code == 403, path
