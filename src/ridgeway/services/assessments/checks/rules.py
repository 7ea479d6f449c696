"""Findings about decision tables: gaps, overlaps, masked rules, rules that never count, columns without a test.

Law: what a complete walk met decides. Where it did not look (tables that only texts show) or could not (too many
paths), the shape of the table is told, with inputs taken as independent, as a warning.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from ridgeway.services.assessments.checks.findings import Finding, Subject
from ridgeway.services.assessments.checks.probing import Prober
from ridgeway.services.assessments.checks.tables import Survey, show_region, survey_table
from ridgeway.services.assessments.checks.walked import Walked, list_days, read_validity, show_answers
from ridgeway.services.assessments.expressions import render_expression

MAX_GAPS_TOLD: Final = 3


def check_tables(subject: Subject, walked: Walked | None) -> Iterator[Finding]:
    """Every finding of this group; `walked` is None when nothing could be walked."""
    tables = Tables(subject, walked)
    for name in subject.program.decisions:
        yield from check_reasons(subject, name)
        yield from check_columns(subject, name)
        yield from check_windows(subject, name)
        yield from tables.check(name)


class Tables:
    """The tables of one assessment, surveyed on each day, and what the walks met of them."""

    def __init__(self, subject: Subject, walked: Walked | None) -> None:
        self.subject = subject
        self.walked = walked
        self.days = list_days(subject.compiled, subject.today)
        self.probers = {day: Prober(subject.program, day) for day in self.days}
        self.held: dict[str, dict[tuple[str, ...], tuple[date, dict[str, Any]]]] = {}
        for day, table, rules, answers in walked.list_matches() if walked else ():
            self.held.setdefault(table, {}).setdefault(rules, (day, answers))

    def check(self, name: str) -> Iterator[Finding]:
        """The findings of one table."""
        decision = self.subject.program.decisions[name]
        surveys = {day: survey_table(prober, name) for day, prober in self.probers.items()}
        is_decided = name in self.held and self.walked is not None and self.walked.is_complete
        yield from self.check_held(name, decision)
        if not is_decided:
            yield from self.check_gaps(name, decision, surveys)
            yield from self.check_overlaps(name, decision, surveys)
        yield from self.check_never(name, decision, surveys, is_decided=is_decided)

    def check_held(self, name: str, decision: dict[str, Any]) -> Iterator[Finding]:
        """What people really meet: no rule where one is needed, or two where there may be one."""
        for rules, (day, answers) in self.held.get(name, {}).items():
            if not rules and decision["default"] is None and decision["outputs"]:
                yield self.subject.find(
                    "table-gap",
                    f"decision.{name}",
                    f"Table {name} gives nothing on {day} for {show_answers(answers)}.",
                )
            if len(rules) > 1:
                yield from self.tell_overlap(
                    name, decision, rules[0], rules[1], f"on {day} for {show_answers(answers)}"
                )

    def tell_overlap(
        self, name: str, decision: dict[str, Any], earlier: str, later: str, where: str, *, is_mild: bool = False
    ) -> Iterator[Finding]:
        """Two rules that hold together, when the table does not allow it."""
        given = {rule["id"]: rule["then"] for rule in decision["rules"]}
        element = f"decision.{name}.rule.{later}"
        if decision["hit"] == "unique":
            message = f"Rules {earlier} and {later} of table {name} both hold {where}."
            yield self.subject.find("table-overlap", element, message, is_mild=is_mild)
        elif decision["hit"] == "any" and given[earlier] != given[later]:
            message = f"Rules {earlier} and {later} of table {name} both hold and differ {where}."
            yield self.subject.find("table-contradiction", element, message, is_mild=is_mild)

    def check_gaps(self, name: str, decision: dict[str, Any], surveys: dict[date, Survey]) -> Iterator[Finding]:
        """Places that no rule covers, by the shape of the table."""
        if decision["default"] is not None or decision["hit"] == "collect":
            return
        words = [render_expression(each) for each in decision["inputs"]]
        told: set[str] = set()
        always = set.intersection(*(set(survey.gaps) for survey in surveys.values()))
        for day, survey in surveys.items():
            for region in survey.gaps:
                shown = show_region(decision, region, words)
                if shown in told or len(told) >= MAX_GAPS_TOLD:
                    continue
                told.add(shown)
                code, when = ("table-gap", "") if region in always else ("validity-hole", f" on {day}")
                message = f"Table {name} gives nothing{when} where {shown}."
                yield self.subject.find(code, f"decision.{name}", message, is_mild=self.is_mild(name))

    def check_overlaps(self, name: str, decision: dict[str, Any], surveys: dict[date, Survey]) -> Iterator[Finding]:
        """Pairs of rules that meet, by the shape of the table."""
        words = [render_expression(each) for each in decision["inputs"]]
        told: set[tuple[int, int]] = set()
        for survey in surveys.values():
            for pair, region in survey.overlaps.items():
                if pair in told:
                    continue
                told.add(pair)
                earlier, later = (decision["rules"][number]["id"] for number in pair)
                where = f"where {show_region(decision, region, words)}"
                yield from self.tell_overlap(name, decision, earlier, later, where, is_mild=self.is_mild(name))

    def is_mild(self, name: str) -> bool:
        """Whether the inputs of a table hang together, so that its shape alone proves nothing."""
        program = self.subject.program
        read = [program.read_questions(each) for each in program.decisions[name]["inputs"]]
        return sum(map(len, read)) != len(frozenset[str]().union(*read))

    def check_never(
        self, name: str, decision: dict[str, Any], surveys: dict[date, Survey], *, is_decided: bool
    ) -> Iterator[Finding]:
        """Rules that never count."""
        held = {rule for rules in self.held.get(name, {}) for rule in rules}
        first = {rules[0] for rules in self.held.get(name, {}) if rules}
        for number, rule in enumerate(decision["rules"]):
            element = f"decision.{name}.rule.{rule['id']}"
            is_met = any(number in each.met for each in surveys.values())
            is_first = any(number in each.first for each in surveys.values())
            is_masked = decision["hit"] == "first" and is_met and not is_first
            if is_masked or (is_decided and decision["hit"] == "first" and rule["id"] in held - first):
                message = f"Rule {rule['id']} of table {name} never counts: rules before it take all."
                yield self.subject.find("rule-masked", element, message)
            elif not is_met and self.is_current_once(rule):
                yield self.subject.find("rule-never-hit", element, f"Rule {rule['id']} of table {name} can never hold.")
            elif is_decided and rule["id"] not in held and self.is_current_once(rule):
                is_mild = self.walked is None or not self.walked.is_exact
                message = f"Rule {rule['id']} of table {name} holds for nobody."
                yield self.subject.find("rule-never-hit", element, message, is_mild=is_mild)

    def is_current_once(self, rule: dict[str, Any]) -> bool:
        """Whether a rule counts on a day that was looked at."""
        return any(prober.is_current(rule) for prober in self.probers.values())


def check_reasons(subject: Subject, name: str) -> Iterator[Finding]:
    """Rules that do not say why, or whence."""
    written = (subject.package.definition.decisions or {}).get(name)
    if written is None:
        return
    for rule in written.rules:
        element = f"decision.{name}.rule.{rule.id}"
        gives_outcome = isinstance(rule.then, str) and rule.then.startswith("outcome.")
        if gives_outcome and rule.because is None:
            yield subject.find("because-missing", element, f"Rule {rule.id} of table {name} has no `because`.")
        if rule.source is None and written.source is None:
            yield subject.find("source-missing", element, f"Rule {rule.id} of table {name} names no source.")


def check_columns(subject: Subject, name: str) -> Iterator[Finding]:
    """Columns that no rule tests."""
    decision = subject.program.decisions[name]
    for number, expression in enumerate(decision["inputs"]):
        if decision["rules"] and all(rule["tests"][number] == ["any"] for rule in decision["rules"]):
            message = f"No rule of table {name} tests {render_expression(expression)}."
            yield subject.find("input-unused", f"decision.{name}.input.{number}", message)


def check_windows(subject: Subject, name: str) -> Iterator[Finding]:
    """Rules whose days lie outside those of the assessment, or run backwards."""
    first, last = read_validity(subject.compiled)
    for rule in subject.program.decisions[name]["rules"]:
        begins = date.fromisoformat(rule["from"]) if rule["from"] else date.min
        ends = date.fromisoformat(rule["until"]) if rule["until"] else date.max
        if begins > ends or begins > last or ends < first:
            message = f"Rule {rule['id']} of table {name} counts on no day of the assessment."
            yield subject.find("rule-never-current", f"decision.{name}.rule.{rule['id']}", message)
