"""A country that is up for all the stories of one worker, started as a newcomer would."""

import pytest
from tests.stories.country import RunningCountry, start_country


@pytest.fixture(scope="session")
def country(tmp_path_factory):
    """The country; stopped after the last story, and nothing of it may be left."""
    base_port = RunningCountry.free_base_port()
    running = start_country(tmp_path_factory.mktemp("country") / "s", base_port=base_port, services=True)
    yield running
    running.stop()
    assert running.exit_code == 0, running.output()
    assert running.list_leftovers() == []
