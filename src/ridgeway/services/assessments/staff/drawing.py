"""The flow of a version as a picture and as words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from ridgeway.services.assessments.checks.drawing import draw_flow as draw
from ridgeway.services.assessments.checks.outlines import render_outline


@dataclass(frozen=True, slots=True)
class Drawing:
    """The picture, and the same as nested lists of words."""

    svg: str
    outline: Markup


def draw_flow(compiled: Mapping[str, Any]) -> Drawing:
    """The flow in the source language."""
    language = compiled["languages"][0]["code"]
    document = dict(compiled)
    # Both come escaped from the drawing, which alone knows what in them is a word of the package.
    return Drawing(draw(document, language), Markup(render_outline(document, language)))  # noqa: S704
