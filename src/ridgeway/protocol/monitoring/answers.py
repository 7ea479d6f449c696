"""The answers to monitoring requests, as SOAP documents and as the attachment that carries the records.

Law: an answer repeats the header of its request as it stands, but for a request hash, which the conversation adds. The
records travel compressed, under the name that the document refers to.
Source: PR-OPMON §2, §3 and Annex C; PR-ENVMONMES §2.2.
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, assert_never

import msgspec
from lxml import etree

from ridgeway.errors import MessageError
from ridgeway.protocol.identifiers import ServiceId
from ridgeway.protocol.identifiers.xml import IDENTIFIERS_NAMESPACE, OBJECT_TYPE, strict_parser
from ridgeway.protocol.messages.soapreading import REQUEST_HASH
from ridgeway.protocol.monitoring.health import ServiceHealth, Spread, Statistics
from ridgeway.protocol.monitoring.metrics import Metric, MetricSet, NumberMetric, SpreadMetric, TextMetric
from ridgeway.protocol.monitoring.queries import HEALTH_DATA, METRICS, METRICS_NAMESPACE, OPERATIONAL_DATA, SOAP
from ridgeway.protocol.monitoring.queries import OPMON_NAMESPACE as OPMON
from ridgeway.protocol.monitoring.records import OperationalRecord

RECORDS_NAME = "operational-monitoring-data.json.gz"
RECORDS_MEDIA_TYPE = "application/gzip"
RECORDS_HEADERS = (("content-transfer-encoding", "binary"), ("content-id", f"<{RECORDS_NAME}>"))
GZIP = 31
"""zlib's number for the GZIP format."""
NOT_XML = re.compile("[^\t\n\r\\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SERVICE_CODES = ("xRoadInstance", "memberClass", "memberCode", "subsystemCode", "serviceCode", "serviceVersion")


class RecordsFile(msgspec.Struct, frozen=True):
    """What the attachment holds, once it is unpacked."""

    records: list[dict[str, Any]]


def write_records(records: Sequence[OperationalRecord], *, fields: frozenset[str]) -> bytes:
    """The records in JSON, compressed; only these fields of each."""
    rows = [msgspec.to_builtins(record) for record in records]
    chosen = [{name: value for name, value in row.items() if name in fields} for row in rows]
    packer = zlib.compressobj(wbits=GZIP)
    return packer.compress(msgspec.json.encode({"records": chosen})) + packer.flush()


def read_records(data: bytes, *, max_bytes: int) -> list[dict[str, Any]]:
    """The records of an answer, for whoever asked.

    Raises:  MessageError(invalid_message) when they are not such records, or more than `max_bytes` of JSON.
    """
    unpacker = zlib.decompressobj(wbits=GZIP)
    try:
        content = unpacker.decompress(data, max_bytes)
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise MessageError("invalid_message", f"The records are cut short, or more than {max_bytes} bytes of JSON.")
        return msgspec.json.decode(content, type=RecordsFile).records
    except (zlib.error, msgspec.DecodeError, ValueError) as error:
        raise MessageError("invalid_message", f"These are no operational records: {error}.") from error


def render_operational_answer(request: bytes, *, count: int, next_records_from: int | None) -> bytes:
    """The document that says how many records there are, and from when on to ask for the next."""
    answer = etree.Element(f"{{{OPMON}}}{OPERATIONAL_DATA}Response", nsmap={"om": OPMON})
    add(answer, "recordsCount", count)
    add(answer, "records", f"cid:{RECORDS_NAME}")
    add(answer, "nextRecordsFrom", next_records_from)
    return render_answer(request, answer)


def render_health_answer(
    request: bytes, *, started_ts: int, period_seconds: int, services: Iterable[ServiceHealth]
) -> bytes:
    """The document that says how the services are."""
    answer = etree.Element(f"{{{OPMON}}}{HEALTH_DATA}Response", nsmap={"om": OPMON, "id": IDENTIFIERS_NAMESPACE})
    add(answer, "monitoringStartupTimestamp", started_ts)
    add(answer, "statisticsPeriodSeconds", period_seconds)
    events = etree.SubElement(answer, f"{{{OPMON}}}servicesEvents")
    for health in services:
        add_health(etree.SubElement(events, f"{{{OPMON}}}serviceEvents"), health)
    return render_answer(request, answer)


def render_metrics_answer(request: bytes, *, metrics: MetricSet) -> bytes:
    """The document that holds the metrics."""
    answer = etree.Element(f"{{{METRICS_NAMESPACE}}}{METRICS}Response", nsmap={"m": METRICS_NAMESPACE})
    add_metric(answer, metrics)
    return render_answer(request, answer)


def render_answer(request: bytes, answer: etree._Element) -> bytes:
    """The request's envelope with `answer` as its body's one child; the request is known to be a SOAP message."""
    root = etree.fromstring(request, strict_parser())
    header, body = root.find(f"{SOAP}Header"), root.find(f"{SOAP}Body")
    assert header is not None
    assert body is not None
    for old in header.findall(REQUEST_HASH):
        header.remove(old)
    body.clear()
    body.append(answer)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def add(parent: etree._Element, name: str, value: object) -> None:
    """A child with this text, unless there is no value; in the parent's namespace."""
    if value is not None:
        child = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}")
        child.text = str(value)


