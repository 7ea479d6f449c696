"""The self-assessments of the health authority, as somebody finds them who knows nothing but the lab's status."""

import sqlite3

from tests.stories.country import RunningCountry, http


def test_the_status_leads_to_the_site_every_sample_and_staff_of_each_role(country: RunningCountry):
    _, service = country.status()["services"]
    assert (service["key"], service["ready"]) == ("assessments", True), country.output()
    home = http("GET", f"{service['site']}/").body.decode()
    assert "Health Authority of Northmark" in home
    assert len(service["packages"]) >= 5
    for address in service["packages"]:
        assert http("GET", f"{address}en/").status == 200, address
        assert address.removeprefix(service["site"]) in home
    assert {each["role"] for each in service["accounts"]} == {"author", "approver", "administrator"}


def test_the_country_page_has_a_door_to_them_and_one_process_more_serves_them(country: RunningCountry):
    page = http("GET", country.country.page_url).body.decode()
    _, service = country.status()["services"]
    assert f'href="{service["site"]}"' in page
    assert "Self-assessments of the Health Authority" in page
    processes = {each["name"]: each["running"] for each in country.status()["processes"]}
    assert processes["health/assessments"] is True


def test_the_samples_are_live_by_the_same_acts_that_an_operator_has(country: RunningCountry):
    _, service = country.status()["services"]
    with sqlite3.connect(f"file:{service['database']}?mode=ro", uri=True) as tables:
        states = dict(tables.execute("SELECT package, state FROM assessments_version").fetchall())
    assert set(states.values()) == {"live"}
    assert {address.rstrip("/").rpartition("/")[2] for address in service["packages"]} == set(states)
