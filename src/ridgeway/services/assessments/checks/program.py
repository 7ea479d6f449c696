"""A compiled assessment seen as a graph: what an expression reads, and which page can follow which.

Law: says what *could* be, from the shape alone; what really happens is for `walking.py` to find out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from ridgeway.services.assessments.engine import Assessment, load

Expression = list[Any]
Name = tuple[str, str]
COMPARISONS: Final = frozenset({"eq", "ne", "lt", "le", "gt", "ge"})
MAX_CONDITIONS: Final = 4_000
"""Routes and cells of tables together; an assessment with more is not walked."""
TRUTHS: Final = frozenset({"not", "and", "or", "in"}) | COMPARISONS
TRUTH_CALLS: Final = frozenset({"answered", "known", "matches_pattern"})
DATE_CALLS: Final = frozenset({"add_days", "add_months"})
BY_QUESTION: Final = {
    "yes_no": "bool",
    "number": "number",
    "money": "number",
    "year": "number",
    "duration": "number",
    "salary": "number",
    "date": "date",
    "month": "date",
}


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from one page: by its route of that number, or (route None) because the page is passed over."""

    target: str
    route: int | None


@dataclass(slots=True)
class Program:
    """A compiled document with what is asked of it again and again, and the same made ready to run."""

    compiled: dict[str, Any]
    loaded: Assessment | None = field(init=False, default=None)
    pages: dict[str, dict[str, Any]] = field(init=False)
    order: tuple[str, ...] = field(init=False)
    questions: dict[str, dict[str, Any]] = field(init=False)
    page_of: dict[str, str] = field(init=False)
    facts: dict[str, Expression] = field(init=False)
    decisions: dict[str, dict[str, Any]] = field(init=False)
    edges: dict[str, tuple[Edge, ...]] = field(init=False, default_factory=dict)
    reads: dict[str, frozenset[Name]] = field(init=False, default_factory=dict)
    reaches: dict[str, frozenset[str]] = field(init=False, default_factory=dict)
    behind: dict[str, frozenset[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Set up the tables by id."""
        self.pages = {page["id"]: page for page in self.compiled["pages"]}
        self.order = tuple(self.pages)
        self.questions = {each["id"]: each for page in self.compiled["pages"] for each in page["questions"]}
        self.page_of = {each["id"]: page["id"] for page in self.compiled["pages"] for each in page["questions"]}
        self.facts = dict(self.compiled["facts"])
        self.decisions = self.compiled["decisions"]
        for name, expression in self.facts.items():  # each uses earlier ones alone, so nothing is looked at twice
            self.reads[f"fact:{name}"] = frozenset(self.read_all(expression))

    @property
    def assessment(self) -> Assessment:
        """The same made ready to run, when it is first asked for."""
        if self.loaded is None:
            self.loaded = load(self.compiled)
        return self.loaded

    @property
    def is_too_large(self) -> bool:
        """Whether there are more conditions and cells of tables than a walk can look at in a few seconds."""
        routes = sum(len(page["routes"]) for page in self.pages.values())
        cells = sum(len(each["rules"]) * len(each["inputs"]) for each in self.decisions.values())
        return routes + cells > MAX_CONDITIONS

    def read_questions(self, expression: Any) -> frozenset[str]:
        """The questions whose answers an expression reads, facts and tables followed."""
        return frozenset(name for kind, name in self.read_all(expression) if kind == "question")

    def read_all(self, expression: Any) -> Iterator[Name]:
        """What an expression reads: ("question" | "fact" | "parameter" | "decision" | "today", its name)."""
        for node in list_nodes(expression):
            yield from self.read_node(node)

    def read_node(self, node: Expression) -> Iterator[Name]:
        """What one node reads, its children left out."""
        match node:
            case ["answer" | "item" | "score", str(name), *_] if name in self.questions:
                yield "question", name
            case ["answer", str(name)] if name in self.pages:
                yield from self.read_page(name)
            case ["each", _, str(name), _]:
                yield from self.read_page(name)
            case ["param", str(name)]:
                yield "parameter", name
            case ["today"]:
                yield "today", ""
            case ["fact", str(name)]:
                yield "fact", name
                yield from self.reads.get(f"fact:{name}", ())
            case ["output" | "decision", str(name), *_]:
                yield from self.read_decision(name)

    def read_page(self, name: str) -> Iterator[Name]:
        """What a page that is asked several times stands for."""
        yield from (("question", each["id"]) for each in self.pages[name]["questions"])

    def read_decision(self, name: str) -> frozenset[Name]:
        """What a table reads: its inputs, and what its tests compare them with."""
        key = f"decision:{name}"
        if key not in self.reads:
            decision = self.decisions[name]
            expressions = (*decision["inputs"], *list_test_expressions(decision))
            found = {each for expression in expressions for each in self.read_all(expression)}
            self.reads[key] = frozenset({("decision", name), *found})
        return self.reads[key]

    def list_edges(self, name: str) -> tuple[Edge, ...]:
        """Where a page can lead: `page:ID`, `decision:ID`, `outcome:ID`, or `end` behind the last page."""
        if name not in self.edges:
            self.edges[name] = self.draw_edges(name)
        return self.edges[name]

    def draw_edges(self, name: str) -> tuple[Edge, ...]:
        """The ways from a page, as its routes say."""
        page = self.pages[name]
        after = self.order[self.order.index(name) + 1 :]
        following = f"page:{after[0]}" if after else "end"
        edges = [
            Edge(following if route["to"] == "next" else route["to"], number)
            for number, route in enumerate(page["routes"])
        ]
        if page["only_if"] is not None:
            edges.append(Edge(following, None))
        return tuple(edges)

    def list_reachable(self, start: str) -> frozenset[str]:
        """The targets that can be reached from a page, itself included, as `page:ID`, `decision:ID` …"""
        if start not in self.reaches:
            found: set[str] = set()
            waiting = [f"page:{start}"]
            while waiting:
                target = waiting.pop()
                if target not in found:
                    found.add(target)
                    waiting.extend(dict.fromkeys(self.list_targets(target)))
            self.reaches[start] = frozenset(found)
        return self.reaches[start]

    def list_pages_behind(self, name: str) -> frozenset[str]:
        """The pages that can follow a page; itself only when a way leads back."""
        if name not in self.behind:
            targets = {edge.target for edge in self.list_edges(name) if edge.target.startswith("page:")}
            found = frozenset[str]().union(*(self.list_reachable(each.removeprefix("page:")) for each in targets))
            self.behind[name] = frozenset(each.removeprefix("page:") for each in found if each.startswith("page:"))
        return self.behind[name]

    def list_targets(self, target: str) -> list[str]:
        """What a target can lead to next."""
        kind, _, name = target.partition(":")
        if kind == "page" and name in self.pages:
            return [edge.target for edge in self.list_edges(name)]
        if kind == "decision" and name in self.decisions:
            return list_outcomes_of(self.decisions[name])
        return []

    def tell_type(self, expression: Expression) -> Any:
        """The type of an expression, as the compiled document writes types."""
        match expression:
            case ["lit", kind, _]:
                return kind
            case ["fact", str(name)]:
                return self.tell_type(self.facts[name])
            case ["param", str(name)]:
                return self.compiled["parameters"][name]["type"]
            case ["output" | "decision", str(name), *rest]:
                outputs = self.decisions[name]["outputs"] or {}
                return outputs.get(rest[0] if rest else next(iter(outputs), ""), "number")
            case ["answer" | "item", str(name)]:
                return self.tell_type_of_question(name)
            case ["if", _, part, _] | ["call", "min" | "max", [part, *_]]:
                return self.tell_type(part)
        return tell_plain_type(expression)

    def tell_type_of_question(self, name: str) -> Any:
        """The type of the answer to a question."""
        if name not in self.questions:
            return ["list", name]
        kind = self.questions[name]["type"]
        if kind in {"radios", "list", "checkboxes"}:
            return ["options" if kind == "checkboxes" else "option", name]
        return BY_QUESTION.get(kind, "text")


def tell_plain_type(expression: Expression) -> str:
    """The type of an expression that its first word tells."""
    match expression:
        case ["today"]:
            return "date"
        case ["each", "any" | "all", *_]:
            return "bool"
        case ["call", str(name), _]:
            return "bool" if name in TRUTH_CALLS else "date" if name in DATE_CALLS else "number"
    return "bool" if expression[0] in TRUTHS else "number"


def list_children(expression: Expression) -> list[Expression]:
    """The expressions of which an expression is made."""
    match expression:
        case ["lit" | "answer" | "item" | "param" | "fact" | "output" | "today" | "score" | "decision", *_]:
            return []
        case ["call", _, arguments] | ["list", arguments]:
            return list(arguments)
        case ["each", _, _, body]:
            return [body]
        case [str(), *rest]:
            return [each for each in rest if isinstance(each, list)]
    return []


def list_nodes(expression: Any) -> Iterator[Expression]:
    """An expression and everything in it; facts are not followed."""
    if not isinstance(expression, list):
        return
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(list_children(node))


def list_test_expressions(decision: dict[str, Any]) -> Iterator[Expression]:
    """The expressions with which the tests of a table compare."""
    for rule in decision["rules"]:
        for test in rule["tests"]:
            yield from list_compared(test)


def list_compared(test: list[Any]) -> Iterator[Expression]:
    """The expressions in a test."""
    match test:
        case ["eq" | "ne" | "lt" | "le" | "gt" | "ge", expression]:
            yield expression
        case ["between", low, _, high, _]:
            yield from (each for each in (low, high) if each is not None)
        case ["one", tests]:
            for each in tests:
                yield from list_compared(each)
        case ["not", inner]:
            yield from list_compared(inner)


def list_outcomes_of(decision: dict[str, Any]) -> list[str]:
    """The outcomes that a table can give, as `outcome:ID`."""
    given = (*(rule["then"] for rule in decision["rules"]), decision["default"])
    return list(dict.fromkeys(each for each in given if isinstance(each, str) and each.startswith("outcome:")))
