"""What the monitor knows, as lines for a person.

Law: what others wrote (codes, faults) is shown without anything that a terminal would obey.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from ridgeway.opmonitor.values import Traffic
from ridgeway.protocol.monitoring import ServiceHealth

ID_NAMES = ("XRoadInstance", "MemberClass", "MemberCode", "SubsystemCode")


def render_time(milliseconds: int | None) -> str:
    """A time to the second; a dash where there is none."""
    if milliseconds is None:
        return "-"
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def show(text: str) -> str:
    """The text on one line, every sign of it visible."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def render_records(rows: Sequence[dict[str, Any]]) -> str:
    """A line for each record; what was left out of it is a dash."""
    return "\n".join(render_record(row) for row in rows) or "no record of that time"


def render_record(row: dict[str, Any]) -> str:
    """When, which half, how long, who asked whom for what, and how it ended."""
    start, end = row.get("requestInTs"), row.get("responseOutTs")
    took = "-" if start is None or end is None else f"{end - start} ms"
    service = "/".join(part for part in (render_party(row, "service"), row.get("serviceCode")) if part)
    outcome = "came through" if row.get("succeeded") else row.get("faultCode") or row.get("statusCode") or "failed"
    half = row.get("securityServerType", "-")
    return show(f"{render_time(start)}  {half:8}  {took:>9}  {render_party(row, 'client')} → {service}  {outcome}")


def render_party(row: dict[str, Any], half: str) -> str:
    """The identifier of a half."""
    return "/".join(row[half + name] for name in ID_NAMES if half + name in row) or "-"


def render_health(services: Sequence[ServiceHealth]) -> str:
    """A line for each service."""
    lines = [
        f"{show(str(each.service))}  good {each.statistics.successful}  bad {each.statistics.unsuccessful}  "
        f"mean {each.statistics.duration.mean:.0f} ms  last good {render_time(each.last_successful_ts)}  "
        f"last bad {render_time(each.last_unsuccessful_ts)}"
        for each in services
    ]
    return "\n".join(lines) or "no service was called yet"


def render_traffic(rows: Sequence[Traffic]) -> str:
    """A line for each step and half."""
    lines = [
        f"{render_time(each.start_ts)}  {each.server_type:8}  good {each.succeeded}  bad {each.failed}  "
        + ("mean -" if each.average_duration is None else f"mean {each.average_duration:.0f} ms")
        for each in rows
    ]
    return "\n".join(lines) or "nothing passed"
