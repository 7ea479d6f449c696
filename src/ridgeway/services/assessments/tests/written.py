"""Packages written in a test: a small sound one, and how to change a line of it."""

from collections.abc import Mapping

from ridgeway.services.assessments.definition import Package, PackageError, compile_package, read_package_files
from ridgeway.services.assessments.definition.files import Files
from ridgeway.services.assessments.definition.names import SERVICE

SMALL = """\
format: assessment/1
id: small-check
version: 1.0.0
jurisdiction: CA-ON
publisher: {name: "Ministry of Examples"}
languages: {source: en, partial: [fr, uk]}
parameters:
  days: {type: number, value: 5, min: 3, max: 14}
  number: {type: text, value: "911"}
start: {title: "Should you stay home?"}
pages:
  - id: urgent
    question: {type: yes_no, title: "Is it urgent?"}
    routes: [{when: urgent, to: outcome.call}, {to: next}]
  - id: age
    question: {type: number, title: "How old are you?", min: 0, max: 120}
  - id: signs
    question:
      type: checkboxes
      title: "Which of these?"
      none: "None"
      options: [{id: fever, label: "fever"}, {id: cough, label: "cough"}]
    routes: [{to: decision.advice}]
facts:
  ill: 'size(signs) > 0'
  points: {of: signs, weights: {fever: 1, cough: 0.5}}
decisions:
  advice:
    hit: unique
    inputs: [ill, age]
    rules:
      - {id: A1, if: [true, -], then: outcome.stay, because: "You are ill."}
      - {id: A2, if: [false, "< 65"], then: outcome.go}
      - {id: A3, if: [false, ">= 65"], then: outcome.stay}
outcomes:
  - {id: call, kind: emergency, severity: emergency, title: "Call {number}"}
  - {id: stay, title: "Stay home for {days, plural, one {# day} other {# days}}"}
  - {id: go, title: "Go out"}
"""


def write_files(text: str = SMALL, others: Mapping[str, str] | None = None) -> Files:
    """The files of a package called `p`."""
    content = {SERVICE: text.encode()} | {name: each.encode() for name, each in (others or {}).items()}
    return Files("p", dict(sorted(content.items())))


def change(old: str, new: str, text: str = SMALL) -> str:
    """The text with one part of it changed, which must be there once."""
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    return text.replace(old, new)


def read(text: str = SMALL, others: Mapping[str, str] | None = None) -> Package:
    """The package that is written there."""
    return read_package_files(write_files(text, others))


def list_problems(text: str, others: Mapping[str, str] | None = None) -> list[str]:
    """Everything that is wrong with a package, by reading and compiling it; empty when nothing is."""
    try:
        compile_package(read(text, others))
    except PackageError as error:
        return [str(each) for each in error.problems]
    return []
