"""The self-assessments of the health authority: their site, their staff, and where everything is found.

Law: the site is one process more; its tables, the desk and the worker are those of the office that the parliament runs
for the government, so that the demonstration stays small. No Django here. Next: `opening.py`.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from ridgeway.lab.country import HEALTH, NORTHMARK, PARLIAMENT, Country
from ridgeway.lab.service import HOST, Staff
from ridgeway.processes import Part, answers_at
from ridgeway.services.assessments.operating.samples import list_samples

READY_FILE = ".assessments.ready"
"""Lies in the office's folder once the site answers and the samples are live."""
ASSESSMENT_STAFF = (
    Staff("author", "Ada Author", "author@health.example", "six green gardens"),
    Staff("approver", "Avi Approver", "approver@health.example", "eight calm harbours"),
    Staff("administrator", "Amina Administrator", "admin@health.example", "five old orchards"),
)
"""Everybody who works with assessments; who adds a version does not sign it off."""


def has_assessments(country: Country) -> bool:
    """Whether the country has them."""
    return country.instance == NORTHMARK and country.is_serving


def describe_assessment_settings(country: Country) -> dict[str, dict[str, object]]:
    """The table of settings of the site."""
    own: dict[str, object] = {
        "organisation": f"{HEALTH.name} of Northmark",
        "address": country.assessments_url,
        "port": country.ports.assessments,
    }
    return {"services.assessments": own}


def build_assessments(country: Country) -> Part:
    """The process of the site."""
    probe = answers_at(HOST, country.ports.assessments)
    folder = country.folder(PARLIAMENT.key)
    return Part(f"{country.prefix}{HEALTH.key}/assessments", ("web", "run", "assessments"), folder, probe)


def ready_file(country: Country) -> Path:
    """What says that the service is open."""
    return country.folder(PARLIAMENT.key) / READY_FILE


def describe_assessments(country: Country) -> list[dict[str, Any]]:
    """The service: addresses, packages, staff; what a browser test needs."""
    if not has_assessments(country):
        return []
    folder = country.folder(PARLIAMENT.key)
    told: dict[str, Any] = {
        "key": "assessments",
        "name": "Self-assessments",
        "title": f"Self-assessments of the {HEALTH.name}",
        "organisation": HEALTH.key,
        "site": country.assessments_url,
        "desk": country.desk_url,
        "state": str(folder),
        "database": str(folder / "office.sqlite3"),
        "ready": ready_file(country).exists(),
        "packages": [f"{country.assessments_url}/{sample.name}/" for sample in list_samples()],
        "accounts": [asdict(staff) for staff in ASSESSMENT_STAFF],
    }
    return [told]
