"""The cells of decision tables: short tests of one input, like `>= 65`, `[0..4]`, `fever, chills` or `not(unknown)`.

Law: a cell compares its input with what is fixed on a day: literals, parameters, today, and what is reckoned from them.
So tables can be searched for gaps and overlaps.
"""

from typing import Any

from ridgeway.services.assessments.expressions.checker import Checker, require_option
from ridgeway.services.assessments.expressions.errors import ExpressionError, show
from ridgeway.services.assessments.expressions.limits import MAX_NODES
from ridgeway.services.assessments.expressions.parser import STRICT, SUM, Limits, Node, Parser
from ridgeway.services.assessments.expressions.rendering import list_names
from ridgeway.services.assessments.expressions.types import DATE, NUMBER, Environment, Type, describe_type, kind_of

Test = list[Any]
COMPARISONS = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
PLAIN_WORDS = {"unknown", "known", "empty"}


def parse_test(cell: Any, kind: Type, environment: Environment) -> Test:
    """The test in a cell: a text, true or false, a whole number, or a list of these of which one must hold.

    Raises:  ExpressionError with the column in the text.
    """
    if isinstance(cell, list):
        return parse_alternatives(cell, kind, environment)
    text = {True: "true", False: "false"}[cell] if isinstance(cell, bool) else str(cell)
    if kind_of(kind) == "option" and text.strip() in environment.options.get(kind[1], ()):
        return ["eq", ["lit", kind, text.strip()]]
    return parse_cell(text, kind, environment)


def parse_cell(text: str, kind: Type, environment: Environment, limits: Limits = STRICT) -> Test:
    """The test in the text of a cell.

    Raises:  ExpressionError with the column in the text.
    """
    reader = TestReader(Parser(text, limits), kind, environment)
    tests = [reader.parse_one()]
    while reader.parser.at(","):
        reader.parser.take()
        tests.append(reader.parse_one())
    reader.parser.require_end()
    return tests[0] if len(tests) == 1 else ["one", tests]


def parse_alternatives(cells: list[Any], kind: Type, environment: Environment) -> Test:
    """A test that holds when one of these does."""
    if not 1 <= len(cells) <= MAX_NODES or any(isinstance(cell, list) for cell in cells):
        raise ExpressionError("wrong_count", f"A list of 1 to {MAX_NODES} single tests is needed here.")
    tests = [parse_test(cell, kind, environment) for cell in cells]
    flat = [inner for test in tests for inner in (test[1] if test[0] == "one" else [test])]
    return flat[0] if len(flat) == 1 else ["one", flat]


