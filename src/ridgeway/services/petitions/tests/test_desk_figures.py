"""Figures at the desk: statistics, reports by mail, the file of all petitions, mails and jobs; masking a creator."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from ridgeway.office.audit.models import Entry
from ridgeway.office.jobs.models import DutyRun
from ridgeway.office.jobs.tasks import run_next_task
from ridgeway.office.notices.models import QueuedNotice
from ridgeway.office.notices.schema import to_ms
from ridgeway.office.people.models import Account
from ridgeway.office.people.tests.cast import make_account, signed_in
from ridgeway.office.tests.ready import Office, any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import Constituency, Department, Petition, Signature, Tag
from ridgeway.services.petitions.queries.exporting import CHUNK, COLUMNS
from ridgeway.services.petitions.queries.statistics import measure
from ridgeway.services.petitions.states import SignatureState, State
from ridgeway.services.petitions.tests.cast import NOON, found_site, open_petition, sign_row
from ridgeway.services.petitions.writer.recounting import recount


@pytest.fixture
def desk(any_office: Office) -> Iterator[Office]:  # noqa: F811
    found_site()
    with any_office.at_site("desk"):
        yield any_office


@pytest.fixture
def mona(desk: Office) -> Client:
    return employ("Mona", "moderator")


@pytest.fixture
def sofia(desk: Office) -> Client:
    return employ("Sofia", "sysadmin")


def employ(name: str, role: str) -> Client:
    return signed_in(make_account(f"{name.lower()}@parliament.example", name, [f"petitions.{role}"]))


def rows_of(answer: object) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


def signed() -> Petition:
    petition = open_petition()
    place = Constituency.objects.get(code="C1")
    counted = {"state": SignatureState.VALIDATED, "constituency": place, "validated_at": NOON}
    sign_row(petition, "Ada", wants_updates=True, **counted)
    sign_row(petition, "Ben", canonical_email="ada@example.org", **counted)
    sign_row(petition, "Cem", country_code="FR", **counted | {"constituency": None})
    sign_row(petition, "Dan")
    sign_row(petition, "Eve", state=SignatureState.FRAUDULENT)
    recount(petition.pk, now=NOON)
    petition.refresh_from_db()
    return petition


def test_rita_reads_the_statistics_of_a_petition(desk: Office):
    rita, petition = employ("Rita", "reviewer"), signed()
    found = measure(petition)
    assert (found.counted, found.total, found.subscribers, found.twice) == (4, 6, 1, 1)
    assert (found.pending_rate, found.subscriber_rate) == (0.2, 0.25)
    page = rita.get(f"/petitions/{petition.pk}/statistics").content.decode()
    assert "Aldwick" in page
    assert "France" in page
    assert "@example.org" not in page


def test_mona_downloads_every_petition_with_35_columns(mona: Client):
    petition = signed()
    tag, department = Tag.objects.create(name="urgent"), Department.objects.create(name="Trees")
    petition.tags.add(tag)
    petition.departments.add(department)
    open_petition(State.HIDDEN, sponsor_token="hidden")
    open_petition(State.CLOSED, sponsor_token="archived", archived_at=NOON)
    answer = mona.get("/petitions/list.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    rows = rows_of(answer)
    assert len(COLUMNS) == len(rows[0]) == 35
    first = rows[0]
    assert (first["id"], first["creator_email"], first["tags"]) == (str(petition.pk), "carla@example.org", "urgent")
    assert (first["signature_count"], first["subscriber_count"], first["subscription_rate"]) == ("4", "1", "0.25")
    assert [row["state"] for row in rows] == ["open", "hidden", "closed"]
    assert [bool(row["public_url"]) for row in rows] == [True, False, True]
    line = Entry.objects.get(act="petitions.export")
    assert (line.actor_name, line.subject) == ("Mona", "petitions")


def test_the_file_follows_the_pile_and_the_words(mona: Client):
    open_petition(State.REJECTED, sponsor_token="a", action="Mend the bridge")
    open_petition(State.OPEN, sponsor_token="b")
    assert [row["action"] for row in rows_of(mona.get("/petitions/list.csv?pile=rejected"))] == ["Mend the bridge"]
    assert len(rows_of(mona.get("/petitions/list.csv?pile=nonsense"))) == 2


def test_nothing_that_anybody_wrote_is_a_formula_in_the_file(mona: Client):
    for mark in ("=", "+", "-", "@", "\t=", "\r=", " =", "|"):
        text = f"{mark}cmd"
        petition = open_petition(action=text, background=text, notes=f"{text}\n=cmd", sponsor_token=text)
        Signature.objects.filter(petition=petition).update(name=text)
        petition.tags.add(Tag.objects.create(name=text))
    rows = rows_of(mona.get("/petitions/list.csv"))
    assert len(rows) == 8
    for row in rows:
        for name in ("action", "background", "notes", "creator_name", "tags"):
            assert row[name].startswith("'"), (name, row[name])


def test_the_file_costs_the_same_number_of_statements_for_one_petition_and_for_many(mona: Client):
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            rows_of(mona.get("/petitions/list.csv"))
        return len(asked)

    open_petition(sponsor_token="first")
    one = count()
    for number in range(12):
        open_petition(sponsor_token=f"more{number}")
    assert count() == one
    assert CHUNK > 13


def test_mona_asks_for_a_report_and_gets_it_by_mail_once(mona: Client):
    signed()
    form = {"report": "constituency", "since_day": "1", "since_month": "11", "since_year": "2026"}
    page = mona.post("/petitions/reports", form, follow=True).content.decode()
    assert "will be mailed to you" in page
    assert run_next_task("worker")
    notice = QueuedNotice.objects.get(kind="petitions.report")
    assert notice.address == "mona@parliament.example"
    payload = json.loads(notice.payload)
    assert payload["file_name"] == "constituency.csv"
    rows = list(csv.reader(io.StringIO(payload["content"].lstrip("\ufeff"))))
    assert rows == [
        ["code", "name", "signatures", "unique_addresses"],
        ["C1", "Aldwick", "2", "1"],
        ["", "", "1", "1"],
    ]
    task = DBTaskResult.objects.get()
    task.task.call(*task.args_kwargs["args"])
    assert QueuedNotice.objects.filter(kind="petitions.report").count() == 1
    assert Entry.objects.get(act="petitions.report").subject == "report:constituency"


def test_the_days_of_a_report_are_both_included(mona: Client):
    signed()
    for since, until, number in (("24", "24", "3"), ("25", "25", "0"), ("23", "23", "0")):
        form = {"report": "total"}
        for name, day in (("since", since), ("until", until)):
            form |= {f"{name}_day": day, f"{name}_month": "11", f"{name}_year": "2026"}
        mona.post("/petitions/reports", form)
        run_next_task("worker")
        payload = json.loads(QueuedNotice.objects.order_by("-id")[0].payload)
        assert payload["content"].splitlines()[1].split(",")[2] == number


def test_the_report_on_moderation_says_how_many_were_decided_within_seven_days(mona: Client):
    monday = NOON.replace(day=2)
    for number, lag in enumerate((1, 7, 8)):
        open_petition(sponsor_token=f"p{number}", moderation_threshold_reached_at=monday, moderation_lag_days=lag)
    mona.post("/petitions/reports", {"report": "moderation"})
    run_next_task("worker")
    lines = json.loads(QueuedNotice.objects.get().payload)["content"].lstrip("\ufeff").splitlines()
    assert lines[1:] == ["month,2026-11-01,3,2,67", "week,2026-11-02,1,1,100", "week,2026-11-09,2,1,50"]


def test_a_report_goes_to_nobody_who_has_left(mona: Client):
    mona.post("/petitions/reports", {"report": "total"})
    Account.objects.update(is_active=False)
    assert run_next_task("worker")
    assert not QueuedNotice.objects.exists()


def test_a_report_that_cannot_be_is_refused(mona: Client):
    days = {"since_day": "2", "since_month": "11", "since_year": "2026"}
    days |= {"until_day": "1", "until_month": "11", "until_year": "2026"}
    for form in ({}, {"report": "everything"}, {"report": "total", "parliament": "x"}, {"report": "total", **days}):
        assert mona.post("/petitions/reports", form).status_code == 422
    assert not DBTaskResult.objects.exists()


def test_sofia_sees_mails_tasks_and_duties_without_anybodys_address(sofia: Client):
    now = to_ms(timezone.now())
    values = {"kind": "petitions.published", "version": "1", "language": "en", "payload": "{}", "priority": 10}
    values |= {"address": "ada@secret.example", "created_at_ms": now, "due_at_ms": now}
    for number, state in enumerate(("queued", "sent", "failed", "failed")):
        settled = None if state == "queued" else now
        QueuedNotice.objects.create(
            **values, subject="petition:7", recipient_key=f"signature:{number}", state=state, settled_at_ms=settled
        )
    DutyRun.objects.create(name="petitions.close", due_at_ms=now, failures=3, error="It was shut.")
    page = sofia.get("/petitions/workings").content.decode()
    assert "petitions.published" in page
    assert "Failed 3 times" in page
    assert "ada@secret" not in page
    assert sofia.get("/petitions/workings").status_code == 200


def test_sofia_has_a_task_that_failed_tried_again(sofia: Client):
    sofia.post("/petitions/reports", {"report": "total"})
    task = DBTaskResult.objects.get()
    assert sofia.post(f"/petitions/workings/tasks/{task.id}/retry").status_code == 404
    task.claim("worker")
    task.set_failed(ValueError("ada@secret.example"))
    page = sofia.get("/petitions/workings").content.decode()
    assert "ValueError" in page
    assert "ada@secret" not in page
    sofia.post(f"/petitions/workings/tasks/{task.id}/retry")
    assert run_next_task("worker")
    assert QueuedNotice.objects.filter(kind="petitions.report").count() == 1
    assert Entry.objects.get(act="petitions.retry_task").subject == f"task:{task.id}"
    for nonsense in ("x", "0" * 32):
        assert sofia.post(f"/petitions/workings/tasks/{nonsense}/retry").status_code == 404


def test_sofia_makes_the_creator_of_a_hidden_petition_anonymous(sofia: Client):
    petition = open_petition(State.HIDDEN)
    recount(petition.pk, now=NOON)
    assert "gone for good" in sofia.get(f"/petitions/{petition.pk}/mask").content.decode()
    page = sofia.post(f"/petitions/{petition.pk}/mask", follow=True).content.decode()
    assert "The creator is anonymous now." in page
    creator = Signature.objects.get(role="creator")
    assert "Carla" not in str(Signature.objects.values().get())
    assert (creator.state, creator.ip, creator.anonymized_at is None) == (SignatureState.VALIDATED, None, False)
    assert "carla" not in page.lower()
    assert recount(petition.pk, now=timezone.now(), repairs=False) is None
    assert Entry.objects.get(act="petitions.mask_creator").details == {}
    assert sofia.post(f"/petitions/{petition.pk}/mask").status_code == 400


def test_the_creator_of_a_petition_that_may_be_seen_keeps_the_name(sofia: Client):
    for state in (State.OPEN, State.REJECTED, State.PENDING):
        petition = open_petition(state, sponsor_token=state)
        assert "Only the creator" in sofia.get(f"/petitions/{petition.pk}/mask").content.decode()
        assert sofia.post(f"/petitions/{petition.pk}/mask").status_code == 400
        assert Signature.objects.get(petition=petition, role="creator").name == "Carla"


def test_pages_of_figures_stay_calm_on_old_and_empty_petitions(sofia: Client):
    Petition.objects.create(
        action="Empty", background="-", sponsor_token="e", created_at=NOON, updated_at=NOON - timedelta(days=9000)
    )
    petition = Petition.objects.get()
    assert sofia.get(f"/petitions/{petition.pk}/statistics").status_code == 200
    assert len(rows_of(sofia.get("/petitions/list.csv"))) == 1
