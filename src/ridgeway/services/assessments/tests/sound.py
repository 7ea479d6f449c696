"""A small package in which a check finds nothing at all, and how to check one that a test has changed."""

from datetime import date

from ridgeway.services.assessments.checks import Report, report_on
from ridgeway.services.assessments.definition import compile_package
from ridgeway.services.assessments.tests.written import change, read

TODAY = date(2026, 11, 20)
SOUND = """\
format: assessment/1
id: sound-check
version: 1.0.0
jurisdiction: CA-ON
publisher: {name: "Ministry of Examples"}
languages: {source: en, complete: [fr]}
valid: {from: 2026-10-01, until: 2027-04-30}
review: 2027-01-15
privacy: {statistics: [page]}
theme: {colours: {button: "#175c85"}}
parameters:
  days: {type: number, value: 5, min: 3, max: 14, review: 2027-01-01}
start: {title: "Stay home?"}
pages:
  - id: urgent
    custom: locked
    question: {type: yes_no, title: "Is it urgent?"}
    routes: [{when: urgent, to: outcome.call}, {to: next}]
  - id: signs
    question:
      type: checkboxes
      title: "Which of these?"
      none: "None"
      options: [{id: fever, label: "fever"}, {id: cough, label: "cough"}]
    routes: [{when: size(signs) == 0, to: outcome.go}, {to: next}]
  - id: age
    question: {type: number, title: "How old are you?", min: 0, max: 120}
    routes: [{to: decision.advice}]
facts:
  points: {of: signs, weights: {fever: 1, cough: 0.5}}
decisions:
  advice:
    source: "Order 1"
    inputs: [points, age]
    rules:
      - {id: A1, if: [">= 1", "-"], then: outcome.stay, because: "You have a fever."}
      - {id: A2, if: ["< 1", ">= 65"], then: outcome.stay, because: "You are old."}
      - {id: A3, if: ["< 1", "< 65"], then: outcome.go, because: "You are young."}
outcomes:
  - {id: call, kind: emergency, severity: emergency, title: "Call now"}
  - {id: stay, title: "Stay home for {days} days"}
  - {id: go, title: "Go out"}
tests:
  - {name: urgent, today: 2026-11-20, given: {urgent: true}, expect: call}
  - {name: fever, today: 2026-11-20, given: {urgent: false, signs: [fever], age: "30"}, expect: stay}
  - {name: nothing, today: 2026-11-20, given: {urgent: false, signs: []}, expect: go}
"""
FRENCH = {
    "start.title": ("Stay home?", "Rester chez soi ?"),
    "question.urgent.title": ("Is it urgent?", "Est-ce urgent ?"),
    "question.signs.title": ("Which of these?", "Lesquels ?"),
    "question.signs.none": ("None", "Aucun"),
    "question.signs.option.fever.label": ("fever", "fièvre"),
    "question.signs.option.cough.label": ("cough", "toux"),
    "question.age.title": ("How old are you?", "Quel âge avez-vous ?"),
    "decision.advice.rule.A1.because": ("You have a fever.", "Vous avez de la fièvre."),
    "decision.advice.rule.A2.because": ("You are old.", "Vous êtes âgé."),
    "decision.advice.rule.A3.because": ("You are young.", "Vous êtes jeune."),
    "outcome.call.title": ("Call now", "Appelez"),
    "outcome.stay.title": ("Stay home for {days} days", "Restez {days} jours"),
    "outcome.go.title": ("Go out", "Sortez"),
}


def write_french(**others: tuple[str, str] | None) -> str:
    """The French catalogue; `others` are entries by key (`__` for a point), None to leave one out."""
    entries = FRENCH | {key.replace("__", "."): entry for key, entry in others.items()}
    rows = ['msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n']
    for key, entry in entries.items():
        if entry is not None:
            rows.append(f'msgctxt "{key}"\nmsgid "{entry[0]}"\nmsgstr "{entry[1]}"\n')
    return "\n".join(rows)


def check(*changes: tuple[str, str], french: str | None = None, today: date = TODAY) -> Report:
    """The report on the sound package with some parts of it changed; with changed texts French is only partial."""
    text = SOUND
    for old, new in changes:
        text = change(old, new, text)
    if changes and french is None:
        text = text.replace("complete: [fr]", "partial: [fr]")
    package = read(text, {"locale/fr.po": french or (write_french() if not changes else 'msgid ""\nmsgstr ""\n')})
    return report_on(package, compile_package(package), today=today)


def list_codes(report: Report) -> set[str]:
    """The codes of what was found."""
    return {each.code for each in report.findings}
