"""Decision tables: which rules hold on this day for these answers, and what follows.

Law: a rule holds when it counts on the day (from and until belong to it) and every test of it is true; an unknown test
is not true. `unique`, `any` and `first` take the first rule that holds (that there is no second is for the checks to
prove). `collect` takes all: a list joins their entitlements, each once; sum, min and max reckon with the known values
of each output, count counts the rules. Without a rule the default counts; without a default nothing: no outcome, no
entitlement, unknown values (a sum or count of nothing is 0).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ridgeway.services.assessments.engine.assessment import DecisionReady, RuleReady
from ridgeway.services.assessments.expressions import UNKNOWN, Scope
from ridgeway.services.assessments.expressions.values import MAX_NUMBER, MILLION


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision came to; `rule` is None when its default counted, or nothing did."""

    decision: str
    rule: str | None
    matched: tuple[str, ...]
    outcome: str | None
    entitlements: tuple[str, ...]


def find_rules(decision: DecisionReady, scope: Scope) -> list[RuleReady]:
    """The rules that hold: all of them for `collect`, else the first at most."""
    day = scope.today.lo
    values = [read(scope) for read in decision.inputs]
    several = decision.spec.hit == "collect"
    found = []
    for rule in decision.rules:
        if (rule.first is not None and day < rule.first) or (rule.last is not None and day > rule.last):
            continue
        for number, holds in rule.tests:
            if holds(values[number], scope) is not True:
                break
        else:
            found.append(rule)
            if not several:
                break
    return found


def decide(decision: DecisionReady, scope: Scope) -> Decided:
    """What the decision comes to: its outcome, or the entitlements that it lists."""
    found = find_rules(decision, scope)
    taken = found or ([decision.otherwise] if decision.otherwise else [])
    entitlements = dict.fromkeys(each for rule in taken for each in rule.entitlements)
    return Decided(
        decision=decision.id,
        rule=found[0].id if found else None,
        matched=tuple(rule.id for rule in found),
        outcome=taken[0].outcome if taken else None,
        entitlements=tuple(entitlements),
    )


def count_hits(decision: DecisionReady, scope: Scope) -> int:
    """How many entitlements the decision lists."""
    return len(decide(decision, scope).entitlements)


def decide_values(decision: DecisionReady, scope: Scope) -> Mapping[str, Any]:
    """The value of each output of the decision."""
    found = find_rules(decision, scope)
    if decision.spec.hit == "collect" and decision.spec.collect != "list":
        return {name: collect(decision, found, name) for name in decision.spec.outputs or {"": None}}
    taken = found or ([decision.otherwise] if decision.otherwise else [])
    return taken[0].values if taken else {}


def collect(decision: DecisionReady, found: list[RuleReady], output: str) -> Any:
    """The sum, the smallest, the largest or the count of the rules that hold."""
    how = decision.spec.collect
    if how == "count":
        return len(found) * MILLION
    values = [value for rule in found if (value := rule.values.get(output, UNKNOWN)) is not UNKNOWN]
    if how == "sum" and (found or decision.otherwise is None):
        total = sum(values)
        return total if abs(total) <= MAX_NUMBER else UNKNOWN
    if values:
        return min(values) if how == "min" else max(values)
    return decision.otherwise.values.get(output, UNKNOWN) if decision.otherwise and not found else UNKNOWN
