"""Lines for a person hold what others wrote, and nothing that a terminal would obey."""

from hypothesis import given
from hypothesis import strategies as st

from ridgeway.opmonitor.tables import render_health, render_records, render_traffic
from ridgeway.opmonitor.values import Traffic
from ridgeway.protocol.identifiers import ServiceId
from ridgeway.protocol.monitoring import ServiceHealth, Statistics


@given(st.text(max_size=20))
def test_no_control_character_reaches_the_terminal(text):
    row = {"serviceCode": text, "faultCode": text, "clientMemberCode": text, "succeeded": False, "requestInTs": 1}
    health = ServiceHealth(ServiceId("NM", "GOV", "1", None, text), Statistics())
    for line in (render_records([row]), render_health([health])):
        assert line.isprintable()


def test_a_record_with_one_field_is_still_a_line():
    assert render_records([{"messageId": "q"}]) == "-  -                 -  - → -  failed"
    assert render_records([]) == "no record of that time"


def test_a_step_without_a_success_has_no_mean():
    line = render_traffic([Traffic(0, "Client", 0, 2, None)])
    assert line == "1970-01-01T00:00:00Z  Client    good 0  bad 2  mean -"
