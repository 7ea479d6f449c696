"""The health authority publishes a package, signed; the parliament fetches it over the exchange and proves it later."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.stories.country import http, run_ridgeway

from ridgeway import services
from ridgeway.catalogue.adoption.keeping import read_adopted
from ridgeway.catalogue.packages.statement import make_payload
from ridgeway.catalogue.proving.adopted import read_standing
from ridgeway.lab.country import HEALTH, PARLIAMENT

SAMPLE = Path(services.__file__ or "").parent / "assessments/packages/spending-triage"
PACKAGE = "spending-triage"
pytestmark = [pytest.mark.xdist_group("country"), pytest.mark.timeout(240)]


def door_of(country, who):
    client = "/".join(who.client(country.country.instance).codes)
    return ("--door", country.country.consumer_door(who), "--client", client)


def catalogue(*arguments, cwd, exit_code=0):
    done = run_ridgeway("catalogue", *map(str, arguments), check=False, cwd=cwd)
    assert done.returncode == exit_code, done.stdout + done.stderr
    return done.stdout + done.stderr


def bump(folder, old, new):
    file = folder / "service.yaml"
    file.write_text(file.read_text("utf-8").replace(f"version: {old}", f"version: {new}"), "utf-8")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder outside of the country, where nothing is known of it."""
    return tmp_path_factory.mktemp("catalogue")


@pytest.fixture(scope="module")
def theirs(country, home):
    """The publisher's folder of the package, which it published as 1.0.0 and signed."""
    folder = Path(shutil.copytree(SAMPLE, home / "theirs"))
    told = catalogue(
        "publish", folder, country.country.shelf(HEALTH), "--sign", *door_of(country, HEALTH), "--json", cwd=home
    )
    assert json.loads(told)["signed_by"] == "NORTHMARK/GOV/1003"
    return folder


@pytest.fixture(scope="module")
def ours(country, home, theirs):
    """The adopter's folder, fetched over the exchange."""
    source = f"xroad:NORTHMARK/GOV/1003/records/catalogue/{PACKAGE}"
    told = catalogue("adopt", source, home / "ours", *door_of(country, PARLIAMENT), cwd=home)
    assert "signed by NORTHMARK/GOV/1003" in told
    return home / "ours"


@pytest.fixture(scope="module")
def configuration(country, home):
    file = home / "verificationconf.zip"
    file.write_bytes(http("GET", f"{country.country.consumer_door(PARLIAMENT)}/verificationconf").body)
    return file


def test_release_and_transfer_are_proven_offline(home, ours, configuration):
    for trust in (configuration, ours / "evidence/verificationconf.zip"):
        told = json.loads(catalogue("verify", ours, "--globalconf", trust, "--json", cwd=home))
        assert (told["proven"], told["signed_by"]) == (True, "NORTHMARK/GOV/1003")
        assert told["transfer"]["from"] == "SERVICE:NORTHMARK/GOV/1003/records/catalogue"
        assert told["transfer"]["to"] == "SUBSYSTEM:NORTHMARK/GOV/1002/casework"


def test_the_verifier_of_containers_proves_the_transfer_too(ours, configuration):
    told = run_ridgeway("verify", str(ours / "evidence/transfer.asice"), "--globalconf", str(configuration)).stdout
    assert told.startswith("PROVEN")


def test_what_was_altered_in_the_adopted_release_is_found(home, ours, configuration):
    altered = Path(shutil.copytree(ours, home / "altered"))
    bump(altered / "upstream", "1.0.0", "1.0.9")
    told = catalogue("verify", altered, "--globalconf", configuration, cwd=home, exit_code=1)
    assert "not what was adopted" in told


def test_the_next_release_is_found_where_the_first_came_from_and_an_older_one_is_refused(
    country, home, theirs, ours, configuration
):
    bump(theirs, "1.0.0", "1.1.0")
    catalogue("publish", theirs, country.country.shelf(HEALTH), "--sign", *door_of(country, HEALTH), cwd=home)
    catalogue("update", ours, *door_of(country, PARLIAMENT), cwd=home)
    told = json.loads(catalogue("status", ours, "--json", cwd=home))["upstream"]
    assert (told["version"], told["signed_by"]) == ("1.1.0", "NORTHMARK/GOV/1003")
    catalogue("verify", ours, "--globalconf", configuration, cwd=home)
    older = f"xroad:NORTHMARK/GOV/1003/records/catalogue/{PACKAGE}@1.0.0"
    refused = catalogue("update", ours, older, *door_of(country, PARLIAMENT), cwd=home, exit_code=1)
    assert "older" in refused
    catalogue("publish", theirs, home / "unsigned.zip", cwd=home)
    refused = catalogue("update", ours, home / "unsigned.zip", cwd=home, exit_code=1)
    assert "Nobody signed" in refused


def test_whoever_is_not_the_publisher_signs_nothing_in_its_name(country, home, theirs):
    told = catalogue(
        "publish", theirs, home / "stolen.zip", "--sign", *door_of(country, PARLIAMENT), "--json", cwd=home
    )
    assert json.loads(told)["signed_by"] == "NORTHMARK/GOV/1002"
    body = (home / "stolen.zip").read_bytes()[:1000]
    answer = country.ask(PARLIAMENT, "GOV/1003/records/catalogue/statements", method="POST", body=body)
    assert answer.status in {400, 403, 500}


def test_an_adopter_tells_the_publisher_what_it_runs(country, ours):
    manifest = read_standing(read_adopted(ours), None).incoming.manifest
    at = datetime.now(UTC)
    body = make_payload("adoption", manifest, by="NORTHMARK/GOV/1002", at=at)
    answer = country.ask(PARLIAMENT, "GOV/1003/records/catalogue/adoptions", method="POST", body=body)
    assert answer.status == 201, answer.body
    kept = [*country.country.shelf(HEALTH).glob("adopters/*.caller")]
    assert json.loads(kept[0].read_bytes())["client"] == "NORTHMARK/GOV/1002/casework"
