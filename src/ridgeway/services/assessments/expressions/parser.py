"""Tokens → a tree, by operator precedence (Pratt's way). Names and types are the checker's.

Law: the tree is bounded in parts and depth, and every part knows its column. The grammar: docs/reference/expressions.md
"""

from dataclasses import dataclass

from ridgeway.services.assessments.expressions.errors import ExpressionError
from ridgeway.services.assessments.expressions.lexer import Token, read_tokens
from ridgeway.services.assessments.expressions.limits import (
    MAX_COMPILED_DEPTH,
    MAX_COMPILED_PARTS,
    MAX_COMPILED_TEXT,
    MAX_DEPTH,
    MAX_NODES,
    MAX_TEXT,
)

CONDITIONAL, OR, AND, RELATION, SUM, PRODUCT, PREFIX = range(1, 8)
INFIX = {
    "?": CONDITIONAL,
    "||": OR,
    "&&": AND,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "in"), RELATION),
    "+": SUM,
    "-": SUM,
    "*": PRODUCT,
    "/": PRODUCT,
    "%": PRODUCT,
}
WORDS = {"and": "“And” is written &&.", "or": "“Or” is written ||.", "not": "“Not” is written !.", "is": "Write ==."}


@dataclass(frozen=True, slots=True)
class Limits:
    """How long, large and deep a text may be."""

    text: int = MAX_TEXT
    nodes: int = MAX_NODES
    depth: int = MAX_DEPTH


