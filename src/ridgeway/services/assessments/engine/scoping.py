"""What expressions see of the answers that count; facts and decisions are reckoned when they are first asked for."""

from typing import Any

from ridgeway.services.assessments.engine.assessment import Assessment
from ridgeway.services.assessments.engine.deciding import count_hits, decide_values
from ridgeway.services.assessments.expressions import UNKNOWN, Memo, Scope, Span


def make_scope(assessment: Assessment, day: int, answers: dict[str, Any]) -> Scope:
    """A scope over these answers; `forget` must be called after any of them changed."""
    scope = Scope(today=Span(day, day), answers=answers, parameters=assessment.parameters.on_day(day))
    facts, decisions = assessment.facts, assessment.decisions
    scope.facts = Memo(lambda name: facts[name](scope))
    if decisions:
        scope.decisions = Memo(lambda name: decide_values(decisions[name], scope).get(decisions[name].output, UNKNOWN))
        scope.outputs = Memo(lambda name: find_output(assessment, name, scope))
        scope.hits = Memo(lambda name: count_hits(decisions[name], scope))
    return scope


def find_output(assessment: Assessment, name: str, scope: Scope) -> Any:
    """The value of `decision.output`; those of the decision's other outputs are kept, too."""
    decision = name.partition(".")[0]
    values = decide_values(assessment.decisions[decision], scope)
    found = {f"{decision}.{output}": value for output, value in values.items()}
    if isinstance(scope.outputs, Memo):
        scope.outputs.update(found)
    return found.get(name, UNKNOWN)


def list_memos(scope: Scope) -> tuple[Memo, ...]:
    """What keeps values that were reckoned from the answers."""
    looked = (scope.facts, scope.decisions, scope.outputs, scope.hits)
    return tuple(each for each in looked if isinstance(each, Memo))


def forget(scope: Scope) -> None:
    """What was reckoned from the answers is forgotten."""
    for memo in list_memos(scope):
        memo.clear()
