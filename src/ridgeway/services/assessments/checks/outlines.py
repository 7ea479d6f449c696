"""The ways through an assessment as words: a nested list, plain or as HTML, and the texts of two drawing tools."""

from collections.abc import Iterator
from html import escape
from typing import Any, Final

from ridgeway.services.assessments.checks.graph import Arrow, Graph, NodeKind, make_graph

MERMAID: Final = {
    NodeKind.QUESTION: ("[", "]"),
    NodeKind.INFORMATION: ("[", "]"),
    NodeKind.CHECK: ("[", "]"),
    NodeKind.DECISION: ("{", "}"),
    NodeKind.OUTCOME: ("([", "])"),
    NodeKind.EMERGENCY: ("[[", "]]"),
}
DOT: Final = {
    NodeKind.QUESTION: "box",
    NodeKind.INFORMATION: "note",
    NodeKind.CHECK: "box",
    NodeKind.DECISION: "diamond",
    NodeKind.OUTCOME: "oval",
    NodeKind.EMERGENCY: "doubleoctagon",
}


def render_outline(compiled: dict[str, Any], language: str) -> str:
    """The graph as a nested HTML list: each page and table, and below it where its answers lead."""
    graph = make_graph(compiled, language)
    titles = {each.id: each.title for each in graph.nodes}
    rows = [f'<ol lang="{escape(graph.language)}" dir="{escape(graph.direction)}">']
    for node in graph.nodes:
        ways = graph.list_from(node.id)
        if not ways:
            continue
        inner = "".join(f"<li>{escape(say_way(each, titles))}</li>" for each in ways)
        rows.append(f"<li>{escape(node.title)}<ul>{inner}</ul></li>")
    return "\n".join([*rows, "</ol>"])


def render_plain_outline(compiled: dict[str, Any], language: str) -> str:
    """The graph as plain lines."""
    graph = make_graph(compiled, language)
    titles = {each.id: each.title for each in graph.nodes}
    lines = [graph.title, ""]
    number = 0
    for node in graph.nodes:
        ways = graph.list_from(node.id)
        if ways:
            number += 1
            lines += [f"{number}. {node.title}", *(f"   - {say_way(each, titles)}" for each in ways)]
    return "\n".join(lines)


def say_way(arrow: Arrow, titles: dict[str, str]) -> str:
    """A way in words."""
    return f"{arrow.label} → {titles[arrow.target]}" if arrow.label else f"→ {titles[arrow.target]}"


def render_mermaid(compiled: dict[str, Any], language: str) -> str:
    """The graph as a Mermaid flowchart."""
    return "\n".join(["flowchart TD", *list_mermaid(make_graph(compiled, language))])


def list_mermaid(graph: Graph) -> Iterator[str]:
    """The lines of a Mermaid flowchart."""
    for node in graph.nodes:
        opening, closing = MERMAID[node.kind]
        yield f'  {name_node(node.id)}{opening}"{quote_mermaid(node.title)}"{closing}'
    for arrow in graph.arrows:
        label = f'|"{quote_mermaid(arrow.label)}"|' if arrow.label else ""
        yield f"  {name_node(arrow.source)} -->{label} {name_node(arrow.target)}"


def quote_mermaid(text: str) -> str:
    """A text that Mermaid reads as words alone."""
    codes = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;"}
    return "".join(codes.get(each, each) for each in " ".join(text.split()))


def render_dot(compiled: dict[str, Any], language: str) -> str:
    """The graph in the language of Graphviz."""
    graph = make_graph(compiled, language)
    lines = ["digraph assessment {", f"  label={quote_dot(graph.title)};", "  node [fontname=sans];"]
    lines += [
        f"  {name_node(each.id)} [label={quote_dot(each.title)}, shape={DOT[each.kind]}];" for each in graph.nodes
    ]
    for arrow in graph.arrows:
        label = f" [label={quote_dot(arrow.label)}]" if arrow.label else ""
        lines.append(f"  {name_node(arrow.source)} -> {name_node(arrow.target)}{label};")
    return "\n".join([*lines, "}"])


def quote_dot(text: str) -> str:
    """A text in quotes."""
    return '"' + " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"') + '"'


def name_node(target: str) -> str:
    """A node's id without a colon; ids of definitions are plain."""
    return target.replace(":", "_")
