"""Where nodes and ways are drawn: in layers from top to bottom, with few crossings.

Law: the same graph is always laid out the same way. Layers are the longest ways from the start; a way over several
layers is bent at a place in each; places in a layer are ordered by where their neighbours are.
Source: K. Sugiyama et al., 1981, in its simplest form.
"""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

SWEEPS = 8
GAP_ACROSS = 36.0
BEND_WIDTH = 18.0
NODE_PULL = 12
MAX_BENDS = 5_000


@dataclass(frozen=True, slots=True)
class Place:
    """The middle of a node or of a bend, and the size of what stands there."""

    x: float
    layer: int
    width: float


@dataclass(slots=True)
class Layout:
    """Places by node, and for each way (source, target, number) the nodes and bends that it goes by."""

    places: dict[str, Place]
    ways: list[list[str]]
    layers: list[list[str]]


@dataclass(slots=True)
class Layering:
    """A layout in the making."""

    widths: Mapping[str, float]
    arrows: list[tuple[str, str]]
    layer_of: dict[str, int] = field(init=False)
    layers: list[list[str]] = field(init=False, default_factory=list)
    ways: list[list[str]] = field(init=False, default_factory=list)
    above: dict[str, list[str]] = field(init=False, default_factory=dict)
    below: dict[str, list[str]] = field(init=False, default_factory=dict)

    def lay_out(self) -> Layout:
        """The whole."""
        self.layer_of = find_layers(list(self.widths), self.arrows)
        self.layers = [[] for _ in range(max(self.layer_of.values(), default=0) + 1)]
        for node in self.widths:
            self.layers[self.layer_of[node]].append(node)
        spans = sum(abs(self.layer_of[target] - self.layer_of[source]) for source, target in self.arrows)
        for number, (source, target) in enumerate(self.arrows):
            self.ways.append(self.bend(source, target, number, is_straight=spans > MAX_BENDS))
        for _ in range(SWEEPS):
            self.sweep(range(1, len(self.layers)), self.above)
            self.sweep(range(len(self.layers) - 2, -1, -1), self.below)
        return Layout(self.find_places(), self.ways, self.layers)

    def bend(self, source: str, target: str, number: int, *, is_straight: bool) -> list[str]:
        """A way with its bends in the layers between; in a very large graph without."""
        first, last = self.layer_of[source], self.layer_of[target]
        step = 1 if last >= first else -1
        way = [source]
        for layer in () if is_straight else range(first + step, last, step):
            bend = f"bend:{number}:{layer}"
            self.layer_of[bend] = layer
            self.layers[layer].append(bend)
            way.append(bend)
        way.append(target)
        for one, other in itertools.pairwise(way):
            upper, lower = (one, other) if self.layer_of[one] <= self.layer_of[other] else (other, one)
            self.below.setdefault(upper, []).append(lower)
            self.above.setdefault(lower, []).append(upper)
        return way

    def sweep(self, layers: Iterable[int], neighbours: Mapping[str, list[str]]) -> None:
        """Order each layer by the middle of its neighbours' places."""
        for number in layers:
            at = {node: place for layer in self.layers for place, node in enumerate(layer)}
            current = {node: place for place, node in enumerate(self.layers[number])}

            def middle(node: str, at: dict[str, int] = at, current: dict[str, int] = current) -> tuple[float, int]:
                near = neighbours.get(node, ())
                return (sum(at[each] for each in near) / len(near) if near else current[node], current[node])

            self.layers[number].sort(key=middle)

    def find_places(self) -> dict[str, Place]:
        """Places in a row, then pulled towards the middle of their neighbours without overlapping."""
        x: dict[str, float] = {}
        for layer in self.layers:
            self.pack(layer, dict.fromkeys(layer, 0.0), x)
        for _ in range(SWEEPS):
            for layers, neighbours in ((self.layers, self.above), (self.layers[::-1], self.below)):
                for layer in layers:
                    self.pack(layer, {node: self.find_pull(node, neighbours.get(node, ()), x) for node in layer}, x)
        left = min((x[node] - self.measure(node) / 2 for node in x), default=0.0)
        return {node: Place(x[node] - left, self.layer_of[node], self.measure(node)) for node in x}

    def find_pull(self, node: str, near: Iterable[str], x: Mapping[str, float]) -> float:
        """Where a node's neighbours pull it: nodes strongly, so that a row of pages stands straight, bends weakly."""
        pulls = [(x[each], NODE_PULL if each in self.widths else 1) for each in near]
        return sum(at * pull for at, pull in pulls) / sum(pull for _, pull in pulls) if pulls else x[node]

    def pack(self, layer: list[str], wanted: Mapping[str, float], x: dict[str, float]) -> None:
        """Put a layer's nodes as near to where they want to be as their widths allow."""
        from_left: dict[str, float] = {}
        edge = float("-inf")
        for node in layer:
            from_left[node] = max(wanted[node], edge + self.measure(node) / 2)
            edge = from_left[node] + self.measure(node) / 2 + GAP_ACROSS
        from_right: dict[str, float] = {}
        edge = float("inf")
        for node in reversed(layer):
            from_right[node] = min(wanted[node], edge - self.measure(node) / 2)
            edge = from_right[node] - self.measure(node) / 2 - GAP_ACROSS
        for node in layer:
            x[node] = (from_left[node] + from_right[node]) / 2

    def measure(self, node: str) -> float:
        """The width of a node or of a bend."""
        return self.widths.get(node, BEND_WIDTH)


def find_layers(nodes: list[str], arrows: list[tuple[str, str]]) -> dict[str, int]:
    """The layer of each node: one below the lowest node that leads to it; ways that lead back are left out."""
    order = {node: number for number, node in enumerate(nodes)}
    layer = dict.fromkeys(nodes, 0)
    for _ in nodes:
        is_settled = True
        for source, target in arrows:
            leads_back = source.startswith("page:") and target.startswith("page:") and order[target] <= order[source]
            if not leads_back and layer[target] <= layer[source]:
                layer[target] = layer[source] + 1
                is_settled = False
        if is_settled:
            break
    return layer