STRICT = Limits()
GENEROUS = Limits(MAX_COMPILED_TEXT, MAX_COMPILED_PARTS, MAX_COMPILED_DEPTH)
"""For what was compiled from several texts, such as a score of many options."""


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression.

    `kind` is number, text, date, bool, name, member, call, prefix, infix, conditional, list or weights; `value` the
    literal, the name or the operator; `depth` how many parts stand within one another, this one included.
    """

    kind: str
    value: str
    column: int
    parts: tuple["Node", ...] = ()
    depth: int = 1


class Parser:
    """A place in the tokens of one expression, and how much was built."""

    def __init__(self, text: str, limits: Limits = STRICT) -> None:
        self.limits = limits
        self.tokens = read_tokens(text, limits.text)
        self.place = 0
        self.nodes = 0
        self.nesting = 0

    @property
    def token(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.place]

    def take(self) -> Token:
        """The next token, which is then behind us."""
        token = self.token
        self.place = min(self.place + 1, len(self.tokens) - 1)
        return token

    def at(self, *operators: str) -> bool:
        """Whether one of these operators comes next."""
        return self.token.kind == "operator" and self.token.value in operators

    def expect(self, operator: str) -> Token:
        """Take this operator.

        Raises:  ExpressionError(unexpected_token) when another token comes next.
        """
        if not self.at(operator):
            raise self.refuse(f"{operator} is missing before {self.token.describe()}.")
        return self.take()

    def refuse(self, why: str) -> ExpressionError:
        """An error at the next token."""
        hint = WORDS.get(self.token.value, "") if self.token.kind == "name" else ""
        code = "unexpected_end" if self.token.kind == "end" else "unexpected_token"
        return ExpressionError(code, f"{why} {hint}".strip(), column=self.token.column)

    def make(self, kind: str, value: str, column: int, *parts: Node) -> Node:
        """A part of the tree.

        Raises:  ExpressionError(too_large, too_deep).
        """
        self.nodes += 1
        depth = 1 + max((part.depth for part in parts), default=0)
        if self.nodes > self.limits.nodes:
            raise ExpressionError(
                "too_large", f"More than {self.limits.nodes} parts. Split it into facts.", column=column
            )
        if depth > self.limits.depth:
            raise ExpressionError(
                "too_deep", f"More than {self.limits.depth} levels. Split it into facts.", column=column
            )
        return Node(kind, value, column, parts, depth)

    def require_end(self) -> None:
        """Hold only when nothing is left.

        Raises:  ExpressionError(unexpected_token).
        """
        if self.token.kind != "end":
            raise self.refuse(f"{self.token.describe()} was not expected here.")

    def parse(self, least: int = CONDITIONAL) -> Node:
        """The expression that begins here and binds at least as tightly as `least`."""
        self.nesting += 1
        if self.nesting > self.limits.depth:
            why = f"More than {self.limits.depth} levels. Split it into facts."
            raise ExpressionError("too_deep", why, column=self.token.column)
        left = self.parse_prefix()
        while (power := self.infix_power()) >= least:
            left = self.parse_infix(left, power)
        self.nesting -= 1
        return left

    def infix_power(self) -> int:
        """How tightly the next token binds, 0 when it joins nothing."""
        joins = self.token.kind == "operator" or (self.token.value == "in" and self.token.kind == "name")
        return INFIX.get(self.token.value, 0) if joins else 0

    def parse_infix(self, left: Node, power: int) -> Node:
        """What the operator that comes next makes of its left side."""
        operator = self.take()
        if power == CONDITIONAL:
            middle = self.parse(OR)
            self.expect(":")
            return self.make("conditional", "?", operator.column, left, middle, self.parse(CONDITIONAL))
        right = self.parse(power + 1)
        if power == RELATION and self.infix_power() == RELATION:
            why = f"{operator.value} and {self.token.value} cannot follow one another: write a < b && b < c."
            raise ExpressionError("chained_comparison", why, column=self.token.column)
        return self.make("infix", operator.value, operator.column, left, right)

    def parse_prefix(self) -> Node:
        """A literal, a name, a call, something in brackets, or what a prefix makes of it."""
        token = self.token
        if token.kind in {"number", "text", "date"}:
            self.take()
            return self.make(token.kind, token.value, token.column)
        if token.kind == "name":
            return self.parse_name()
        if self.at("!", "-"):
            return self.parse_sign()
        if self.at("("):
            self.take()
            inner = self.parse()
            self.expect(")")
            return inner
        if self.at("["):
            return self.make("list", "[", self.take().column, *self.parse_several("]"))
        if self.at("{"):
            return self.parse_weights()
        raise self.refuse(f"A value is missing before {token.describe()}.")

    def parse_sign(self) -> Node:
        """What follows ! or -; a minus before a number belongs to the number."""
        sign = self.take()
        if sign.value == "-" and self.token.kind == "number":
            return self.make("number", "-" + self.take().value, sign.column)
        return self.make("prefix", sign.value, sign.column, self.parse(PREFIX))

    def parse_name(self) -> Node:
        """true, false, a name, a decision's output, or a call."""
        token = self.take()
        if token.value in {"true", "false"}:
            return self.make("bool", token.value, token.column)
        if token.value == "in":
            self.place -= 1
            raise self.refuse("A value is missing before in.")
        if self.at("("):
            self.take()
            return self.make("call", token.value, token.column, *self.parse_several(")"))
        if not self.at("."):
            return self.make("name", token.value, token.column)
        self.take()
        if self.token.kind != "name":
            raise self.refuse(f"The name of an output is missing after {token.value}.")
        output = self.take()
        if self.at("("):
            why = f"There are no methods: write {output.value}({token.value}, …)."
            raise ExpressionError("unknown_function", why, column=output.column)
        owner = self.make("name", token.value, token.column)
        return self.make("member", output.value, output.column, owner)

    def parse_several(self, closing: str) -> list[Node]:
        """Expressions with commas between them, up to this bracket."""
        parts: list[Node] = []
        while not self.at(closing):
            if parts:
                self.expect(",")
            parts.append(self.parse())
        self.take()
        return parts

    def parse_weights(self) -> Node:
        """A mapping from texts to numbers, as `score` takes it: keys and values in turn."""
        column = self.take().column
        parts: list[Node] = []
        while not self.at("}"):
            if parts:
                self.expect(",")
            if self.token.kind != "text":
                raise self.refuse("An option in quotes is missing here.")
            parts.append(self.parse_prefix())
            self.expect(":")
            parts.append(self.parse(PREFIX))
        self.take()
        return self.make("weights", "{", column, *parts)


def parse_tree(text: str, limits: Limits = STRICT) -> Node:
    """The tree of an expression, whose names and types are not yet looked at.

    Raises:  ExpressionError.
    """
    parser = Parser(text, limits)
    tree = parser.parse()
    parser.require_end()
    return tree


def scan_names(text: str) -> set[str]:
    """The names in the text, those of functions and outputs left out: what must be typed before this can be.

    Raises:  ExpressionError when it does not even fall into tokens.
    """
    tokens = read_tokens(text)
    around = zip(("", *(token.value for token in tokens)), tokens, (*tokens[1:], tokens[-1]), strict=False)
    return {
        token.value
        for before, token, after in around
        if token.kind == "name" and before != "." and not (after.kind == "operator" and after.value == "(")
    }
