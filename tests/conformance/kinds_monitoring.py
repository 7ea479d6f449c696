"""The kind of monitoring requests: opmon.

Law: as `outcome.py` says. What is asked for is the reading of the SOAP message (some are templates, without times in
them); to a request for one of the three monitoring services an empty answer is made too, and read again.
"""

from pathlib import Path

from tests.conformance.kinds_messages import describe_soap
from tests.conformance.outcome import Outcome, Vector, valid

from ridgeway.protocol.messages import SoapMessage, read_soap_message, verify_consistent_headers
from ridgeway.protocol.monitoring import (
    HEALTH_DATA,
    METRICS,
    OPERATIONAL_DATA,
    MetricSet,
    render_health_answer,
    render_metrics_answer,
    render_operational_answer,
)


def check_opmon(vector: Vector, root: Path) -> Outcome:
    """A request of operational or environmental monitoring."""
    message = read_soap_message(vector.read(root))
    answer = answer_question(message)
    if answer is not None:
        response = read_soap_message(answer)
        verify_consistent_headers(message, response)
        assert response.is_response
    return valid(describe_soap(message))


def answer_question(message: SoapMessage) -> bytes | None:
    """An empty answer to the question of a monitoring request; None for any other message."""
    match message.service.service_code:
        case code if code == OPERATIONAL_DATA:
            return render_operational_answer(message.bytes, count=0, next_records_from=None)
        case code if code == HEALTH_DATA:
            return render_health_answer(message.bytes, started_ts=0, period_seconds=600, services=())
        case code if code == METRICS:
            return render_metrics_answer(message.bytes, metrics=MetricSet("server"))
        case _:
            return None
