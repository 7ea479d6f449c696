"""What a walk has met: pages, routes, rules, and the values that tables were asked about."""

from dataclasses import dataclass, field
from typing import Any

from ridgeway.services.assessments.checks.machine import Machine, Position
from ridgeway.services.assessments.engine import Trail


@dataclass(slots=True)
class Coverage:
    """What was met on any path; routes by (page, number), rules by (decision, rule).

    `matches` holds, by table and rules that held together, the first answers with which they did. `conditions` holds,
    by (page, number of the route, or -1 for `only_if`), whether it was ever true and ever not. `ways` are steps that
    were looked at.
    """

    pages: set[str] = field(default_factory=set)
    routes: set[tuple[str, int]] = field(default_factory=set)
    rules: set[tuple[str, str]] = field(default_factory=set)
    outcomes: set[str] = field(default_factory=set)
    entitlements: set[str] = field(default_factory=set)
    conditions: dict[tuple[str, int], set[bool]] = field(default_factory=dict)
    matches: dict[tuple[str, tuple[str, ...]], dict[str, Any]] = field(default_factory=dict)
    ways: set[tuple[str, int | None, str | None]] = field(default_factory=set)

    def meet(self, machine: Machine, position: Position) -> None:
        """Note what one replay went by; a way from page to page is looked at once."""
        steps = position.trail.steps
        for before, after in zip(steps, (*steps[1:], None), strict=True):
            way = (before.page, before.route, after.page if after else None)
            if way not in self.ways:
                self.ways.add(way)
                self.go(machine, before.page, before.route, after.page if after else None)
        if steps and machine.program.order[0] != steps[0].page:
            self.conditions.setdefault((machine.program.order[0], -1), set()).add(False)
        if position.ending is not None:
            self.finish(machine, position)

    def go(self, machine: Machine, name: str, route: int | None, arrived: str | None) -> None:
        """Note one way: the page, the route, and the pages that were passed over."""
        self.pages.add(name)
        page = machine.program.pages[name]
        if page["only_if"] is not None:
            self.conditions.setdefault((name, -1), set()).add(True)
        if route is not None:
            self.take(name, route, page["routes"])
            for passed in list_passed(machine, name, route, arrived):
                self.conditions.setdefault((passed, -1), set()).add(False)

    def take(self, page: str, taken: int, routes: list[dict[str, object]]) -> None:
        """A route was taken, so those before it did not hold."""
        self.routes.add((page, taken))
        for number, route in enumerate(routes[: taken + 1]):
            if route["when"] is not None:
                self.conditions.setdefault((page, number), set()).add(number == taken)

    def finish(self, machine: Machine, position: Position) -> None:
        """Note an ending, and what every table that was asked said."""
        ending = position.ending
        if ending is None or ending.is_refused:
            return
        if ending.outcome is not None:
            self.outcomes.add(ending.outcome)
        self.entitlements.update(ending.entitlements)
        asked = {ending.decision} if ending.decision else set()
        outcome = machine.program.compiled["outcomes"].get(ending.outcome)
        if outcome and outcome["collects"]:
            asked.add(outcome["collects"])
        for name in sorted(asked):
            self.ask(machine, name, position.trail)

    def ask(self, machine: Machine, name: str, trail: Trail) -> None:
        """Note which rules of a table hold, and with which answers first none did or several."""
        rules = tuple(rule["id"] for rule in machine.prober.find_matches(trail.scope, name))
        self.rules.update((name, rule) for rule in rules)
        key = (name, rules)
        if key not in self.matches:
            self.matches[key] = dict(trail.answers)


def list_passed(machine: Machine, page: str, route: int, arrived: str | None) -> list[str]:
    """The pages that were passed over on the way along a route."""
    program = machine.program
    target = program.list_edges(page)[route].target
    passed = []
    while target.startswith("page:") and target != f"page:{arrived}":
        name = target.removeprefix("page:")
        if program.pages[name]["only_if"] is None:
            return []
        passed.append(name)
        target = next(edge.target for edge in program.list_edges(name) if edge.route is None)
    return passed
