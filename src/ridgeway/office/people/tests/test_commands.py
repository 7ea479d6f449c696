import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client

from ridgeway.office.audit.models import Entry
from ridgeway.office.audit.who import read_user
from ridgeway.office.people.commands import people
from ridgeway.office.people.models import Account
from ridgeway.office.people.tests.cast import make_account
from ridgeway.office.tests.ready import Office, migrated_file, office  # noqa: F401

PASSWORD = "eleven green bottles"


def run(*words: str, given: str | None = None):
    return CliRunner().invoke(people, [*words, "--json"], input=given)


def test_the_operator_adds_somebody_who_signs_in(office: Office):  # noqa: F811
    done = run("add", "Bob@Hall.example", "--name", "Bob", "--role", "hall.porter", given=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    row = json.loads(done.stdout)
    assert (row["email"], row["roles"], row["second_factor"]) == ("bob@hall.example", ["hall.porter"], False)
    assert PASSWORD not in done.output
    with office.at_site("desk"):
        assert Client().post("/people/sign-in", {"login": "bob@hall.example", "password": PASSWORD})["Location"] == "/"
    lines = list(Entry.objects.order_by("id").values_list("act", "actor_name")[:3])
    who = f"{read_user()} (ridgeway people)"
    assert lines == [("people.add", who), ("people.grant", who), ("people.set_password", who)]


def test_a_password_comes_from_standard_input_or_is_set_by_a_link(office: Office):  # noqa: F811
    assert run("add", "a@hall.example", "--name", "A", "--password-stdin", given=f"{PASSWORD}\n").exit_code == 0
    assert Account.objects.get().check_password(PASSWORD)
    with_link = json.loads(run("add", "b@hall.example", "--name", "B", "--link").stdout)["link"]
    assert with_link.startswith("http://localhost:8421/people/invitation/")
    again = json.loads(run("invite", "b@hall.example").stdout)["link"]
    with office.at_site("desk"):
        assert Client().get(again.removeprefix("http://localhost:8421")).status_code == 200


def test_roles_are_granted_and_revoked_and_accounts_closed_and_opened(office: Office):  # noqa: F811
    make_account("bob@hall.example", "Bob", [])
    assert json.loads(run("grant", "bob@hall.example", "hall.porter").stdout)["roles"] == ["hall.porter"]
    assert json.loads(run("grant", "bob@hall.example", "hall.warden").stdout)["roles"] == ["hall.porter", "hall.warden"]
    assert json.loads(run("revoke", "BOB@hall.example", "hall.porter").stdout)["roles"] == ["hall.warden"]
    assert json.loads(run("deactivate", "bob@hall.example", "--reason", "left").stdout)["is_active"] is False
    assert json.loads(run("activate", "bob@hall.example").stdout)["is_active"] is True
    assert [row["email"] for row in json.loads(run("list", "--role", "hall.warden").stdout)] == ["bob@hall.example"]
    assert run("reset-second-factor", "bob@hall.example").exit_code == 0
    assert Entry.objects.get(act="people.deactivate").reason == "left"
    assert "hall.porter" in run("roles").stdout


def test_each_verb_also_speaks_to_people(office: Office):  # noqa: F811
    make_account("bob@hall.example", "Bob")
    for words in (["list"], ["roles"], ["deactivate", "bob@hall.example"], ["sign-on"]):
        assert CliRunner().invoke(people, words).exit_code == 0


@pytest.mark.parametrize(
    "words",
    [["grant", "nobody@hall.example", "hall.porter"], ["add", "bob", "--name", "B", "--link"]],
)
def test_what_cannot_be_done_is_refused_by_the_reason(office: Office, words: list[str]):  # noqa: F811
    done = run(*words)
    assert done.exit_code != 0
    assert type(done.exception).__name__ == "PeopleError"


def test_the_whole_command_runs_from_a_shell(office: Office, tmp_path: Path):  # noqa: F811
    file = tmp_path / "ridgeway.toml"
    file.write_text(f'mode = "lab"\nstate_dir = "{tmp_path}"\n[web]\nsecret_key = "{"x" * 50}"\n')
    command = [sys.executable, "-m", "ridgeway.cli", "--settings", str(file), "people"]
    (tmp_path / "empty").mkdir()
    file.write_text(file.read_text().replace("[web]", '[web]\ndatabase = "sqlite:empty/office.sqlite3"'))
    empty = subprocess.run([*command, "list"], check=False, capture_output=True, text=True, timeout=60)
    assert (empty.returncode, "ridgeway web migrate" in empty.stderr) == (2, True)
    file.write_text(file.read_text().replace("empty/", ""))
    words = [*command, "add", "ann@hall.example", "--name", "Ann", "--role", "office.administrator", "--link", "--json"]
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["roles"] == ["office.administrator"]
    refused = subprocess.run(
        [*command, "grant", "ann@hall.example", "no.role"], check=False, capture_output=True, text=True, timeout=60
    )
    assert (refused.returncode, "no.role" in refused.stderr) == (1, True)
