import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.office.audit.append import append_entry
from ridgeway.office.audit.models import Entry, Unchangeable
from ridgeway.office.audit.queries import iterate_entries, list_entries
from ridgeway.office.audit.table import FORMULA, disarm, render_line
from ridgeway.office.audit.values import Filters
from ridgeway.office.people.tests.cast import make_account, signed_in
from ridgeway.office.tests.ready import Office, any_office, cluster, migrated_file, office  # noqa: F401

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def append(act: str = "hall.open", subject: str = "hall:1", *, name: str = "Ann", hours: int = 0, **more) -> Entry:
    with transaction.atomic():
        return append_entry(name, act, subject, now=NOON + timedelta(hours=hours), **more)


@pytest.fixture
def desk(office: Office) -> Iterator[Office]:  # noqa: F811
    with office.at_site("desk"):
        yield office


def test_a_line_is_written_with_the_act_or_not_at_all(any_office):  # noqa: F811
    with pytest.raises(transaction.TransactionManagementError):
        append_entry("Ann", "hall.open", "hall:1", now=NOON)
    with transaction.atomic():
        append_entry("Ann", "hall.open", "hall:1", now=NOON)
        transaction.set_rollback(True)
    assert not Entry.objects.exists()
    entry = append(reason="rain", account_id=7, details={"doors": 2})
    stored = Entry.objects.get()
    assert stored == entry
    assert (stored.at, stored.account_id, stored.reason, stored.details) == (NOON, 7, "rain", {"doors": 2})


def test_the_model_changes_and_deletes_no_line(any_office):  # noqa: F811
    entry = append()
    attempts = (
        entry.save,
        entry.delete,
        Entry.objects.all().delete,
        lambda: Entry.objects.update(act="x"),
        lambda: Entry.objects.bulk_create([Entry(act="x")]),
        lambda: Entry.objects.bulk_update([entry], ["act"]),
        lambda: Entry(pk=entry.pk, at=NOON, actor_name="Eve", act="x", subject="y").save(),
    )
    for attempt in attempts:
        with pytest.raises(Unchangeable):
            attempt()


UPSERT = "INSERT INTO audit_entry SELECT * FROM audit_entry{} ON CONFLICT (id) DO UPDATE SET actor_name = 'Eve'"
CHANGES = ("UPDATE audit_entry SET actor_name = 'Eve'", "DELETE FROM audit_entry")
OWN_CHANGES = {
    "sqlite": ("INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry", UPSERT.format(" WHERE true")),
    "postgresql": ("TRUNCATE audit_entry", UPSERT.format("")),
}


def test_the_database_changes_and_deletes_no_line(any_office: Office):  # noqa: F811
    append()
    for statement in (*CHANGES, *OWN_CHANGES[connection.vendor]):
        with pytest.raises(IntegrityError), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Entry.objects.get().actor_name == "Ann"


def test_the_log_is_read_newest_first_by_what_one_looks_for(any_office):  # noqa: F811
    append("hall.open", "hall:1", hours=0)
    append("hall.close", "hall:1", name="Bob", hours=1, reason="rain")
    append("hall.open", "hall:12", hours=2)
    append("people.add", "account:1", hours=3)

    def found(**filters) -> list[tuple[str, str]]:
        return [(e.act, e.subject) for e in list_entries(Filters(**filters), limit=10)]

    assert [e.pk for e in iterate_entries(Filters())] == sorted((e.pk for e in Entry.objects.all()), reverse=True)
    assert found(subject="hall:1") == [("hall.close", "hall:1"), ("hall.open", "hall:1")]
    assert found(subject="hall") == found(act="hall.") == found(subject="hall:")
    assert found(who="bo") == found(text="RAIN") == [("hall.close", "hall:1")]
    assert found(since=NOON + timedelta(hours=2), until=NOON + timedelta(hours=3)) == [("hall.open", "hall:12")]
    newest = list_entries(Filters(), limit=2)
    assert [e.subject for e in list_entries(Filters(), before=newest[-1].pk, limit=2)] == ["hall:1", "hall:1"]


def test_who_may_read_the_log_reads_it_by_pages_and_as_a_file(desk):
    client = signed_in(make_account(roles=["hall.warden"]))
    for number in range(60):
        append("hall.open", f"hall:{number}", reason="=1+1" if number == 3 else "")
    page = client.get("/audit/?subject=hall").content.decode()
    assert "hall:59" in page
    assert "hall:5<" not in page
    following = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "hall:5<" in client.get(f"/audit/{following}").content.decode()
    answer = client.get("/audit/audit.csv?subject=hall")
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode())))
    assert (len(rows), rows[0][0], rows[-1][5]) == (61, "number", "hall:0")
    assert rows[57][6] == "'=1+1"
    assert answer["Content-Disposition"] == 'attachment; filename="audit.csv"'


@pytest.mark.parametrize(
    "query", ["since=yesterday", "before=x", "before=99999999999999999999", "until=9999-12-31", "who=" + "x" * 300]
)
def test_a_strange_question_is_answered_and_breaks_nothing(desk, query: str):
    client = signed_in(make_account(roles=["hall.warden"]))
    assert client.get(f"/audit/?{query}").status_code == 200
    assert client.get(f"/audit/audit.csv?{query}").status_code in {200, 400}


def test_what_people_wrote_is_shown_as_text(desk):
    client = signed_in(make_account(roles=["hall.warden"]))
    append("hall.open", "hall:1", name="<script>alert(1)</script>", reason="<img src=x onerror=alert(1)>")
    page = client.get("/audit/?subject=hall").content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0\r")))
def test_no_cell_is_a_formula_and_every_cell_comes_back(cell: str):
    assert not disarm(cell).startswith(FORMULA)
    (row,) = csv.reader(io.StringIO(render_line([cell, "x"]), newline=""))
    assert row[0] in {cell, f"'{cell}"}
