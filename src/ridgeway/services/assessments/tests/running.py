"""Assessments written in a test as YAML, ready to run."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from textwrap import indent
from typing import Any

from ridgeway.services.assessments.definition import compile_package
from ridgeway.services.assessments.engine import Assessment, Trail, load, replay
from ridgeway.services.assessments.tests.sampled import SERVICE, Sample, make_sample
from ridgeway.services.assessments.tests.written import read

TODAY = date(2026, 11, 24)
HEAD = """\
format: assessment/1
id: test-check
version: 1.2.3
jurisdiction: CA-ON
publisher: {name: "Ministry of Examples"}
languages: {source: en, partial: [fr, ar]}
"""
START = 'start: {title: "Begin"}\n'
OUTCOMES = """\
outcomes:
  - {id: done, title: "Done"}
  - {id: other, title: "Other"}
"""


def write(pages: str, *, more: str = "", start: str = START, outcomes: str = OUTCOMES) -> str:
    """The text of a definition with these pages."""
    return f"{HEAD}{start}pages:\n{indent(pages.strip(), '  ')}\n{more}\n{outcomes}"


@lru_cache(maxsize=64)
def make(pages: str, *, more: str = "", start: str = START, outcomes: str = OUTCOMES) -> Assessment:
    """An assessment with these pages."""
    return load(compile_package(read(write(pages, more=more, start=start, outcomes=outcomes))))


def run(assessment: Assessment, answers: Mapping[str, Any], today: date = TODAY) -> Trail:
    """The trail of these answers."""
    return replay(assessment, answers, today=today)


def pages_of(trail: Trail) -> list[str]:
    """The pages of a trail."""
    return [step.page for step in trail.steps]


@lru_cache
def everything() -> Sample:
    """The example that uses every part of the format."""
    return make_sample(SERVICE / "tests" / "examples" / "everything")
