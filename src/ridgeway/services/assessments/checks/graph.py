"""The ways through an assessment as a graph with labels in words, for everything that draws or tells it.

Law: what is drawn is the definition as it stands; which ways are ever taken is for the walk to say.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ridgeway.services.assessments.checks.plain import say_plainly
from ridgeway.services.assessments.checks.program import Expression, Program, list_outcomes_of
from ridgeway.services.assessments.expressions import render_expression


class NodeKind(StrEnum):
    """What a node stands for."""

    QUESTION = "question"
    INFORMATION = "information"
    CHECK = "check"
    DECISION = "decision"
    OUTCOME = "outcome"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Node:
    """A page, a table or an outcome; its id is like `page:age`."""

    id: str
    kind: NodeKind
    title: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """A way from one node to another; `label` says who goes it, empty for everybody."""

    source: str
    target: str
    label: str


@dataclass(frozen=True, slots=True)
class Graph:
    """All nodes, in the order of the definition, and all ways."""

    title: str
    language: str
    direction: str
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]

    by_source: dict[str, list[Arrow]] = field(init=False, default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        """Sort the ways by where they begin."""
        for each in self.arrows:
            self.by_source.setdefault(each.source, []).append(each)

    def list_from(self, node: str) -> list[Arrow]:
        """The ways that begin at a node."""
        return self.by_source.get(node, [])


def make_graph(compiled: dict[str, Any], language: str) -> Graph:
    """The graph of a compiled document, in a language that it has."""
    return GraphMaker(Program(compiled), language).make()


class GraphMaker:
    """Makes a graph in one language; what is not translated is told in the source language."""

    def __init__(self, program: Program, language: str) -> None:
        self.program = program
        self.compiled = program.compiled
        self.language = language
        self.texts = (
            self.compiled["texts"].get(language, {}),
            self.compiled["texts"][self.compiled["languages"][0]["code"]],
        )
        self.words = self.compiled["words"].get(language, {})

    def make(self) -> Graph:
        """The whole."""
        used = [f"page:{name}" for name in self.program.order]
        arrows = join_arrows(self.list_arrows())
        used += list(dict.fromkeys(each.target for each in arrows if each.target not in used))
        direction = next(each["dir"] for each in self.compiled["languages"] if each["code"] == self.language)
        nodes = tuple(self.make_node(each) for each in used if each != "end")
        known = {each.id for each in nodes}
        return Graph(
            self.say("start.title"), self.language, direction, nodes, tuple(e for e in arrows if e.target in known)
        )

    def say(self, key: str) -> str:
        """A text as plain words; empty when there is none."""
        for texts in self.texts:
            if key in texts:
                return say_plainly(texts[key])
        return ""

    def word(self, name: str) -> str:
        """One of the engine's own words."""
        return str(self.words.get(name, name))

    def make_node(self, target: str) -> Node:
        """The node of a target."""
        kind, _, name = target.partition(":")
        if kind == "decision":
            return Node(target, NodeKind.DECISION, name)
        if kind == "outcome":
            is_urgent = self.compiled["outcomes"].get(name, {}).get("kind") == "emergency"
            return Node(
                target, NodeKind.EMERGENCY if is_urgent else NodeKind.OUTCOME, self.say(f"outcome.{name}.title") or name
            )
        page = self.program.pages[name]
        title = self.say(f"page.{name}.title")
        if not title and page["questions"]:
            title = self.say(f"question.{page['questions'][0]['id']}.title")
        if not title and page["kind"] == "check":
            title = self.word("check_title")
        return Node(target, NodeKind(page["kind"]), title or name)

    def list_arrows(self) -> Iterator[Arrow]:
        """The ways from every page and table."""
        asked: dict[str, None] = {}
        for name in self.program.order:
            routes = self.program.pages[name]["routes"]
            for edge in self.program.list_edges(name):
                if edge.route is None:
                    label = self.word("diagram_passed_over")
                elif routes[edge.route]["when"] is not None:
                    label = self.say_condition(routes[edge.route]["when"], name)
                else:
                    label = self.word("diagram_otherwise") if len(routes) > 1 else ""
                yield Arrow(f"page:{name}", edge.target, label)
                if edge.target.startswith("decision:"):
                    asked.setdefault(edge.target)
        for target in asked:
            yield from self.list_decided(target)

    def list_decided(self, target: str) -> Iterator[Arrow]:
        """The ways from a table to its outcomes, with the rules that give them."""
        decision = self.program.decisions[target.removeprefix("decision:")]
        for outcome in list_outcomes_of(decision):
            rules = [rule["id"] for rule in decision["rules"] if rule["then"] == outcome]
            if decision["default"] == outcome:
                rules.append(self.word("diagram_otherwise"))
            yield Arrow(target, outcome, ", ".join(rules))

    def say_condition(self, condition: Expression, page: str) -> str:
        """A condition in words; one that is not simple as it is written."""
        match condition:
            case ["answer", str(name)]:
                return self.place(name, page, self.word("yes"))
            case ["not", ["answer", str(name)]]:
                return self.place(name, page, self.word("no"))
            case ["eq", ["answer", str(name)], ["lit", _, str(option)]] if self.is_option(name, option):
                return self.place(name, page, self.say_option(name, option))
            case ["ne", ["answer", str(name)], ["lit", _, str(option)]] if self.is_option(name, option):
                others = [each["id"] for each in self.program.questions[name]["options"] if each["id"] != option]
                return self.place(name, page, " / ".join(self.say_option(name, each) for each in others))
            case ["in", ["answer", str(name)], ["list", options]] if all(each[0] == "lit" for each in options):
                return self.place(name, page, " / ".join(self.say_option(name, each[2]) for each in options))
            case ["in", ["lit", _, str(option)], ["answer", str(name)]] if self.is_option(name, option):
                return self.place(name, page, self.say_option(name, option))
        return render_expression(condition)

    def is_option(self, question: str, option: str) -> bool:
        """Whether a question has this option."""
        options = self.program.questions.get(question, {}).get("options") or ()
        return any(each["id"] == option for each in options)

    def say_option(self, question: str, option: str) -> str:
        """The label of an option."""
        return self.say(f"question.{question}.option.{option}.label") or str(option)

    def place(self, question: str, page: str, answer: str) -> str:
        """An answer, with its question when that stands on another page."""
        return answer if self.program.page_of.get(question) == page else f"{question}: {answer}"


def join_arrows(arrows: Iterator[Arrow]) -> tuple[Arrow, ...]:
    """Ways between the same two nodes as one; when everybody goes one of them it needs no label."""
    labels: dict[tuple[str, str], list[str]] = {}
    for each in arrows:
        labels.setdefault((each.source, each.target), []).append(each.label)
    return tuple(
        Arrow(source, target, "" if "" in said else " / ".join(dict.fromkeys(said)))
        for (source, target), said in labels.items()
    )
