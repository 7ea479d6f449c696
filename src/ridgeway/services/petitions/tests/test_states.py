import pytest

from ridgeway.office.tests.ready import any_office, cluster, migrated_file  # noqa: F401 - fixtures
from ridgeway.services.petitions.states import PETITION, Event, State, StateError, decide_state


def test_every_state_has_its_row_and_every_move_leads_to_a_state():
    assert set(PETITION) == set(State)
    assert {state for moves in PETITION.values() for state in moves.values()} <= set(State)


def test_a_stopped_petition_takes_no_event_and_the_refusal_says_what_is_possible():
    for event in Event:
        with pytest.raises(StateError, match="stopped"):
            decide_state(State.STOPPED, event)


def test_a_petition_whose_creator_nobody_supported_yet_cannot_be_approved():
    with pytest.raises(StateError, match="cannot approve"):
        decide_state(State.PENDING, Event.APPROVE)
    assert decide_state(State.VALIDATED, Event.APPROVE) is State.OPEN


def test_the_tables_are_there_on_both_databases(any_office):  # noqa: F811
    from ridgeway.services.petitions.models import Petition

    assert Petition.objects.count() == 0
