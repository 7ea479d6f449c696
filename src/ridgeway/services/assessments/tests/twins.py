"""The engine of the browser, run beside that of the server: both are asked the same and must say the same."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import py_mini_racer

from ridgeway.services.assessments.engine import Assessment, Read, Trail, build_start_view, build_view
from ridgeway.services.assessments.expressions.values import EPOCH, render_value
from ridgeway.services.assessments.offline import join_modules
from ridgeway.services.assessments.offline.documents import ENVIRONMENT

DRIVER = """
const loaded = new Map();
const get = (name) => loaded.get(name);
const plain = (value) => {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [key, plain(each)]));
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === "bigint" ? String(value) : value;
};
const tell = (trail) => ({
  steps: trail.steps.map((step) => [step.page, step.item, step.route]),
  outcome: trail.outcome,
  isOver: trail.isOver,
  decision: trail.decision,
  dropped: trail.dropped,
  values: plain(trail.values),
});
const draw = (name, view, links) => engine.renderMain(view, get(name).compiled.words[view.language], links);
const verbs = {
  load(name, compiled) { loaded.set(name, engine.load(compiled)); return null; },
  trail(name, answers, today) { return tell(engine.replay(get(name), answers, { today })); },
  start(name, language, today, links) {
    const view = engine.buildStartView(get(name), language, today);
    return [view, draw(name, view, links)];
  },
  views(name, answers, today, language, links) {
    const trail = engine.replay(get(name), answers, { today });
    return Array.from({ length: trail.lastStep }, (_, place) => {
      const view = engine.buildView(get(name), trail, { step: place + 1, language, answers });
      return [view, draw(name, view, links)];
    });
  },
  read(name, answers, today, language, step, form, links) {
    const trail = engine.replay(get(name), answers, { today });
    const { page, item } = trail.steps[step - 1];
    const read = engine.readAnswers(get(name), page, form, { trail, language, item });
    const view = engine.buildView(get(name), trail, { step, language, answers, form, errors: read.errors });
    const errors = read.errors.map(({ field, question, word, given }) => [field, question, word, plain(given)]);
    return [read.values, errors, view, draw(name, view, links)];
  },
};
function ask(text) {
  return JSON.stringify(JSON.parse(text).map(([verb, ...given]) => verbs[verb](...given)));
}
"""
LINKS: Mapping[str, Any] = {
    "action": "/a?b=1&c=2", "back": "", "restart": "/r", "forget": "/f", "calendar": "/c.ics", "device": "/d",
    "print": "", "private": "/p", "download": "/one.html", "carried": "",
    "changes": {step: f"/{step}/change" for step in range(1, 60)},
}  # fmt: skip


class Browser:
    """The browser's engine, asked in batches."""

    def __init__(self, context: Any) -> None:
        self.context = context

    def ask(self, questions: Sequence[Sequence[Any]]) -> list[Any]:
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


def tell_read(read: Read) -> list[Any]:
    """What was read and what was wrong, as the browser tells it."""
    errors = [
        [each.field, each.question, each.word, [[kind, tell_argument(value)] for kind, value in each.arguments]]
        for each in read.errors
    ]
    return [read.values, errors]


def tell_argument(value: Any) -> Any:
    """What is put into a message, as JSON."""
    return list(value) if isinstance(value, tuple) else str(value) if isinstance(value, int) else value


def draw(assessment: Assessment, view: Mapping[str, Any], links: Mapping[str, Any] = LINKS) -> str:
    """The main region as the server draws it."""
    words = assessment.compiled["words"][view["language"]]
    template = ENVIRONMENT.get_template("assessments/main.html")
    return template.render(view=view, words=words, links=links, token="", hidden={})


def draw_start(assessment: Assessment, language: str, today: date) -> list[Any]:
    """The start page of the server: view and HTML."""
    view = build_start_view(assessment, language, today)
    return [view, draw(assessment, view)]


def draw_views(assessment: Assessment, trail: Trail, answers: Mapping[str, Any], language: str) -> list[list[Any]]:
    """Every page of a trail of the server: view and HTML."""
    views = [
        build_view(assessment, trail, step=step, language=language, answers=answers)
        for step in range(1, trail.last_step + 1)
    ]
    return [[view, draw(assessment, view)] for view in views]


def links_as_json(links: Mapping[str, Any] = LINKS) -> dict[str, Any]:
    """The links as the browser has them."""
    return {**links, "changes": {str(step): href for step, href in links["changes"].items()}}
