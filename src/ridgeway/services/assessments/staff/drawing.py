"""The flow of a version as a picture and as words, and what another version changes for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from ridgeway.services.assessments import checks
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


def list_changes(old: dict[str, Any], new: dict[str, Any], *, today: date) -> list[str]:
    """Who gets another result, sentence by sentence."""
    return [str(each) for each in checks.compare(old, new, today=today).sentences()]
