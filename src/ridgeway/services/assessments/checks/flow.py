"""Findings about the ways from page to page, as they are drawn: nobody has walked them yet."""

from collections.abc import Iterator
from typing import Any, Final

from ridgeway.services.assessments.checks.findings import Finding, Subject
from ridgeway.services.assessments.checks.program import Program

BUILT_IN: Final = "on_behalf"


def check_flow(subject: Subject) -> Iterator[Finding]:
    """Every finding of this group."""
    yield from check_reach(subject)
    for name in subject.program.order:
        yield from check_ends(subject, name)
        yield from check_order(subject, name)
    yield from check_loops(subject)
    yield from check_table_order(subject)
    yield from check_emergencies(subject)
    if subject.program.is_too_large:
        yield subject.find("walk-cut-short", "start", "There are more routes and cells of tables than are walked.")


def is_sound(program: Program) -> bool:
    """Whether the ways can be walked: none leads back, and there are not too many."""
    return not program.is_too_large and not find_loops(program)


def check_reach(subject: Subject) -> Iterator[Finding]:
    """Pages and outcomes to which no way leads."""
    program = subject.program
    reachable = program.list_reachable(program.order[0])
    for name in program.order:
        if f"page:{name}" not in reachable:
            yield subject.find("unreachable-page", f"page.{name}", f"No way leads to page {name}.")
    after = (subject.compiled.get("valid") or {}).get("after")
    for name, outcome in subject.compiled["outcomes"].items():
        if f"outcome:{name}" not in reachable and outcome["kind"] != "system" and name != after:
            yield subject.find("unreachable-outcome", f"outcome.{name}", f"No way leads to outcome {name}.")


def check_ends(subject: Subject, name: str) -> Iterator[Finding]:
    """A page behind which there is nothing when it is passed over."""
    if any(edge.target == "end" for edge in subject.program.list_edges(name)):
        yield subject.find("dead-end", f"page.{name}", f"Behind page {name} there is nothing.")


def check_loops(subject: Subject) -> Iterator[Finding]:
    """Ways that lead back."""
    for loop in find_loops(subject.program):
        shown = " → ".join((*loop, loop[0]))
        yield subject.find("loop", f"page.{loop[0]}", f"These pages lead back to themselves: {shown}.")


def find_loops(program: Program) -> list[tuple[str, ...]]:
    """The pages of every group that can be reached from itself, each group once."""
    reach = {name: program.list_pages_behind(name) for name in program.order}
    loops: list[tuple[str, ...]] = []
    for name in program.order:
        if name in reach[name] and not any(name in loop for loop in loops):
            loops.append(tuple(each for each in program.order if each in reach[name] and name in reach[each]))
    return loops


def check_order(subject: Subject, name: str) -> Iterator[Finding]:
    """Conditions of a page that read what is asked later, or nowhere on the way."""
    program = subject.program
    page = program.pages[name]
    here = {each["id"] for each in page["questions"]}
    before = list_asked_before(program, name)
    conditions: list[tuple[str, Any, set[str]]] = [(f"page.{name}", page["only_if"], before)]
    conditions += [
        (f"page.{name}.route.{number}", route["when"], before | here) for number, route in enumerate(page["routes"])
    ]
    for question in page["questions"]:
        key = f"question.{question['id']}"
        conditions += [
            (key, question.get(end), before) for end in ("min", "max") if isinstance(question.get(end), list)
        ]
    for element, expression, known in conditions:
        late = sorted(program.read_questions(expression) - known) if expression is not None else []
        if late:
            yield subject.find(
                "answer-too-early", element, f"Page {name} reads {', '.join(late)}, which is not asked before it."
            )


def check_table_order(subject: Subject) -> Iterator[Finding]:
    """Tables to which a route leads where an input can never have been asked."""
    program = subject.program
    for name, decision in program.decisions.items():
        comes_from = [
            page for page in program.order if any(e.target == f"decision:{name}" for e in program.list_edges(page))
        ]
        if not comes_from:
            continue
        known = set[str]().union(*(list_asked_before(program, page) | list_here(program, page) for page in comes_from))
        for number, expression in enumerate(decision["inputs"]):
            late = sorted(program.read_questions(expression) - known)
            if late:
                yield subject.find(
                    "answer-too-early",
                    f"decision.{name}.input.{number}",
                    f"Table {name} reads {', '.join(late)}, which is never asked before it.",
                )


def list_asked_before(program: Program, name: str) -> set[str]:
    """The questions of all pages from which a way leads to this one."""
    before = (each for each in program.order if each != name and name in program.list_pages_behind(each))
    return set[str]().union(*(list_here(program, each) for each in before))


def list_here(program: Program, name: str) -> set[str]:
    """The questions of a page."""
    return {each["id"] for each in program.pages[name]["questions"]}


def check_emergencies(subject: Subject) -> Iterator[Finding]:
    """Pages from which a route leads to an emergency come first and are locked.

    It is a warning where questions stand before such a page but nobody can get past it.
    """
    program = subject.program
    outcomes = subject.compiled["outcomes"]
    custom = {page.id: page.custom for page in subject.package.definition.pages}
    has_begun, is_certain = False, True
    for name in program.order:
        page = program.pages[name]
        ends = (route["to"] for route in page["routes"] if route["to"].startswith("outcome:"))
        targets = [each.removeprefix("outcome:") for each in ends]
        is_urgent = any(outcomes.get(target, {}).get("kind") == "emergency" for target in targets)
        if is_urgent and has_begun:
            message = f"Page {name} can end in an emergency, and comes late."
            yield subject.find("emergency-not-first", f"page.{name}", message, is_mild=is_certain)
        if is_urgent and custom.get(name, "locked") != "locked":
            yield subject.find(
                "emergency-not-locked", f"page.{name}", f"Page {name} can end in an emergency, and is not locked."
            )
        has_begun = has_begun or (not is_urgent and bool(page["questions"]) and name != BUILT_IN)
        is_certain = is_certain and (is_urgent or len(program.list_edges(name)) == 1)
