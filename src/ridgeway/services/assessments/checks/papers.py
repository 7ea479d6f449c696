"""An assessment on paper: every page with where it leads, every rule with its source, in Markdown.

For whoever signs a policy off, and for whoever asks the questions at a telephone. Law: nothing that decides is left
out; what is shown is what the engines run, not what the author wrote about it.
Next: `graph.py`.
"""

from collections.abc import Iterator
from typing import Any

from ridgeway.services.assessments.checks.graph import GraphMaker
from ridgeway.services.assessments.checks.outlines import say_way
from ridgeway.services.assessments.checks.program import Program
from ridgeway.services.assessments.expressions import render_expression, render_test

FLAT = str.maketrans({"\n": " ", "|": "\\|"})


def show_value(kind: Any, value: Any) -> str:
    """A value of a compiled document as its author would write it."""
    return render_expression(["lit", kind, value])


def render_paper(compiled: dict[str, Any], language: str) -> str:
    """The whole assessment as a document in a language that it has."""
    return "\n".join(Paper(compiled, language).list_lines())


class Paper:
    """Writes the document, section by section."""

    def __init__(self, compiled: dict[str, Any], language: str) -> None:
        self.compiled = compiled
        self.maker = GraphMaker(Program(compiled), language)
        self.graph = self.maker.make()
        self.numbers = {node.id: number for number, node in enumerate(self.graph.nodes, 1)}
        self.titles = {node.id: f"{node.title} ({self.numbers[node.id]})" for node in self.graph.nodes}

    def list_lines(self) -> Iterator[str]:
        """Every line."""
        compiled = self.compiled
        yield f"# {self.graph.title}"
        version = f"{compiled['id']} {compiled['version']}"
        yield f"\n{compiled['publisher']['name']} · {version} · sha256:{compiled['digest']}\n"
        for key in ("notice", "start.body"):
            if text := self.maker.say(key):
                yield f"{text}\n"
        parts = {"page": self.list_page, "decision": self.list_decision, "outcome": self.list_outcome}
        for node in self.graph.nodes:
            kind, _, name = node.id.partition(":")
            yield f"## {self.numbers[node.id]}. {node.title}\n"
            yield from parts[kind](name)
            yield from (f"- {say_way(each, self.titles)}" for each in self.graph.list_from(node.id))
            yield ""
        yield from self.list_facts()
        yield from self.list_parameters()

    def list_page(self, name: str) -> Iterator[str]:
        """What a page says and asks."""
        page = self.maker.program.pages[name]
        if text := self.maker.say(f"page.{name}.body"):
            yield f"{text}\n"
        if page["only_if"] is not None:
            yield f"`{render_expression(page['only_if'])}`\n"
        for question in page["questions"]:
            yield from self.list_question(question, is_alone=len(page["questions"]) == 1)

    def list_question(self, question: dict[str, Any], *, is_alone: bool) -> Iterator[str]:
        """A question with its options."""
        key = f"question.{question['id']}"
        if not is_alone:
            yield f"**{self.maker.say(f'{key}.title')}**\n"
        for part in ("body", "hint", "purpose"):
            if text := self.maker.say(f"{key}.{part}"):
                yield f"{text}\n"
        bullets = [self.maker.say(f"{key}.list.{number}") for number in range(question.get("bullets", 0))]
        options = [self.maker.say(f"{key}.option.{each['id']}.label") for each in question.get("options", ())]
        none = self.maker.say(f"{key}.none")
        yield from (f"  - {each}" for each in bullets)
        yield from (f"- [ ] {each}" for each in [*options, *([none] if none else [])])
        yield ""

    def list_decision(self, name: str) -> Iterator[str]:
        """A table with every rule: what must hold, what follows, why, and by which source."""
        decision = self.compiled["decisions"][name]
        inputs = [render_expression(each) for each in decision["inputs"]]
        yield self.row([*inputs, "→", "", ""])
        yield self.row(["---"] * (len(inputs) + 3))
        for rule in decision["rules"]:
            days = (
                " – ".join(each or "" for each in (rule["from"], rule["until"]))
                if rule["from"] or rule["until"]
                else ""
            )
            because = self.maker.say(f"decision.{name}.rule.{rule['id']}.because")
            cells = [render_test(each) for each in rule["tests"]]
            source = " ".join(each for each in (rule["source"], days) if each)
            yield self.row([*cells, self.say_result(rule["then"], decision), because, f"{source} [{rule['id']}]"])
        if decision["default"] is not None:
            yield self.row([*["-"] * len(inputs), self.say_result(decision["default"], decision), "", ""])
        yield ""

    def say_result(self, result: Any, decision: dict[str, Any]) -> str:
        """What a rule gives, in words."""
        if isinstance(result, str):
            return self.titles.get(result, result)
        if isinstance(result, list):
            return ", ".join(self.maker.say(f"entitlement.{each}.title") for each in result)
        kinds = decision["outputs"] or {}
        return ", ".join(f"{name} = {show_value(kinds[name], value)}" for name, value in result.items())

    def list_outcome(self, name: str) -> Iterator[str]:
        """What a result says."""
        if text := self.maker.say(f"outcome.{name}.body"):
            yield f"{text}\n"
        if source := self.compiled["outcomes"][name]["source"]:
            yield f"{source}\n"

    def list_facts(self) -> Iterator[str]:
        """What is reckoned from answers."""
        facts = [(name, each) for name, each in self.compiled["facts"] if each[0] != "decision"]
        yield from (f"- `{name}` = `{render_expression(each)}`" for name, each in facts)
        reached = {node.id for node in self.graph.nodes}
        for name in self.compiled["decisions"]:
            if f"decision:{name}" not in reached:
                yield f"\n### {name}\n"
                yield from self.list_decision(name)
        yield ""

    def list_parameters(self) -> Iterator[str]:
        """Every parameter with its values, from which day on, and by which source."""
        for name, parameter in self.compiled["parameters"].items():
            title = self.maker.say(f"parameter.{name}.title") or name
            for number, (start, value) in enumerate(parameter["values"]):
                source = parameter["sources"][number] or parameter["source"] or ""
                shown = " ".join(each for each in (show_value(parameter["type"], value), parameter["unit"]) if each)
                yield f"- {title} (`{name}`): **{shown}** {start or ''} {source}".replace("  ", " ").rstrip()

    def row(self, cells: list[str]) -> str:
        """A row of a table."""
        return f"| {' | '.join(each.translate(FLAT) for each in cells)} |"
