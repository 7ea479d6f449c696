"""One message, from question to proof, in a whole country: what an operator, a citizen's clerk and an auditor see."""

import hashlib
import json
import os
import signal
import time
import zipfile

import pytest
from tests.stories.country import http, run_ridgeway

from ridgeway.lab.country import HEALTH, PARLIAMENT, REGISTER
from ridgeway.lab.proofs import flip_byte

pytestmark = [pytest.mark.xdist_group("country"), pytest.mark.timeout(240)]

PERSON = "GOV/1001/persons/persons/NM000001"
FILE = {"Content-Type": "application/octet-stream"}


def fetch_container(country, side, query_id, direction, into):
    codes = dict(
        zip(
            ("xRoadInstance", "memberClass", "memberCode", "subsystemCode"), side.client("NORTHMARK").codes, strict=True
        )
    )
    query = "&".join(f"{name}={value}" for name, value in {"queryId": query_id, **codes}.items())
    answer = http("GET", f"{country.country.consumer_door(side)}/asic?{query}&unique&{direction}Only&force")
    assert answer.status == 200, answer.body
    into.write_bytes(answer.body)
    return into


@pytest.fixture
def evidence(country, tmp_path):
    """Both sides' containers of one exchange, and the configuration that verifies them."""
    answer = country.ask(PARLIAMENT, PERSON)
    query_id = answer.headers["x-road-id"]
    configuration = tmp_path / "verificationconf.zip"
    configuration.write_bytes(http("GET", f"{country.country.consumer_door(REGISTER)}/verificationconf").body)
    files = {
        (side.key, direction): fetch_container(
            country, side, query_id, direction, tmp_path / f"{side.key}-{direction}.asice"
        )
        for side in (PARLIAMENT, REGISTER)
        for direction in ("request", "response")
    }
    return files, configuration


def test_the_start_shows_its_steps_and_proves_the_first_messages_over_rest_and_over_soap(country):
    told = country.output()
    assert told.count("  PROVEN") == 8
    assert "over SOAP, with its mandate attached" in told
    assert '"code":"NM000001"' in told
    assert "ridgeway verify " in told
    line = next(line for line in told.splitlines() if line.strip().startswith("ridgeway verify "))
    repeated = run_ridgeway(*line.split()[1:])
    assert repeated.stdout.startswith("PROVEN")


def test_the_parliament_asks_the_register_and_gets_the_person(country):
    answer = country.ask(PARLIAMENT, PERSON)
    assert answer.status == 200
    assert answer.json()["given_name"] == "Adra"
    assert answer.headers["x-road-client"] == "NORTHMARK/GOV/1002/casework"
    assert answer.headers["x-road-service"] == "NORTHMARK/GOV/1001/persons/persons"
    assert len(answer.headers["x-road-request-hash"]) == 88


def test_all_four_containers_are_proven_offline(country, evidence):
    files, configuration = evidence
    for (_, direction), file in files.items():
        told = json.loads(run_ridgeway("verify", str(file), "--globalconf", str(configuration), "--json").stdout)
        assert told["proven"] is True
        assert direction in str(told)


def test_one_flipped_byte_is_not_proven(country, evidence, tmp_path):
    files, configuration = evidence
    for (_, direction), file in files.items():
        copy = tmp_path / "flipped.asice"
        flip_byte(file, copy)
        done = run_ridgeway("verify", str(copy), "--globalconf", str(configuration), check=False)
        assert done.returncode == 1
        code = "invalid_signature_value" if direction == "request" else "malformed_signature.invalid_hash_chain_ref"
        assert code in done.stdout + done.stderr


def test_without_any_trust_the_verdict_is_neither(country, evidence, tmp_path):
    files, _ = evidence
    done = run_ridgeway("verify", str(files["register", "request"]), check=False, cwd=tmp_path)
    assert done.returncode == 2


