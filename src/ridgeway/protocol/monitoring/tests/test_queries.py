"""What monitoring requests ask for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import MessageError
from ridgeway.protocol.identifiers import SubsystemId
from ridgeway.protocol.monitoring import (
    HealthQuery,
    MetricsQuery,
    OperationalQuery,
    read_health_query,
    read_metrics_query,
    read_operational_query,
    require_available,
)
from ridgeway.protocol.monitoring.tests.requests import PROVIDER, health, metrics, operational, times

POP = SubsystemId("NM", "GOV", "2", "pop")
READERS = (read_operational_query, read_health_query, read_metrics_query)


def test_records_of_a_period_are_asked_for():
    assert read_operational_query(operational(times())) == OperationalQuery(100, 200)


def test_records_of_one_provider_with_some_fields_are_asked_for():
    spec = "<om:outputSpec><om:outputField>requestInTs</om:outputField></om:outputSpec>"
    asked = read_operational_query(operational(times() + PROVIDER, spec))
    assert asked == OperationalQuery(100, 200, POP, frozenset({"requestInTs"}))


def test_health_of_all_or_of_one_provider_is_asked_for():
    assert read_health_query(health()) == HealthQuery()
    assert read_health_query(health("<om:filterCriteria/>")) == HealthQuery()
    assert read_health_query(health(f"<om:filterCriteria>{PROVIDER}</om:filterCriteria>")) == HealthQuery(POP)


def test_metrics_are_asked_for_by_name_or_all():
    spec = "<m:outputSpec><m:outputField>Processes</m:outputField></m:outputSpec>"
    assert read_metrics_query(metrics(spec)) == MetricsQuery(frozenset({"Processes"}))
    assert read_metrics_query(metrics()) == MetricsQuery()


@pytest.mark.parametrize(
    ("criteria", "spec"),
    [
        ("", ""),
        ("<om:recordsFrom>1</om:recordsFrom>", ""),
        (times(-1), ""),
        (times("1e3"), ""),
        (times(end=99), ""),
        (times() + times(), ""),
        (times() + "<om:other/>", ""),
        (times() + PROVIDER.replace("SUBSYSTEM", "SERVICE"), ""),
        (times(), "<om:outputSpec><om:outputField>password</om:outputField></om:outputSpec>"),
        (times(), "<om:outputSpec><om:other/></om:outputSpec>"),
        (times(), "<om:outputSpec/><om:outputSpec/>"),
    ],
)
def test_a_request_that_is_not_clear_is_refused(criteria, spec):
    with pytest.raises(MessageError) as refused:
        read_operational_query(operational(criteria, spec))
    assert refused.value.code in {"invalid_request", "invalid_xml", "invalid_client_identifier"}


def test_seconds_that_are_not_over_are_not_available():
    require_available(OperationalQuery(100, 200), now_seconds=161)
    with pytest.raises(MessageError):
        require_available(OperationalQuery(100, 200), now_seconds=160)


def test_a_request_for_something_else_is_refused():
    with pytest.raises(MessageError):
        read_health_query(operational(times()))


@pytest.mark.parametrize("reader", READERS)
@given(data=st.binary(max_size=200))
def test_bytes_that_are_no_request_are_refused_by_name(reader, data):
    with pytest.raises(MessageError):
        reader(data)


def test_a_request_that_is_cut_short_anywhere_is_refused():
    whole = operational(times() + PROVIDER)
    for end in range(len(whole)):
        with pytest.raises(MessageError):
            read_operational_query(whole[:end])


@given(st.data())
def test_a_request_with_any_text_in_it_is_read_or_refused_by_name(data):
    whole = operational(times() + PROVIDER).decode()
    at = data.draw(st.integers(0, len(whole)))
    piece = data.draw(st.sampled_from(["<", "&x;", "]]>", "<om:a/>", "<!-- x -->", "&#0;", "7", "\u2028"]))
    try:
        query = read_operational_query((whole[:at] + piece + whole[at:]).encode())
    except MessageError:
        return
    assert query.records_from <= query.records_to


def test_entities_and_a_doctype_are_refused():
    whole = operational(times()).replace(b"<SOAP-ENV:Envelope", b'<!DOCTYPE x [<!ENTITY e "1">]><SOAP-ENV:Envelope', 1)
    with pytest.raises(MessageError):
        read_operational_query(whole)
