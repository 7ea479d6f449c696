"""Findings about colours: every pair of the design in which the theme has a part."""

from collections.abc import Iterator
from typing import Final

from ridgeway.office.design.contrast import PAIRS, measure_contrast
from ridgeway.services.assessments.checks.findings import Finding, Subject

LIGHT: Final = {
    "page": "#ffffff",
    "surface": "#f3f5f7",
    "field": "#ffffff",
    "brand": "#17384f",
    "brand-ink": "#ffffff",
    "brand-soft": "#c4d8e6",
    "accent": "#2c7a9b",
    "link": "#0b5680",
    "link-hover": "#073a57",
    "link-visited": "#583a86",
    "button": "#175c85",
    "button-hover": "#0f4566",
    "button-ink": "#ffffff",
    "focus": "#b8430a",
    "focus-brand": "#ffcf70",
}
"""The colours of the design's light scheme that a theme may change, and those they stand on."""


def check_theme(subject: Subject) -> Iterator[Finding]:
    """Every finding of this group."""
    own = (subject.compiled.get("theme") or {}).get("colours") or {}
    colours = {**LIGHT, **own}
    for ink, paper, needed in PAIRS:
        if not {ink, paper} & set(own) or not {ink, paper} <= set(colours):
            continue
        ratio = measure_contrast(colours[ink], colours[paper])
        if ratio < needed:
            message = f"{ink} on {paper} has {ratio:.2f} to 1 and needs {needed:g} to 1."
            yield subject.find("contrast-low", "theme", message)
