"""Whether the colours of a theme can be read: every pair that stands together, in both schemes.

Law: text needs 4.5 to 1, and what is not text but must be seen (borders of fields, bars, the ring of focus) 3 to 1;
each token that is a colour stands in a pair.
Source: WCAG 2.2, success criteria 1.4.3 and 1.4.11; relative luminance as defined there.
"""

import re
from dataclasses import dataclass
from typing import Final

TEXT: Final = 4.5
SHAPE: Final = 3.0
HUES: Final = ("grey", "blue", "green", "yellow", "red", "purple")
PAPERS: Final = ("page", "surface")
# Ink, paper, and what they need. A line that only parts (--color-line) says nothing and needs nothing.
PAIRS: Final[tuple[tuple[str, str, float], ...]] = (
    *((ink, paper, TEXT) for ink in ("ink", "ink-soft", "link", "link-hover", "link-visited") for paper in PAPERS),
    *((shape, paper, SHAPE) for shape in ("control", "focus", "accent") for paper in PAPERS),
    *((f"{hue}-ink", f"{hue}-soft", TEXT) for hue in HUES),
    *((f"{hue}-line", f"{hue}-soft", SHAPE) for hue in HUES),
    ("ink", "surface-strong", TEXT),
    ("ink-soft", "surface-strong", TEXT),
    ("ink", "field", TEXT),
    ("control", "field", SHAPE),
    ("button", "field", SHAPE),
    ("focus", "field", SHAPE),
    ("red-ink", "page", TEXT),
    ("red-line", "page", SHAPE),
    ("red-line", "field", SHAPE),
    ("brand-ink", "brand", TEXT),
    ("brand-soft", "brand", TEXT),
    ("focus-brand", "brand", SHAPE),
    ("button-ink", "button", TEXT),
    ("button-ink", "button-hover", TEXT),
    ("button", "page", SHAPE),
    ("warning-ink", "warning", TEXT),
    ("warning-ink", "warning-hover", TEXT),
    ("warning", "page", SHAPE),
)
DECORATION: Final = frozenset({"line"})
TOKEN: Final = re.compile(r"--color-([a-z-]+):\s*(#[0-9a-fA-F]{3,8})\s*;")
COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
DARK: Final = re.compile(r"@media\s*\(prefers-color-scheme:\s*dark\)\s*\{\s*:root\s*\{(.*?)\}\s*\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Weakness:
    """A pair of colours that cannot be told apart well enough."""

    scheme: str
    ink: str
    paper: str
    ratio: float
    needed: float

    def __str__(self) -> str:
        """The pair with its figures, for a person."""
        pair = f"--color-{self.ink} on --color-{self.paper}"
        return f"{self.scheme}: {pair} has {self.ratio:.2f} to 1 and needs {self.needed} to 1."


def assess_theme(*sheets: str) -> tuple[Weakness, ...]:
    """Every pair that is too weak when these sheets are read one after the other; the first are our tokens."""
    return tuple(
        weakness for scheme, colours in parse_schemes(*sheets).items() for weakness in assess_colours(scheme, colours)
    )


def parse_schemes(*sheets: str) -> dict[str, dict[str, str]]:
    """The colours by name, light and dark, of sheets that are read in this order."""
    light: dict[str, str] = {}
    dark: dict[str, str] = {}
    for sheet in sheets:
        text = COMMENT.sub("", sheet)
        plain = dict(TOKEN.findall(DARK.sub("", text)))
        light |= plain
        dark |= plain | {name: colour for block in DARK.findall(text) for name, colour in TOKEN.findall(block)}
    return {"light": light, "dark": dark}


def assess_colours(scheme: str, colours: dict[str, str]) -> tuple[Weakness, ...]:
    """The pairs of one scheme that are too weak."""
    found = []
    for ink, paper, needed in PAIRS:
        ratio = measure_contrast(colours[ink], colours[paper])
        if ratio < needed:
            found.append(Weakness(scheme, ink, paper, ratio, needed))
    return tuple(found)


def measure_contrast(one: str, other: str) -> float:
    """The ratio of two colours in hexadecimal, from 1 to 21."""
    bright, dim = sorted((measure_luminance(one), measure_luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def measure_luminance(colour: str) -> float:
    """The relative luminance of a colour, from 0 to 1."""
    digits = colour.removeprefix("#")
    if len(digits) < 6:
        digits = "".join(2 * digit for digit in digits)
    channels = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
