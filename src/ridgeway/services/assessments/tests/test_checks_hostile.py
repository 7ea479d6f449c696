"""A check ends in seconds, whatever a stranger's package holds."""

import json
from datetime import date

import pytest

from ridgeway.services.assessments.checks import draw_flow, find_nearest, report_on
from ridgeway.services.assessments.definition import compile_package
from ridgeway.services.assessments.tests.written import read

TODAY = date(2026, 11, 20)
HEAD = """\
format: assessment/1
id: hostile-check
version: 1.0.0
jurisdiction: CA
publisher: {name: "Ministry of Examples"}
languages: {source: en}
start: {title: "Which?"}
"""
FOOT = """
outcomes:
  - {id: go, title: "Go"}
  - {id: stay, title: "Stay"}
"""


def write_doubling_facts():
    """Each fact reads the one before it twice."""
    facts = "\n".join(f"  f{at}: 'f{at - 1} > {at} ? f{at - 1} : f{at - 1} + q'" for at in range(1, 60))
    routes = "routes: [{when: f59 > 3, to: outcome.go}, {to: outcome.stay}]"
    page = f'  - {{id: q, question: {{type: number, title: "Q?"}}, {routes}}}'
    return f"pages:\n{page}\nfacts:\n  f0: q\n{facts}"


def write_wide_pages():
    """Pages with twenty questions of a hundred options, each of which is named."""
    options = ", ".join(f"{{id: o{at}, label: L{at}}}" for at in range(100))
    pages = []
    for page in range(3):
        questions = ", ".join(
            f'{{id: q{page}x{at}, type: checkboxes, title: "T{page} {at}?", none: "N", options: [{options}]}}'
            for at in range(20)
        )
        named = " || ".join(f'"o{at}" in q{page}x0' for at in range(50))
        pages.append(
            f'  - {{id: p{page}, title: "P{page}", questions: [{questions}], '
            f"routes: [{{when: '{named}', to: outcome.go}}, {{to: {'next' if page < 2 else 'outcome.stay'}}}]}}"
        )
    return "pages:\n" + "\n".join(pages)


def write_large_table():
    """A table of four hundred rules over twenty numbers."""
    pages = "\n".join(f'  - {{id: n{at}, question: {{type: number, title: "N{at}?", min: 0}}}}' for at in range(19))
    rules = "\n".join(
        f"      - {{id: R{at}, if: {json.dumps([f'>= {at * 7 + column}' for column in range(20)])}, then: outcome.go}}"
        for at in range(400)
    )
    inputs = ", ".join(f"n{at}" for at in range(20))
    last = '  - {id: n19, question: {type: number, title: "N19?", min: 0}, routes: [{to: decision.advice}]}'
    return (
        f"pages:\n{pages}\n{last}\ndecisions:\n  advice:\n    hit: unique\n    inputs: [{inputs}]\n    rules:\n{rules}"
    )


def write_many_routes():
    """A hundred and twenty pages, each with ways to fifty later ones."""
    pages = []
    for at in range(120):
        later = list(range(at + 2, min(at + 50, 120)))
        ways = ", ".join(f"{{when: q{at} == {each}, to: q{each}}}" for each in later)
        last = "{to: next}" if at < 119 else "{to: outcome.go}"
        routes = f"{ways}, {last}" if ways else last
        pages.append(
            f'  - {{id: q{at}, question: {{type: number, title: "Q{at}?", min: 0, max: 300}}, routes: [{routes}]}}'
        )
    return "pages:\n" + "\n".join(pages)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("write", [write_doubling_facts, write_wide_pages, write_large_table, write_many_routes])
def test_a_check_ends_soon(write):
    package = read(HEAD + write() + FOOT)
    compiled = compile_package(package)
    report = report_on(package, compiled, today=TODAY)
    draw_flow(compiled, "en")
    find_nearest(compiled, {"q": "1"}, today=TODAY)

    assert report.findings
