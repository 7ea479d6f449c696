"""Two countries side by side on one machine: another folder and another base port are all that they need."""

import urllib.error

import pytest
from tests.stories.country import http, run_ridgeway, start_country

from ridgeway.lab.country import PARLIAMENT

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("country"), pytest.mark.timeout(240)]

PERSON = "GOV/1001/persons/persons/NM000001"
BESIDE = 1200


@pytest.fixture(scope="module")
def second(country, tmp_path_factory):
    """A country beside the first."""
    state = tmp_path_factory.mktemp("second") / "s"
    running = start_country(state, base_port=country.country.ports.base + BESIDE)
    yield running
    running.stop()


def test_a_message_of_one_country_is_worth_nothing_in_the_other(country, second, tmp_path):
    query_id = country.ask(PARLIAMENT, PERSON).headers["x-road-id"]
    container = tmp_path / "request.asice"
    codes = dict(
        zip(
            ("xRoadInstance", "memberClass", "memberCode", "subsystemCode"),
            PARLIAMENT.client(country.country.instance).codes,
            strict=True,
        )
    )
    query = "&".join(f"{name}={value}" for name, value in codes.items())
    door = country.country.consumer_door(PARLIAMENT)
    container.write_bytes(fetch(f"{door}/asic?queryId={query_id}&{query}&unique&requestOnly&force"))
    for running, exit_code in ((country, 0), (second, 1)):
        configuration = tmp_path / f"{running.country.ports.base}.zip"
        configuration.write_bytes(fetch(f"{running.country.consumer_door(PARLIAMENT)}/verificationconf"))
        done = run_ridgeway("verify", str(container), "--globalconf", str(configuration), check=False)
        assert done.returncode == exit_code, done.stdout + done.stderr
        assert done.stdout.startswith("PROVEN") is (exit_code == 0)


def test_both_exchange_and_stopping_one_leaves_the_other(country, second):
    for each in (country, second):
        answer = each.ask(PARLIAMENT, PERSON)
        assert (answer.status, answer.json()["code"]) == (200, "NM000001")
    first_anchor, second_anchor = (anchor_of(each) for each in (country, second))
    assert first_anchor != second_anchor
    assert pids_of(country).isdisjoint(pids_of(second))
    before = pids_of(country)

    second.stop()

    assert second.exit_code == 0, second.output()
    assert second.list_leftovers() == []
    assert country.ask(PARLIAMENT, PERSON).status == 200
    assert pids_of(country) == before
    with pytest.raises(urllib.error.URLError):
        second.ask(PARLIAMENT, PERSON)


def fetch(url: str) -> bytes:
    answer = http("GET", url)
    assert answer.status == 200, answer.body
    return answer.body


def anchor_of(running) -> bytes:
    return (running.country.folder("central") / "configuration-anchor.xml").read_bytes()


def pids_of(running) -> set[int]:
    return {each["pid"] for each in running.status()["processes"] if each["running"]}