def test_a_path_that_hides_dots_is_refused_as_no_request_of_http(country):
    answer = country.ask(PARLIAMENT, "GOV/1001/persons/persons/%2e%2e/x")
    assert (answer.status, answer.headers.get("x-road-error")) == (400, None)
    assert b"hides dots" in answer.body


@pytest.mark.parametrize(
    ("who", "target", "code"),
    [
        (PARLIAMENT, "GOV/1001/persons/none", "server.serverproxy.unknown_service"),
        (PARLIAMENT, "GOV/1001/none/persons", "server.clientproxy.unknown_member"),
        (PARLIAMENT, "GOV/9/none/persons", "server.clientproxy.unknown_member"),
        (REGISTER, "GOV/1002/casework/x", "server.serverproxy.unknown_service"),
        (REGISTER, "GOV/1001/persons/persons/NM000001", "server.serverproxy.access_denied"),
    ],
    ids=lambda value: getattr(value, "key", value),
)
def test_whoever_asks_wrongly_is_told_why_with_the_code_of_x_road(country, who, target, code):
    answer = country.ask(who, target)
    assert answer.headers["x-road-error"].startswith(code)
    assert answer.status == 500
    assert answer.json()["type"] == answer.headers["x-road-error"]
    assert len(answer.json()["detail"]) == 36


def test_an_error_comes_in_xml_to_whoever_wants_xml(country):
    answer = country.ask(PARLIAMENT, "GOV/1001/persons/none", headers=[("Accept", "text/xml")])
    assert b"<type>server.serverproxy.unknown_service</type>" in answer.body


def test_the_service_s_own_errors_pass_untouched(country):
    answer = country.ask(PARLIAMENT, "GOV/1001/persons/persons/nobody")
    assert answer.status == 404
    assert "x-road-error" not in answer.headers


def test_nobody_speaks_for_another(country):
    url = f"{country.country.consumer_door(PARLIAMENT)}/r1/NORTHMARK/{PERSON}"
    answer = http("GET", url, headers=[("X-Road-Client", "NORTHMARK/GOV/1003/records")])
    assert answer.headers["x-road-error"] == "server.clientproxy.unknown_member"
    assert http("GET", url).headers["x-road-error"] == "server.clientproxy.invalid_client_identifier"


def test_a_system_may_ask_over_https(country):
    door = f"https://{PARLIAMENT.host}:{country.country.ports.consumer_tls}"
    answer = http("GET", f"{door}/r1/NORTHMARK/{PERSON}", headers=[("X-Road-Client", "NORTHMARK/GOV/1002/casework")])
    assert answer.status == 200


def test_a_hundred_megabytes_pass_and_are_logged_by_their_digest(country, tmp_path):
    answer = country.ask(PARLIAMENT, "GOV/1003/records/documents/large")
    whole = (country.country.folder("health") / "system" / "large.bin").read_bytes()
    assert hashlib.sha256(answer.body).digest() == hashlib.sha256(whole).digest()
    container = fetch_container(country, HEALTH, answer.headers["x-road-id"], "response", tmp_path / "large.asice")
    configuration = tmp_path / "verificationconf.zip"
    configuration.write_bytes(http("GET", f"{country.country.consumer_door(HEALTH)}/verificationconf").body)
    done = run_ridgeway("verify", str(container), "--globalconf", str(configuration))
    assert done.stdout.startswith("PROVEN")
    assert hashlib.sha512(whole).hexdigest()[:16] in done.stdout
    assert "not in the container" in done.stdout


def test_an_upload_is_signed_and_proven_on_both_sides(country, tmp_path):
    body = os.urandom(300_000)
    answer = country.ask(PARLIAMENT, "GOV/1003/records/documents", method="POST", body=body, headers=list(FILE.items()))
    assert answer.status == 201
    assert answer.json()["bytes"] == len(body)
    kept = country.country.folder("health") / "system" / "uploads" / f"{answer.json()['number']}.bin"
    assert kept.read_bytes() == body


