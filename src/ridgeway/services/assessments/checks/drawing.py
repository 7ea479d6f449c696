"""The ways through an assessment as one SVG: pages, diamonds for tables, results, and who goes which way.

Law: it can be read in black and white, in a language from right to left, and by those who hear it: a title, a
description, and a list beside it that says the same (`outlines.py`). No style sheet, no script, nothing from elsewhere.
"""

import itertools
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from ridgeway.services.assessments.checks.graph import Arrow, Graph, Node, NodeKind, make_graph
from ridgeway.services.assessments.checks.layering import Layering, Layout

LINE_CHARACTERS: Final = 24
BOLD_CHARACTERS: Final = 22
LABEL_CHARACTERS: Final = 30
LINE_HEIGHT: Final = 18
WIDTH: Final = 216.0
GAP_DOWN: Final = 64
MARGIN: Final = 24
FAN_PLACE: Final = 0.8
"""How far along its way a label stands that comes out of a table, where ways have parted."""
INK: Final = "#15202b"
PAPER: Final = "#ffffff"
FONT: Final = 'font-family="system-ui, sans-serif" font-size="14"'
BOLD: Final = frozenset({NodeKind.OUTCOME, NodeKind.EMERGENCY})
STROKES: Final = {
    NodeKind.QUESTION: 'stroke-width="1.5"',
    NodeKind.CHECK: 'stroke-width="1.5"',
    NodeKind.INFORMATION: 'stroke-width="1.5" stroke-dasharray="6 4"',
    NodeKind.DECISION: 'stroke-width="1.5"',
    NodeKind.OUTCOME: 'stroke-width="2.5"',
    NodeKind.EMERGENCY: 'stroke-width="5"',
}


@dataclass(frozen=True, slots=True)
class Box:
    """A node with the lines of its text, its height, and the middle of where it stands."""

    node: Node
    lines: tuple[str, ...]
    x: float
    y: float
    width: float
    height: float


def draw_flow(compiled: dict[str, Any], language: str, *, path: Sequence[str] = ()) -> str:
    """An SVG of all ways, in a language of the document; `path` are targets like `page:age` that are stressed."""
    return draw_graph(make_graph(compiled, language), path=path)


def draw_graph(graph: Graph, *, path: Sequence[str] = ()) -> str:
    """An SVG of a graph."""
    lines = {
        each.id: wrap(each.title, BOLD_CHARACTERS if each.kind in BOLD else LINE_CHARACTERS) for each in graph.nodes
    }
    widths = {each.id: WIDTH + (60 if each.kind is NodeKind.DECISION else 0) for each in graph.nodes}
    layout = Layering(widths, [(each.source, each.target) for each in graph.arrows]).lay_out()
    boxes, tops, height = place_boxes(graph, lines, layout)
    width = max((place.x + place.width / 2 for place in layout.places.values()), default=0) + 2 * MARGIN
    stressed = set(itertools.pairwise(path))
    parts = [
        *draw_head(graph, width, height),
        *(draw_way(graph.arrows[number], way, layout, boxes, tops, stressed) for number, way in enumerate(layout.ways)),
        *(part for box in boxes.values() for part in draw_box(graph, box, is_stressed=box.node.id in path)),
        *(draw_label(graph, graph.arrows[number], way, layout, boxes, tops) for number, way in enumerate(layout.ways)),
        "</svg>",
    ]
    return "\n".join(part for part in parts if part)


def wrap(text: str, width: int, most: int = 5) -> tuple[str, ...]:
    """A text in a few short lines."""
    return tuple(textwrap.wrap(text, width, max_lines=most, placeholder=" …")) or ("",)


def place_boxes(
    graph: Graph, lines: dict[str, tuple[str, ...]], layout: Layout
) -> tuple[dict[str, Box], list[float], float]:
    """The boxes, the middle line of each layer, and the height of the whole."""
    heights = {
        each.id: len(lines[each.id]) * LINE_HEIGHT + (48 if each.kind is NodeKind.DECISION else 22)
        for each in graph.nodes
    }
    middles: list[float] = []
    y = float(MARGIN)
    for layer in layout.layers:
        tall = max((heights.get(node, 0) for node in layer), default=0)
        middles.append(y + tall / 2)
        y += tall + GAP_DOWN
    boxes = {
        each.id: Box(
            each,
            lines[each.id],
            layout.places[each.id].x + MARGIN,
            middles[layout.places[each.id].layer],
            layout.places[each.id].width,
            heights[each.id],
        )
        for each in graph.nodes
    }
    return boxes, middles, y - GAP_DOWN + MARGIN


