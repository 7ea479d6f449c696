"""The world of `expressions/semantics.json` as an environment and a scope, and the twin of the language in V8."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from py_mini_racer import mini_racer

from ridgeway.services.assessments.expressions import Environment, Scope, Span, read_value

SERVICE = Path(__file__).parents[1]
SEMANTICS = SERVICE / "expressions/semantics.json"
TWIN = SERVICE / "static/assessments/engine/expressions.js"

RUNNER = """
function readScope(world) {
  const table = (rows) => new Map(Object.entries(rows).map(([name, [type, value]]) => [name, readValue(type, value)]));
  const answers = table(world.answers);
  for (const [page, { questions, rows }] of Object.entries(world.items)) {
    const readCell = ([name, value]) => [name, readValue(questions[name], value)];
    const readRow = (row) => new Map(Object.entries(row).map(readCell));
    answers.set(page, rows === null ? UNKNOWN : rows.map(readRow));
  }
  const outputs = Object.entries(world.outputs).flatMap(([decision, row]) =>
    Object.entries(row).map(([name, [type, value]]) => [`${decision}.${name}`, readValue(type, value)]));
  return {
    answers, today: world.today, item: null, parameters: table(world.parameters), facts: table(world.facts),
    decisions: table(world.decisions), outputs: new Map(outputs), hits: new Map(Object.entries(world.hits)),
  };
}
function runExpressions(world, expressions) {
  const scope = readScope(JSON.parse(world));
  return JSON.stringify(JSON.parse(expressions).map((expr) => renderValue(compileExpression(expr)(scope))));
}
function runCells(world, cells) {
  const scope = readScope(JSON.parse(world));
  const match = ([test, type, value]) => compileTest(test)(readValue(type, value), scope);
  return JSON.stringify(JSON.parse(cells).map(match));
}
function runHelpers(numbers, dates, days) {
  const found = JSON.parse(numbers).map(parseNumber);
  return JSON.stringify([
    found.map(renderValue),
    found.map((number) => (number === null ? null : renderNumber(number))),
    JSON.parse(dates).map(parseDate),
    JSON.parse(days).map(fromDay),
  ]);
}
"""


@cache
def read_semantics() -> dict[str, Any]:
    """The shared cases."""
    content: dict[str, Any] = json.loads(SEMANTICS.read_text("utf-8"))
    return content


def make_environment(world: dict[str, Any]) -> Environment:
    """What the names of the world mean."""

    def types(table: dict[str, Any]) -> dict[str, Any]:
        return {name: kind for name, (kind, _) in table.items()}

    pages = {page: ["list", page] for page in world["items"]}
    return Environment(
        answers=types(world["answers"]) | world["unanswered"] | pages,
        parameters=types(world["parameters"]),
        facts=types(world["facts"]),
        decisions=types(world["decisions"]),
        outputs={decision: types(row) for decision, row in world["outputs"].items()},
        items={page: row["questions"] for page, row in world["items"].items()},
        options={owner: tuple(ids) for owner, ids in world["options"].items()},
        collects=frozenset(world["hits"]),
        patterns=world["patterns"],
    )


def make_scope(world: dict[str, Any]) -> Scope:
    """What the names of the world are worth."""

    def values(table: dict[str, Any]) -> dict[str, Any]:
        return {name: read_value(kind, value) for name, (kind, value) in table.items()}

    answers = values(world["answers"])
    for page, row in world["items"].items():
        answers[page] = read_items(row["questions"], row["rows"])
    return Scope(
        today=Span(*world["today"]),
        answers=answers,
        parameters=values(world["parameters"]),
        facts=values(world["facts"]),
        decisions=values(world["decisions"]),
        outputs={
            f"{decision}.{name}": value
            for decision, row in world["outputs"].items()
            for name, value in values(row).items()
        },
        hits=world["hits"],
    )


def read_items(questions: dict[str, Any], rows: list[dict[str, Any]] | None) -> Any:
    """The items of a page."""
    if rows is None:
        return read_value("bool", None)
    return tuple({name: read_value(questions[name], value) for name, value in row.items()} for row in rows)


@contextmanager
def open_twin() -> Iterator[Any]:
    """The twin in a V8 of its own: `call(function, *texts)` gives what the function of RUNNER says, from JSON."""
    with mini_racer() as context:
        context.eval(TWIN.read_text("utf-8").replace("\nexport ", "\n") + RUNNER)

        def call(function: str, *texts: str) -> Any:
            return json.loads(context.call(function, *texts))

        yield call
