"""The engine of the browser, run beside that of the server: both are asked the same and must say the same."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import py_mini_racer

from ridgeway.services.assessments.expressions.values import EPOCH, render_value
from ridgeway.services.assessments.engine import Trail
from ridgeway.services.assessments.offline import join_modules

DRIVER = """
const loaded = new Map();
const days = (value) => (typeof value === "bigint" ? String(value) : value);
const plain = (value) => {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [key, plain(each)]));
  return Array.isArray(value) ? value.map(plain) : days(value);
};
const tell = (trail) => ({
  steps: trail.steps.map((step) => [step.page, step.item, step.route]),
  outcome: trail.outcome,
  isOver: trail.isOver,
  decision: trail.decision,
  dropped: trail.dropped,
  values: plain(trail.values),
});
const verbs = {
  load(name, compiled) { loaded.set(name, engine.load(compiled)); return null; },
  trail(name, answers, today) { return tell(engine.replay(loaded.get(name), answers, { today })); },
};
function ask(text) { return JSON.stringify(JSON.parse(text).map(([verb, ...given]) => verbs[verb](...given))); }
"""


class Browser:
    """The browser's engine, asked in batches."""

    def __init__(self, context: Any) -> None:
        self.context = context

    def ask(self, *questions: Sequence[Any]) -> list[Any]:
        """What it says to each question, a verb with what it needs."""
        return list(json.loads(self.context.call("ask", json.dumps(questions))))


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A browser's engine without a browser."""
    with py_mini_racer.mini_racer() as context:
        context.eval(join_modules("engine/engine.js", name="engine") + DRIVER)
        yield Browser(context)


def count_days(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - EPOCH


def tell(trail: Trail) -> dict[str, Any]:
    """A trail of the server as the browser tells its own."""
    decided = trail.decision
    return {
        "steps": [[step.page, step.item, step.route] for step in trail.steps],
        "outcome": trail.outcome,
        "isOver": trail.is_over,
        "decision": decided
        and {
            "decision": decided.decision,
            "rule": decided.rule,
            "matched": list(decided.matched),
            "outcome": decided.outcome,
            "entitlements": list(decided.entitlements),
        },
        "dropped": list(trail.dropped),
        "values": {name: plain(value) for name, value in trail.values.items()},
    }


def plain(value: Any) -> Any:
    """A value as JSON; an item is an object."""
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, tuple) and value and isinstance(value[0], Mapping):
        return [plain(each) for each in value]
    return render_value(value)
