from datetime import timedelta

import pytest

from ridgeway.office.notices.models import QueuedNotice
from ridgeway.office.tests.ready import migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.jobs import remind
from ridgeway.services.petitions.tests.cast import NOON, found_site, open_petition

pytestmark = pytest.mark.usefixtures("office")


def test_the_team_is_reminded_once_a_week_of_petitions_that_wait_for_a_debate():
    found_site(team_mailbox="team@parliament.example")
    assert remind(NOON) == "0 wait for a debate"
    assert not QueuedNotice.objects.exists()
    open_petition(debate_state="awaiting", debate_threshold_reached_at=NOON)
    for days in (0, 1, 7):
        assert remind(NOON + timedelta(days=days)) == "1 wait for a debate"
    assert QueuedNotice.objects.count() == 2


def test_nobody_is_reminded_where_the_team_has_no_mailbox():
    found_site()
    open_petition(debate_state="awaiting", debate_threshold_reached_at=NOON)
    remind(NOON)
    assert not QueuedNotice.objects.exists()
