import json

import pytest
from click.testing import CliRunner

from ridgeway.cli.main import ridgeway


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments, **environment):
    return CliRunner().invoke(ridgeway, ["settings", *arguments], env=environment)


def test_without_a_file_every_value_is_a_default():
    told = run("show", "--json")
    assert told.exit_code == 0
    rows = {row["key"]: row for row in json.loads(told.stdout)}
    assert rows["gateway.peer_port"] == {"key": "gateway.peer_port", "value": "5500", "source": "default"}
    assert {row["source"] for row in rows.values()} == {"default"}


def test_each_value_names_the_file_or_the_variable_it_comes_from(tmp_path):
    (tmp_path / "ridgeway.toml").write_text("[gateway]\npeer_port = 5600\nworkers = 2\n")
    rows = {row["key"]: row for row in json.loads(run("show", "--json", RIDGEWAY_GATEWAY__WORKERS="3").stdout)}
    assert (rows["gateway.peer_port"]["value"], rows["gateway.peer_port"]["source"]) == ("5600", "ridgeway.toml")
    assert (rows["gateway.workers"]["value"], rows["gateway.workers"]["source"]) == ("3", "RIDGEWAY_GATEWAY__WORKERS")


def test_the_table_has_a_line_for_each_setting():
    lines = run("show").stdout.splitlines()
    assert len(lines) == len(json.loads(run("show", "--json").stdout))
    assert any(line.split() == ["gateway.workers", "1", "default"] for line in lines)


@pytest.mark.parametrize("arguments", [("show",), ("show", "--json"), ("check",), ("check", "--json")])
def test_a_secret_is_never_printed(tmp_path, arguments):
    secret = tmp_path / "pin"
    secret.write_text("correct-horse")
    told = run(*arguments, RIDGEWAY_SIGNER__PIN_FILE=str(secret), RIDGEWAY_WEB__SECRET_KEY="battery-staple")
    assert told.exit_code == 0
    assert "correct-horse" not in told.output
    assert "battery-staple" not in told.output
    if arguments == ("show",):
        assert "signer.pin" in told.output
        assert "(set)" in told.output


def test_the_check_names_all_faults_at_once(tmp_path):
    (tmp_path / "ridgeway.toml").write_text('mode = "labb"\n[gateway]\npeer_prot = 1\nworkers = "many"\n')
    told = run("check", RIDGEWAY_TRUTS__ANCHOR="x")
    assert told.exit_code == 2
    assert len(told.stderr.splitlines()) == 4
    assert "did you mean 'peer_port'?" in told.stderr
    assert "gateway.workers is 'many'" in told.stderr
    assert "RIDGEWAY_TRUTS__ANCHOR" in told.stderr
    assert told.stdout == ""


def test_the_check_as_json_lists_the_faults_and_exits_2(tmp_path):
    (tmp_path / "ridgeway.toml").write_text("[gateway]\npeer_prot = 1\n")
    told = run("check", "--json")
    assert told.exit_code == 2
    assert len(json.loads(told.stdout)["faults"]) == 1


def test_settings_in_order_exit_0_and_say_how_many_differ_from_the_default(tmp_path):
    (tmp_path / "ridgeway.toml").write_text("[gateway]\npeer_port = 5600\n")
    told = run("check")
    assert told.exit_code == 0
    assert "in order: 1 of " in told.stdout


def test_a_file_that_is_named_but_absent_is_a_fault(tmp_path):
    told = CliRunner().invoke(ridgeway, ["--settings", str(tmp_path / "absent.toml"), "settings", "check"])
    assert told.exit_code == 2
    assert "absent.toml cannot be read" in told.stderr


def test_broken_settings_are_shown_as_far_as_they_go(tmp_path):
    (tmp_path / "ridgeway.toml").write_text("[gateway]\npeer_port = 5600\nworkers = 'x'\n")
    told = run("show")
    assert told.exit_code == 2
    assert "5600" in told.stdout
    assert "gateway.workers" in told.stderr
