"""A small picture of how a petition has grown, as the path of an SVG.

Law: the picture says nothing that its caption does not say in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ridgeway.services.petitions.queries.growth import Day

WIDTH, HEIGHT = 600, 160
MARGIN = 4
MAX_POINTS = 200
FEWEST_DAYS = 3
"""A line of fewer days says nothing."""


@dataclass(frozen=True, slots=True)
class Chart:
    """`line` is the `d` of a path in a box of `width` by `height`."""

    line: str
    first: Day
    last: Day
    width: int = WIDTH
    height: int = HEIGHT


def draw_chart(days: Sequence[Day]) -> Chart | None:
    """The picture; None for fewer than three days."""
    if len(days) < FEWEST_DAYS:
        return None
    first, last = days[0], days[-1]
    step = max(len(days) // MAX_POINTS, 1)
    shown = [*days[:-1:step], last]
    span = max((last.on - first.on).days, 1)
    highest = max((day.count for day in shown), default=1) or 1
    points = [
        (
            MARGIN + (day.on - first.on).days / span * (WIDTH - 2 * MARGIN),
            HEIGHT - MARGIN - day.count / highest * (HEIGHT - 2 * MARGIN),
        )
        for day in shown
    ]
    return Chart("M" + " L".join(f"{x:.0f} {y:.0f}" for x, y in points), first, last)
