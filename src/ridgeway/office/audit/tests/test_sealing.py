import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, connection, connections, transaction

from ridgeway.office.audit.append import append_entry
from ridgeway.office.audit.chain import START, Line, chain_digest
from ridgeway.office.audit.commands import audit
from ridgeway.office.audit.models import Entry, Seal
from ridgeway.office.audit.sealing import seal_batch, seal_log, verify_log
from ridgeway.office.audit.tests.test_log import NOON, append
from ridgeway.office.tests.ready import Office, any_office, cluster, migrated_file  # noqa: F401

DETAILS = {"text": "Ä 'x' \U0001f600", "number": 1.5, "big": 10**12, "list": [None, True, {"b": 1, "a": 2}]}


def let_the_owner_in() -> None:
    """The owner of the tables takes the triggers away, as nobody else can."""
    with connection.cursor() as cursor:
        for table in ("audit_entry", "audit_seal"):
            for name in ("keep", "stay", "new"):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}{on}")


def run_sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_what_was_written_is_sealed_and_proven(any_office: Office):  # noqa: F811
    assert seal_log(NOON) == "nothing to seal"
    for number in range(5):
        append("hall.open", f"hall:{number}", hours=number, details=DETAILS, account_id=number or None)
    assert verify_log().unsealed == 5
    said = seal_log(NOON)
    proof = verify_log()
    assert (proof.sealed, proof.unsealed, proof.fault) == (5, 0, "")
    assert said == f"sealed 5 lines; at 5 {proof.digest}"
    append()
    seal_log(NOON)
    again = verify_log()
    assert (again.sealed, again.fault) == (6, "")
    assert verify_log(proof.digest).fault == ""
    assert "taken from its end" in verify_log("00" * 32).fault
    assert again.digest != proof.digest


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE audit_entry SET reason = 'x' WHERE subject = 'hall:2'", "is not as it was sealed"),
        ("DELETE FROM audit_entry WHERE subject = 'hall:2'", "is missing"),
        ("DELETE FROM audit_seal WHERE position = 3", "the seal at position 3 is missing"),
        (
            "UPDATE audit_seal SET digest = (SELECT digest FROM audit_seal WHERE position = 1) WHERE position = 4",
            "sealed",
        ),
    ],
)
def test_what_the_owner_of_the_tables_changes_is_found(any_office: Office, change: str, said: str):  # noqa: F811
    for number in range(5):
        append("hall.open", f"hall:{number}")
    seal_log(NOON)
    let_the_owner_in()
    run_sql(change)
    assert said in verify_log().fault


def test_the_database_changes_no_seal(any_office: Office):  # noqa: F811
    append()
    seal_log(NOON)
    for statement in ("UPDATE audit_seal SET position = 9", "DELETE FROM audit_seal"):
        with pytest.raises(IntegrityError):
            run_sql(statement)


def test_many_write_and_several_seal_at_once_and_nothing_is_left_out(any_office: Office):  # noqa: F811
    def write(number: int) -> None:
        try:
            with transaction.atomic():
                append_entry("Ann", "hall.open", f"hall:{number}", now=NOON + timedelta(seconds=number))
            if number % 5 == 0:
                seal_batch()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(60)))
    seal_log(NOON)
    proof = verify_log()
    assert (proof.sealed, proof.unsealed, proof.fault) == (60, 0, "")
    assert sorted(Seal.objects.values_list("position", flat=True)) == list(range(1, 61))


def test_a_line_that_was_committed_late_is_sealed_after_its_followers(any_office: Office):  # noqa: F811
    append("hall.open", "hall:1")
    first = Entry.objects.get()
    late = Entry(pk=None, at=NOON, actor_name="Bob", act="hall.close", subject="hall:1", details={})
    append("hall.open", "hall:2")
    seal_log(NOON)
    run_sql(
        "INSERT INTO audit_entry (id, at, actor_name, act, subject, reason, details) "
        f"VALUES ({first.pk + 10}, '2026-11-24 12:00:00', '{late.actor_name}', 'hall.close', 'hall:1', '', '{{}}')"
    )
    run_sql(
        "INSERT INTO audit_entry (id, at, actor_name, act, subject, reason, details) "
        f"VALUES ({first.pk + 5}, '2026-11-24 12:00:00', 'Eve', 'hall.close', 'hall:1', '', '{{}}')"
    )
    seal_log(NOON)
    proof = verify_log()
    assert (proof.sealed, proof.unsealed, proof.fault) == (4, 0, "")


def test_the_digest_is_the_one_that_is_written_down_here():
    line = Line(7, NOON, "Ann", None, "hall.open", "hall:1", "", {"b": 1, "a": "ä"})
    assert chain_digest(line, START).hex() == "b945e3cc39370c0a2239beb4f92306a9edd197daf19152cb0c1c56724ff0e939"


def test_the_operator_reads_seals_and_proves(any_office: Office):  # noqa: F811
    append(reason="rain")
    run = CliRunner()
    assert json.loads(run.invoke(audit, ["list", "--act", "hall.", "--json"]).stdout)[0]["reason"] == "rain"
    assert "rain" in run.invoke(audit, ["list"]).stdout
    assert run.invoke(audit, ["export"]).stdout.splitlines()[0].startswith("number,at,actor")
    assert "sealed 1 lines" in run.invoke(audit, ["seal"]).stdout
    assert json.loads(run.invoke(audit, ["verify", "--json"]).stdout)["sealed"] == 1
    assert "as they were sealed" in run.invoke(audit, ["verify"]).stdout
    let_the_owner_in()
    run_sql("DELETE FROM audit_entry")
    assert run.invoke(audit, ["verify"]).exception.code == "audit_log_changed"
