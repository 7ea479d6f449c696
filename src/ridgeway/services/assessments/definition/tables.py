"""Whether decision tables fit together: as many tests as inputs, results of the declared type, known names.

Law: what a rule gives is read in one way (`to_result`) by the check and by the compiler.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from ridgeway.office.documents.schema import Path
from ridgeway.services.assessments.definition import limits
from ridgeway.services.assessments.definition.checking import Checking
from ridgeway.services.assessments.definition.faults import suggest
from ridgeway.services.assessments.definition.kinds import Collect, Hit, OutputType
from ridgeway.services.assessments.definition.shapes import Decision, Output, Rule
from ridgeway.services.assessments.definition.values import ValueFault, show, to_value

ONLY: Final = "value"
"""The name of the output of a decision that gives one value."""
RULE_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def is_list_decision(decision: Decision) -> bool:
    """Whether it collects a list of entitlements."""
    return decision.hit is Hit.COLLECT and decision.collect is Collect.LIST


def list_outputs(decision: Decision) -> dict[str, Output] | None:
    """The values a decision gives, by name; None when it gives an outcome or a list of entitlements."""
    if is_list_decision(decision):
        return None
    if decision.hit is Hit.COLLECT:
        return {ONLY: Output(type=OutputType.NUMBER)}
    if decision.outputs:
        return dict(decision.outputs)
    if decision.output is None or decision.output.type is OutputType.OUTCOME:
        return None
    return {ONLY: decision.output}


def to_result(decision: Decision, raw: Any, *, outcomes: Collection[str], entitlements: Collection[str]) -> Any:
    """What a rule or a default gives, as the compiled document holds it.

    Raises:  ValueFault.
    """
    if is_list_decision(decision):
        return to_entitlements(raw, entitlements)
    outputs = list_outputs(decision)
    if outputs is None:
        return to_outcome(raw, outcomes)
    if not decision.outputs:
        return {ONLY: to_output(outputs[ONLY], raw)}
    if not isinstance(raw, dict):
        raise ValueFault(f"this is {show(raw)}; expected a value for each of {', '.join(outputs)}")
    missing = [name for name in outputs if name not in raw]
    unknown = [name for name in raw if name not in outputs]
    if missing or unknown:
        raise ValueFault(f"expected a value for each of {', '.join(outputs)}, and no other")
    return {name: to_output(output, raw[name]) for name, output in outputs.items()}


def to_outcome(raw: Any, outcomes: Collection[str]) -> str:
    """`outcome:ID`.

    Raises:  ValueFault.
    """
    if not isinstance(raw, str) or not raw.startswith("outcome."):
        raise ValueFault(f"this is {show(raw)}; expected outcome.ID")
    name = raw.removeprefix("outcome.")
    if name not in outcomes:
        raise ValueFault(f"there is no outcome {name!r}; {suggest(name, outcomes)}")
    return f"outcome:{name}"


def to_entitlements(raw: Any, entitlements: Collection[str]) -> list[str]:
    """The ids of entitlements.

    Raises:  ValueFault.
    """
    names = [raw] if isinstance(raw, str) else raw
    if not isinstance(names, list | tuple) or not all(isinstance(each, str) for each in names):
        raise ValueFault(f"this is {show(raw)}; expected ids of entitlements")
    for name in names:
        if name not in entitlements:
            raise ValueFault(f"there is no entitlement {name!r}; {suggest(name, entitlements)}")
    return list(names)


def to_output(output: Output, raw: Any) -> Any:
    """One value of a decision.

    Raises:  ValueFault.
    """
    if output.type is not OutputType.OPTION:
        return to_value(output.type, raw)
    if raw not in output.values:
        raise ValueFault(f"this is {show(raw)}; expected one of {', '.join(output.values)}")
    return raw


def check_decisions(checking: Checking) -> None:
    """Note every fault of the decisions."""
    checking.check_count(("decisions",), checking.decisions, limits.MAX_DECISIONS, "decisions")
    for name, decision in checking.decisions.items():
        file, path = checking.place_of(name)
        checking.check_id(path, name, file=file)
        checking.take_name(name, "a decision", path, file=file)
        check_kind(checking, decision, path, file)
        checking.check_count((*path, "inputs"), decision.inputs, limits.MAX_INPUTS, "inputs", file=file)
        if checking.check_count((*path, "rules"), decision.rules, limits.MAX_RULES, "rules", file=file):
            check_rules(checking, decision, path, file)


def check_kind(checking: Checking, decision: Decision, path: Path, file: str) -> None:
    """Hit policy and outputs go together."""
    collects = decision.hit is Hit.COLLECT
    if collects != (decision.collect is not None):
        why = "hit: collect and the key collect (list, sum, min, max or count) go together; write both or neither"
        checking.fail((*path, "hit"), why, file=file)
    if collects and (decision.output or decision.outputs):
        why = "a decision that collects gives a list or a number by itself; take output and outputs out"
        checking.fail(path, why, file=file)
    if decision.output and decision.outputs:
        checking.fail(path, "write output (one) or outputs (several), not both", file=file)
    checking.check_count((*path, "outputs"), decision.outputs or (), limits.MAX_OUTPUTS, "outputs", file=file)
    for name, output in (decision.outputs or {}).items():
        where: Path = (*path, "outputs", name)
        checking.check_id(where, name, file=file)
        if output.type is OutputType.OUTCOME:
            checking.fail(where, "one of several outputs cannot be an outcome; use a decision of its own", file=file)
        check_output(checking, output, where, file)
    if decision.output:
        check_output(checking, decision.output, (*path, "output"), file)


def check_output(checking: Checking, output: Output, path: Path, file: str) -> None:
    """An option has values; nothing else has."""
    if (output.type is OutputType.OPTION) != bool(output.values):
        checking.fail(path, "type: option and the key values go together; write both or neither", file=file)
    for number, name in enumerate(output.values):
        if output.values.index(name) != number:
            checking.fail((*path, "values", number), f"the value {name!r} is there twice", file=file)


def check_rules(checking: Checking, decision: Decision, path: Path, file: str) -> None:
    """Each rule has a test for each input and gives what the decision gives."""
    known = known_results(checking)
    check_rule_ids(checking, decision, path, file)
    for number, rule in enumerate(decision.rules):
        inside: Path = (*path, "rules", number)
        if len(rule.if_) != len(decision.inputs):
            why = f"{len(rule.if_)} tests for {len(decision.inputs)} inputs; write - for one that does not matter"
            checking.fail((*inside, "if"), why, file=file)
        if rule.from_ and rule.until and rule.until < rule.from_:
            checking.fail((*inside, "until"), f"{rule.until} is before the first day, {rule.from_}", file=file)
        check_result(checking, decision, rule, inside, file=file, known=known)
    if decision.default is not None:
        try:
            to_result(decision, decision.default, **known)
        except ValueFault as fault:
            checking.fail((*path, "default"), str(fault), file=file)
    elif not decision.rules:
        checking.fail(path, "there is neither a rule nor a default", file=file)


def check_rule_ids(checking: Checking, decision: Decision, path: Path, file: str) -> None:
    """Rules have ids of their own; A1 and 12 are ids here."""
    first: dict[str, int] = {}
    for number, rule in enumerate(decision.rules):
        inside: Path = (*path, "rules", number)
        if not RULE_ID.fullmatch(rule.id):
            checking.fail(inside, f"{rule.id!r} is no id of a rule; it holds letters, digits, _ and -", file=file)
        if rule.id in first:
            why = f"the rule {rule.id!r} is there twice, first at line {first[rule.id]}"
            checking.fail(inside, why, file=file)
        first.setdefault(rule.id, checking.documents[file].line_of(inside))


def check_result(
    checking: Checking, decision: Decision, rule: Rule, path: Path, *, file: str, known: Mapping[str, Any]
) -> None:
    """What one rule gives."""
    try:
        to_result(decision, rule.then, **known)
    except ValueFault as fault:
        checking.fail((*path, "then"), str(fault), file=file)


def known_results(checking: Checking) -> dict[str, Any]:
    """The ids that results may name."""
    return {
        "outcomes": [each.id for each in checking.definition.outcomes],
        "entitlements": [each.id for each in checking.definition.entitlements],
    }