def draw_head(graph: Graph, width: float, height: float) -> Iterator[str]:
    """The beginning: size, title, description, arrow head, paper."""
    pages = sum(each.id.startswith("page:") for each in graph.nodes)
    outcomes = sum(each.id.startswith("outcome:") for each in graph.nodes)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="flow-title flow-description" '
        f'lang="{escape(graph.language)}" direction="{escape(graph.direction)}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}">'
    )
    yield f'<title id="flow-title">{escape(graph.title)}</title>'
    yield f'<desc id="flow-description">{pages} → {outcomes}: {escape(", ".join(e.title for e in graph.nodes))}</desc>'
    yield (
        '<defs><marker id="flow-head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
        f'orient="auto-start-reverse" markerUnits="userSpaceOnUse"><path d="M0 0 L10 5 L0 10 z" fill="{INK}"/>'
        "</marker></defs>"
    )
    yield f'<rect width="100%" height="100%" fill="{PAPER}"/>'


def list_points(
    way: list[str], layout: Layout, boxes: dict[str, Box], middles: list[float]
) -> list[tuple[float, float]]:
    """The points that a way goes by: out of the lower edge of a box, over its bends, into the upper edge of another."""
    first, last = boxes[way[0]], boxes[way[-1]]
    is_down = last.y > first.y
    points = [(first.x, first.y + (first.height if is_down else -first.height) / 2)]
    points += [(layout.places[each].x + MARGIN, middles[layout.places[each].layer]) for each in way[1:-1]]
    points.append((last.x, last.y - (last.height if is_down else -last.height) / 2))
    return points


def draw_way(
    arrow: Arrow,
    way: list[str],
    layout: Layout,
    boxes: dict[str, Box],
    middles: list[float],
    stressed: set[tuple[str, str]],
) -> str:
    """A way as a curve; a stressed one is thick."""
    points = list_points(way, layout, boxes, middles)
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x, y), (to_x, to_y) in itertools.pairwise(points):
        half = (y + to_y) / 2
        path += f" C{x:.1f} {half:.1f} {to_x:.1f} {half:.1f} {to_x:.1f} {to_y:.1f}"
    is_stressed = (arrow.source, arrow.target) in stressed
    stroke = f'stroke="{INK}" stroke-width="{4 if is_stressed else 1.25}"'
    return f'<path d="{path}" fill="none" {stroke} marker-end="url(#flow-head)"/>'


def draw_label(
    graph: Graph, arrow: Arrow, way: list[str], layout: Layout, boxes: dict[str, Box], middles: list[float]
) -> str:
    """Who goes a way, near where it begins."""
    if not arrow.label:
        return ""
    points = list_points(way, layout, boxes, middles)
    (x, y), (to_x, to_y) = points[0], points[1]
    siblings = graph.list_from(arrow.source)
    place = 0.3 + 0.4 * siblings.index(arrow) / max(1, len(siblings) - 1)
    if arrow.source.startswith("decision:"):
        place = FAN_PLACE
    weight = place**2 * (3 - 2 * place)
    at_x, at_y = x + (to_x - x) * weight, y + (to_y - y) * place
    label = wrap(arrow.label, LABEL_CHARACTERS, 1)[0]
    return (
        f'<text x="{at_x:.1f}" y="{at_y:.1f}" text-anchor="middle" dominant-baseline="middle" {FONT} '
        f'font-style="italic" fill="{INK}" stroke="{PAPER}" stroke-width="5" paint-order="stroke">'
        f"{escape(label)}</text>"
    )


def draw_box(graph: Graph, box: Box, *, is_stressed: bool) -> Iterator[str]:
    """A node: a box, a diamond or a rounded box, with its text."""
    kind, node = box.node.kind, box.node
    stroke = 'stroke-width="5"' if is_stressed else STROKES[kind]
    yield f'<g id="flow-{escape(node.id.replace(":", "-"))}"><title>{escape(node.title)}</title>'
    left, top = box.x - box.width / 2, box.y - box.height / 2
    if kind is NodeKind.DECISION:
        corners = (
            f"{left:.1f},{box.y:.1f} {box.x:.1f},{top:.1f} {left + box.width:.1f},{box.y:.1f} "
            f"{box.x:.1f},{top + box.height:.1f}"
        )
        yield f'<polygon points="{corners}" fill="{PAPER}" stroke="{INK}" {stroke}/>'
    else:
        radius = box.height / 2 if kind in BOLD else 4
        yield (
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" '
            f'rx="{min(radius, 24):.0f}" fill="{PAPER}" stroke="{INK}" {stroke}/>'
        )
    first = box.y - (len(box.lines) - 1) * LINE_HEIGHT / 2
    for number, line in enumerate(box.lines):
        weight = ' font-weight="bold"' if kind in BOLD else ""
        yield (
            f'<text x="{box.x:.1f}" y="{first + number * LINE_HEIGHT:.1f}" text-anchor="middle" '
            f'dominant-baseline="middle" direction="{escape(graph.direction)}" {FONT}{weight} fill="{INK}">'
            f"{escape(line)}</text>"
        )
    yield "</g>"