def add_health(parent: etree._Element, health: ServiceHealth) -> None:
    """How one service is."""
    add_service(parent, health.service)
    add(parent, "lastSuccessfulRequestTimestamp", health.last_successful_ts)
    add(parent, "lastUnsuccessfulRequestTimestamp", health.last_unsuccessful_ts)
    add(parent, "serviceType", health.service_type)
    add_statistics(etree.SubElement(parent, f"{{{OPMON}}}lastPeriodStatistics"), health.statistics)


def add_service(parent: etree._Element, service: ServiceId) -> None:
    """The identifier of a service."""
    element = etree.SubElement(parent, f"{{{OPMON}}}service", {OBJECT_TYPE: "SERVICE"})
    codes = (*service.provider.codes[:3], service.subsystem_code, service.service_code, service.version)
    for name, code in zip(SERVICE_CODES, codes, strict=True):
        if code is not None:
            etree.SubElement(element, f"{{{IDENTIFIERS_NAMESPACE}}}{name}").text = code


def add_statistics(parent: etree._Element, statistics: Statistics) -> None:
    """What the last period was like; without a successful request there are only the two counts."""
    add(parent, "successfulRequestCount", statistics.successful)
    add(parent, "unsuccessfulRequestCount", statistics.unsuccessful)
    add_spread(parent, "request", "Duration", statistics.duration)
    add_spread(parent, "request", "Size", statistics.request_size)
    add_spread(parent, "response", "Size", statistics.response_size)


def add_spread(parent: etree._Element, half: str, what: str, spread: Spread) -> None:
    """Least, average, most and deviation."""
    if spread.count:
        add(parent, f"{half}Min{what}", spread.least)
        add(parent, f"{half}Average{what}", spread.mean)
        add(parent, f"{half}Max{what}", spread.most)
        add(parent, f"{half}{what}StdDev", spread.deviation)


def add_metric(parent: etree._Element, metric: Metric) -> None:
    """One metric, or a set with everything in it."""
    kinds = {MetricSet: "metricSet", NumberMetric: "numericMetric", TextMetric: "stringMetric"}
    element = etree.SubElement(parent, f"{{{METRICS_NAMESPACE}}}{kinds.get(type(metric), 'histogramMetric')}")
    add(element, "name", clean(metric.name))
    match metric:
        case MetricSet(metrics=metrics):
            for each in metrics:
                add_metric(element, each)
        case NumberMetric(value=value):
            add(element, "value", plain(value))
        case TextMetric(value=value):
            add(element, "value", clean(value))
        case SpreadMetric():
            add(element, "updated", metric.updated_at.isoformat(timespec="milliseconds"))
            for name, value in list_spread(metric):
                add(element, name, plain(value))
        case _:
            assert_never(metric)


def list_spread(metric: SpreadMetric) -> list[tuple[str, Decimal]]:
    """The numbers of a spread by X-Road's names, in its order."""
    return [
        ("min", metric.least),
        ("max", metric.most),
        ("mean", metric.mean),
        ("median", metric.median),
        ("stddev", metric.deviation),
    ]


def plain(number: int | Decimal) -> str:
    """A decimal number without an exponent."""
    return format(number, "f") if isinstance(number, Decimal) else str(number)


def clean(text: str) -> str:
    """The text without what XML cannot hold."""
    return NOT_XML.sub("\ufffd", text)
