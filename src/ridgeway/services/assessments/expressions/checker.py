"""A tree → a typed expression in the JSON of the compiled document.

Law: whatever passes here can be reckoned for any answers; what cannot is refused with its column and what was expected.
"""

from collections.abc import Iterable
from typing import Any

from ridgeway.services.assessments.expressions.errors import ExpressionError, nearest, show
from ridgeway.services.assessments.expressions.functions import FUNCTIONS
from ridgeway.services.assessments.expressions.parser import Node, parse_tree
from ridgeway.services.assessments.expressions.types import (
    BOOL,
    DATE,
    NUMBER,
    TEXT,
    Environment,
    Type,
    describe_type,
    kind_of,
)
from ridgeway.services.assessments.expressions.values import parse_date, parse_number

Expr = list[Any]
Typed = tuple[Expr, Type]

LOGIC = {"&&": "and", "||": "or"}
EQUALITY = {"==": "eq", "!=": "ne"}
ORDER = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
ARITHMETIC = {"+": "add", "-": "sub", "*": "mul", "/": "div", "%": "mod"}
EACH = {"any": BOOL, "all": BOOL, "count": BOOL, "sum": NUMBER}


def parse_expression(text: str, environment: Environment) -> Typed:
    """The expression in the text, with its type.

    Raises:  ExpressionError with the column and what was expected.
    """
    return Checker(environment).check(parse_tree(text))


def parse_score(question: str, weights: dict[str, str], environment: Environment) -> Expr:
    """The score of a question: the weights of what was chosen, each a decimal number as text.

    Raises:  ExpressionError, of whose column nothing can be said.
    """
    parts = [part for option, weight in weights.items() for part in (("text", option), ("number", weight))]
    nodes = tuple(Node(kind, str(value), 1) for kind, value in parts)
    call = (Node("name", question, 1), Node("weights", "{", 1, nodes))
    return Checker(environment).check(Node("call", "score", 1, call))[0]


