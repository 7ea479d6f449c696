"""The cast of the stories of versions: a small package in several versions, and who works with them."""

from datetime import UTC, date, datetime
from typing import Any

from ridgeway.office.people.actor import Actor
from ridgeway.services.assessments.actions.adding import add_version
from ridgeway.services.assessments.actions.doing import Doer
from ridgeway.services.assessments.definition.files import Files
from ridgeway.services.assessments.definition.reading import read_package_files
from ridgeway.services.assessments.models import Version
from ridgeway.services.assessments.operating.reading import Checked, check
from ridgeway.services.assessments.service import ADMINISTRATOR

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = date(2026, 11, 24)
PACKAGE = """\
format: assessment/1
id: {name}
version: {version}
publisher: {{name: Health Authority}}
languages: {{source: en}}
jurisdiction: GB
zone: Europe/London
{valid}license: CC0-1.0
privacy: {{answers: not-stored, statistics: [outcome, page, language]}}
start: {{title: "Should you stay home?", body: "Three questions.", minutes: 1}}
pages:
  - id: ill
    question: {{type: yes_no, title: "Do you feel ill today?"}}
    routes: [{{when: ill, to: outcome.stay}}, {{to: outcome.go}}]
outcomes:
  - {{id: stay, kind: outcome, title: "Stay home ({version})", source: "Order 1"}}
  - {{id: go, kind: outcome, title: "Go out", source: "Order 1"}}
  - {{id: closed, kind: system, title: "This check has ended"}}
"""


def write_package(version: str = "1.0.0", *, name: str = "home-check", valid: str = "") -> bytes:
    """The package as its author writes it."""
    return PACKAGE.format(
        name=name, version=version, valid=f"valid: {{{valid}, after: closed}}\n" if valid else ""
    ).encode()


def make_checked(version: str = "1.0.0", **values: Any) -> Checked:
    """The package, read and checked."""
    files = Files("service.yaml", {"service.yaml": write_package(version, **values)}, is_single=True)
    return check(read_package_files(files), today=TODAY)


def keep_version(version: str = "1.0.0", *, by: Doer | None = None, **values: Any) -> Version:
    """The version as a draft."""
    return add_version(make_checked(version, **values), by=by or operator()).version


def operator(now: datetime = NOON) -> Doer:
    """Who has the commands."""
    return Doer(None, now, "operator")


def staff(account: Any, now: datetime = NOON) -> Doer:
    """Somebody at the desk with every permission."""
    return Doer(Actor(account.pk, account.name, account.email, ADMINISTRATOR), now)
