"""The petitions service at the parliament of a country, as somebody finds it who knows nothing but the lab's status."""

from pathlib import Path

from tests.stories.country import RunningCountry, http


def test_the_status_leads_to_both_sites_the_mail_and_staff_of_each_role(country: RunningCountry):
    service, _ = country.status()["services"]
    assert service["ready"] is True
    assert http("GET", service["site"]).status == 200
    assert http("GET", f"{service['desk']}/people/sign-in").status == 200
    assert {each["role"] for each in service["accounts"]} == {"reviewer", "moderator", "clerk", "sysadmin"}
    assert Path(service["mail"]).parent == Path(service["state"])
    processes = {each["name"]: each["running"] for each in country.status()["processes"]}
    assert all(processes[f"parliament/{name}"] for name in ("writer", "petitions", "desk", "jobs"))


def test_thousands_of_petitions_in_all_states_are_there(country: RunningCountry):
    service, _ = country.status()["services"]
    for state in ("open", "closed", "rejected", "awaiting_response", "with_response", "awaiting_debate", "debated"):
        listed = http("GET", f"{service['site']}/petitions.json?state={state}").json()
        assert listed["data"], state
    assert http("GET", f"{service['site']}/archived/petitions.json").json()["data"]


def test_the_country_page_links_to_the_service_and_shows_its_mail(country: RunningCountry):
    page = http("GET", country.country.page_url).body.decode()
    service, _ = country.status()["services"]
    for address in (service["site"], service["desk"], "/mail"):
        assert f'href="{address}"' in page
    mail = http("GET", service["mail_page"])
    assert mail.status == 200
    assert "What the petitions service has mailed" in mail.body.decode()