def test_a_process_that_is_killed_comes_back_and_messages_pass_again(country):
    for name in ("parliament/gateway", "register/messagelog", "register/signer"):
        before = next(each for each in country.status()["processes"] if each["name"] == name)
        os.kill(before["pid"], signal.SIGKILL)
        limit = time.monotonic() + 60
        while True:
            after = next(each for each in country.status()["processes"] if each["name"] == name)
            if after["running"] and after["pid"] != before["pid"]:
                break
            assert time.monotonic() < limit, f"{name} did not come back"
            time.sleep(0.2)
    limit = time.monotonic() + 60
    while True:
        try:
            if country.ask(PARLIAMENT, PERSON).status == 200:
                break
        except OSError:
            pass
        assert time.monotonic() < limit, "no message passes"
        time.sleep(0.3)


def test_the_status_tells_what_runs_where(country):
    told = country.status()
    assert told["running"]
    register = next(each for each in told["organisations"] if each["key"] == "register")
    assert register["subsystem"] == "NORTHMARK/GOV/1001/persons"
    assert http("GET", register["consumer_door"] + "/verificationconf").status == 200
    names = {each["name"] for each in told["processes"]}
    assert {"central/centralserver", "register/gateway", "health/system"} <= names


def test_a_request_is_sent_by_hand(country):
    done = country.run("lab", "call", "parliament", PERSON)
    assert json.loads(done.stdout)["code"] == "NM000001"


def test_a_soap_request_is_sent_by_hand_and_its_containers_hold_what_was_attached(country, tmp_path):
    question, mandate = tmp_path / "question.xml", tmp_path / "mandate.txt"
    question.write_text('<personData xmlns="urn:northmark:population-register"><code>NM000001</code></personData>')
    mandate.write_text("Asked by hand.")
    asked = ("lab", "call", "parliament", "GOV/1001/persons/personData", "--soap", "-d", str(question))
    done = country.run(*asked, "--attach", str(mandate))
    assert "<givenName>Adra</givenName>" in done.stdout
    assert "givenName: Adra" in done.stdout.partition("Attachment 1, text/plain")[2]
    query_id = done.stderr.split()[-1]
    held = {}
    for direction in ("request", "response"):
        file = fetch_container(country, REGISTER, query_id, direction, tmp_path / f"{direction}.asice")
        with zipfile.ZipFile(file) as container:
            held[direction] = container.read("attachment1")
    assert held["request"] == mandate.read_bytes()
    assert b"givenName: Adra" in held["response"]
    refused = country.run(*asked, check=False)
    assert refused.returncode == 1
    assert "Fault: missing_mandate" in refused.stderr


def test_a_second_start_in_the_same_folder_is_refused(country):
    done = country.run("lab", "up", "--once", check=False)
    assert done.returncode == 2
    assert "is up already" in done.stderr


def test_production_has_no_lab(tmp_path, monkeypatch):
    (tmp_path / "ridgeway.toml").write_text('mode = "production"\n')
    for arguments in (("lab", "up", "--once"), ("lab", "part", "ca")):
        done = run_ridgeway(*arguments, check=False, cwd=tmp_path)
        assert done.returncode == 2
        assert "does not run in production mode" in done.stderr
    assert list(tmp_path.iterdir()) == [tmp_path / "ridgeway.toml"]
    monkeypatch.setenv("RIDGEWAY_MODE", "production")
    assert run_ridgeway("lab", "up", "--once", check=False, cwd=tmp_path.parent).returncode == 2


def test_production_refuses_the_keys_of_a_lab(country, tmp_path):
    keys = country.country.folder("register") / "keys"
    (tmp_path / "ridgeway.toml").write_text(f'[signer]\ntoken_dir = "{keys}"\nsocket = "{tmp_path}/s.sock"\n')
    done = run_ridgeway("signer", "run", check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert "made by a lab" in done.stderr
