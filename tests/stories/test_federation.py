"""Two federated countries: each asks the other's register, and the page proves what crossed the border."""

import json
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from tests.stories.country import RunningCountry, http, start_country

from ridgeway.lab.country import HEALTH, PARLIAMENT, SOUTH_ASSEMBLY

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
pytestmark = [pytest.mark.xdist_group("country"), pytest.mark.timeout(240)]
ABROAD = "SOUTHMARK/GOV/2001/persons/persons/SM000002"


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Both countries; stopped after the last story, and nothing of them may be left."""
    state = tmp_path_factory.mktemp("federation") / "s"
    running = start_country(state, base_port=RunningCountry.free_base_port() + 400, partner="southmark")
    yield running
    running.stop()
    assert running.exit_code == 0, running.output()
    assert running.list_leftovers() == []


def ask_abroad(country, who, target):
    """Ask a service of the other country through an organisation's own door."""
    client = "/".join(who.client(country.instance).codes)
    return http("GET", f"{country.consumer_door(who)}/r1/{target}", headers=[("X-Road-Client", client)])


def test_the_start_proves_what_crossed_the_border_both_ways(both):
    told = both.output()
    assert told.count("  PROVEN") == 16
    assert "across the border to SOUTHMARK" in told
    assert "across the border to NORTHMARK" in told


def test_only_who_was_given_the_right_abroad_is_answered(both):
    country = both.country
    answer = ask_abroad(country, PARLIAMENT, ABROAD)
    assert (answer.status, answer.json()["code"]) == (200, "SM000002")
    refused = ask_abroad(country, HEALTH, ABROAD)
    assert refused.headers["x-road-error"] == "server.serverproxy.access_denied"
    home = ask_abroad(country.partner, SOUTH_ASSEMBLY, "NORTHMARK/GOV/1001/persons/persons/NM000002")
    assert (home.status, home.json()["code"]) == (200, "NM000002")


def test_each_country_holds_the_others_shared_parameters_and_not_its_private_ones(both):
    country = both.country
    for each in (country, country.partner):
        for organisation in each.organisations:
            folder = each.folder(organisation.key) / "globalconf" / each.partner.instance
            assert (folder / "shared-params.xml").exists()
            assert not (folder / "private-params.xml").exists()


def test_the_status_tells_of_both_and_a_call_by_hand_crosses_the_border(both):
    told = both.status()
    assert (told["instance"], told["partner"]["instance"]) == ("NORTHMARK", "SOUTHMARK")
    assert any(process["name"] == "southmark/register/gateway" for process in told["processes"])
    done = both.run("lab", "call", "parliament", "SOUTHMARK:GOV/2001/persons/persons/SM000001")
    assert json.loads(done.stdout)["code"] == "SM000001"


@pytest.mark.browser
@pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed")
def test_the_page_asks_across_the_border_and_proves_it(both):
    from axe_playwright_python.sync_playwright import Axe

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = running.new_page()
        page.goto(both.country.page_url)
        page.click("text=across the border to SOUTHMARK")
        told = page.inner_text("h1")
        assert told.startswith("The Parliament asked the Register of Southmark who SM000001 is")
        assert told.strip().endswith("PROVEN")
        assert "NOT PROVEN" not in told
        assert "SOUTHMARK" in page.inner_text("#who ~ div")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        running.close()


@pytest.mark.slow
def test_a_country_that_runs_takes_a_partner_in_and_its_page_proves_what_crosses(tmp_path_factory):
    state = tmp_path_factory.mktemp("joined") / "s"
    running = start_country(state, base_port=RunningCountry.free_base_port() + 800)
    try:
        assert running.status()["partner"] is None
        pids = {each["pid"] for each in running.status()["processes"]}
        done = running.run("lab", "up", "--with", "southmark")
        assert done.stdout.count("  PROVEN") == 8
        told = running.status()
        assert told["partner"]["instance"] == "SOUTHMARK"
        assert pids < {each["pid"] for each in told["processes"]}, "nothing of the first country was started again"
        assert b"across the border to SOUTHMARK" in http("GET", running.country.page_url).body
        again = running.run("lab", "up", "--with", "southmark")
        assert again.stdout.count("  PROVEN") == 8
    finally:
        running.stop()
    assert running.exit_code == 0, running.output()
    assert running.list_leftovers() == []