class Checker:
    """The environment, and the page whose items are looked at, when one is."""

    def __init__(self, environment: Environment, page: str = "") -> None:
        self.environment = environment
        self.page = page

    def check(self, node: Node) -> Typed:
        """The typed expression of this part of the tree."""
        match node.kind:
            case "number" | "text" | "date" | "bool":
                return self.check_literal(node)
            case "name":
                return self.check_name(node)
            case "member":
                return self.check_member(node)
            case "call":
                return self.check_call(node)
            case "prefix":
                return self.check_prefix(node)
            case "conditional":
                return self.check_conditional(node)
            case "infix":
                return self.check_infix(node)
        where = "after in" if node.kind == "list" else "as the second argument of score"
        raise ExpressionError("unexpected_token", f"{node.value} can stand {where} alone.", column=node.column)

    def require(self, node: Node, *kinds: str) -> Typed:
        """The typed expression, which is of one of these kinds.

        Raises:  ExpressionError(wrong_type).
        """
        expr, kind = self.check(node)
        if kind_of(kind) not in kinds:
            names = {"option": "an option", "options": "ticked options", "list": "a page of items"}
            wanted = " or ".join(names.get(each) or describe_type(each) for each in kinds)
            why = f"{show(node.value)} gives {describe_type(kind)}; {wanted} is needed here."
            raise ExpressionError("wrong_type", why, column=node.column)
        return expr, kind

    # Literals and names

    def check_literal(self, node: Node) -> Typed:
        """A constant."""
        if node.kind == "number":
            return ["lit", NUMBER, str(read_number(node))], NUMBER
        if node.kind == "date":
            return read_date(node), DATE
        return (["lit", TEXT, node.value], TEXT) if node.kind == "text" else (["lit", BOOL, node.value == "true"], BOOL)

    def check_name(self, node: Node) -> Typed:
        """A question, parameter, fact or decision; today."""
        name, known = node.value, self.environment
        if name == "today":
            return ["today"], DATE
        if name in known.items.get(self.page, {}):
            return ["item", name], known.items[self.page][name]
        for word, table in (
            ("answer", known.answers),
            ("param", known.parameters),
            ("fact", known.facts),
            ("decision", known.decisions),
        ):
            if name in table:
                return [word, name], table[name]
        raise self.refuse_name(node)

    def refuse_name(self, node: Node) -> ExpressionError:
        """Why this name means nothing here, and what was perhaps meant."""
        name, known = node.value, self.environment
        code, hint = "unknown_name", nearest(name, self.list_known())
        if name in FUNCTIONS:
            hint = f"It is a function: {FUNCTIONS[name].call}."
        elif name in known.outputs:
            hint = "The decision has several outputs: " + ", ".join(f"{name}.{each}" for each in known.outputs[name])
        elif name in known.collects:
            hint = f"It collects: count({name}) says how many."
        elif pages := [page for page, questions in known.items.items() if name in questions]:
            code, hint = "needs_item", f"It is asked for each of {pages[0]}: any({pages[0]}, {name} …)."
        return ExpressionError(code, f"There is nothing named {show(name)} here. {hint}".strip(), column=node.column)

    def list_known(self) -> Iterable[str]:
        """Every name that can be used here."""
        known = self.environment
        tables = (known.answers, known.parameters, known.facts, known.decisions, known.outputs)
        return {"today", *known.items.get(self.page, {}), *(name for table in tables for name in table)}

    def check_member(self, node: Node) -> Typed:
        """One output of a decision."""
        owner = node.parts[0].value
        outputs = self.environment.outputs.get(owner)
        if outputs is None:
            hint = nearest(owner, self.environment.outputs)
            why = f"There is no decision with several outputs named {show(owner)}. {hint}".strip()
            raise ExpressionError("unknown_name", why, column=node.parts[0].column)
        if node.value not in outputs:
            why = f"{owner} has no output {show(node.value)}. {nearest(node.value, outputs)}".strip()
            raise ExpressionError("unknown_name", why, column=node.column)
        return ["output", owner, node.value], outputs[node.value]

    # Operators

    def check_prefix(self, node: Node) -> Typed:
        """Not, or minus."""
        if node.value == "!":
            return ["not", self.require(node.parts[0], BOOL)[0]], BOOL
        return ["neg", self.require(node.parts[0], NUMBER)[0]], NUMBER

    def check_conditional(self, node: Node) -> Typed:
        """One of two values of one type."""
        condition = self.require(node.parts[0], BOOL)[0]
        (then, other), kind = self.check_pair(node, node.parts[1], node.parts[2])
        return ["if", condition, then, other], kind

    def check_infix(self, node: Node) -> Typed:
        """What stands between two values."""
        left, right, sign = *node.parts, node.value
        if sign in LOGIC:
            return [LOGIC[sign], self.require(left, BOOL)[0], self.require(right, BOOL)[0]], BOOL
        if sign in ARITHMETIC:
            return self.check_arithmetic(node, left, right)
        if sign == "in":
            return self.check_membership(left, right)
        (first, second), kind = self.check_pair(node, left, right)
        allowed = (NUMBER, DATE) if sign in ORDER else (NUMBER, DATE, BOOL, TEXT, "option")
        if kind_of(kind) not in allowed:
            why = f"{sign} cannot compare {describe_type(kind)}."
            if kind_of(kind) == "options":
                why += " Ask for one with in, or for how many with size."
            raise ExpressionError("wrong_type", why, column=node.column)
        return [(ORDER | EQUALITY)[sign], first, second], BOOL

    def check_arithmetic(self, node: Node, left: Node, right: Node) -> Typed:
        """A sum, difference, product, quotient or remainder of numbers."""
        first, kind = self.require(left, NUMBER, DATE)
        if kind == DATE:
            why = f"{node.value} is for numbers. Dates have add_days(d, n), add_months(d, n) and days_between(a, b)."
            raise ExpressionError("wrong_type", why, column=node.column)
        return [ARITHMETIC[node.value], first, self.require(right, NUMBER)[0]], NUMBER

    def check_pair(self, node: Node, left: Node, right: Node) -> tuple[tuple[Expr, Expr], Type]:
        """Two values of one type, as `join` makes them."""
        return self.join(node, (left, *self.check(left)), (right, *self.check(right)))

    def join(
        self, node: Node, one: tuple[Node, Expr, Type], two: tuple[Node, Expr, Type]
    ) -> tuple[tuple[Expr, Expr], Type]:
        """Two values of one type; a text beside an option is one, if there is such an option.

        Raises:  ExpressionError(different_types, unknown_option).
        """
        (left, first, kind), (right, second, other) = one, two
        if kind_of(other) == "option" and kind == TEXT:
            first, kind = self.to_option(left, first, other), other
        elif kind_of(kind) == "option" and other == TEXT:
            second, other = self.to_option(right, second, kind), kind
        if kind != other:
            why = f"{describe_type(kind)} and {describe_type(other)} cannot stand on the sides of {node.value}."
            raise ExpressionError("different_types", why, column=node.column)
        return (first, second), kind

    def to_option(self, node: Node, expr: Expr, kind: Type) -> Expr:
        """The quoted text as an option of this type.

        Raises:  ExpressionError(unknown_option, different_types).
        """
        owner = kind[1]
        if expr[0] != "lit" or expr[1] != TEXT:
            why = f"An option of {owner} is compared with a text in quotes, or with another option of {owner}."
            raise ExpressionError("different_types", why, column=node.column)
        require_option(expr[2], owner, self.environment, node.column)
        return ["lit", ["option", owner], expr[2]]

    def check_membership(self, left: Node, right: Node) -> Typed:
        """Whether something is ticked, or among the values of a list."""
        if right.kind == "list":
            return self.check_choice(left, right)
        options, kind = self.require(right, "options")
        element: Type = ["option", kind[1]]
        expr, found = self.check(left)
        if found == TEXT:
            expr, found = self.to_option(left, expr, element), element
        if found != element:
            why = f"{describe_type(found)} cannot be among {describe_type(kind)}."
            raise ExpressionError("different_types", why, column=left.column)
        return ["in", expr, options], BOOL

    def check_choice(self, left: Node, right: Node) -> Typed:
        """Whether a value is one of those between [ and ]."""
        if not right.parts:
            raise ExpressionError("wrong_count", "A list needs a value at least.", column=right.column)
        one = (left, *self.check(left))
        pairs = [self.join(Node("infix", "in", part.column), one, (part, *self.check(part))) for part in right.parts]
        kind = pairs[0][1]
        if any(other != kind for _, other in pairs) or kind_of(kind) in {"options", "list"}:
            why = f"{describe_type(kind)} cannot be looked for in this list."
            raise ExpressionError("different_types", why, column=right.column)
        return ["in", pairs[0][0][0], ["list", [second for (_, second), _ in pairs]]], BOOL

    # Functions

    def check_call(self, node: Node) -> Typed:
        """What a function gives."""
        function = FUNCTIONS.get(node.value)
        if function is None:
            why = f"There is no function {show(node.value)}. {nearest(node.value, FUNCTIONS)}"
            raise ExpressionError("unknown_function", why, column=node.column)
        if function.takes is not None:
            self.require_count(node, len(function.takes))
            pairs = zip(node.parts, function.takes, strict=True)
            arguments = [self.require(part, *sorted(kinds))[0] for part, kinds in pairs]
            return ["call", node.value, arguments], function.gives
        if node.value in EACH and (node.value != "count" or len(node.parts) != 1):
            return self.check_each(node)
        forms = {
            "answered": self.check_answered,
            "count": self.check_hits,
            "date": self.check_date,
            "known": self.check_known,
            "matches_pattern": self.check_pattern,
            "max": self.check_extreme,
            "min": self.check_extreme,
            "score": self.check_score,
        }
        return forms[node.value](node)

    def require_count(self, node: Node, count: int) -> None:
        """Hold only when the call has as many arguments.

        Raises:  ExpressionError(wrong_count).
        """
        if len(node.parts) != count:
            why = f"{node.value} takes {count}, not {len(node.parts)}: {FUNCTIONS[node.value].call}."
            raise ExpressionError("wrong_count", why, column=node.column)

    def check_each(self, node: Node) -> Typed:
        """Something of every item of a page."""
        self.require_count(node, 2)
        page, inner = node.parts
        if self.page:
            raise ExpressionError("nested_items", f"{node.value} cannot stand within another.", column=node.column)
        if page.kind != "name" or page.value not in self.environment.items:
            hint = nearest(page.value, self.environment.items)
            why = f"{show(page.value)} is no page that is asked more than once. {hint}".strip()
            raise ExpressionError("unknown_page", why, column=page.column)
        wanted = EACH[node.value]
        expr = Checker(self.environment, page.value).require(inner, wanted)[0]
        return ["each", node.value, page.value, expr], NUMBER if node.value in {"count", "sum"} else BOOL

    def check_answered(self, node: Node) -> Typed:
        """Whether a question was answered."""
        self.require_count(node, 1)
        expr = self.check(node.parts[0])[0]
        if expr[0] not in {"answer", "item"}:
            raise ExpressionError("wrong_type", "answered takes the id of a question.", column=node.parts[0].column)
        return ["call", "answered", [expr]], BOOL

    def check_known(self, node: Node) -> Typed:
        """Whether anything has a value."""
        self.require_count(node, 1)
        return ["call", "known", [self.check(node.parts[0])[0]]], BOOL

    def check_hits(self, node: Node) -> Typed:
        """How many rules of a decision hit."""
        name = node.parts[0]
        if name.kind != "name" or name.value not in self.environment.collects:
            hint = nearest(name.value, self.environment.collects)
            why = f"{show(name.value)} is no decision that collects. {hint}".strip()
            raise ExpressionError("unknown_name", why, column=name.column)
        return ["call", "hits", [["decision", name.value]]], NUMBER

    def check_date(self, node: Node) -> Typed:
        """A date given as text."""
        self.require_count(node, 1)
        if node.parts[0].kind != "text":
            raise ExpressionError("wrong_type", 'date takes a text: date("2026-11").', column=node.parts[0].column)
        return read_date(node.parts[0]), DATE

    def check_pattern(self, node: Node) -> Typed:
        """Whether a text has a form that has a name."""
        self.require_count(node, 2)
        expr, name = self.require(node.parts[0], TEXT)[0], node.parts[1]
        if name.kind != "text" or name.value not in self.environment.patterns:
            hint = nearest(name.value, self.environment.patterns)
            why = f"There is no pattern {show(name.value)}. {hint}".strip()
            raise ExpressionError("unknown_pattern", why, column=name.column)
        source = self.environment.patterns[name.value]
        return ["call", "matches_pattern", [expr, ["lit", TEXT, name.value], ["lit", TEXT, source]]], BOOL

    def check_extreme(self, node: Node) -> Typed:
        """The least or the greatest of some."""
        if len(node.parts) < 2:
            why = f"{node.value} takes two or more: {FUNCTIONS[node.value].call}."
            raise ExpressionError("wrong_count", why, column=node.column)
        first, kind = self.require(node.parts[0], NUMBER, DATE)
        others = [self.require(part, kind_of(kind))[0] for part in node.parts[1:]]
        return ["call", node.value, [first, *others]], kind

    def check_score(self, node: Node) -> Typed:
        """The sum of the weights of what was chosen."""
        self.require_count(node, 2)
        expr, kind = self.require(node.parts[0], "option", "options")
        mapping = node.parts[1]
        if expr[0] != "answer":
            raise ExpressionError("wrong_type", "score takes the id of a question.", column=node.parts[0].column)
        if mapping.kind != "weights" or not mapping.parts:
            why = f"Weights are missing: {FUNCTIONS['score'].call}."
            raise ExpressionError("wrong_type", why, column=mapping.column)
        weights: dict[str, str] = {}
        for option, weight in zip(mapping.parts[::2], mapping.parts[1::2], strict=True):
            require_option(option.value, kind[1], self.environment, option.column)
            if weight.kind != "number" or option.value in weights:
                why = f"{show(option.value)} needs one number as its weight."
                raise ExpressionError("wrong_type", why, column=weight.column)
            weights[option.value] = str(read_number(weight))
        return ["score", expr[1], weights], NUMBER


def require_option(option: str, owner: str, environment: Environment, column: int) -> None:
    """Hold only when the question or output has this option, or takes any.

    Raises:  ExpressionError(unknown_option).
    """
    options = environment.options.get(owner)
    if options is not None and option not in options:
        why = f"{owner} has no option {show(option)}. {nearest(option, options)}".strip()
        raise ExpressionError("unknown_option", why, column=column)


def read_number(node: Node) -> int:
    """The number of a literal.

    Raises:  ExpressionError(malformed_number).
    """
    number = parse_number(node.value)
    if number is None:
        why = f"{show(node.value)} is no number of at most 10^12 with at most six decimals."
        raise ExpressionError("malformed_number", why, column=node.column)
    return number


def read_date(node: Node) -> Expr:
    """The date of a literal.

    Raises:  ExpressionError(malformed_date).
    """
    span = parse_date(node.value)
    if span is None:
        why = f"{show(node.value)} is no date of the calendar, like 2026-11-15."
        raise ExpressionError("malformed_date", why, column=node.column)
    return ["lit", DATE, list(span)]