class TestReader:
    """A place in the tokens of one cell, the type of the input, and what names mean."""

    __test__ = False

    def __init__(self, parser: Parser, kind: Type, environment: Environment) -> None:
        self.parser = parser
        self.kind = kind
        self.environment = environment

    def parse_one(self) -> Test:
        """One test, up to a comma."""
        parser = self.parser
        if parser.at("-") and self.ends_after():
            parser.take()
            return ["any"]
        if parser.token.kind == "operator" and parser.token.value in COMPARISONS:
            return self.parse_comparison()
        if parser.at("[", "(", "]"):
            return self.parse_range()
        if parser.token.kind == "name":
            return self.parse_word()
        return self.equal_to(self.parse_operand())

    def ends_after(self) -> bool:
        """Whether the test ends after the next token."""
        after = self.parser.tokens[min(self.parser.place + 1, len(self.parser.tokens) - 1)]
        return after.kind == "end" or (after.kind == "operator" and after.value in {",", ")"})

    def parse_comparison(self) -> Test:
        """A sign and what the input is compared with."""
        sign = self.parser.take()
        if kind_of(self.kind) not in {NUMBER, DATE} and sign.value not in {"==", "!="}:
            raise ExpressionError(
                "wrong_type", f"{sign.value} cannot compare {describe_type(self.kind)}.", column=sign.column
            )
        test = self.equal_to(self.parse_operand())
        return [COMPARISONS[sign.value], test[1]]

    def equal_to(self, operand: list[Any]) -> Test:
        """The test that the input is just this, where one can say so."""
        if kind_of(self.kind) in {"options", "list"}:
            raise self.refuse_plain(self.parser.token.column)
        return ["eq", operand]

    def parse_range(self) -> Test:
        """From one value to another, each included by a square bracket that faces it."""
        opening = self.parser.take()
        if kind_of(self.kind) not in {NUMBER, DATE}:
            why = f"A range is for numbers and dates, not for {describe_type(self.kind)}."
            raise ExpressionError("wrong_type", why, column=opening.column)
        low = None if self.parser.at("..") else self.parse_operand()
        self.parser.expect("..")
        high = None if self.parser.at("]", ")", "[") else self.parse_operand()
        if not self.parser.at("]", ")", "["):
            raise self.parser.refuse(f"] or ) is missing before {self.parser.token.describe()}.")
        closing = self.parser.take()
        if low is None and high is None:
            raise ExpressionError(
                "empty_range", "A range needs one end at least: [0..] or [..4].", column=opening.column
            )
        self.refuse_empty(low, high, opening.value == "[" and closing.value == "]", opening.column)
        return ["between", low, "[" if opening.value == "[" else "(", high, "]" if closing.value == "]" else ")"]

    def refuse_empty(self, low: Any, high: Any, closed: bool, column: int) -> None:
        """Hold unless two literal ends have nothing between them."""
        if not (low and high and low[0] == high[0] == "lit"):
            return
        first, last = ((each[2][0] if self.kind == DATE else int(each[2])) for each in (low, high))
        if first > last or (first == last and not closed):
            raise ExpressionError("empty_range", "Nothing lies between the ends of this range.", column=column)

    def parse_word(self) -> Test:
        """What begins with a word: unknown, not(…), has(…), an option, or a name."""
        parser, word = self.parser, self.parser.token
        called = parser.tokens[parser.place + 1].value == "(" and parser.tokens[parser.place + 1].kind == "operator"
        if called and word.value == "not":
            return self.parse_not()
        if called and word.value in {"has", "has_any"}:
            return self.parse_has()
        if self.is_option(word.value) and self.ends_after():
            return ["eq", ["lit", self.kind, parser.take().value]]
        if word.value in PLAIN_WORDS and self.ends_after():
            return self.parse_plain()
        if kind_of(self.kind) in {"options", "list"}:
            raise self.refuse_plain(word.column)
        return self.equal_to(self.parse_operand())

    def refuse_plain(self, column: int) -> ExpressionError:
        """Why ticked options are not compared with a value."""
        why = f"The input is {describe_type(self.kind)}: write has(a), has_any(a, b), empty, unknown or known."
        return ExpressionError("wrong_type", why, column=column)

    def parse_plain(self) -> Test:
        """unknown, known or empty."""
        word = self.parser.take()
        if word.value == "empty" and kind_of(self.kind) not in {"options", "list"}:
            why = f"empty is for ticked options, not for {describe_type(self.kind)}."
            raise ExpressionError("wrong_type", why, column=word.column)
        return [word.value]

    def parse_not(self) -> Test:
        """The opposite of what stands in the brackets."""
        self.parser.take()
        self.parser.expect("(")
        self.parser.nesting += 1
        if self.parser.nesting > 10:
            raise ExpressionError(
                "too_deep", "More than ten not(…) within one another.", column=self.parser.token.column
            )
        tests = [self.parse_one()]
        while self.parser.at(","):
            self.parser.take()
            tests.append(self.parse_one())
        self.parser.expect(")")
        self.parser.nesting -= 1
        return ["not", tests[0] if len(tests) == 1 else ["one", tests]]

    def parse_has(self) -> Test:
        """Options of which all, or any, must be ticked."""
        word = self.parser.take()
        self.parser.expect("(")
        if kind_of(self.kind) != "options":
            why = f"{word.value} is for ticked options, not for {describe_type(self.kind)}."
            raise ExpressionError("wrong_type", why, column=word.column)
        options = [self.parse_option()]
        while self.parser.at(","):
            self.parser.take()
            options.append(self.parse_option())
        self.parser.expect(")")
        return [word.value, options]

    def parse_option(self) -> str:
        """The id of an option, in quotes or bare."""
        token = self.parser.token
        if token.kind not in {"name", "text"}:
            raise self.parser.refuse(f"An option is missing before {token.describe()}.")
        self.parser.take()
        require_option(token.value, self.kind[1], self.environment, token.column)
        return token.value

    def is_option(self, word: str) -> bool:
        """Whether the input has an option of this id."""
        return kind_of(self.kind) == "option" and word in self.environment.options.get(self.kind[1], ())

    def parse_operand(self) -> list[Any]:
        """What the input is compared with, of the input's type and fixed on a day."""
        column = self.parser.token.column
        node = self.parser.parse(SUM)
        checker = Checker(self.environment)
        expr, kind = self.check_operand(checker, node)
        if kind != self.kind:
            why = f"This gives {describe_type(kind)}; the input is {describe_type(self.kind)}."
            raise ExpressionError("different_types", why, column=column)
        names = list_names(expr)
        if used := names.answers | names.facts | names.decisions:
            why = f"A cell compares with what is fixed, not with {show(min(used))}: make it an input of the table."
            raise ExpressionError("test_not_fixed", why, column=column)
        return expr

    def check_operand(self, checker: Checker, node: Node) -> tuple[list[Any], Type]:
        """The typed operand; a text is an option where the input is one."""
        if kind_of(self.kind) == "option" and node.kind == "name" and not self.is_known(node.value):
            require_option(node.value, self.kind[1], self.environment, node.column)
            return ["lit", self.kind, node.value], self.kind
        expr, kind = checker.check(node)
        if kind_of(self.kind) == "option" and kind == "text":
            return checker.to_option(node, expr, self.kind), self.kind
        return expr, kind

    def is_known(self, name: str) -> bool:
        """Whether the name means something in expressions."""
        return not self.is_option(name) and name in set(Checker(self.environment).list_known())
