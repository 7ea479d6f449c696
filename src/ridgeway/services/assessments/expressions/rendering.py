"""Expressions and tests back to text, and the names that they use."""

import json
from dataclasses import dataclass, field
from typing import Any

from ridgeway.services.assessments.expressions.types import kind_of
from ridgeway.services.assessments.expressions.values import Span, render_date, render_number

Expr = list[Any]

SIGNS = {
    "or": ("||", 2), "and": ("&&", 3),
    "eq": ("==", 4), "ne": ("!=", 4), "lt": ("<", 4), "le": ("<=", 4), "gt": (">", 4), "ge": (">=", 4), "in": ("in", 4),
    "add": ("+", 5), "sub": ("-", 5), "mul": ("*", 6), "div": ("/", 6), "mod": ("%", 6),
}  # fmt: skip
SIMPLE = {
    "answer": "answers",
    "score": "answers",
    "item": "items",
    "param": "parameters",
    "fact": "facts",
    "decision": "decisions",
}
CONDITIONAL, RELATION, PREFIX, ATOM = 1, 4, 7, 8


@dataclass(slots=True)
class Names:
    """The names that an expression uses, by what they are. An output is `decision.output`, and so is its decision."""

    answers: set[str] = field(default_factory=set)
    items: set[str] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)
    facts: set[str] = field(default_factory=set)
    decisions: set[str] = field(default_factory=set)
    outputs: set[str] = field(default_factory=set)
    today: bool = False


def list_names(expr: Expr) -> Names:
    """The names that an expression or a test uses."""
    names = Names()
    collect_names(expr, names)
    return names


def collect_names(expr: Any, names: Names) -> None:
    """Note the names in this part."""
    if not isinstance(expr, list) or not expr:
        return
    match expr:
        case ["lit" | "has" | "has_any", *_]:
            return
        case [str(word), str(name), *_] if word in SIMPLE:
            getattr(names, SIMPLE[word]).add(name)
        case ["output", str(decision), str(name)]:
            names.decisions.add(decision)
            names.outputs.add(f"{decision}.{name}")
        case ["today"]:
            names.today = True
        case ["each", str(), str(page), inner]:
            names.answers.add(page)
            collect_names(inner, names)
        case _:
            for part in expr:
                collect_names(part, names)


def render_expression(expr: Expr) -> str:
    """The text of an expression, which parses to the same again."""
    return render(expr, CONDITIONAL)


def render(expr: Expr, least: int) -> str:
    """The text, in brackets when it binds less tightly than `least`."""
    text, power = render_bare(expr)
    return f"({text})" if power < least else text


def render_bare(expr: Expr) -> tuple[str, int]:
    """The text without brackets around it, and how tightly it binds."""
    match expr:
        case ["lit", kind, value]:
            return render_literal(kind, value), ATOM
        case ["today"]:
            return "today", ATOM
        case ["output", decision, name]:
            return f"{decision}.{name}", ATOM
        case ["not", inner]:
            return f"!{render(inner, PREFIX)}", PREFIX
        case ["neg", inner]:
            text = render(inner, PREFIX)
            return f"-({text})" if text[:1].isdigit() else f"-{text}", PREFIX
        case ["if", condition, then, other]:
            return f"{render(condition, 2)} ? {render(then, 2)} : {render(other, CONDITIONAL)}", CONDITIONAL
        case ["list", parts]:
            return f"[{render_several(parts)}]", ATOM
        case ["score", question, weights]:
            rows = ", ".join(f"{quote(option)}: {render_number(int(weight))}" for option, weight in weights.items())
            return f"score({question}, {{{rows}}})", ATOM
        case ["each", name, page, inner]:
            return f"{name}({page}, {render(inner, CONDITIONAL)})", ATOM
        case ["call", name, arguments]:
            return render_call(name, arguments), ATOM
        case [sign, left, right] if sign in SIGNS:
            shown, power = SIGNS[sign]
            tighter = power + 1 if power == RELATION else power
            return f"{render(left, tighter)} {shown} {render(right, power + 1)}", power
        case _:
            return str(expr[1]), ATOM


def render_call(name: str, arguments: list[Expr]) -> str:
    """A call; what counts hits is written count, and a pattern by its name alone."""
    shown = arguments[:2] if name == "matches_pattern" else arguments
    return f"{'count' if name == 'hits' else name}({render_several(shown)})"


def render_several(parts: list[Expr]) -> str:
    """Expressions with commas between them."""
    return ", ".join(render(part, CONDITIONAL) for part in parts)


def render_literal(kind: Any, value: Any) -> str:
    """A constant as an author writes it."""
    match kind_of(kind):
        case "bool":
            return "true" if value else "false"
        case "number":
            return render_number(int(value))
        case "date":
            text = render_date(Span(*value))
            return text if len(text) == 10 else f'date("{text}")'
    return quote(value)


def quote(text: str) -> str:
    """The text in quotes."""
    shown = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{shown}"'


def render_test(test: Expr) -> str:
    """The text of a cell, which parses to the same again."""
    signs = {"eq": "", "ne": "!= ", "lt": "< ", "le": "<= ", "gt": "> ", "ge": ">= "}
    match test:
        case ["any"]:
            return "-"
        case ["unknown" | "known" | "empty" as word]:
            return str(word)
        case ["has" | "has_any" as word, options]:
            return f"{word}({', '.join(json.dumps(each, ensure_ascii=False) for each in options)})"
        case ["not", inner]:
            return f"not({render_test(inner)})"
        case ["one", tests]:
            return ", ".join(render_test(each) for each in tests)
        case ["between", low, opening, high, closing]:
            ends = ["" if end is None else render(end, SIGNS["add"][1]) for end in (low, high)]
            return f"{opening}{ends[0]}..{ends[1]}{closing}"
        case [sign, operand]:
            text = render(operand, SIGNS["add"][1])
            return (text if not text.startswith("(") else f"== {text}") if sign == "eq" else f"{signs[sign]}{text}"
    raise ValueError(f"{test!r} is no test")
